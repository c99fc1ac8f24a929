package handlers

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

func (h *Handlers) showInvite(c echo.Context, me account.Identity) error {
	props, err := h.invitePage(c, me)
	if err != nil {
		return err
	}
	props.Form.Role = string(account.Member)
	return h.show(c, http.StatusOK, views.InvitePage(props))
}

func (h *Handlers) invitePage(c echo.Context, me account.Identity) (views.InviteProps, error) {
	ctx := c.Request().Context()
	vaults, err := h.c.Vault.Vaults(ctx)
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return views.InviteProps{}, fault.Wrap("list vaults", err)
	}
	groups, err := h.groupOptions(ctx)
	return views.InviteProps{
		Shell:   h.shell(me, views.NavUsers, "Invite someone", vaults),
		Vaults:  options(vaults),
		Groups:  groups,
		MailOff: h.c.Invitations == nil,
		Ways:    h.ways(),
	}, err
}

// groupOptions returns all groups by name.
func (h *Handlers) groupOptions(ctx context.Context) (all []views.Option, err error) {
	for find := (account.Find{Limit: pageSize}); ; {
		page, err := h.c.Accounts.FindGroups(ctx, find)
		if err != nil {
			return nil, fault.Wrap("list groups", err)
		}
		for _, g := range page.Rows {
			all = append(all, views.Option{ID: g.ID, Name: g.Name})
		}
		if page.Next == "" {
			return all, nil
		}
		find.After = page.Next
	}
}

// invite adds a pending person and sends the invitation, or shows it.
func (h *Handlers) invite(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	props, err := h.invitePage(c, me)
	if err != nil {
		return err
	}
	props.Form = inviteInput(form)
	grants, err := grantsOf(props)
	groups := slices.Sorted(maps.Keys(props.Form.Groups))
	post := h.post(me, props.Form.By == "link")
	var issued account.Issued
	if err == nil {
		issued, err = h.c.Accounts.Invite(ctx, me.User.ID, account.NewInvite{
			Email: props.Form.Email, Name: props.Form.Name, Role: account.Role(props.Form.Role),
			Grants: grants, Groups: groups,
		}, post)
	}
	switch {
	case fault.KindOf(err) == fault.Invalid:
		props.Problems = fault.ProblemsOf(err)
		const status = http.StatusUnprocessableEntity
		return h.showEither(c, status, views.Invite(props), views.InvitePage(props))
	case err != nil:
		return fault.Wrap("invite somebody", err)
	case post.Mailer == nil:
		return h.showCode(c, me, issued, post)
	}
	return seeOther(c, h.UsersAfter("invited", issued.User.Name))
}

func inviteInput(form url.Values) views.InviteInput {
	in := views.InviteInput{
		Email: form.Get("email"), Name: form.Get("name"), Role: form.Get("role"),
		By: form.Get("by"), Vaults: map[string]string{}, Groups: map[string]bool{},
	}
	for _, id := range form["groups"] {
		in.Groups[id] = true
	}
	for _, chosen := range form["vaults"] { // {vault}:{right}
		if vaultID, right, ok := strings.Cut(chosen, ":"); ok {
			in.Vaults[vaultID] = right
		}
	}
	return in
}

// grantsOf returns the grants that a form chooses, of the vaults that it offers.
func grantsOf(p views.InviteProps) ([]account.Grant, error) {
	offered := map[string]bool{}
	for _, v := range p.Vaults {
		offered[v.ID] = true
	}
	var grants []account.Grant
	for vaultID, right := range p.Form.Vaults {
		grant, ok := views.GrantFor(right)
		if !ok || !offered[vaultID] {
			return nil, fault.Field("vaults", fault.CodeInvalid,
				"Choose vaults and rights that the list offers.")
		}
		grant.VaultID = vaultID
		grants = append(grants, grant)
	}
	return grants, nil
}

// post returns how codes are sent in the name of an admin. As a link it sends nothing.
func (h *Handlers) post(me account.Identity, asLink bool) account.Post {
	p := account.Post{
		From: me.User.Name, Join: h.c.URL.Scheme + "://" + h.c.URL.Host + h.Join(),
	}
	if !asLink {
		p.Mailer = h.c.Invitations
	}
	return p
}

// showCode shows a code and the link with it, this once.
func (h *Handlers) showCode(
	c echo.Context, me account.Identity, issued account.Issued, post account.Post,
) error {
	shown := views.CodeProps{
		Shell: h.shell(me, views.NavUsers, issued.User.Name,
			h.sidebarVaults(c.Request().Context(), me)),
		Person: userRow(issued.User, h.c.Clock()), Code: string(issued.Code),
		Link: post.Link(issued.Code), ExpiresAt: issued.ExpiresAt, Ways: h.ways(),
	}
	if fragment(c) {
		replaceAddress(c, h.Person(issued.User.ID))
		return h.showSecret(c, http.StatusCreated, views.PersonCode(shown))
	}
	return h.showSecret(c, http.StatusCreated, views.PersonCodePage(shown))
}
