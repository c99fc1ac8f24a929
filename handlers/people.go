package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/views"
)

// showPerson shows what a person may do and where that comes from, and what an admin can do about it.
func (h *Handlers) showPerson(c echo.Context, me account.Identity) error {
	props, err := h.personPage(c, me)
	if err != nil {
		return err
	}
	props.Shell.Flash = views.PersonDone(c.QueryParam("done"), props.Person.Name)
	return h.show(c, http.StatusOK, views.PersonPage(props))
}

func (h *Handlers) personPage(c echo.Context, me account.Identity) (p views.PersonProps, err error) {
	ctx, id := c.Request().Context(), c.Param("id")
	person, err := h.c.Accounts.Person(ctx, id)
	if err != nil {
		return p, fault.Wrap("find a person", err)
	}
	names, err := h.vaultTitles(ctx)
	if err != nil {
		return p, err
	}
	p = views.PersonProps{
		Shell:  h.shell(me, views.NavUsers, person.Name, h.sidebarVaults(ctx, me)),
		Person: userRow(person.User, h.c.Clock()), Sessions: person.Sessions,
		CodeExpires: person.CodeExpires, MailOff: h.c.Invitations == nil, Ways: h.ways(),
		Form: views.PersonInput{Name: person.Name, Role: string(person.Role)}, Self: me.User.ID == id,
	}
	if p.CanReset, err = h.c.Accounts.CanReset(ctx, id); err != nil {
		return p, fault.Wrap("find ways to sign in", err)
	}
	groups, err := h.c.Accounts.GroupsOf(ctx, []string{id})
	if err != nil {
		return p, fault.Wrap("list groups", err)
	}
	for _, g := range groups[id] {
		p.Groups = append(p.Groups, views.Option{ID: g.ID, Name: g.Name})
	}
	if p.Access, err = h.accessOf(ctx, id, names, p.Groups); err != nil {
		return p, err
	}
	undelivered, err := h.undeliveredTo(ctx, person.User)
	if err != nil {
		return p, err
	}
	p.Person.Undelivered = undelivered[id]
	if p.Links, err = h.c.Shares.ActiveOf(ctx, id); err != nil {
		return p, fault.Wrap("count links", err)
	}
	programs, err := h.c.Accounts.ServiceAccountsBy(ctx, id)
	for _, a := range programs {
		p.Programs = append(p.Programs, serviceAccountRow(a, names, h.c.Clock()))
	}
	return p, fault.Wrap("list service accounts", err)
}

// vaultTitles returns the titles of vaults by ID, none while the vault is unreachable.
func (h *Handlers) vaultTitles(ctx context.Context) (map[string]string, error) {
	vaults, err := h.c.Vault.Vaults(ctx)
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return nil, fault.Wrap("list vaults", err)
	}
	return titles(vaults), nil
}

// accessOf returns what a person may do in which vault, and where that comes from.
func (h *Handlers) accessOf(
	ctx context.Context, id string, names map[string]string, groups []views.Option,
) ([]views.AccessRow, error) {
	grants, err := h.c.Accounts.RightsOf(ctx, []string{id})
	if err != nil {
		return nil, fault.Wrap("list grants", err)
	}
	from := map[string]string{"": "Granted to this person"}
	for _, g := range groups {
		from[g.ID] = "Group " + g.Name
	}
	var rows []views.AccessRow
	for _, g := range grants {
		rows = append(rows, views.AccessRow{
			VaultID: g.VaultID, Vault: vaultName(names, g.VaultID),
			Rights: views.RightWords(g), From: from[g.GroupID],
		})
	}
	return rows, nil
}

// changePerson sets a person's name and role.
func (h *Handlers) changePerson(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	err = h.c.Accounts.ChangePerson(
		c.Request().Context(), me.User.ID, id, form.Get("name"), account.Role(form.Get("role")),
	)
	return h.personChanged(c, me, err, "changed", func(p *views.PersonProps) {
		p.Form = views.PersonInput{Name: form.Get("name"), Role: form.Get("role")}
	})
}

// personChanged leads to the person's page after a change, or shows there what prevented it.
func (h *Handlers) personChanged(
	c echo.Context, me account.Identity, err error, done string, typed func(*views.PersonProps),
) error {
	kind := fault.KindOf(err)
	switch {
	case err == nil:
		return seeOther(c, h.PersonAfter(c.Param("id"), done))
	case kind != fault.Invalid && kind != fault.Conflict:
		return fault.Wrap("change a person", err)
	}
	props, failed := h.personPage(c, me)
	if failed != nil {
		return failed
	}
	typed(&props)
	props.Problems = fault.ProblemsOf(err)
	status, _ := statusOf(c, err)
	return h.showEither(c, status, views.Person(props), views.PersonPage(props))
}

func nothingTyped(*views.PersonProps) {}

func (h *Handlers) suspendPerson(c echo.Context, me account.Identity) error {
	err := h.c.Accounts.Suspend(c.Request().Context(), me.User.ID, c.Param("id"), true)
	return h.personChanged(c, me, err, "suspended", nothingTyped)
}

func (h *Handlers) reinstatePerson(c echo.Context, me account.Identity) error {
	err := h.c.Accounts.Suspend(c.Request().Context(), me.User.ID, c.Param("id"), false)
	return h.personChanged(c, me, err, "reinstated", nothingTyped)
}

// removePerson removes a person after what was chosen happened to their links.
func (h *Handlers) removePerson(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), c.Param("id")
	person, err := h.c.Accounts.Person(ctx, id)
	if err != nil {
		return fault.Wrap("find a person", err)
	}
	choice := share.LinksChoice(form.Get("links"))
	heir, err := h.heirOf(ctx, id, choice, form.Get("to"))
	if err == nil {
		err = h.c.Accounts.Remove(ctx, me.User.ID, id, func(ctx context.Context) (string, error) {
			by := share.Sharer{ID: me.User.ID, Name: me.User.Name}
			return h.c.Shares.Settle(ctx, by, id, choice, heir.ID)
		})
	}
	if err == nil {
		return seeOther(c, h.UsersAfter("removed", person.Name))
	}
	return h.personChanged(c, me, err, "", func(p *views.PersonProps) {
		p.Removal = views.RemovalInput{Links: form.Get("links"), To: form.Get("to")}
	})
}

// heirOf returns who gets the links of somebody who is removed, the zero value for nobody.
func (h *Handlers) heirOf(
	ctx context.Context, id string, choice share.LinksChoice, to string,
) (heir account.User, err error) {
	switch choice {
	case share.KeepLinks, share.RevokeLinks:
		return heir, nil
	case share.HandOverLinks:
		return h.c.Accounts.Heir(ctx, id, to)
	}
	return heir, share.NoLinksChoice()
}

// resetPerson makes a code for a new password.
func (h *Handlers) resetPerson(c echo.Context, me account.Identity) error {
	return h.issueCode(c, me, h.c.Accounts.Reset)
}

// inviteAgain makes a new code for somebody who is invited.
func (h *Handlers) inviteAgain(c echo.Context, me account.Identity) error {
	return h.issueCode(c, me, h.c.Accounts.InviteAgain)
}

// issueCode sends a code by email, or shows it where email is off or the form asks for a link.
func (h *Handlers) issueCode(
	c echo.Context, me account.Identity,
	issue func(context.Context, string, string, account.Post) (account.Issued, error),
) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	post := h.post(me, form.Get("by") == "link")
	issued, err := issue(c.Request().Context(), me.User.ID, c.Param("id"), post)
	if err == nil && post.Mailer == nil {
		return h.showCode(c, me, issued, post)
	}
	return h.personChanged(c, me, err, "sent", nothingTyped)
}

func (h *Handlers) withdrawInvitation(c echo.Context, me account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("id")
	person, err := h.c.Accounts.Person(ctx, id)
	if err == nil {
		err = h.c.Accounts.Withdraw(ctx, me.User.ID, id)
	}
	if err != nil {
		return fault.Wrap("withdraw an invitation", err)
	}
	return seeOther(c, h.UsersAfter("withdrawn", person.Name))
}
