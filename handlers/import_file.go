package handlers

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// importForm is what came with a form with a file.
type importForm struct {
	id     string // of the import, "" without a file
	values url.Values
}

// sendImport stores the file of a form and starts to read it.
func (h *Handlers) sendImport(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	imports, err := h.importer(ctx, me)
	if err != nil {
		return err
	}
	form, err := h.receiveImport(c, me, imports)
	if err == nil && form.id == "" {
		err = fault.Field("file", fault.CodeInvalid, "Choose a file.")
	}
	input := importInput(form.values)
	if err == nil {
		choices, problem := importChoices(input)
		if err = problem; err == nil {
			err = imports.Read(ctx, importRights(me), form.id, choices)
		}
	}
	if err == nil {
		return seeOther(c, h.Import(form.id))
	}
	if form.id != "" {
		err = errors.Join(err, imports.Cancel(ctx, me.User.ID, form.id))
	}
	if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) == fault.CodeMalformed {
		return fault.Wrap("import a file", err)
	}
	return h.showImportsPage(
		c, me, http.StatusUnprocessableEntity, input, fault.ProblemsOf(err),
	)
}

// receiveImport reads a form with a file. The file is stored as it comes; the other fields may come
// before it or after it.
func (h *Handlers) receiveImport(
	c echo.Context, me account.Identity, imports Imports,
) (form importForm, err error) {
	form.values = url.Values{}
	parts, leave, err := h.receive(c, me.User.ID)
	if err != nil {
		return form, err
	}
	defer leave()
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return form, brokenForm(err)
		}
		if part.FileName() == "" {
			text, err := io.ReadAll(io.LimitReader(part, publicBodyLimit+1))
			if err != nil {
				return form, brokenForm(err)
			}
			if len(text) > publicBodyLimit {
				readRest(c)
				return form, fault.Field(part.FormName(), fault.CodeTooLarge, "This text is too long.")
			}
			form.values.Add(part.FormName(), string(text))
			continue
		}
		if form.id != "" {
			return form, fault.Field("file", fault.CodeInvalid, "Choose one file.")
		}
		ctx := c.Request().Context()
		form.id, err = imports.Receive(ctx, me.User.ID, shortName(part.FileName()), part)
		if err != nil {
			readRest(c)
			return form, brokenForm(err)
		}
	}
}

// brokenForm returns the error of a form that is too long or broke off.
func brokenForm(err error) error {
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return fault.Field("file", fault.CodeTooLarge, "A file can be 512 MiB at most here. "+
			"The command itemshare import reads larger ones.")
	}
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	return fmt.Errorf("%w: %w", fault.Field("", fault.CodeMalformed,
		"The file didn't arrive whole, and nothing was imported. Send it again."), err)
}

// shortName returns a file's name for people.
func shortName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	for utf8.RuneCountInString(name) > 100 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

func importInput(form url.Values) views.ImportInput {
	in := views.ImportInput{
		ImportPlace: importPlace(form, ""), Archived: isChecked(form, "archived"),
		Sources: map[string]views.ImportPlace{},
	}
	for name := range form {
		if id, ok := strings.CutPrefix(name, "to-"); ok && form.Get(name) != "" {
			in.Sources[id] = importPlace(form, "-"+id)
		}
	}
	return in
}

// importPlace returns a place of a form, whose fields end in a suffix.
func importPlace(form url.Values, suffix string) views.ImportPlace {
	return views.ImportPlace{
		To: form.Get("to" + suffix), Name: strings.TrimSpace(form.Get("name" + suffix)),
	}
}

// importChoices returns where items go.
func importChoices(in views.ImportInput) (vault.ImportChoices, error) {
	all, problems := parsePlace(in.ImportPlace, "name")
	choices := vault.ImportChoices{
		Target: all.Target, NewVault: all.NewVault, Archived: in.Archived,
		Sources: map[string]vault.ImportPlace{},
	}
	for _, id := range slices.Sorted(maps.Keys(in.Sources)) {
		place, wrong := parsePlace(in.Sources[id], "name-"+id)
		choices.Sources[id] = place
		problems = append(problems, wrong...)
	}
	return choices, fault.Fields(problems)
}

// parsePlace returns where items go. A new vault needs a name, which is in this field.
func parsePlace(in views.ImportPlace, field string) (vault.ImportPlace, []fault.Problem) {
	if in.To != views.ImportNew {
		return vault.ImportPlace{Target: in.To}, nil
	}
	name, err := vault.ParseName(in.Name)
	problems := fault.ProblemsOf(err)
	for i := range problems {
		problems[i].Field = field
	}
	return vault.ImportPlace{NewVault: name}, problems
}
