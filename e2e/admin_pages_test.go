package e2e

import (
	"net/url"
)

func adminPages(w *pageWalk) []pageState {
	item := w.client.anItem()
	named := w.client.share(
		item,
		url.Values{"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}},
	)
	used := w.client.share(item, url.Values{"one_time": {"on"}})
	used.item(nil)
	w.client.share(item, nil)
	w.client.post(w.client.shares("")[0]+"/revoke", url.Values{})
	named.call("code", with{"email": "ann@client.example"})
	named.item(
		with{"email": "ann@client.example", "code": w.server.mailedCode("ann@client.example")},
	)
	var endRevoking func()
	states := []pageState{
		{name: "history", goTo: at("/shares")},
		{name: "admin", goTo: at("/admin")},
		{name: "admin-rotate", goTo: at("/admin/rotate")},
		{name: "history-filters", goTo: at("/shares?with=ann@client.example&created=7days")},
		{name: "history-none-found", goTo: at("/shares?q=nothing+has+this+name")},
		{name: "policy", goTo: at("/admin/policy")},
		{name: "policy-refused", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.pick("max_expiry", "OneHour")
			p.click(`[data-testid=preview]`)
			p.await(`[data-testid=problem-default_expiry]`)
		}},
		{name: "policy-revoking", goTo: func(p *page) {
			endRevoking = w.server.revokeSlowly()
			p.visit("/admin/policy")
			p.await(`[data-revocation=running]`)
		}},
		{name: "policy-revoked", goTo: func(p *page) {
			endRevoking()
			p.visit("/admin/policy")
			p.await(`[data-revocation=done]`)
		}},
		{name: "policy-preview", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.pick("max_expiry", "OneHour")
			p.pick("default_expiry", "OneHour")
			p.click(`[data-testid=preview]`)
			p.await(`[data-affected]`)
		}},
		{name: "policy-of-a-vault", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.click(`[data-testid=vault-rules] a`)
			p.await(`[data-testid=policy-form]`)
		}},
		{name: "policy-same-as-account", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.click(`[data-testid=vault-rules] a`)
			p.fill(`[name=max_views]`, "2")
			p.click(`[data-testid=preview]`)
			p.click(`[data-testid=save]`)
			p.await(`[data-testid=flash]`)
			p.await(`[data-testid=same]`)
			eval[bool](p, `(`+element(`[data-testid=same]`)+`.scrollIntoView({block: "end"}), true)`)
		}},
		{name: "policy-same-preview", goTo: func(p *page) {
			p.click(`[data-testid=same]`)
			p.await(`[data-testid=compared] [data-changed]`)
			p.awaitGone(`[data-testid=flash]`)
		}},
		{name: "policy-same-saved", noPicture: true, goTo: func(p *page) {
			p.click(`[data-testid=save]`)
			p.awaitGone(`[data-testid=same]`)
		}},
		{name: "users", goTo: at("/admin/users")},
		{name: "vaults", goTo: at("/admin/vaults")},
		{name: "service-accounts-none", goTo: at("/admin/service-accounts")},
		{name: "service-accounts-refused", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.click(`[data-testid=add]`)
			p.await(`[data-testid=problem-vaults]`)
		}},
		{name: "service-token", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.fill(`[name=name]`, "Deploys of the shop")
			p.choose(`[name=vaults]`)
			p.click(`[data-testid=add]`)
			p.await(`input#service-token`)
		}},
		{name: "service-accounts", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.click(`[data-testid=revoke-ask] summary`)
			p.await(`[data-testid=revoke]`)
		}},
		{name: "service-accounts-revoked", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.click(`[data-testid=revoke-ask] summary`)
			p.click(`[data-testid=revoke]`)
			p.await(`[data-state=revoked]`)
		}},
		{name: "service-accounts-people", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.choose(`[name=manage_people]`)
		}},
		{name: "service-token-people", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.fill(`[name=name]`, "Onboarding")
			p.choose(`[name=manage_people]`)
			p.click(`[data-testid=add]`)
			p.await(`input#service-token`)
		}},
		{name: "mail", goTo: at("/admin/mail")},
		{name: "mail-refused", goTo: func(p *page) {
			p.visit("/admin/mail")
			p.fill(`[name=to]`, "nobody")
			p.click(`[data-testid=mail-test]`)
			p.await(`[data-testid=problem-to]`)
		}},
		{name: "mail-sent", goTo: func(p *page) {
			p.visit("/admin/mail")
			p.fill(`[name=to]`, "ann@client.example")
			p.click(`[data-testid=mail-test]`)
			p.await(`[data-testid=mail-sent]`)
		}},
		{name: "audit", goTo: at("/admin/audit")},
		{name: "audit-verify", goTo: func(p *page) {
			p.visit("/admin/audit")
			p.await(`[data-testid=chain-proof]`)
			p.click(`[data-testid=chain-proof] summary`)
			p.await(`[data-testid=verify]`)
		}},
		{name: "audit-none", goTo: at("/admin/audit?q=nobody@x.example")},
		{name: "vaults-all", goTo: at("/vaults")},
		{name: "not-found", goTo: at("/vaults/nowhere/items/nothing")},
		{name: "outbox", goTo: at("/demo/outbox")},
		{name: "share-revoke", goTo: func(p *page) {
			p.visit(w.client.shares("status=active")[0])
			p.click(`[data-testid=revoke-ask] summary`)
			p.await(`[data-testid=revoke]`)
		}},
		{name: "share-again", goTo: func(p *page) {
			p.visit(w.client.shares("status=active")[0])
			p.click(`[data-testid=again]`)
			p.await(`[data-testid=share-again]`)
		}},
	}
	for _, status := range []string{"active", "viewed", "revoked"} {
		shares := w.client.shares("status=" + status)
		if len(shares) == 0 {
			w.t.Errorf("no share is %s", status)
			continue
		}
		states = append(
			states,
			pageState{name: "history-" + status, goTo: at("/shares?status=" + status)},
			pageState{name: "share-" + status, goTo: at(shares[0])},
		)
	}
	states = append(states, pageState{name: "share-again-changed", goTo: func(p *page) {
		w.client.tighten()
		p.visit(w.client.shares("with=ann@client.example")[0])
		p.click(`[data-testid=again]`)
		p.await(`[data-testid=again-changes]`)
	}})
	return states
}
