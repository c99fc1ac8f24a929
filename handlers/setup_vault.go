package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// The last two steps of the set-up: the first vault, and the first item in it.

func (h *Handlers) showSetUpVault(c echo.Context, me account.Identity) error {
	return h.showSetUpVaultForm(c, me, http.StatusOK, views.SetUpVaultProps{Name: "Team"})
}

func (h *Handlers) showSetUpVaultForm(
	c echo.Context, me account.Identity, status int, p views.SetUpVaultProps,
) error {
	vaults, err := h.c.Vault.Vaults(c.Request().Context())
	if err != nil {
		return ofVault("list vaults", err)
	}
	problems := p.Frame.Problems
	if p.Frame, err = h.setUpFrame(c, me, views.SetUpVault); err != nil {
		return err
	}
	p.Frame.Problems = problems
	for _, v := range options(vaults) {
		if me.MayShare(v.ID) {
			p.Mine = append(p.Mine, v)
		} else {
			p.Others = append(p.Others, v)
		}
	}
	_, err = vault.KeeperOf(h.c.Vault)
	p.MayAdd, p.Account = err == nil, h.vaultAccount()
	return h.show(c, status, views.SetUpVaultPage(p))
}

// vaultAccount returns the name of the vault's own account, "" where it has none.
func (h *Handlers) vaultAccount() string {
	if limiter, ok := h.c.Vault.(vault.Limiter); ok {
		return limiter.Account()
	}
	return ""
}

// setUpVault creates a vault, or gives the admin every right in one that there is.
func (h *Handlers) setUpVault(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if form.Has("vault") {
		err = h.useVaultOf(ctx, me, form.Get("vault"))
	} else {
		err = h.addVaultFor(ctx, me, form.Get("name"))
	}
	if status, problems := refusedName(err); status != 0 {
		return h.showSetUpVaultForm(c, me, status, views.SetUpVaultProps{
			Frame: views.SetUpFrame{Problems: problems},
			Name:  form.Get("name"), Chosen: form.Get("vault"),
		})
	}
	if err != nil {
		return ofVault("set up a vault", err)
	}
	return h.goOn(c, me, views.SetUpVault)
}

func (h *Handlers) addVaultFor(ctx context.Context, me account.Identity, name string) error {
	keeper, err := vault.KeeperOf(h.c.Vault)
	if err != nil {
		return err
	}
	_, err = keeper.AddVault(ctx, me.User.ID, name, me.User.ID)
	return err
}

// useVaultOf grants me every right in an existing vault.
func (h *Handlers) useVaultOf(ctx context.Context, me account.Identity, id string) error {
	vaults, err := h.c.Vault.Vaults(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(vaults, func(v vault.Info) bool { return v.ID == id }) {
		return fault.Field("vault", fault.CodeInvalid, "Choose a vault.")
	}
	return h.c.Accounts.ChangeAccess(ctx, me, account.AccessChange{Grant: account.Grant{
		UserID: me.User.ID, VaultID: id, Share: true, Edit: true, Manage: true,
	}})
}

// showSetUpItem shows the form of the first item, which the usual route for new items accepts.
func (h *Handlers) showSetUpItem(c echo.Context, me account.Identity) error {
	vaults, err := h.viewable(c.Request().Context(), me)
	if err != nil {
		return err
	}
	frame, err := h.setUpFrame(c, me, views.SetUpItem)
	if err != nil {
		return err
	}
	_, err = h.editor()
	props := views.SetUpItemProps{Frame: frame, Fixed: err != nil, Account: h.vaultAccount()}
	for _, v := range options(vaults) {
		if me.MayShare(v.ID) && (me.MayEdit(v.ID) || props.Fixed) && props.Vault.ID == "" {
			props.Vault = v
		}
	}
	return h.show(c, http.StatusOK, views.SetUpItemPage(props))
}
