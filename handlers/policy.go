package handlers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/views"
)

func (h *Handlers) showPolicy(c echo.Context, me account.Identity) error {
	props, err := h.policyPage(c.Request().Context(), me, c.QueryParam("vault"))
	if err != nil {
		return err
	}
	if c.QueryParam("done") == "saved" {
		props.Shell.Flash = "The policy is saved."
	}
	return h.show(c, http.StatusOK, views.PolicyPage(props))
}

// policyPage gathers all rules, with the form of one of them.
func (h *Handlers) policyPage(ctx context.Context, me account.Identity, vaultID string) (views.PolicyProps, error) {
	props := views.PolicyProps{Shell: h.shell(me, views.NavPolicy, "Policy")}
	rule, own, err := h.Shares.Policies(ctx)
	if err != nil {
		return props, fault.Wrap("read the policies", err)
	}
	vaults, err := h.Vault.Vaults(ctx)
	if err != nil {
		return props, ofVault("list vaults", err)
	}
	props.Shell.Vaults = options(seenBy(me, vaults))
	props.Account = rule
	props.Form = views.PolicyForm("", rule)
	found := vaultID == ""
	for _, v := range vaults {
		row := views.VaultPolicy{Option: views.Option{ID: v.ID, Name: v.Title}}
		if p, ok := own[v.ID]; ok {
			row.Own = &p
		}
		if v.ID == vaultID {
			found, props.Form = true, views.PolicyForm(v.ID, rule)
			if row.Own != nil {
				props.Form = views.PolicyForm(v.ID, *row.Own)
			}
		}
		props.Vaults = append(props.Vaults, row)
	}
	if !found {
		return props, fault.Of(fault.NotFound)
	}
	return props, nil
}

func policyInput(form url.Values) views.PolicyInput {
	return views.PolicyInput{
		Vault: form.Get("vault"), MaxExpiry: form.Get("max_expiry"), DefaultExpiry: form.Get("default_expiry"),
		MaxViews: form.Get("max_views"), AllowedTypes: form["allowed_types"], AllowedRecipientTypes: form["allowed_recipient_types"],
		AllowedDomains: form["allowed_domains"], FilesAllowed: on(form, "files_allowed"), FilesMaxSize: form.Get("files_max_size"),
		Affected: form.Get("affected"),
	}
}

// parsePolicy reads the form, with every problem at once.
func parsePolicy(in views.PolicyInput) (share.Policy, error) {
	policy, err := share.ParsePolicy(share.PolicyForm{
		MaxExpiry: in.MaxExpiry, DefaultExpiry: in.DefaultExpiry, MaxViews: in.MaxViews, AllowedTypes: in.AllowedTypes,
		AllowedRecipientTypes: in.AllowedRecipientTypes, AllowedDomains: in.AllowedDomains,
		FilesAllowed: in.FilesAllowed, FilesMaxSize: in.FilesMaxSize,
	})
	if in.Affected == "" || in.Affected == "keep" || in.Affected == "revoke" {
		return policy, err
	}
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return policy, err
	}
	return policy, fault.Fields(append(fault.ProblemsOf(err),
		fault.Problem{Code: "invalid", Field: "affected", Detail: "Choose to keep or to revoke the links that would not be allowed."}))
}

// readPolicy reads the posted form, and the page to show again where it is wrong.
func (h *Handlers) readPolicy(c echo.Context, me account.Identity) (share.Policy, views.PolicyProps, error) {
	form, err := formOf(c)
	if err != nil {
		return share.Policy{}, views.PolicyProps{}, err
	}
	input := policyInput(form)
	props, err := h.policyPage(c.Request().Context(), me, input.Vault)
	if err != nil {
		return share.Policy{}, props, err
	}
	props.Form = input
	policy, err := parsePolicy(input)
	return policy, props, err
}

func (h *Handlers) setPolicy(c echo.Context, me account.Identity) error {
	policy, props, err := h.readPolicy(c, me)
	if err == nil {
		_, err = h.Shares.SetPolicy(c.Request().Context(), sharerOf(me), props.Form.Vault, policy, props.Form.Affected == "revoke")
	}
	if fault.KindOf(err) == fault.Invalid && statusOf(err) == http.StatusUnprocessableEntity {
		return h.showPolicyProblems(c, props, err)
	}
	if err != nil {
		return fault.Wrap("set the policy", err)
	}
	address := h.Policy(props.Form.Vault)
	if props.Form.Vault == "" {
		return seeOther(c, address+"?done=saved")
	}
	return seeOther(c, address+"&done=saved")
}

func (h *Handlers) showPolicyProblems(c echo.Context, props views.PolicyProps, err error) error {
	props.Problems = fault.ProblemsOf(err)
	return h.show(c, http.StatusUnprocessableEntity, views.PolicyPage(props))
}

// previewPolicy lists the live shares that the form's policy would not allow. It
// changes nothing.
func (h *Handlers) previewPolicy(c echo.Context, me account.Identity) error {
	policy, page, err := h.readPolicy(c, me)
	if fault.KindOf(err) == fault.Invalid && statusOf(err) == http.StatusUnprocessableEntity {
		return h.showPolicyProblems(c, page, err)
	}
	if err != nil {
		return err
	}
	after := c.Request().PostForm.Get("after")
	found, err := h.Shares.Affected(c.Request().Context(), page.Form.Vault, policy, after, pageSize)
	if err != nil {
		return fault.Wrap("list affected shares", err)
	}
	props := views.PolicyPreviewProps{
		Shell: h.shell(me, views.NavPolicy, "Policy"), Form: page.Form, Proposed: policy, After: after, Next: found.Next,
	}
	props.Shell.Vaults = page.Shell.Vaults
	names := map[string]string{}
	for _, v := range page.Vaults {
		names[v.ID] = v.Name
		if v.ID == page.Form.Vault {
			props.Current = v.Own
		}
	}
	props.Vault = names[page.Form.Vault]
	if page.Form.Vault == "" {
		props.Current = &page.Account
	}
	for _, s := range found.Shares {
		props.Affected = append(props.Affected, views.AffectedShare{ShareRow: shareRow(s.Summary, names), Reasons: s.Reasons})
	}
	return h.showEither(c, http.StatusOK, views.PolicyPreview(props), views.PolicyPreviewPage(props))
}
