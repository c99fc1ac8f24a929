package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

func (h *Handlers) showServiceAccounts(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	find, filter := findOf(c)
	props, err := h.serviceAccountsPage(ctx, me, find)
	if err != nil {
		return err
	}
	props.Filter = filter
	if fragment(c) {
		return h.show(c, http.StatusOK, views.ServiceAccountList(props))
	}
	if id := c.QueryParam("revoked"); id != "" {
		gone, err := h.c.Accounts.ServiceAccount(ctx, id)
		switch {
		case fault.KindOf(err) == fault.NotFound:
		case err != nil:
			return fault.Wrap("find a service account", err)
		case gone.State(h.c.Clock()) == account.TokenRevoked:
			props.Shell.Flash = "Token of " + gone.Name + " revoked."
		}
	}
	return h.showServiceAccountForm(c, http.StatusOK, props)
}

// serviceAccountsPage returns a page of service accounts, active ones first. It works while
// the vault is unreachable, without the names of vaults.
func (h *Handlers) serviceAccountsPage(
	ctx context.Context, me account.Identity, find account.Find,
) (views.ServiceAccountsProps, error) {
	var props views.ServiceAccountsProps
	page, err := h.c.Accounts.FindServiceAccounts(ctx, find)
	if err != nil {
		return props, fault.Wrap("list service accounts", err)
	}
	vaults, err := h.c.Vault.Vaults(ctx)
	props.Unreachable = fault.KindOf(err) == fault.Unavailable
	if err != nil && !props.Unreachable {
		return props, fault.Wrap("list vaults", err)
	}
	props.Shell = h.shell(me, views.NavServiceAccounts, "Service accounts", vaults)
	props.Form.Lifetime = views.UsualLifetime
	props.Vaults = props.Shell.Vaults // admins grant access to no vault that they may not view
	names, now := titles(vaults), h.c.Clock()
	for _, a := range page.Rows {
		props.Accounts = append(props.Accounts, serviceAccountRow(a, names, now))
	}
	props.Next = page.Next
	return props, nil
}

func serviceAccountRow(
	a account.ServiceAccount, vaultNames map[string]string, now time.Time,
) views.ServiceAccountRow {
	row := views.ServiceAccountRow{
		ID: a.ID, Name: a.Name, Share: a.SharesItems(), Edit: a.EditsItems(),
		NoReveal: !a.Reveals(), Events: a.Events, People: a.People, By: a.CreatedBy,
		State: a.State(now), Demoted: a.CreatorMember && !a.CreatorSuspended,
		CreatedAt: a.CreatedAt, ExpiresAt: a.ExpiresAt, LastUsed: a.LastUsed,
		RevokedAt: a.RevokedAt,
	}
	for _, g := range a.Grants {
		row.Vaults = append(row.Vaults, vaultName(vaultNames, g.VaultID))
	}
	return row
}

// vaultName returns a vault's name, or its id if it has none here.
func vaultName(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return id
}

// showServiceAccountForm shows the page. Each form carries a token of its own.
func (h *Handlers) showServiceAccountForm(
	c echo.Context, status int, props views.ServiceAccountsProps,
) (err error) {
	if props.Form.Token == "" {
		if props.Form.Token, err = h.formToken(); err != nil {
			return err
		}
	}
	return h.showEither(c, status, views.ServiceAccounts(props), views.ServiceAccountsPage(props))
}

// addServiceAccount creates a service account and shows its token, only here.
func (h *Handlers) addServiceAccount(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	props, err := h.serviceAccountsPage(ctx, me, account.Find{Limit: pageSize})
	if err != nil {
		return err
	}
	if props.Unreachable {
		return ofVault("list vaults", fault.Of(fault.Unavailable))
	}
	props.Form = serviceAccountInput(form)
	made, token, err := h.c.Accounts.AddServiceAccount(
		ctx, me.User.ID, newServiceAccount(me, props.Form),
	)
	switch {
	case fault.CodeOf(err) == fault.CodeAlreadyCreated:
		return h.showAddedBefore(c, props)
	case fault.KindOf(err) == fault.Invalid:
		props.Problems = fault.ProblemsOf(err)
		return h.showServiceAccountForm(c, http.StatusUnprocessableEntity, props)
	case err != nil:
		return fault.Wrap("add a service account", err)
	}
	names := map[string]string{}
	for _, v := range props.Vaults {
		names[v.ID] = v.Name
	}
	shown := views.ServiceTokenProps{
		Shell: props.Shell, Account: serviceAccountRow(made, names,
			h.c.Clock()), Token: string(token),
	}
	if fragment(c) {
		replaceAddress(c, h.ServiceAccounts())
		return h.showSecret(c, http.StatusCreated, views.ServiceToken(shown))
	}
	return h.showSecret(c, http.StatusCreated, views.ServiceTokenPage(shown))
}

func serviceAccountInput(form url.Values) views.ServiceAccountInput {
	return views.ServiceAccountInput{
		Name: form.Get("name"), Vaults: form["vaults"], ShareItems: isChecked(form, "share_items"),
		EditItems: isChecked(form, "edit_items"), NoReveal: isChecked(form, "no_reveal"),
		ReadEvents: isChecked(form, "read_events"), ManagePeople: isChecked(form, "manage_people"),
		Lifetime: form.Get("lifetime"), Token: form.Get("token"),
	}
}

// newServiceAccount returns what the form asks for, within what the admin may do. Package
// account rejects the lifetime -1, which stands for one that the form does not offer.
func newServiceAccount(
	me account.Identity, in views.ServiceAccountInput,
) account.NewServiceAccount {
	n := account.NewServiceAccount{
		Name:         in.Name,
		Vaults:       in.Vaults,
		ShareItems:   in.ShareItems,
		EditItems:    in.EditItems,
		NoReveal:     in.NoReveal,
		ReadEvents:   in.ReadEvents,
		ManagePeople: in.ManagePeople,
		Lifetime:     -1,
		Grantor:      &me,
		RequestKey:   in.Token,
	}
	if views.IsLifetime(in.Lifetime) {
		days, _ := strconv.Atoi(in.Lifetime) // "" is never: 0
		n.Lifetime = time.Duration(days) * 24 * time.Hour
	}
	return n
}

// showAddedBefore answers a form that was sent twice.
func (h *Handlers) showAddedBefore(c echo.Context, props views.ServiceAccountsProps) error {
	props.Form = views.ServiceAccountInput{Lifetime: views.UsualLifetime}
	props.Problems = []fault.Problem{{
		Code:   fault.CodeAlreadyCreated,
		Detail: "Token already created. If you didn't copy it, revoke it and create a new one.",
	}}
	return h.showServiceAccountForm(c, http.StatusConflict, props)
}

func (h *Handlers) revokeServiceAccount(c echo.Context, me account.Identity) error {
	id := c.Param("id")
	if err := h.c.Accounts.RevokeServiceAccount(c.Request().Context(), me.User.ID, id); err != nil {
		return fault.Wrap("revoke a service account", err)
	}
	return seeOther(c, h.ServiceAccountRevoked(id))
}
