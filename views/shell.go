package views

// htmxConfig keeps htmx within the content security policy: no evaluated code, no styles of its
// own, no requests to other sites, no pages in the browser's storage. A rejected form (409, 422) is
// swapped in like any response; other errors are shown in #notice.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,` +
	`"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},` +
	`{"code":"4(09|22)","swap":true},{"code":"[45]..","swap":true,"error":true,` +
	`"target":"#notice","swapOverride":"innerHTML"}]}`

// titleWords is the title of a document.
func titleWords(title string) string { return title + " – itemshare" }

// markPath draws the padlock of the logo.
const markPath = "M11 15v-3a5 5 0 0 1 10 0v3m-11.500 0h13a1.500 1.500 0 0 1 1.500 1.500v7" +
	"a1.500 1.500 0 0 1-1.500 1.500h-13a1.500 1.500 0 0 1-1.500-1.500v-7" +
	"a1.500 1.500 0 0 1 1.500-1.500z"

// place is an entry of the navigation.
type place struct {
	Address, Icon, Name string
	Current             bool
}

func itemsLink(s Shell, vaultID string) place {
	address := s.Paths.Items(ItemsFilter{})
	return place{address, "list", "Items", s.Nav == NavItems && vaultID == ""}
}

func vaultLink(s Shell, v Option, vaultID string) place {
	return place{s.Paths.Items(ItemsFilter{Vault: v.ID}), "archive", v.Name, v.ID == vaultID}
}

func newShareLink(s Shell) place {
	return place{s.Paths.NewShare(), "link", "Share something", s.Nav == NavNewShare}
}

func historyLink(s Shell) place {
	return place{s.Paths.History(HistoryFilter{}), "clock", "History", s.Nav == NavHistory}
}

func importLink(s Shell) place {
	return place{s.Paths.Imports(), "upload", "Import", s.Nav == NavImport}
}

func outboxLink(s Shell) place {
	return place{s.Paths.Outbox(), "inbox", "Outbox", s.Nav == NavOutbox}
}

func adminLinks(s Shell) []place {
	accounts := s.Paths.ServiceAccounts()
	return []place{
		{s.Paths.AdminHome(), "chart-column", "Overview", s.Nav == NavAdmin},
		{s.Paths.Policy(""), "shield", "Policy", s.Nav == NavPolicy},
		{s.Paths.Users(ListFilter{}), "users", "People", s.Nav == NavUsers},
		{s.Paths.Groups(ListFilter{}), "book-user", "Groups", s.Nav == NavGroups},
		{s.Paths.Vaults(ListFilter{}), "lock", "Vault access", s.Nav == NavVaults},
		{accounts, "square-terminal", "Service accounts", s.Nav == NavServiceAccounts},
		{s.Paths.Webhooks(), "external-link", "Webhooks", s.Nav == NavWebhooks},
		{s.Paths.Mail(), "mail", "Email", s.Nav == NavMail},
		{s.Paths.Audit(AuditFilter{}), "scroll-text", "Audit log", s.Nav == NavAudit},
	}
}
