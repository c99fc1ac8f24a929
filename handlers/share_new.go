package handlers

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

// newSharePath is the path of the form that shares what is in no vault.
const newSharePath = "/share"

// mostText is how many bytes the fields of the form may have, without files.
const mostText = 3 << 20

// newShareNames are the fields of the form without its files.
var newShareNames = [...]string{
	"title", "text", "notes", "access", "recipients", "expire_after", "one_time", "tell", "token",
}

// newShareForm shows the form that shares what is in no vault.
func (h *Handlers) newShareForm(c echo.Context, me account.Identity) error {
	return h.showNewShare(c, me, http.StatusOK, url.Values{}, nil)
}

// showNewShare shows the form with what was typed and its problems.
func (h *Handlers) showNewShare(
	c echo.Context, me account.Identity, status int, form url.Values, problems []fault.Problem,
) error {
	ctx := c.Request().Context()
	props := views.NewShareProps{
		Title: form.Get("title"), Text: form.Get("text"), Notes: form.Get("notes"),
		ShareProps: views.ShareProps{
			Shell: h.shell(me, views.NavNewShare, "Share something new", h.sidebarVaults(ctx, me)),
			Form:  shareInput(form), Problems: problems,
		},
	}
	if props.Form.First = len(form) == 0; props.Form.First {
		props.Form.Tell = me.User.Tell
	}
	if err := h.judgeForm(c, me, &props.ShareProps, vault.Item{}); err != nil {
		return err
	}
	props.Included = share.Included{}
	if len(props.Form.Recipients) > 0 {
		checked, err := h.c.Shares.CheckRecipients(ctx, sharerOf(me, ""), "", "", props.Form.Recipients)
		if err != nil {
			return fault.Wrap("check recipients", err)
		}
		props.ShareProps.Recipients = checkedRecipients(checked)
	}
	if props.Form.Token == "" {
		var err error
		if props.Form.Token, err = h.formToken(); err != nil {
			return err
		}
	}
	return h.showEither(c, status, views.NewShare(props), views.NewSharePage(props))
}

// newShareTerms says what would become of the terms of the form so far. It creates nothing.
func (h *Handlers) newShareTerms(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	props := views.ShareProps{
		Shell: h.shell(me, views.NavNewShare, "", nil),
		Form:  shareInput(form), Shown: form.Get(views.ShownField),
	}
	if err := h.judgeForm(c, me, &props, vault.Item{}); err != nil {
		return err
	}
	props.Included = share.Included{}
	return h.show(c, http.StatusOK, views.NewShareTerms(props))
}

// createNewShare creates a share of what is in no vault and shows its link, only here.
func (h *Handlers) createNewShare(c echo.Context, me account.Identity) error {
	form, next, leave, err := h.newShareFields(c, me)
	if err != nil {
		return err
	}
	defer leave()
	made, err := h.c.Shares.CreateUnfiled(
		c.Request().Context(), sharerOf(me, ""), unfiledRequest(form), next,
	)
	if err != nil {
		readRest(c)
		return h.newShareProblem(c, me, form, err)
	}
	// The link is created and won't be shown again: what follows must not hide it.
	ctx := c.Request().Context()
	props := views.SharedProps{
		Shell: h.shell(
			me, views.NavNewShare, "Link for "+made.Title, h.sidebarVaults(ctx, me),
		),
		ShareID: made.ID, Link: made.Link, Terms: made.Terms,
		Recipients: recipientNames(made.Recipients), Included: made.Included,
		Item: views.ItemRef{Title: made.Title},
	}
	if fragment(c) {
		replaceAddress(c, h.ShareDetail(made.ID))
		return h.showSecret(c, http.StatusCreated, views.Shared(props))
	}
	return h.showSecret(c, http.StatusCreated, views.SharedPage(props))
}

func unfiledRequest(form url.Values) share.UnfiledRequest {
	text, notes := plainLines(form.Get("text")), plainLines(form.Get("notes"))
	r := share.UnfiledRequest{
		Item: share.NewItem(strings.TrimSpace(form.Get("title")), text, notes),
	}
	r.Access, r.Recipients = form.Get("access"), form["recipients"]
	r.ExpireAfter, r.OneTime = form.Get("expire_after"), isChecked(form, "one_time")
	r.Token, r.Tell = form.Get("token"), isChecked(form, "tell")
	if r.Access != string(share.Recipients) {
		r.Recipients = nil // of the form's hidden part
	}
	return r
}

// newShareProblem shows the form again with why there is no link.
func (h *Handlers) newShareProblem(
	c echo.Context, me account.Identity, form url.Values, err error,
) error {
	status, _ := statusOf(c, err)
	code := fault.CodeOf(err)
	switch kind := fault.KindOf(err); {
	case kind == fault.Invalid && code != fault.CodeMalformed && code != fault.CodeTooLarge,
		code == fault.CodeConflict, kind == fault.Unavailable && code == fault.CodeUnavailable:
		return h.showNewShare(c, me, status, form, fault.ProblemsOf(err))
	}
	return fault.Wrap("create a share", err)
}

// newShareFields returns the fields of the form, and its files as they come. Files stand at the end,
// so that they are sealed under terms that are known.
func (h *Handlers) newShareFields(c echo.Context, me account.Identity) (
	fields url.Values, next func() (vault.NewFile, error), leave func(), err error,
) {
	if !strings.HasPrefix(
		c.Request().Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm,
	) {
		fields, err = formOf(c)
		return fields, func() (vault.NewFile, error) { return vault.NewFile{}, io.EOF }, func() {}, err
	}
	form, leave, err := h.receive(c, me.User.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	fields, first, err := fieldsBeforeFiles(form)
	if err != nil {
		leave()
		return nil, nil, nil, err
	}
	return fields, func() (vault.NewFile, error) {
		part := first
		if first = nil; part != nil {
			return fileOfPart(part), nil
		}
		return onlyFiles(form)
	}, leave, nil
}

// fieldsBeforeFiles reads a form up to its first file.
func fieldsBeforeFiles(form *multipart.Reader) (url.Values, *multipart.Part, error) {
	fields, left := url.Values{}, int64(mostText)
	for {
		part, err := form.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return fields, nil, nil
		case err != nil:
			return nil, nil, cutOff(err)
		case isFile(part):
			if part.FileName() == "" {
				continue // none was chosen
			}
			return fields, part, nil
		}
		text, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return nil, nil, cutOff(err)
		}
		if left -= int64(len(text)); left < 0 {
			return nil, nil, fault.Field(
				"text", fault.CodeTooLarge, "This text is too large. Add it as a file instead.",
			)
		}
		fields.Add(part.FormName(), string(text))
	}
}

// onlyFiles returns the next file of a form whose other fields were read. One after a file would
// change the terms under which that file was sealed.
func onlyFiles(form *multipart.Reader) (vault.NewFile, error) {
	for {
		part, err := form.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return vault.NewFile{}, io.EOF
		case err != nil:
			return vault.NewFile{}, cutOff(err)
		case isFile(part) && part.FileName() != "":
			return fileOfPart(part), nil
		case slices.Contains(newShareNames[:], part.FormName()):
			return vault.NewFile{}, fault.Field(
				"", fault.CodeMalformed, "Send files after all other fields.",
			)
		}
	}
}
