package handlers

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

// shareForm shows the form, filled in like the earlier share that the query names, if any.
func (h *Handlers) shareForm(c echo.Context, me account.Identity) error {
	input := views.ShareInput{
		First: true, Tell: me.User.Tell, From: c.QueryParam("from"), Replace: c.QueryParam("replace") == "on",
	}
	if input.From != "" {
		again, err := h.c.Shares.Again(
			c.Request().Context(), sharerOf(me, c.Param("vault")), viewerOf(me, nil), input.From,
			c.Param("vault"), c.Param("item"),
		)
		if err != nil {
			return fault.Wrap("fill the form again", err)
		}
		input = fillFrom(again, input)
		input.First = false
	}
	return h.showShareForm(c, me, http.StatusOK, input, nil)
}

func fillFrom(r share.Again, input views.ShareInput) views.ShareInput {
	input.Access, input.Recipients = share.Audience(r.Access), r.Recipients
	input.ExpireAfter, input.Omit = r.ExpireAfter, r.Omit
	input.OneTime, input.Files, input.TOTP = r.OneTime, r.Files, r.TOTP
	input.Chosen, input.Include = r.Chosen, r.Include
	input.Changes = r.Changes
	return input
}

// showShareForm shows the form with the policy, what was typed and its problems. Each
// form carries a token of its own.
func (h *Handlers) showShareForm(
	c echo.Context, me account.Identity, status int, input views.ShareInput,
	problems []fault.Problem,
) error {
	item, vaults, err := h.itemOf(c, me)
	if err != nil {
		return err
	}
	if item.Archived() {
		return vault.Archived()
	}
	ctx := c.Request().Context()
	names := titles(vaults)
	props := views.ShareProps{
		Shell: h.shell(me, views.NavItems, "Share "+item.Title, vaults),
		Item:  views.ViewItem(item, names[item.VaultID]),
		Form:  input, Problems: problems,
	}
	if err := h.judgeForm(c, me, &props, item); err != nil {
		return err
	}
	if len(input.Recipients) > 0 {
		checked, err := h.c.Shares.CheckRecipients(
			ctx, sharerOf(me, item.VaultID), item.VaultID, item.ID, input.Recipients,
		)
		if err != nil {
			return fault.Wrap("check recipients", err)
		}
		props.Recipients = checkedRecipients(checked)
	}
	if input.From != "" {
		if earlier, err := h.c.Shares.Get(ctx, viewerOf(me, nil), input.From); err == nil {
			row := shareRow(earlier.Summary, names)
			props.From = &row
		}
	}
	if props.Form.Token == "" {
		if props.Form.Token, err = h.formToken(); err != nil {
			return err
		}
	}
	return h.showEither(c, status, views.ShareForm(props), views.SharePage(props))
}

func (h *Handlers) formToken() (string, error) {
	var raw [24]byte
	if _, err := io.ReadFull(h.c.Random, raw[:]); err != nil {
		return "", fmt.Errorf("create a form's token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

func shareInput(form url.Values) views.ShareInput {
	return views.ShareInput{
		Access: share.Audience(form.Get("access")), Recipients: form["recipients"],
		ExpireAfter: form.Get("expire_after"),
		OneTime:     isChecked(form, "one_time"), Files: isChecked(form, "files"),
		TOTP: isChecked(form, "totp"), Omit: form["omit"],
		Chosen: isChecked(form, "chosen"), Include: form["include"],
		Tell:  isChecked(form, "tell"),
		Token: form.Get("token"), From: form.Get("from"), Replace: isChecked(form, "replace"),
	}
}

func shareRequest(c echo.Context, in views.ShareInput) share.Request {
	return share.Request{
		VaultID: c.Param("vault"), ItemID: c.Param("item"), Access: string(in.Access),
		Recipients:  in.Recipients,
		ExpireAfter: in.ExpireAfter, OneTime: in.OneTime, Files: in.Files, TOTP: in.TOTP,
		Omit: in.Omit, Chosen: in.Chosen, Include: in.Include, Token: in.Token, First: in.First,
		Tell: in.Tell,
	}
}

// createShare creates a share and shows its link, only here.
func (h *Handlers) createShare(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	input, ctx := shareInput(form), c.Request().Context()
	if isChecked(form, "edit") {
		return h.showFormAgain(c, me, http.StatusOK, input, nil)
	}
	made, err := h.c.Shares.Create(ctx, sharerOf(me, c.Param("vault")), shareRequest(c, input))
	if fault.KindOf(err) == fault.Invalid {
		return h.showFormAgain(c, me, http.StatusUnprocessableEntity, input, fault.ProblemsOf(err))
	}
	if fault.CodeOf(err) == fault.CodeConflict {
		return h.showFormAgain(c, me, http.StatusConflict, input, fault.ProblemsOf(err))
	}
	if fault.KindOf(err) == fault.Unavailable {
		return h.showShareRetry(c, me, input, err)
	}
	if err != nil {
		return fault.Wrap("create a share", err)
	}
	// The link is created and won't be shown again: what follows must not hide it.
	vaults := h.sidebarVaults(ctx, me)
	props := views.SharedProps{
		Shell: h.shell(me, views.NavItems, "Link for "+made.Title, vaults), ShareID: made.ID,
		Link:  made.Link,
		Terms: made.Terms, Recipients: recipientNames(made.Recipients), Included: made.Included,
		Unseen: !me.MayReveal(made.VaultID),
		Item: views.ItemRef{
			VaultID: made.VaultID, ID: made.ItemID, Vault: titles(vaults)[made.VaultID],
			Title: made.Title, Version: made.ItemVersion,
		},
	}
	if linking, err := h.c.Shares.Linking(ctx); err == nil && made.Native {
		props.Native = linking.Account
	}
	if input.Replace && input.From != "" {
		err := h.c.Shares.Revoke(ctx, sharerOf(me, ""), viewerOf(me, nil), input.From)
		props.Replaced = err == nil
		if err != nil {
			h.c.Log.Error("a replaced link could not be revoked", "err", err)
		}
	}
	if fragment(c) {
		replaceAddress(c, h.ShareDetail(made.ID))
		return h.showSecret(c, http.StatusCreated, views.Shared(props))
	}
	return h.showSecret(c, http.StatusCreated, views.SharedPage(props))
}

// showFormAgain shows the form with what was typed. While the policy is unreachable a page
// that needs none keeps what was typed.
func (h *Handlers) showFormAgain(
	c echo.Context, me account.Identity, status int, input views.ShareInput,
	problems []fault.Problem,
) error {
	err := h.showShareForm(c, me, status, input, problems)
	if fault.KindOf(err) == fault.Unavailable {
		return h.showShareRetry(c, me, input, err)
	}
	return err
}

// showShareRetry keeps what was typed while no share can be created, on a page that needs
// nothing from what is unreachable.
func (h *Handlers) showShareRetry(
	c echo.Context, me account.Identity, input views.ShareInput, cause error,
) error {
	problems := fault.ProblemsOf(cause)
	h.c.Log.Warn("a share could not be created", "err", cause)
	if fault.CodeOf(cause) == fault.CodeLinkUnknown {
		input.Token = "" // a person who has looked for the link may create another
	}
	ctx := c.Request().Context()
	status, wait := statusOf(c, cause)
	props := views.ShareRetryProps{
		Shell: h.shell(me, views.NavItems, "Share", h.sidebarVaults(ctx, me)),
		Item:  views.ItemRef{VaultID: c.Param("vault"), ID: c.Param("item"), Title: "an item"},
		Form:  input, Problems: problems, RetryAfter: wait,
	}
	var err error
	if props.Form.Token == "" {
		if props.Form.Token, err = h.formToken(); err != nil {
			return err
		}
	}
	if linking, err := h.c.Shares.Linking(ctx); err == nil && linking.Native {
		props.Native = linking.Account
	}
	if names, err := h.c.Vault.Overviews(ctx, props.Item.VaultID,
		[]string{props.Item.ID}); err == nil &&
		len(names) == 1 {
		props.Item.Title = names[0].Title
	}
	return h.showEither(c, status, views.ShareRetry(props), views.ShareRetryPage(props))
}

// checkRecipients shows what each recipient is, while a person types.
func (h *Handlers) checkRecipients(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	checked, err := h.c.Shares.CheckRecipients(
		c.Request().Context(), sharerOf(me, c.Param("vault")), c.Param("vault"), c.Param("item"),
		form["recipients"],
	)
	if err != nil {
		return fault.Wrap("check recipients", err)
	}
	return h.show(c, http.StatusOK, views.RecipientChips(checkedRecipients(checked)))
}

func checkedRecipients(checked []share.CheckedRecipient) []views.CheckedRecipient {
	all := make([]views.CheckedRecipient, len(checked))
	for i, r := range checked {
		all[i] = views.CheckedRecipient{
			Text: r.Text, Kind: r.Recipient.Kind, Address: r.Recipient.Address, Problem: r.Problem,
			Meant: r.Meant,
		}
	}
	return all
}

func recipientNames(recipients []share.Recipient) []views.RecipientName {
	all := make([]views.RecipientName, len(recipients))
	for i, r := range recipients {
		all[i] = views.RecipientName{Kind: r.Kind, Address: r.Address}
	}
	return all
}
