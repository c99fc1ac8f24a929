package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// groupDone are the words for what was done with a group.
var groupDone = map[string]string{
	"created": "Group created.", "deleted": "Group deleted.", "renamed": "Group renamed.",
	"added": "Added to the group.", "removed": "Removed from the group.",
}

func (h *Handlers) showGroups(c echo.Context, me account.Identity) error {
	props, err := h.groupsPage(c, me)
	if err != nil {
		return err
	}
	props.Shell.Flash = groupDone[c.QueryParam("done")]
	return h.showEither(c, http.StatusOK, views.GroupList(props), views.GroupsPage(props))
}

func (h *Handlers) groupsPage(c echo.Context, me account.Identity) (views.GroupsProps, error) {
	ctx := c.Request().Context()
	find, filter := findOf(c)
	page, err := h.c.Accounts.FindGroups(ctx, find)
	props := views.GroupsProps{
		Shell:  h.shell(me, views.NavGroups, "Groups", h.sidebarVaults(ctx, me)),
		Filter: filter, Next: page.Next,
		None: len(page.Rows) == 0 && filter == views.ListFilter{},
	}
	for _, g := range page.Rows {
		props.Groups = append(props.Groups, groupRow(g))
	}
	return props, fault.Wrap("list groups", err)
}

func groupRow(g account.Group) views.GroupRow {
	return views.GroupRow{ID: g.ID, Name: g.Name, Members: g.Members, Vaults: g.Vaults}
}

func (h *Handlers) addGroup(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	group, err := h.c.Accounts.AddGroup(c.Request().Context(), me.User.ID, form.Get("name"))
	if status, problems := refusedName(err); status != 0 {
		props, err := h.groupsPage(c, me)
		if err != nil {
			return err
		}
		props.Name, props.Problems = form.Get("name"), problems
		return h.showEither(c, status, views.Groups(props), views.GroupsPage(props))
	}
	if err != nil {
		return fault.Wrap("add a group", err)
	}
	return seeOther(c, h.GroupDone(group.ID, "created"))
}

func (h *Handlers) showGroup(c echo.Context, me account.Identity) error {
	props, err := h.groupPage(c, me)
	if err != nil {
		return err
	}
	props.Shell.Flash = groupDone[c.QueryParam("done")]
	return h.showEither(c, http.StatusOK, views.MemberList(props), views.GroupPage(props))
}

func (h *Handlers) groupPage(c echo.Context, me account.Identity) (views.GroupProps, error) {
	ctx, id := c.Request().Context(), c.Param("group")
	group, err := h.c.Accounts.Group(ctx, id)
	if err != nil {
		return views.GroupProps{}, err
	}
	find, filter := findOf(c)
	members, err := h.c.Accounts.FindMembers(ctx, id, find)
	if err != nil {
		return views.GroupProps{}, fault.Wrap("list members", err)
	}
	props := views.GroupProps{
		Shell:  h.shell(me, views.NavGroups, group.Name, h.sidebarVaults(ctx, me)),
		Filter: filter, Group: groupRow(group), Name: group.Name, Next: members.Next,
		Who: &views.Lookup{Field: "person", Label: "Person", Icon: "users", All: "Name or email"},
	}
	for _, u := range members.Rows {
		props.Members = append(props.Members, views.User{ID: u.ID, Name: u.Name, Email: u.Email})
	}
	if props.Who.Hits, err = h.personHits(ctx, ""); err != nil {
		return props, err
	}
	if props.Losers, err = h.c.Accounts.LosersOf(ctx, id); err != nil {
		return props, fault.Wrap("count who depends on a group", err)
	}
	return props, h.addGroupGrants(c, group, &props)
}

// addGroupGrants adds what the group gives. It works while the vault is unreachable, without names.
func (h *Handlers) addGroupGrants(
	c echo.Context, group account.Group, props *views.GroupProps,
) error {
	ctx := c.Request().Context()
	grants, err := h.c.Accounts.GroupGrants(ctx, group.ID)
	if err != nil {
		return fault.Wrap("list rights of a group", err)
	}
	vaults, err := h.c.Vault.Vaults(ctx)
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return ofVault("list vaults", err)
	}
	names := titles(vaults)
	for _, g := range grants {
		props.Grants = append(props.Grants, views.GrantRow{
			VaultID: g.VaultID, Vault: vaultName(names, g.VaultID), Archived: g.Archived,
			ID: group.ID, User: group.Name, Group: true, Rights: rightsOf(g),
		})
	}
	return nil
}

// showGroupProblems shows the group's page with what was wrong in one of its forms.
func (h *Handlers) showGroupProblems(
	c echo.Context, me account.Identity, status int, problems []fault.Problem,
) error {
	props, err := h.groupPage(c, me)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	if form.Has("name") {
		props.Name = form.Get("name")
	}
	props.Who.Text, props.Problems = form.Get("person"), problems
	return h.showEither(c, status, views.Group(props), views.GroupPage(props))
}

func (h *Handlers) renameGroup(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	id := c.Param("group")
	err = h.c.Accounts.RenameGroup(c.Request().Context(), me.User.ID, id, form.Get("name"))
	if status, problems := refusedName(err); status != 0 {
		return h.showGroupProblems(c, me, status, problems)
	}
	if err != nil {
		return fault.Wrap("rename a group", err)
	}
	return seeOther(c, h.GroupDone(id, "renamed"))
}

// addMember adds the person whom a text means.
func (h *Handlers) addMember(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), c.Param("group")
	person, err := h.personOf(ctx, "person", form.Get("person"))
	if err == nil {
		err = h.c.Accounts.SetMember(ctx, me.User.ID, id, person.ID, true)
	}
	if fault.KindOf(err) == fault.Invalid {
		return h.showGroupProblems(c, me, http.StatusUnprocessableEntity, fault.ProblemsOf(err))
	}
	if err != nil {
		return fault.Wrap("add a member", err)
	}
	return seeOther(c, h.GroupDone(id, "added"))
}

func (h *Handlers) removeMember(c echo.Context, me account.Identity) error {
	id := c.Param("group")
	err := h.c.Accounts.SetMember(
		c.Request().Context(), me.User.ID, id, c.Param("user"), false,
	)
	if err != nil {
		return fault.Wrap("remove a member", err)
	}
	return seeOther(c, h.GroupDone(id, "removed"))
}

func (h *Handlers) deleteGroup(c echo.Context, me account.Identity) error {
	if err := h.c.Accounts.DeleteGroup(
		c.Request().Context(), me.User.ID, c.Param("group"),
	); err != nil {
		return fault.Wrap("delete a group", err)
	}
	return seeOther(c, h.GroupsDone("deleted"))
}
