package e2e

import "testing"

// TestServiceTokenPage creates a service account in a browser: a refusal keeps what was typed on the
// page, the token shows once, and a reload shows the list and creates nothing.
func TestServiceTokenPage(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit("/admin/service-accounts")
	p.fill(`[name=name]`, "Deploys")
	p.click(`[data-testid=add]`)
	p.await(`[data-testid=problem-vaults]`)
	p.awaitTrue("the focus at the problem", `document.activeElement.matches("#vaults")`)
	if got := p.value(`[name=name]`); got != "Deploys" {
		t.Errorf("the name became %q", got)
	}
	p.choose(`[name=vaults]`)
	p.click(`[data-testid=add]`)
	p.await(`input#service-token`)
	p.awaitTrue("the focus at what was created", `document.activeElement.matches("h1[data-focus]")`)
	p.awaitTrue("the title of the page", `document.title.startsWith("Token created")`)
	p.click(`[data-testid=copy-token]`)

	p.visit(eval[string](p, `location.href`))
	p.await(`[data-testid=service-accounts]`)
	if got := p.count(`[data-testid=service-account]`); got != 1 {
		t.Errorf("a reload leaves %d service accounts", got)
	}
	p.clean()
}

// TestServiceTokenAsks leaves the page of a token that was not copied.
func TestServiceTokenAsks(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit("/admin/service-accounts")
	p.fill(`[name=name]`, "Deploys")
	p.choose(`[name=vaults]`)
	p.click(`[data-testid=add]`)
	p.await(`input#service-token`)
	p.click(`[data-testid=to-accounts]`)
	p.await(`[data-testid=service-accounts]`)
	if len(p.asked) == 0 {
		t.Error("the page of a token that was not copied is left without a question")
	}
}
