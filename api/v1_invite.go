package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
)

// invitation answers an invitation, and a code for a new password alike. Where email is off, only here its
// link is shown.
type invitation struct {
	User      user      `json:"user"`
	ExpiresAt time.Time `json:"expiresAt"`
	Link      string    `json:"link,omitempty"`
}

// vaultAccess is what an invited person may do in a vault.
type vaultAccess struct {
	VaultID string   `json:"vaultId"`
	Rights  []string `json:"rights"`
}

// inviteUser adds a pending person, and sends the invitation or answers with its link.
func (a *API) inviteUser(c echo.Context, me account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	n, err := a.inviteOf(c.Request().Context(), in)
	if err != nil {
		return err
	}
	post := a.postOf(me)
	issued, err := a.c.Accounts.Invite(c.Request().Context(), me.User.ID, n, post)
	if err != nil {
		return fault.Wrap("invite a user", err)
	}
	return a.answerInvitation(c, issued, post)
}

// inviteOf parses an invitation. Its groups and vaults must be there.
func (a *API) inviteOf(ctx context.Context, in body) (account.NewInvite, error) {
	r := reader{in: in}
	n := account.NewInvite{
		Email: r.text("email"), Name: r.text("name"), Role: account.Member,
	}
	if role := r.optional("role"); role != nil {
		n.Role = account.Role(*role)
	}
	n.Groups = slices.Compact(slices.Sorted(slices.Values(r.texts("groups"))))
	if err := a.checkGroups(ctx, &r, n.Groups); err != nil {
		return n, err
	}
	access := objects[vaultAccess](&r, "vaults")
	r.rejectOthers("email", "name", "role", "groups", "vaults")
	var err error
	n.Grants, err = a.grantsOf(ctx, &r, access)
	if err != nil {
		return n, err
	}
	return n, fault.Fields(r.problems)
}

// checkGroups adds a problem for each group that isn't there.
func (a *API) checkGroups(ctx context.Context, r *reader, ids []string) error {
	for _, id := range ids {
		_, err := a.c.Accounts.Group(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			r.addProblem("groups", "There is no group with the ID “"+shortened(id)+"”.")
		} else if err != nil {
			return fault.Wrap("find a group", err)
		}
	}
	return nil
}

// grantsOf returns grants for vaults, and adds a problem for each that isn't there.
func (a *API) grantsOf(
	ctx context.Context, r *reader, access []vaultAccess,
) (grants []account.Grant, err error) {
	if len(access) == 0 {
		return nil, nil // also while the vault can't be reached
	}
	known, err := a.vaultIDs(ctx)
	if err != nil {
		return nil, err
	}
	for i, of := range access {
		place := fmt.Sprintf("vaults.%d", i)
		if !slices.Contains(known, of.VaultID) {
			r.addProblem(place+".vaultId", "There is no vault with this ID.")
		}
		grant := r.grant(place+".rights", of.Rights)
		grant.VaultID = of.VaultID
		grants = append(grants, grant)
	}
	return grants, nil
}

// inviteAgain sends another invitation to somebody who hasn't joined, which ends the one before.
func (a *API) inviteAgain(c echo.Context, me account.Identity) error {
	post := a.postOf(me)
	issued, err := a.c.Accounts.InviteAgain(
		c.Request().Context(), me.User.ID, c.Param("user"), post,
	)
	if err != nil {
		return fault.Wrap("invite a user again", err)
	}
	return a.answerInvitation(c, issued, post)
}

// resetPassword sends a person a link for a new password. Their old one works until then.
func (a *API) resetPassword(c echo.Context, me account.Identity) error {
	post := a.postOf(me)
	issued, err := a.c.Accounts.Reset(c.Request().Context(), me.User.ID, c.Param("user"), post)
	if err != nil {
		return fault.Wrap("reset a password", err)
	}
	return a.answerInvitation(c, issued, post)
}

// postOf returns how invitations are sent in the name of a service account.
func (a *API) postOf(me account.Identity) account.Post {
	return account.Post{Mailer: a.c.Invitations, From: me.User.Name, Join: a.c.URL + "/join"}
}

func (a *API) answerInvitation(
	c echo.Context, issued account.Issued, post account.Post,
) error {
	invited, err := a.loadUser(c.Request().Context(), issued.User.ID)
	if err != nil {
		return err
	}
	shown := invitation{User: invited, ExpiresAt: issued.ExpiresAt}
	if post.Mailer == nil {
		shown.Link = post.Link(issued.Code)
	}
	c.Response().Header().Set(echo.HeaderLocation, a.c.URL+"/api/v1/users/"+invited.ID)
	return answer(c, http.StatusCreated, shown)
}
