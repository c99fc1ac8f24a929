package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

// previewShare shows what the recipient would see. It creates nothing. A one-time password in it
// shows its codes, so it is an audit event as a reveal is.
func (h *Handlers) previewShare(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	input, ctx := shareInput(form), c.Request().Context()
	seen, err := h.c.Shares.Preview(ctx, sharerOf(me, c.Param("vault")), shareRequest(c, input))
	if fault.KindOf(err) == fault.Invalid {
		answerAt(c, "#share")
		return h.showFormAgain(c, me, http.StatusUnprocessableEntity, input, fault.ProblemsOf(err))
	}
	if err != nil {
		return fault.Wrap("preview a share", err)
	}
	item, vaults, err := h.itemOf(c, me)
	if err != nil {
		return err
	}
	reveals := me.MayReveal(item.VaultID)
	if reveals {
		if err := h.recordCodes(ctx, me, item, seen.Content); err != nil {
			return err
		}
	}
	now := h.c.Clock()
	props := views.PreviewProps{
		Shell:   h.shell(me, views.NavItems, "Preview of "+item.Title, vaults),
		Item:    itemRef(item, titles(vaults)[item.VaultID]),
		Content: recipientItem(seen.Content, seen.Terms, now, reveals), Terms: seen.Terms,
		Recipients: recipientNames(seen.Recipients), Included: seen.Included,
	}
	props.Content.Sharer = share.SharerOf(props.Content.Sharer, h.organization(ctx))
	if fragment(c) {
		return h.showSecret(c, http.StatusOK, views.Preview(props))
	}
	return h.showSecret(c, http.StatusOK, views.PreviewPage(props))
}

// recordCodes stores an audit event for each one-time password whose codes a preview shows.
func (h *Handlers) recordCodes(
	ctx context.Context, me account.Identity, item vault.Item, content share.Content,
) error {
	for _, f := range content.Fields {
		if vault.FieldType(f.Type) != vault.FieldTOTP {
			continue
		}
		if err := h.recordReveal(ctx, me, item, f.Title); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handlers) recordReveal(
	ctx context.Context, me account.Identity, item vault.Item, field string,
) error {
	return fault.Wrap("store the reveal's event", h.c.Recorder.Record(ctx, audit.Event{
		At: h.c.Clock(), Kind: audit.FieldRevealed, Actor: me.User.ID,
		Subject: item.VaultID + "/" + item.ID, Detail: map[string]string{"field": field},
	}))
}

// recipientItem returns a share's content as the recipient's page lays it out, without concealed
// values. Only to who reveals them it shows the codes of one-time passwords.
func recipientItem(
	content share.Content, terms share.Terms, now time.Time, reveals bool,
) views.RecipientItemProps {
	item := views.RecipientItemProps{
		Title: content.Title, Category: vault.Category(content.Category).Label(),
		Sharer: content.SharedBy, Tags: content.Tags,
		FilesUntil: now.Add(min(share.ViewTimeFiles, time.Unix(terms.ExpiresAt, 0).Sub(now))),
	}
	add := func(title string, fields []views.RecipientField) {
		if len(fields) > 0 {
			item.Sections = append(
				item.Sections, views.RecipientSection{Title: title, Fields: fields},
			)
		}
	}
	for _, section := range append([]share.ContentSection{{}}, content.Sections...) {
		add(section.Title, fieldsIn(content.Fields, section.ID, now, reveals))
	}
	var sites []views.RecipientField
	for _, site := range content.Websites {
		field := share.ContentField{Title: site.Label, Type: string(vault.FieldURL), Value: site.URL}
		if field.Title == "" {
			field.Title = "Website"
		}
		sites = append(sites, recipientField(field, now, reveals))
	}
	add("Websites", sites)
	add("", fieldsIn([]share.ContentField{{Title: "Notes", Value: content.Notes}}, "", now, reveals))
	for _, f := range content.Files {
		item.Files = append(item.Files, views.RecipientFile{Name: f.Name, Size: share.Size(f.Size)})
	}
	return item
}

// fieldsIn returns the fields of a section that have a value.
func fieldsIn(
	fields []share.ContentField, section string, now time.Time, reveals bool,
) (all []views.RecipientField) {
	for _, f := range fields {
		if f.Section == section && f.Value != "" {
			all = append(all, recipientField(f, now, reveals))
		}
	}
	return all
}

func recipientField(f share.ContentField, now time.Time, reveals bool) views.RecipientField {
	field := views.RecipientField{Label: f.Title, Type: f.Type, Value: f.Value}
	if strings.TrimSpace(f.Title) == "" {
		field.Label = "Value"
	}
	switch fieldType := vault.FieldType(f.Type); {
	case fieldType == vault.FieldTOTP && reveals:
		field.Value = ""
		field.Code, field.Fault = recipientCode(f.Value, now)
	case fieldType.Concealed():
		field.Value, field.Concealed = "", true
	}
	return field
}

// previewedCodes is how many one-time codes a preview shows, one after the other.
const previewedCodes = 10

// recipientCode returns the codes of a seed from now on, or why it makes none.
func recipientCode(value string, now time.Time) (code *views.RecipientCode, problem string) {
	seed, err := vault.ParseSeed(value)
	if err != nil {
		return nil, fault.ProblemsOf(err)[0].Detail
	}
	code = &views.RecipientCode{Every: seed.Period()}
	_, code.Left = seed.Code(now)
	for i := range previewedCodes {
		text, _ := seed.Code(now.Add(time.Duration(i) * seed.Period()))
		code.Codes = append(code.Codes, text)
	}
	return code, ""
}
