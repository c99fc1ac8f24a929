package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

// shape is the format of a route's answers, errors included.
type shape int

const (
	page    shape = iota // HTML; leads to the sign-in page where a session is needed
	files                // the same for everyone
	problem              // JSON, errors as problem documents
)

// An answerFunc answers a request of a caller whom its route admits.
type answerFunc = func(c echo.Context, me account.Identity) error

// route is one row of the table. The path stands below the base path.
type route struct {
	method string
	path   string
	access account.Access
	shape  shape
	long   bool // may take minutes: files, a whole history
	answer answerFunc
}

// table returns every route: of pages, of the API and, in a demo, of its outbox.
func (h *Handlers) table() []route {
	rows := h.pages()
	h.c.API.Routes(func(method, path string, access account.Access, long bool, answer answerFunc) {
		rows = append(rows, route{method, path, access, problem, long, answer})
	})
	if h.c.Demo != nil {
		rows = append(
			rows, route{http.MethodGet, "/demo/outbox", account.Anyone, page, false, h.showOutbox},
		)
	}
	return rows
}

func (h *Handlers) pages() []route {
	const (
		get, post = http.MethodGet, http.MethodPost
		items     = "/vaults/:vault/items"
		access    = "/vaults/:vault/access"
		item      = items + "/:item"

		anyone   = account.Anyone
		signedIn = account.SignedIn
		viewer   = account.VaultViewer
		revealer = account.VaultRevealer
		sharer   = account.VaultSharer
		editor   = account.VaultEditor
		manager  = account.VaultManager
		admin    = account.Administrator

		enrolling = account.Enrolling
	)
	return []route{
		{get, "/", signedIn, page, false, h.home},
		{get, "/signin", anyone, page, false, h.signInPage},
		{post, "/signin", anyone, page, false, h.signIn},
		{get, resumePath, anyone, page, false, h.signInPage},
		{post, resumePath, anyone, page, false, h.signIn},
		{get, "/signin/oidc", anyone, page, false, h.beginProvider},
		{get, "/signin/oidc/callback", anyone, page, false, h.endProvider},
		{post, passkeyPath, anyone, page, false, h.signInPasskey},
		{get, stepPath, anyone, page, false, h.stepPage},
		{post, stepPath, anyone, page, false, h.secondStep},
		{post, "/signout", anyone, page, false, h.signOut},
		{get, setUpPath, anyone, page, false, h.showSetUp},
		{post, setUpPath, anyone, page, false, h.setUp},
		{get, setUpPath + "/organization", admin, page, false, h.showOrganization},
		{post, setUpPath + "/organization", admin, page, false, h.setOrganization},
		{get, setUpPath + "/rules", admin, page, false, h.whileSettingUp(h.showRules)},
		{post, setUpPath + "/rules", admin, page, false, h.whileSettingUp(h.setRules)},
		{get, setUpPath + "/email", admin, page, false, h.whileSettingUp(h.showSetUpEmail)},
		{post, setUpPath + "/email", admin, page, true, h.whileSettingUp(h.setUpEmail)},
		{get, setUpPath + "/vault", admin, page, false, h.whileSettingUp(h.showSetUpVault)},
		{post, setUpPath + "/vault", admin, page, false, h.whileSettingUp(h.setUpVault)},
		{get, setUpPath + "/item", admin, page, false, h.whileSettingUp(h.showSetUpItem)},
		{post, setUpPath + "/end", admin, page, false, h.endSetUp},
		{get, "/join", anyone, page, false, h.showJoin},
		{post, "/join", anyone, page, false, h.join},

		{get, "/account", signedIn, page, false, h.showAccount},
		{post, "/account/name", signedIn, page, false, h.rename},
		{post, "/account/emails", signedIn, page, false, h.setEmails},
		{post, "/account/password", signedIn, page, false, h.changePassword},
		{post, "/account/password/remove", signedIn, page, false, h.removePassword},
		{get, "/account/second-factor", enrolling, page, false, h.showFactor},
		{post, "/account/second-factor", enrolling, page, false, h.addFactor},
		{post, "/account/second-factor/off", signedIn, page, false, h.turnOffFactor},
		{post, "/account/second-factor/codes", signedIn, page, false, h.renewRecovery},
		{post, "/account/passkeys", signedIn, page, false, h.addPasskey},
		{post, "/account/passkeys/:passkey/remove", signedIn, page, false, h.removePasskey},
		{post, "/account/sessions/end", signedIn, page, false, h.endOtherSessions},
		{post, "/account/sessions/:session/end", signedIn, page, false, h.endSession},

		{get, "/items", signedIn, page, false, h.browse},
		{get, "/items/selected", signedIn, page, false, h.toItems},
		{post, "/items/selected", signedIn, page, false, h.changeSelected},
		{post, "/items/refresh", signedIn, page, false, h.refresh},
		{post, "/passwords/strength", signedIn, page, false, h.showStrength},
		{get, items + "/new", editor, page, false, h.newItem},
		{post, items, editor, page, false, h.createItem},
		{get, "/vaults", signedIn, page, false, h.showAllVaults},
		{get, access, manager, page, false, h.showVaultAccess},
		{post, access, manager, page, false, h.setVaultAccess},
		{post, access + "/name", manager, page, false, h.renameVault},
		{post, access + "/archive", manager, page, false, h.archiveVault},
		{post, access + "/restore", manager, page, false, h.restoreVault},
		{get, item, viewer, page, false, h.showItem},
		{post, item, editor, page, false, h.saveItem},
		{get, item + "/edit", editor, page, false, h.editItem},
		{post, item + "/duplicate", editor, page, false, h.act(h.duplicateItem)},
		{post, item + "/move", editor, page, false, h.moveItem},
		{post, item + "/archive", editor, page, false, h.act(h.archiveItem)},
		{post, item + "/restore", editor, page, false, h.act(h.restoreItem)},
		{post, item + "/delete", editor, page, false, h.act(h.deleteItem)},
		{get, item + "/versions", viewer, page, false, h.showVersions},
		{get, item + "/versions/:version", viewer, page, false, h.showVersion},
		{post, item + "/versions/:version/restore", editor, page, false, h.restoreVersion},
		{post, item + "/reveal", revealer, page, false, h.reveal},
		{post, item + "/files", editor, page, true, h.uploadFiles},
		{get, item + "/files/:file", revealer, page, true, h.downloadFile},
		{post, item + "/files/:file/delete", editor, page, false, h.deleteFile},
		{get, item + "/share", sharer, page, false, h.shareForm},
		{post, item + "/share", sharer, page, true, h.createShare},
		{post, item + "/share/terms", sharer, page, false, h.shareTerms},
		{post, item + "/share/recipients", sharer, page, false, h.checkRecipients},
		{post, item + "/share/preview", sharer, page, false, h.previewShare},

		{get, "/complete", signedIn, page, false, h.complete},
		{get, "/share", signedIn, page, false, h.newShareForm},
		{post, "/share", signedIn, page, true, h.createNewShare},
		{post, "/share/recipients", signedIn, page, false, h.checkRecipients},
		{post, "/share/terms", signedIn, page, false, h.newShareTerms},

		{get, "/shares", signedIn, page, false, h.history},
		{get, "/shares.csv", signedIn, page, true, h.historyCSV},
		{get, "/shares/:id", signedIn, page, false, h.showShare},
		{post, "/shares", signedIn, page, false, h.revokeShares},
		{post, "/shares/:id/revoke", signedIn, page, false, h.revoke},
		{post, "/shares/:id/emails", signedIn, page, false, h.tellOfShare},
		{post, "/shares/:id/recipients/:position/remove", signedIn, page, false, h.removeRecipient},

		{get, "/import", signedIn, page, false, h.showImports},
		{post, "/import", signedIn, page, true, h.sendImport},
		{get, "/import/:import", signedIn, page, false, h.showImport},
		{post, "/import/:import/columns", signedIn, page, false, h.setImportColumns},
		{post, "/import/:import/vault", signedIn, page, false, h.setImportVault},
		{post, "/import/:import/decide", signedIn, page, false, h.decideImport},
		{get, "/import/:import/report.csv", signedIn, page, true, h.importReport},
		{post, "/import/:import/cancel", signedIn, page, true, h.cancelImport},
		{get, "/export", signedIn, page, false, h.showExport},
		{post, "/export", signedIn, page, true, h.export},

		{get, "/admin", admin, page, false, h.adminHome},
		{get, "/admin/rotate", admin, page, false, h.showSeen},
		{get, "/admin/policy", admin, page, false, h.showPolicy},
		{post, "/admin/policy", admin, page, false, h.setPolicy},
		{post, "/admin/policy/links", admin, page, false, h.setLinks},
		{get, "/admin/policy/revocations", admin, page, false, h.showRevocations},
		{post, "/admin/policy/preview", admin, page, false, h.previewPolicy},
		{get, "/admin/users", admin, page, false, h.showUsers},
		{post, "/admin/second-factor", admin, page, false, h.requireFactor},
		{post, "/admin/users", admin, page, false, h.invite},
		{get, "/admin/users/invite", admin, page, false, h.showInvite},
		{get, "/admin/users/:id", admin, page, false, h.showPerson},
		{post, "/admin/users/:id", admin, page, false, h.changePerson},
		{post, "/admin/users/:id/invite", admin, page, false, h.inviteAgain},
		{post, "/admin/users/:id/withdraw", admin, page, false, h.withdrawInvitation},
		{post, "/admin/users/:id/suspend", admin, page, false, h.suspendPerson},
		{post, "/admin/users/:id/reinstate", admin, page, false, h.reinstatePerson},
		{post, "/admin/users/:id/reset", admin, page, false, h.resetPerson},
		{post, "/admin/users/:id/remove", admin, page, true, h.removePerson},
		{get, "/admin/vaults", admin, page, false, h.showVaults},
		{post, "/admin/vaults", admin, page, false, h.addVault},
		{get, "/admin/groups", admin, page, false, h.showGroups},
		{post, "/admin/groups", admin, page, false, h.addGroup},
		{get, "/admin/groups/:group", admin, page, false, h.showGroup},
		{post, "/admin/groups/:group", admin, page, false, h.renameGroup},
		{post, "/admin/groups/:group/members", admin, page, false, h.addMember},
		{post, "/admin/groups/:group/members/:user/remove", admin, page, false, h.removeMember},
		{post, "/admin/groups/:group/delete", admin, page, false, h.deleteGroup},
		{get, "/admin/service-accounts", admin, page, false, h.showServiceAccounts},
		{post, "/admin/service-accounts", admin, page, false, h.addServiceAccount},
		{post, "/admin/service-accounts/:id/revoke", admin, page, false, h.revokeServiceAccount},
		{get, "/admin/webhooks", admin, page, false, h.showWebhooks},
		{post, "/admin/webhooks", admin, page, false, h.addWebhook},
		{get, "/admin/webhooks/:id", admin, page, false, h.showWebhook},
		{post, "/admin/webhooks/:id/test", admin, page, true, h.testWebhook},
		{post, "/admin/webhooks/:id/pause", admin, page, false, h.pauseWebhook},
		{post, "/admin/webhooks/:id/resume", admin, page, false, h.resumeWebhook},
		{post, "/admin/webhooks/:id/rotate", admin, page, false, h.rotateWebhook},
		{post, "/admin/webhooks/:id/remove", admin, page, false, h.removeWebhook},
		{post, "/admin/webhooks/:id/deliveries/:delivery/resend", admin, page, false, h.resendDelivery},
		{get, "/admin/mail", admin, page, false, h.showMail},
		{post, "/admin/mail/test", admin, page, true, h.testMail},
		{get, "/admin/audit", admin, page, false, h.showAudit},
		{post, "/admin/audit/verify", admin, page, false, h.verifyAudit},
		{get, "/admin/audit.csv", admin, page, true, h.auditCSV},
		{get, "/admin/audit.ndjson", admin, page, true, h.auditNDJSON},

		{get, "/s", anyone, files, false, h.recipientPage},
		{get, apiPath + "/docs", anyone, page, false, h.showAPI},

		{get, "/static/:name", anyone, files, false, h.asset},
		{get, "/healthz", anyone, files, false, h.healthy},
		{get, "/readyz", anyone, files, false, h.ready},
	}
}

// apiPath is the path that the calls of programs stand below.
const apiPath = "/api/v1"

func (h *Handlers) router() *echo.Echo {
	e := echo.New()
	h.echo = e
	e.IPExtractor = extractor(h.c.Proxies)
	e.HTTPErrorHandler = h.fail
	e.Use(h.observe, h.watchProxy, h.protect, h.repairLink)
	h.routes = map[string]route{}
	for _, r := range h.table() {
		h.add(e, h.Base, r)
	}
	if h.Base != "" {
		h.add(e, "", route{http.MethodGet, "/healthz", account.Anyone, files, false, h.healthy})
		h.add(e, "", route{http.MethodGet, "/readyz", account.Anyone, files, false, h.ready})
		h.add(e, "", route{http.MethodGet, h.Base, account.SignedIn, page, false, h.home})
	}
	return e
}

// add registers a route, and HEAD wherever there is GET.
func (h *Handlers) add(e *echo.Echo, base string, r route) {
	h.routes[r.method+" "+base+r.path] = r
	e.Add(r.method, base+r.path, h.guard(r))
	if r.method == http.MethodGet {
		h.routes[http.MethodHead+" "+base+r.path] = r
		e.Add(http.MethodHead, base+r.path, h.guard(r))
	}
}

// guard returns the route's handler, which answers the callers that the row admits. A
// caller who may not view a vault learns nothing of it, not even that it exists.
func (h *Handlers) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		return withLimits(c, r, h.mostBytes(c, r), func() error {
			if led, err := h.leadsToSetUp(c, r); led {
				return err
			}
			if r.access == account.Anyone {
				return r.answer(c, account.Identity{})
			}
			if remembers(r) {
				return h.answerRemembering(c, r)
			}
			return h.answerCaller(c, r, h.admit)
		})
	}
}

// answerCaller answers a caller whom the row admits. Count counts the request of a program.
func (h *Handlers) answerCaller(
	c echo.Context, r route, count func(c echo.Context, r route, me account.Identity) error,
) error {
	me, err := h.caller(c, r.access)
	if err != nil {
		return err
	}
	if err := count(c, r, me); err != nil {
		return err
	}
	if err := r.access.Check(me, c.Param("vault")); err != nil {
		return err
	}
	if manages(r) {
		if me, err = h.judgeAgain(c, r); err != nil {
			return err
		}
	}
	if takesFiles(r) { // they may come slowly, from a caller who may send them
		c.Request().Body = patientBody{c.Request().Body, patienceWith(c)}
	}
	return r.answer(c, me)
}

func (h *Handlers) admit(c echo.Context, r route, me account.Identity) error {
	if !r.access.ForServiceAccounts() {
		return nil
	}
	return h.c.API.Admit(c, me)
}

// caller returns who sends the request: on a route for service accounts by the token
// alone, elsewhere by the cookie alone.
func (h *Handlers) caller(c echo.Context, access account.Access) (account.Identity, error) {
	if access.ForServiceAccounts() {
		return h.identifyServiceAccount(c)
	}
	return h.identify(c)
}
