package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

// An AddFunc adds one row to the table of routes. The path stands below the base path;
// long means that the answer may take minutes.
type AddFunc = func(
	method, path string, access account.Access, long bool,
	answer func(c echo.Context, me account.Identity) error,
)

// Routes hands each call to add.
func (a *API) Routes(add AddFunc) {
	const (
		get, post = http.MethodGet, http.MethodPost
		v1        = "/api/v1"
		item      = v1 + "/vaults/:vault/items/:item"

		anyone  = account.Anyone
		program = account.AnyServiceAccount
		viewer  = account.ServiceAccountViewer
		sharer  = account.ServiceAccountSharer
		editor  = account.ServiceAccountEditor
		reveals = account.ServiceAccountRevealer
		auditor = account.EventReader
		manager = account.PeopleManager

		user   = v1 + "/users/:user"
		group  = v1 + "/groups/:group"
		access = v1 + "/vaults/:vault/access"
	)
	add(post, "/s/peek", anyone, false, a.peek)
	add(post, "/s/code", anyone, false, a.sendCode)
	add(post, "/s/open", anyone, false, a.large(a.open))
	add(post, "/s/file", anyone, false, a.large(a.file))

	add(get, v1+"/openapi.json", anyone, false, a.openAPI)
	add(get, v1+"/vaults", program, false, a.vaults)
	add(get, v1+"/vaults/:vault/items", viewer, false, a.items)
	add(post, v1+"/vaults/:vault/items", editor, false, a.createItem)
	add(get, item, viewer, false, a.item)
	add(http.MethodPut, item, editor, false, a.putItem)
	add(http.MethodDelete, item, editor, true, a.deleteItem)
	add(post, item+"/archive", editor, false, a.archiveItem)
	add(post, item+"/files", editor, true, a.attachFile)
	add(get, item+"/files/:file", reveals, true, a.readFile)
	add(http.MethodDelete, item+"/files/:file", editor, false, a.deleteFile)
	add(get, item+"/share-policy", sharer, false, a.sharePolicy)
	add(post, item+"/recipients", sharer, false, a.checkRecipients)
	add(post, item+"/shares", sharer, true, a.createShare)
	add(post, v1+"/shares", program, true, a.createUnfiled)
	add(get, v1+"/shares", program, false, a.shares)
	add(get, v1+"/shares/:id", program, false, a.share)
	add(get, v1+"/shares/:id/views", program, false, a.views)
	add(http.MethodDelete, v1+"/shares/:id", program, false, a.revokeShare)
	add(get, v1+"/events", auditor, false, a.events)

	add(get, v1+"/users", manager, false, a.users)
	add(post, v1+"/users", manager, false, a.inviteUser)
	add(get, user, manager, false, a.user)
	add(http.MethodPatch, user, manager, false, a.changeUser)
	add(http.MethodDelete, user, manager, true, a.removeUser)
	add(post, user+"/invitation", manager, false, a.inviteAgain)
	add(post, user+"/password-reset", manager, false, a.resetPassword)
	add(get, user+"/access", manager, false, a.userAccess)
	add(get, v1+"/groups", manager, false, a.groups)
	add(post, v1+"/groups", manager, false, a.addGroup)
	add(get, group, manager, false, a.group)
	add(http.MethodPatch, group, manager, false, a.renameGroup)
	add(http.MethodDelete, group, manager, false, a.deleteGroup)
	add(get, group+"/members", manager, false, a.members)
	add(http.MethodPut, group+"/members/:user", manager, false, a.addMember)
	add(http.MethodDelete, group+"/members/:user", manager, false, a.removeMember)
	add(get, group+"/access", manager, false, a.groupAccess)
	add(post, v1+"/vaults", manager, false, a.addVault)
	add(get, v1+"/vaults/:vault", manager, false, a.vault)
	add(http.MethodPatch, v1+"/vaults/:vault", manager, false, a.changeVault)
	add(get, access, manager, false, a.vaultAccess)
	for _, holder := range []string{"/users/:user", "/groups/:group"} {
		add(http.MethodPut, access+holder, manager, false, a.setAccess)
		add(http.MethodDelete, access+holder, manager, false, a.removeAccess)
	}
}
