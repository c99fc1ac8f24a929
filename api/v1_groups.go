package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
)

// group is a set of people who get rights in vaults together.
type group struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Members int    `json:"memberCount"`
	Vaults  int    `json:"vaultCount"` // in how many it gives rights
}

func groupOf(g account.Group) group { return group{g.ID, g.Name, g.Members, g.Vaults} }

// groups lists groups by name.
func (a *API) groups(c echo.Context, _ account.Identity) error {
	ctx := c.Request().Context()
	find, err := findOf(c)
	if err != nil {
		return err
	}
	if find.After != "" {
		if _, err := a.c.Accounts.Group(ctx, find.After); err != nil {
			return noPage("find a group", err)
		}
	}
	found, err := a.c.Accounts.FindGroups(ctx, find)
	if err != nil {
		return fault.Wrap("list groups", err)
	}
	page := list[group]{Items: make([]group, len(found.Rows)), Next: found.Next}
	for i, g := range found.Rows {
		page.Items[i] = groupOf(g)
	}
	return a.answerTagged(c, page)
}

// addGroup creates a group without members and rights.
func (a *API) addGroup(c echo.Context, me account.Identity) error {
	name, err := nameOf(c)
	if err != nil {
		return err
	}
	added, err := a.c.Accounts.AddGroup(c.Request().Context(), me.User.ID, name)
	if err != nil {
		return fault.Wrap("add a group", err)
	}
	c.Response().Header().Set(echo.HeaderLocation, a.c.URL+"/api/v1/groups/"+added.ID)
	return answer(c, http.StatusCreated, groupOf(added))
}

// nameOf parses a body that holds a name and nothing else.
func nameOf(c echo.Context) (string, error) {
	in, err := bodyOf(c)
	if err != nil {
		return "", err
	}
	r := reader{in: in}
	name := r.text("name")
	r.rejectOthers("name")
	return name, fault.Fields(r.problems)
}

// group answers with one group.
func (a *API) group(c echo.Context, _ account.Identity) error {
	found, err := a.c.Accounts.Group(c.Request().Context(), c.Param("group"))
	if err != nil {
		return fault.Wrap("find a group", err)
	}
	return a.answerTagged(c, groupOf(found))
}

// renameGroup changes the name of a group.
func (a *API) renameGroup(c echo.Context, me account.Identity) error {
	name, err := nameOf(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), c.Param("group")
	if err := a.c.Accounts.RenameGroup(ctx, me.User.ID, id, name); err != nil {
		return fault.Wrap("rename a group", err)
	}
	renamed, err := a.c.Accounts.Group(ctx, id)
	if err != nil {
		return fault.Wrap("find a group", err)
	}
	return answer(c, http.StatusOK, groupOf(renamed))
}

// deleteGroup deletes a group with its memberships and rights.
func (a *API) deleteGroup(c echo.Context, me account.Identity) error {
	err := a.c.Accounts.DeleteGroup(c.Request().Context(), me.User.ID, c.Param("group"))
	if err != nil {
		return fault.Wrap("delete a group", err)
	}
	return noContent(c)
}

// members lists a group's members by name.
func (a *API) members(c echo.Context, _ account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("group")
	if _, err := a.c.Accounts.Group(ctx, id); err != nil {
		return fault.Wrap("find a group", err)
	}
	find, err := findOf(c)
	if err != nil {
		return err
	}
	if err := a.mustBeUser(ctx, find.After); err != nil {
		return err
	}
	found, err := a.c.Accounts.FindMembers(ctx, id, find)
	if err != nil {
		return fault.Wrap("list members", err)
	}
	return a.answerUsers(c, found)
}

func (a *API) addMember(c echo.Context, me account.Identity) error {
	return a.setMember(c, me, true)
}

func (a *API) removeMember(c echo.Context, me account.Identity) error {
	return a.setMember(c, me, false)
}

// setMember adds a person to a group or removes them. What is so already stays.
func (a *API) setMember(c echo.Context, me account.Identity, member bool) error {
	err := a.c.Accounts.SetMember(
		c.Request().Context(), me.User.ID, c.Param("group"), c.Param("user"), member,
	)
	if err != nil {
		return fault.Wrap("change a group's members", err)
	}
	return noContent(c)
}
