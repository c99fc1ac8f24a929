package handlers

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// Imports imports files that people send. An import of someone else is fault.NotFound.
type Imports interface {
	// Receive stores a file as it comes, and returns the import that it belongs to.
	Receive(ctx context.Context, userID, fileName string, from io.Reader) (id string, err error)
	// Read compares the file with the vaults in the background.
	Read(
		ctx context.Context, rights vault.ImportRights, id string, choices vault.ImportChoices,
	) error
	Job(ctx context.Context, rights vault.ImportRights, id string) (vault.ImportJob, error)
	Jobs(ctx context.Context, userID string) ([]vault.ImportJob, error)
	// Entries returns a page of a list, from 1, and how many pages there are.
	Entries(
		ctx context.Context, userID, id string, list vault.ImportList, page int,
	) ([]vault.ImportOutcome, int, error)
	Decide(
		ctx context.Context, userID, id string, all vault.Duplicates,
		single map[int]vault.Duplicates,
	) error
	// Start imports in the background.
	Start(
		ctx context.Context, rights vault.ImportRights, id string, all vault.Duplicates,
		single map[int]vault.Duplicates,
	) error
	Cancel(ctx context.Context, userID, id string) error
	// Report calls do with every entry in order.
	Report(
		ctx context.Context, userID, id string, do func(vault.ImportOutcome) error,
	) error
	Roles() []vault.ImportRole
	Formats() string
}

// mostImported is how many bytes a form with a file to import may have.
const mostImported = 513 << 20

// importRights returns what me may do in an import.
func importRights(me account.Identity) vault.ImportRights {
	return vault.ImportRights{UserID: me.User.ID, Admin: me.Admin(), MayEdit: me.MayEdit}
}

// editable returns the vaults whose items me may edit.
func (h *Handlers) editable(ctx context.Context, me account.Identity) ([]vault.Info, error) {
	all, err := h.viewable(ctx, me)
	return editableBy(me, all), err
}

// importer returns what imports files, if the vaults here can be changed by me.
func (h *Handlers) importer(ctx context.Context, me account.Identity) (Imports, error) {
	if h.c.Imports == nil {
		return nil, fault.New(fault.Forbidden, fault.CodeForbidden,
			"These vaults are changed in "+h.elsewhere()+". Import the items there.")
	}
	vaults, err := h.editable(ctx, me)
	if err == nil && len(vaults) == 0 && !me.Admin() {
		err = fault.New(fault.Forbidden, fault.CodeForbidden,
			"You can't edit any vault. Ask an admin for access.")
	}
	return h.c.Imports, err
}

// elsewhere returns the provider of the account that is served, "" for the embedded vault.
func (h *Handlers) elsewhere() string {
	if h.c.Imports != nil {
		return ""
	}
	if limiter, ok := h.c.Vault.(vault.Limiter); ok {
		return limiter.Account()
	}
	return "1Password"
}

func (h *Handlers) showImports(c echo.Context, me account.Identity) error {
	return h.showImportsPage(c, me, http.StatusOK, views.ImportInput{
		ImportPlace: views.ImportPlace{To: c.QueryParam("vault")},
	}, nil)
}

func (h *Handlers) showImportsPage(
	c echo.Context, me account.Identity, status int, input views.ImportInput,
	problems []fault.Problem,
) error {
	ctx := c.Request().Context()
	vaults, err := h.viewable(ctx, me)
	if err != nil {
		return err
	}
	props := views.ImportsProps{
		Shell: h.shell(me, views.NavImport, "Import", vaults), Elsewhere: h.elsewhere(),
		Admin: me.Admin(), Input: input, Problems: problems,
	}
	if h.c.Imports != nil {
		editable, err := h.editable(ctx, me)
		if err != nil {
			return err
		}
		props.Vaults, props.Formats = options(editable), h.c.Imports.Formats()
		if props.Jobs, err = h.c.Imports.Jobs(ctx, me.User.ID); err != nil {
			return fault.Wrap("list imports", err)
		}
	}
	return h.show(c, status, views.ImportsPage(props))
}

// showImport shows one import, or how far the work on it is.
func (h *Handlers) showImport(c echo.Context, me account.Identity) error {
	return h.showImportWith(c, me, http.StatusOK, nil)
}

func (h *Handlers) showImportWith(
	c echo.Context, me account.Identity, status int, problems []fault.Problem,
) error {
	ctx := c.Request().Context()
	if h.c.Imports == nil {
		return fault.Of(fault.NotFound)
	}
	job, err := h.c.Imports.Job(ctx, importRights(me), c.Param("import"))
	if err != nil {
		return fault.Wrap("load an import", err)
	}
	props := views.ImportProps{
		Job: job, Admin: me.Admin(), Roles: h.c.Imports.Roles(), Problems: problems,
		Input: views.ImportInputOf(job.Choices),
	}
	if form, err := formOf(c); err == nil && len(problems) > 0 {
		keepTyped(&props, form)
	}
	if fragment(c) && job.State.Working() {
		props.Shell = h.shell(me, views.NavImport, "Import", nil)
		return h.show(c, status, views.ImportProgress(props))
	}
	if fragment(c) {
		c.Response().Header().Set("HX-Refresh", "true")
		return c.NoContent(http.StatusOK)
	}
	vaults, err := h.viewable(ctx, me)
	if err != nil {
		return err
	}
	editable, err := h.editable(ctx, me)
	if err != nil {
		return err
	}
	props.Shell, props.Vaults = h.shell(me, views.NavImport, "Import", vaults), options(editable)
	if err := h.setEntries(c, me, &props); err != nil {
		return err
	}
	return h.showSecret(c, status, views.ImportPage(props)) // it may have values of the file
}

// keepTyped keeps what a form chose that was refused.
func keepTyped(props *views.ImportProps, form url.Values) {
	if props.Job.Header != nil && form.Has("column.0") {
		props.Job.Choices.Columns = columnsIn(form, props.Job)
	}
	if form.Has("to") {
		props.Input = importInput(form)
	}
}

// setEntries sets a page of the duplicates and of what is left out.
func (h *Handlers) setEntries(
	c echo.Context, me account.Identity, props *views.ImportProps,
) error {
	for _, list := range []struct {
		name  vault.ImportList
		param string
		into  *views.ImportEntries
	}{
		{vault.DuplicateList, "page", &props.Duplicates}, {vault.LeftOutList, "left", &props.LeftOut},
	} {
		page, _ := strconv.Atoi(c.QueryParam(list.param))
		list.into.Page = max(1, page)
		var err error
		list.into.Entries, list.into.Pages, err = h.c.Imports.Entries(
			c.Request().Context(), me.User.ID, props.Job.ID, list.name, list.into.Page,
		)
		if err != nil {
			return fault.Wrap("list an import's entries", err)
		}
	}
	return nil
}

// readAgain compares an import's file again, with other choices.
func (h *Handlers) readAgain(
	c echo.Context, me account.Identity,
	choose func(form url.Values, job vault.ImportJob) (vault.ImportChoices, error),
) error {
	ctx := c.Request().Context()
	form, err := formOf(c)
	if err != nil {
		return err
	}
	imports, err := h.importer(ctx, me)
	if err != nil {
		return err
	}
	id := c.Param("import")
	job, err := imports.Job(ctx, importRights(me), id)
	if err != nil {
		return fault.Wrap("load an import", err)
	}
	choices, err := choose(form, job)
	if err == nil {
		err = imports.Read(ctx, importRights(me), id, choices)
	}
	return h.afterImport(c, me, err, h.Import(id))
}

// afterImport answers a change of an import: problems of the form show on its page.
func (h *Handlers) afterImport(
	c echo.Context, me account.Identity, err error, next string,
) error {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return h.showImportWith(c, me, http.StatusUnprocessableEntity, fault.ProblemsOf(err))
	default:
		if err != nil {
			return fault.Wrap("change an import", err)
		}
	}
	return seeOther(c, next)
}

// setImportColumns takes what the columns of a CSV file hold.
func (h *Handlers) setImportColumns(c echo.Context, me account.Identity) error {
	return h.readAgain(c, me, func(form url.Values, job vault.ImportJob) (vault.ImportChoices, error) {
		choices := job.Choices
		if job.Header == nil {
			return choices, fault.Field("columns", fault.CodeInvalid, "This file has no columns to choose.")
		}
		choices.Columns = columnsIn(form, job)
		return choices, nil
	})
}

// columnsIn returns what a form says that each column holds.
func columnsIn(form url.Values, job vault.ImportJob) []string {
	columns := make([]string, len(job.Header.Columns))
	for i := range columns {
		columns[i] = form.Get("column." + strconv.Itoa(i))
	}
	return columns
}

// setImportVault takes where items go.
func (h *Handlers) setImportVault(c echo.Context, me account.Identity) error {
	return h.readAgain(c, me, func(form url.Values, job vault.ImportJob) (vault.ImportChoices, error) {
		choices, err := importChoices(importInput(form))
		choices.Columns, choices.Duplicates = job.Choices.Columns, job.Choices.Duplicates
		return choices, err
	})
}

// decideImport stores what becomes of duplicates, and starts the import or shows another page of them.
func (h *Handlers) decideImport(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	form, err := formOf(c)
	if err != nil {
		return err
	}
	imports, err := h.importer(ctx, me)
	if err != nil {
		return err
	}
	id, all := c.Param("import"), vault.Duplicates(form.Get("duplicates"))
	single := map[int]vault.Duplicates{}
	for name := range form {
		if number, ok := strings.CutPrefix(name, "decide."); ok {
			n, err := strconv.Atoi(number)
			if err != nil {
				return fault.Field("duplicates", fault.CodeInvalid, "")
			}
			single[n] = vault.Duplicates(form.Get(name))
		}
	}
	if form.Get("do") == "start" {
		err = imports.Start(ctx, importRights(me), id, all, single)
		return h.afterImport(c, me, err, h.Import(id))
	}
	page, _ := strconv.Atoi(form.Get("page"))
	err = imports.Decide(ctx, me.User.ID, id, all, single)
	return h.afterImport(c, me, err, h.ImportPages(id, page, 1))
}

// cancelImport ends an import and erases its file or report.
func (h *Handlers) cancelImport(c echo.Context, me account.Identity) error {
	if h.c.Imports == nil {
		return fault.Of(fault.NotFound)
	}
	err := h.c.Imports.Cancel(c.Request().Context(), me.User.ID, c.Param("import"))
	if err != nil {
		return fault.Wrap("cancel an import", err)
	}
	return seeOther(c, h.Paths.Imports())
}
