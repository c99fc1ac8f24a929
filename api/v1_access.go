package api

import (
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
)

// grant returns the grant of some rights.
func (r *reader) grant(field string, rights []string) account.Grant {
	g, ok := account.GrantOf(rights)
	if !ok {
		r.addProblem(field, "Use at least one of view, reveal, share, edit and manage.")
	}
	return g
}

// access is what a person, a group or a service account may do in a vault.
type access struct {
	Type    holderType     `json:"type"`
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Email   string         `json:"email,omitempty"` // of a person
	Rights  []string       `json:"rights"`          // all of them
	Sources []accessSource `json:"sources"`
}

// accessSource says where rights come from.
type accessSource struct {
	GroupID string   `json:"groupId,omitempty"` // "" for those of their own
	Rights  []string `json:"rights"`
}

// holderType says who has access.
type holderType string

const (
	holdsUser           holderType = "user"
	holdsGroup          holderType = "group"
	holdsServiceAccount holderType = "serviceAccount"
)

func accessOf(g account.Grantee) access {
	shown := access{
		Type: holdsServiceAccount, ID: g.GroupID + g.UserID, Name: g.Name, Email: g.Email,
		Rights: g.Rights(), Sources: sourcesOf(g),
	}
	switch {
	case g.GroupID != "":
		shown.Type = holdsGroup
	case g.Email != "":
		shown.Type = holdsUser
	}
	if shown.Type == holdsGroup { // they are its own
		shown.Sources[0].GroupID = ""
	}
	return shown
}

// vaultAccess lists who may do what in a vault, by name.
func (a *API) vaultAccess(c echo.Context, _ account.Identity) error {
	of, err := a.vaultOf(c)
	if err != nil {
		return err
	}
	find, err := findOf(c)
	if err != nil {
		return err
	}
	if find.After != "" {
		find.After = of.ID + "/" + find.After
	}
	found, err := a.c.Accounts.FindGrantees(
		c.Request().Context(), []account.Named{{ID: of.ID}}, find,
	)
	if err != nil {
		return fault.Wrap("list who has access", err)
	}
	page := list[access]{Items: []access{}, Next: strings.TrimPrefix(found.Next, of.ID+"/")}
	for _, g := range found.Rows {
		if g.UserID+g.GroupID != "" {
			page.Items = append(page.Items, accessOf(g))
		}
	}
	return a.answerTagged(c, page)
}

// rightsIn is what a person or a group may do in a vault.
type rightsIn struct {
	VaultID  string         `json:"vaultId"`
	Archived bool           `json:"archived,omitempty"` // then nothing but manage counts
	Rights   []string       `json:"rights"`             // all of them
	Sources  []accessSource `json:"sources"`
}

// userAccess lists what a person may do in which vault.
func (a *API) userAccess(c echo.Context, _ account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("user")
	if _, err := a.c.Accounts.Person(ctx, id); err != nil {
		return fault.Wrap("find a user", err)
	}
	grants, err := a.c.Accounts.RightsOf(ctx, []string{id})
	if err != nil {
		return fault.Wrap("list rights of a user", err)
	}
	return a.answerRights(c, grants)
}

// groupAccess lists what a group gives its members in which vault.
func (a *API) groupAccess(c echo.Context, _ account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("group")
	if _, err := a.c.Accounts.Group(ctx, id); err != nil {
		return fault.Wrap("find a group", err)
	}
	grants, err := a.c.Accounts.GroupGrants(ctx, id)
	if err != nil {
		return fault.Wrap("list rights of a group", err)
	}
	for i := range grants {
		grants[i].GroupID = "" // they are its own
	}
	return a.answerRights(c, grants)
}

func (a *API) answerRights(c echo.Context, grants []account.Grant) error {
	page := list[rightsIn]{Items: []rightsIn{}}
	for _, g := range account.ByVault(grants) {
		page.Items = append(page.Items, rightsIn{g.VaultID, g.Archived, g.Rights(), sourcesOf(g)})
	}
	return a.answerTagged(c, page)
}

func sourcesOf(g account.Grantee) []accessSource {
	sources := make([]accessSource, len(g.Sources))
	for i, source := range g.Sources {
		sources[i] = accessSource{source.GroupID, source.Rights()}
	}
	return sources
}

// vaultOf returns the vault that a request is about, archived or not, or fault.NotFound.
func (a *API) vaultOf(c echo.Context) (vault.Info, error) {
	vaults, err := a.c.Vault.Vaults(c.Request().Context())
	if err != nil {
		return vault.Info{}, fault.Wrap("list vaults", err)
	}
	at := slices.IndexFunc(vaults, func(v vault.Info) bool { return v.ID == c.Param("vault") })
	if at < 0 {
		return vault.Info{}, fault.Of(fault.NotFound)
	}
	return vaults[at], nil
}

func (a *API) vaultIDs(ctx context.Context) ([]string, error) {
	vaults, err := a.c.Vault.Vaults(ctx)
	ids := make([]string, len(vaults))
	for i, v := range vaults {
		ids[i] = v.ID
	}
	return ids, fault.Wrap("list vaults", err)
}

// setAccess replaces what a person or a group may do in a vault by themselves.
func (a *API) setAccess(c echo.Context, me account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	r := reader{in: in}
	grant := r.grant("rights", r.texts("rights"))
	r.rejectOthers("rights")
	if err := fault.Fields(r.problems); err != nil {
		return err
	}
	return a.storeAccess(c, me, grant)
}

// removeAccess takes away what a person or a group may do in a vault by themselves.
func (a *API) removeAccess(c echo.Context, me account.Identity) error {
	return a.storeAccess(c, me, account.Grant{})
}

func (a *API) storeAccess(c echo.Context, me account.Identity, grant account.Grant) error {
	of, err := a.vaultOf(c)
	if err != nil {
		return err
	}
	grant.VaultID, grant.UserID, grant.GroupID = of.ID, c.Param("user"), c.Param("group")
	ctx := c.Request().Context()
	if grant.UserID != "" { // the rights of service accounts are for admins to give
		if _, err := a.c.Accounts.Person(ctx, grant.UserID); err != nil {
			return fault.Wrap("find a user", err)
		}
	}
	if err := a.c.Accounts.SetGrant(ctx, me.User.ID, grant); err != nil {
		return fault.Wrap("change who has access", err)
	}
	return noContent(c)
}
