package handlers

import (
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
	policy, err := parsePolicy(input)
	return policy, props, err
}

func (h *Handlers) setPolicy(c echo.Context, me account.Identity) error {
	policy, props, err := h.readPolicy(c, me)
	var ended share.RevokeResult
	if err == nil {
		ended, err = h.c.Shares.SetPolicy(
			c.Request().Context(), sharerOf(me), props.Form.Vault, policy,
			props.Form.Affected == "revoke",
		)
	}
	if wrongValues(err) {
		return h.showPolicyProblems(c, props, err)
	}
	if err != nil {
		return fault.Wrap("set the policy", err)
	}
	return seeOther(c, h.PolicyDone(props.Form.Vault, doneSaved, ended.Native))
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

// previewPolicy lists the active links that break the form's policy. It changes nothing.
func (h *Handlers) previewPolicy(c echo.Context, me account.Identity) error {
	policy, page, err := h.readPolicy(c, me)
	if wrongValues(err) {
		return h.showPolicyProblems(c, page, err)
	}
	if err != nil {
		return err
	}
	after := c.Request().PostForm.Get("after")
	found, err := h.c.Shares.Affected(
		c.Request().Context(), page.Form.Vault, policy, after, pageSize,
	)
	if err != nil {
		return fault.Wrap("list affected shares", err)
	}
	props := views.PolicyPreviewProps{
		Shell: page.Shell, Form: page.Form, Proposed: policy, After: after, Next: found.Next,
	}
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
		props.Affected = append(
			props.Affected,
			views.AffectedShare{ShareRow: shareRow(s.Summary, names), Reasons: s.Reasons},
		)
	}
	return h.showEither(
		c, http.StatusOK, views.PolicyPreview(props), views.PolicyPreviewPage(props),
	)
}
