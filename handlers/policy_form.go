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

func policyInput(form url.Values) views.PolicyInput {
	return views.PolicyInput{
		Vault:    form.Get("vault"),
		Affected: form.Get("affected"),
		Same:     isChecked(form, "same") && form.Get("vault") != "",
		PolicyForm: share.PolicyForm{
			MaxExpiry: form.Get("max_expiry"), DefaultExpiry: form.Get("default_expiry"),
			MaxViews:              form.Get("max_views"),
			AllowedTypes:          form["allowed_types"],
			AllowedRecipientTypes: form["allowed_recipient_types"],
			AllowedDomains:        form["allowed_domains"],
			FilesAllowed:          isChecked(form, "files_allowed"),
			FilesMaxSize:          form.Get("files_max_size"),
		},
	}
}

// parsePolicy parses the form. Its error holds every problem at once.
func parsePolicy(in views.PolicyInput) (share.Policy, error) {
	policy, err := share.ParsePolicy(in.PolicyForm)
	if in.Affected == "" || in.Affected == "keep" || in.Affected == "revoke" {
		return policy, err
	}
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return policy, err
	}
	return policy, fault.Fields(append(
		fault.ProblemsOf(err),
		fault.Problem{
			Code:   fault.CodeInvalid,
			Field:  "affected",
			Detail: "Choose whether to keep or revoke the links that break the policy.",
		},
	))
}

// readPolicy returns the posted policy, and the page to show again if it is invalid.
func (h *Handlers) readPolicy(
	c echo.Context, me account.Identity,
) (share.Policy, views.PolicyProps, error) {
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
	if input.Same {
		return props.Account, props, nil
	}
	policy, err := parsePolicy(input)
	return policy, props, err
}

func (h *Handlers) setPolicy(c echo.Context, me account.Identity) error {
	policy, props, err := h.readPolicy(c, me)
	ctx := c.Request().Context()
	switch {
	case err != nil:
	case props.Form.Same:
		err = h.c.Shares.RemovePolicy(ctx, sharerOf(me, ""), props.Form.Vault)
	default:
		_, err = h.c.Shares.SetPolicy(
			ctx, sharerOf(me, ""), props.Form.Vault, policy, props.Form.Affected == "revoke",
		)
	}
	if wrongValues(err) {
		return h.showPolicyProblems(c, props, err)
	}
	if err != nil {
		return fault.Wrap("set the policy", err)
	}
	return seeOther(c, h.PolicyDone(props.Form.Vault, doneSaved))
}

// wrongValues reports whether the form arrived whole and holds values that are wrong.
func wrongValues(err error) bool {
	status, _ := fault.StatusOf(err)
	return status == http.StatusUnprocessableEntity
}

func (h *Handlers) showPolicyProblems(c echo.Context, props views.PolicyProps, err error) error {
	props.Problems = fault.ProblemsOf(err)
	return h.showPolicyPage(c, http.StatusUnprocessableEntity, props)
}

// previewPolicy shows what the form's policy changes, and the active links that break it. With back
// it shows the form again, as it was filled in. It changes nothing.
func (h *Handlers) previewPolicy(c echo.Context, me account.Identity) error {
	policy, page, err := h.readPolicy(c, me)
	if c.Request().PostForm.Has("back") && (err == nil || wrongValues(err)) {
		return h.showPolicyPage(c, http.StatusOK, page)
	}
	if wrongValues(err) {
		return h.showPolicyProblems(c, page, err)
	}
	if err != nil {
		return err
	}
	props := previewOf(page, policy, c.Request().PostForm.Get("after"))
	if !page.Form.Same {
		err = h.addAffected(c.Request().Context(), &props, page.Vaults)
		if wrongValues(err) {
			return h.showPolicyProblems(c, page, err)
		}
		if err != nil {
			return err
		}
	}
	return h.showEither(
		c, http.StatusOK, views.PolicyPreview(props), views.PolicyPreviewPage(props),
	)
}

// previewOf compares the form's policy with the one that it replaces.
func previewOf(
	page views.PolicyProps, policy share.Policy, after string,
) views.PolicyPreviewProps {
	props := views.PolicyPreviewProps{
		Shell: page.Shell, Form: page.Form, Proposed: policy, After: after,
		Current: page.Account, Own: page.Form.Vault == "",
	}
	for _, v := range page.Vaults {
		if v.ID == page.Form.Vault {
			props.Vault = v.Name
			if v.Own != nil {
				props.Current, props.Own = *v.Own, true
			}
		}
	}
	for _, o := range page.Revocations.Orders {
		replaced := o.VaultID == page.Form.Vault || page.Form.Vault == ""
		props.Revoking = props.Revoking || o.Running() && replaced
	}
	return props
}

// addAffected adds the active links that break the policy.
func (h *Handlers) addAffected(
	ctx context.Context, props *views.PolicyPreviewProps, vaults []views.VaultPolicy,
) error {
	found, err := h.c.Shares.Affected(
		ctx, props.Form.Vault, props.Proposed, props.After, pageSize,
	)
	if err != nil {
		return fault.Wrap("list affected shares", err)
	}
	props.Count, props.Native, props.AtLeast = found.Count, found.Native, found.AtLeast
	props.Next = found.Next
	names := map[string]string{}
	for _, v := range vaults {
		names[v.ID] = v.Name
	}
	for _, s := range found.Shares {
		props.Affected = append(
			props.Affected,
			views.AffectedShare{ShareRow: shareRow(s.Summary, names), Reasons: s.Reasons},
		)
	}
	return nil
}
