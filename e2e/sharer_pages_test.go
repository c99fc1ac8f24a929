package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/chromedp/kb"
)

func sharerPages(w *pageWalk) []pageState {
	oneTimePasswordItem, _ := w.client.itemWithOneTimePassword()
	share := oneTimePasswordItem + "/share"
	states := []pageState{
		{name: "items", goTo: at("/items")},
		{name: "items-none-found", goTo: at("/items?q=nothing+has+this+name")},
		{name: "item-revealed", goTo: func(p *page) {
			p.visit(oneTimePasswordItem)
			p.click(`[data-testid=reveal]`)
			p.await(`[data-secret]`)
		}},
		{name: "share-form", goTo: at(share)},
		{name: "share-form-emails", goTo: func(p *page) {
			p.visit(share)
			p.click(`[data-testid=tell]`)
			p.await(`[data-testid=tell]:checked`)
		}},
		{name: "new-share", goTo: at("/share")},
		{name: "new-share-terms", goTo: func(p *page) {
			p.visit("/share")
			p.click(`[data-testid=terms] > summary`)
			p.choose(`[name=access][value=recipients]`)
			p.await(`[data-pending]`)
		}},
		{name: "new-share-refused", goTo: func(p *page) {
			p.visit("/share")
			p.click(submitShare)
			p.await(`[data-error=invalid]`)
		}},
		{name: "item-file-delete", goTo: func(p *page) {
			p.visit(oneTimePasswordItem)
			p.give("drop", "dropped.txt", "dropped")
			p.await(`[data-testid=delete-file]`)
			p.click(`[data-testid=delete-file] summary`)
			p.await(`dialog[open] [data-testid=delete]`)
		}},
		{name: "share-recipients", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.fill(
				`[data-testid=recipients]`,
				"ann@client.example, partner.example, wrong@, gmail.com",
			)
			p.press(kb.Tab)
			p.await(`[data-recipient][data-kind=domain]`)
			p.await(`[data-error=recipient_invalid]`)
		}},
		{name: "share-recipients-meant", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.fill(recipientsField, "ann@gmial.com jane@bücher.example"+kb.Enter)
			p.await(`[data-testid=recipients-meant]`)
		}},
		{name: "share-recipients-many", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.paste(people(52))
			p.await(`[data-error=too_many_recipients]`)
		}},
		{name: "share-refused", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.click(submitShare)
			p.await(`[data-error=recipient_missing]`)
		}},
		{name: "share-preview", goTo: func(p *page) { p.openPreview(oneTimePasswordItem) }},
		{name: "share-preview-page", goTo: func(p *page) {
			p.visit(share)
			eval[bool](p, `(() => {
				const button = document.querySelector("[data-testid=preview]");
				const form = button.form;
				form.target = "";
				form.action = button.formAction;
				HTMLFormElement.prototype.submit.call(form);
				return true;
			})()`)
			p.awaitPath(share + "/preview")
			p.await(`[data-testid=recipient-preview]`)
		}},
		{name: "share-link", goTo: func(p *page) {
			p.visit(share)
			p.fillShareForm()
			p.click(submitShare)
			p.await(`input#share-link`)
		}},
		{name: "share-sent-twice", goTo: func(p *page) { p.sendTwice(share) }},
		{name: "item-with-links", goTo: at(oneTimePasswordItem)},
		{name: "items-live", goTo: at("/items")},
	}
	if w.window.phone {
		states = append(states, pageState{name: "menu", goTo: func(p *page) {
			p.visit("/items")
			p.click(`[data-testid=menu]`)
			p.await(`[data-testid=signout]`)
		}})
	}
	states = append(states, editorPages()...)
	return append(states, w.itemPages()...)
}

// sendTwice sends a share form that was used before.
func (p *page) sendTwice(share string) {
	p.t.Helper()
	p.visit(share)
	token := p.value(`#share-form [name=token]`)
	p.click(submitShare)
	p.await(`input#share-link`)
	p.visit(share)
	eval[string](p, element(`#share-form [name=token]`)+".value = "+quote(token))
	p.click(submitShare)
	p.await(`[data-error=already_created]`)
}

var categoryOption = regexp.MustCompile(`<option value="([A-Za-z]+)"`)

// itemPages returns the first item of every category, and the items whose texts are hard to show.
func (w *pageWalk) itemPages() []pageState {
	var states []pageState
	for _, category := range categoryOption.FindAllStringSubmatch(w.client.get("/items").body, -1) {
		found := distinct(itemPath.FindAllString(w.client.get("/items?category="+category[1]).body, -1))
		if found = slices.DeleteFunc(found, isNewItem); len(found) > 0 {
			states = append(
				states,
				pageState{
					name:      "item-" + strings.ToLower(category[1]),
					goTo:      at(found[0]),
					noPicture: category[1] != "Login",
				},
			)
		}
	}
	if len(states) < 15 {
		w.t.Errorf("the demo shows %d categories, want every one", len(states))
	}
	for name, text := range map[string]string{"long": "averyvery", "hostile": "not bold"} {
		states = append(states, pageState{name: "item-" + name, goTo: at(w.client.items(text)[0])})
	}
	return states
}

func memberPages(w *pageWalk) []pageState {
	c := signedIn(w.t, w.server, member)
	states := append(
		[]pageState{{name: "forbidden", goTo: at("/admin/policy")}}, accountPages(w)...,
	)
	for _, item := range c.items("") {
		if c.get(item+"/share").status == http.StatusForbidden {
			return append(
				states,
				pageState{name: "item-read-only", goTo: at(item)},
				pageState{name: "share-forbidden", goTo: at(item + "/share")},
				pageState{name: "share-unseen", goTo: func(p *page) {
					w.letShareUnseen("Read only")
					p.visit(item + "/share")
					p.await(`[data-testid=unseen]`)
				}},
				pageState{name: "share-unseen-member", goTo: func(p *page) {
					w.letShareUnseen("Read only")
					w.client.setPolicy(url.Values{ // earlier pages have narrowed it to one domain
						"max_expiry": {"ThirtyDays"}, "default_expiry": {"SevenDays"},
						"allowed_types":           {"Authenticated", "Public"},
						"allowed_recipient_types": {"Email", "Domain"}, "files_allowed": {"on"},
					})
					p.visit(item + "/share")
					p.fill(recipientsField, admin+", zoe@client.example")
					p.click(submitShare)
					p.await(`[data-error=recipient_member]`)
				}},
				pageState{name: "shared-unseen", goTo: func(p *page) {
					w.letShareUnseen("Read only")
					p.visit(item + "/share")
					p.fill(recipientsField, "zoe@client.example")
					p.click(submitShare)
					p.await(`[data-testid=shared] [data-testid=unseen]`)
				}},
			)
		}
	}
	w.t.Error("the member may share every item that they see")
	return states
}

// letShareUnseen lets the member share from a vault, but not reveal.
func (w *pageWalk) letShareUnseen(vault string) {
	w.t.Helper()
	out, code := w.server.command("", "vault", "grant", "--vault", vault, "--email", member, "--share",
		"--no-reveal")
	if code != 0 {
		w.t.Fatalf("vault grant: %s", out)
	}
}
