package handlers

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

func (h *Handlers) showPolicy(c echo.Context, me account.Identity) error {
	props, err := h.policyPage(c.Request().Context(), me, c.QueryParam("vault"))
	if err != nil {
		return err
	}
	switch c.QueryParam("done") {
	case doneSaved:
		props.Shell.Flash = "Policy saved."
	case doneLinks:
		props.Shell.Flash = "Saved. " + linkMaker(props.Linking) + " creates new links."
	}
	return h.showPolicyPage(c, http.StatusOK, props)
}

// showRevocations says how far the revoking of links is.
func (h *Handlers) showRevocations(c echo.Context, me account.Identity) error {
	props, err := h.policyPage(c.Request().Context(), me, "")
	if err != nil {
		return err
	}
	if fragment(c) {
		return h.show(c, http.StatusOK, views.Revocations(props.Revocations))
	}
	return h.showPolicyPage(c, http.StatusOK, props)
}

// shownOrders is how many orders to revoke links the page shows, beside those that go on.
const shownOrders = 3

// What was just done, as PolicyDone says.
const (
	doneSaved = "saved"
	doneLinks = "links"
)

func linkMaker(l share.Linking) string {
	if l.Native {
		return l.Account
	}
	return "itemshare"
}

// showPolicyPage shows the page, with the policy of the vault's own account if it has one.
func (h *Handlers) showPolicyPage(c echo.Context, status int, props views.PolicyProps) error {
	if props.Linking.Account != "" {
		upstream, err := h.accountRule(c.Request().Context(), props.Vaults)
		if err != nil {
			return err
		}
		props.Upstream = &upstream
	}
	return h.showEither(c, status, views.PolicyBody(props), views.PolicyPage(props))
}

// The most vaults, and items of each, that the account's policy is asked for with: a vault
// may be unreadable, and so may the policy for one item.
const (
	ruleVaults = 3
	ruleItems  = 3
)

// accountRule returns the policy of the vault's own account, as it is for the first item
// that has one.
func (h *Handlers) accountRule(
	ctx context.Context, vaults []views.VaultPolicy,
) (views.UpstreamPolicy, error) {
	var rule views.UpstreamPolicy // none
	var err error
	for _, v := range vaults[:min(len(vaults), ruleVaults)] {
		found, failed := h.ruleIn(ctx, v.ID)
		if found.Plain != nil {
			return found, nil
		}
		if failed != nil { // says more than an empty vault
			err = failed
		}
	}
	switch fault.KindOf(err) {
	case fault.Unavailable, fault.Forbidden, fault.Invalid, fault.NotFound:
		rule.Why = cmp.Or(reasonOf(err), "It can't be reached.")
		return rule, nil
	}
	return rule, ofVault("load the account's policy", err)
}

// ruleIn does the same for the items of one vault. Without a policy and an error the vault
// is empty.
func (h *Handlers) ruleIn(ctx context.Context, vaultID string) (views.UpstreamPolicy, error) {
	found, err := h.c.Vault.Browse(ctx, vault.Query{Vaults: []string{vaultID}, Limit: ruleItems})
	for _, item := range found.Items {
		plain, files, failed := h.c.Shares.AccountPolicy(ctx, item.VaultID, item.ID)
		if failed == nil {
			return views.UpstreamPolicy{Plain: &plain, Files: files}, nil
		}
		if err = failed; fault.KindOf(err) == fault.Unavailable {
			break
		}
	}
	return views.UpstreamPolicy{}, err
}

// setLinks sets who creates links: itemshare or the vault's own account.
func (h *Handlers) setLinks(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	err = h.c.Shares.SetLinksBy(ctx, sharerOf(me, ""), share.LinksBy(form.Get("links_by")))
	if fault.KindOf(err) == fault.Invalid {
		props, failed := h.policyPage(ctx, me, "")
		if failed != nil {
			return failed
		}
		return h.showPolicyProblems(c, props, err)
	}
	if err != nil {
		return fault.Wrap("set who creates links", err)
	}
	return seeOther(c, h.PolicyDone("", doneLinks))
}

// policyPage returns all policies, with the form of the account's or of one vault's.
func (h *Handlers) policyPage(
	ctx context.Context, me account.Identity, vaultID string,
) (views.PolicyProps, error) {
	var props views.PolicyProps
	rule, own, err := h.c.Shares.Policies(ctx)
	if err != nil {
		return props, fault.Wrap("load the policies", err)
	}
	vaults, err := h.c.Vault.Vaults(ctx)
	if err != nil {
		return props, ofVault("list vaults", err)
	}
	props.Shell = h.shell(me, views.NavPolicy, "Policy", vaults)
	if props.Linking, err = h.c.Shares.Linking(ctx); err != nil {
		return props, fault.Wrap("load who creates links", err)
	}
	props.Account = rule
	props.Form = views.PolicyInput{PolicyForm: rule.Form()}
	found := vaultID == ""
	for _, v := range vault.Distinct(vaults) {
		row := views.VaultPolicy{Option: views.Option{ID: v.ID, Name: v.Title}}
		if p, ok := own[v.ID]; ok {
			row.Own = &p
		}
		if v.ID == vaultID {
			found, props.Form = true, views.PolicyInput{Vault: v.ID, PolicyForm: rule.Form()}
			if row.Own != nil {
				props.Form.PolicyForm = row.Own.Within(rule).Form()
			}
		}
		props.Vaults = append(props.Vaults, row)
	}
	if !found {
		return props, fault.Of(fault.NotFound)
	}
	props.Revocations, err = h.revocations(ctx, props)
	return props, err
}

// revocations returns the orders to revoke links that go on, and the last ones that ended.
func (h *Handlers) revocations(
	ctx context.Context, page views.PolicyProps,
) (views.RevocationsProps, error) {
	props := views.RevocationsProps{Paths: h.Paths}
	orders, err := h.c.Shares.Orders(ctx)
	if err != nil {
		return props, fault.Wrap("load the orders to revoke links", err)
	}
	for _, o := range orders {
		if len(props.Orders) >= shownOrders && !o.Running() {
			continue
		}
		row := views.RevocationRow{
			Revocation: o, Account: page.Linking.Account, At: time.Unix(o.OrderedAt, 0).UTC(),
		}
		for _, v := range page.Vaults {
			if v.ID == o.VaultID {
				row.Vault = v.Name
			}
		}
		props.Orders = append(props.Orders, row)
	}
	return props, nil
}
