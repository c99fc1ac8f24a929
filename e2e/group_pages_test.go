package e2e

// groupPages are the states of the pages of groups and of one vault's access: a group with a member gets
// rights in a new vault, which is archived in the end.
func groupPages() []pageState {
	return []pageState{
		{name: "groups-none", goTo: at("/admin/groups")},
		{name: "groups-refused", noPicture: true, goTo: func(p *page) {
			p.visit("/admin/groups")
			p.stays()
			p.click(`[data-testid=add]`)
			p.awaitTrue("the focus on the name", `document.activeElement.matches("[name=name]")`)
			p.stayed()
		}},
		{name: "group-new", noPicture: true, goTo: func(p *page) {
			p.visit("/admin/groups")
			p.fill(`[name=name]`, "Operations")
			p.click(`[data-testid=add]`)
			p.await(`[data-testid=member-form]`)
		}},
		{name: "vault-new", noPicture: true, goTo: func(p *page) {
			p.visit("/admin/vaults")
			p.fill(`[data-testid=vault-form] [name=name]`, "Servers")
			p.click(`[data-testid=add]`)
			p.await(`[data-testid=grant-form]`)
		}},
		{name: "vault-access-refused", noPicture: true, goTo: func(p *page) {
			p.fill(`[name=who]`, "Nobody of this name")
			p.stays()
			p.click(`[data-testid=grant-save]`)
			p.awaitTrue("the focus on who it is", `document.activeElement.matches("[name=who]")`)
			p.stayed()
		}},
		{name: "vault-access", goTo: func(p *page) {
			p.fill(`[name=who]`, "operations")
			p.choose(`[name=share]`)
			p.click(`[data-testid=grant-save]`)
			p.await(`[data-testid=flash]`)
		}},
		{name: "groups", goTo: at("/admin/groups")},
		{name: "group", goTo: func(p *page) {
			p.click(`[data-testid=group] a`)
			p.await(`[data-testid=member-form]`)
			p.fill(`[name=person]`, "member@example.com")
			p.click(`[data-testid=add]`)
			p.await(`[data-testid=member]`)
		}},
		{name: "group-delete", goTo: func(p *page) {
			p.click(`[data-testid=delete-ask] summary`)
			p.await(`[data-testid=delete]`)
		}},
		{name: "vaults-of-groups", goTo: func(p *page) {
			p.visit("/admin/vaults?q=servers")
			p.await(`[data-testid=source]`)
		}},
		{name: "vault-access-change", goTo: func(p *page) {
			p.click(`[data-testid=change]`)
			p.await(`[data-testid=grant-form] [name=share]:checked`)
		}},
		{name: "vault-archive", goTo: func(p *page) {
			p.click(`[data-testid=archive-ask] summary`)
			p.await(`[data-testid=archive]`)
		}},
		{name: "vault-archived", goTo: func(p *page) {
			p.click(`[data-testid=archive]`)
			p.await(`[data-testid=archived]`)
		}},
	}
}
