package handlers

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// Exporter writes all items of some vaults as a file that an import reads.
type Exporter func(ctx context.Context, to io.Writer, vaults []vault.Info) error

// revealable returns the vaults whose concealed values me may see, which an export holds.
func (h *Handlers) revealable(ctx context.Context, me account.Identity) ([]vault.Info, error) {
	all, err := h.viewable(ctx, me)
	if err != nil {
		return nil, err
	}
	var mine []vault.Info
	for _, v := range all {
		if me.MayReveal(v.ID) {
			mine = append(mine, v)
		}
	}
	return mine, nil
}

func (h *Handlers) showExport(c echo.Context, me account.Identity) error {
	return h.showExportPage(c, me, http.StatusOK, nil)
}

func (h *Handlers) showExportPage(
	c echo.Context, me account.Identity, status int, problems []fault.Problem,
) error {
	ctx := c.Request().Context()
	vaults, err := h.revealable(ctx, me)
	if err != nil {
		return err
	}
	props := views.ExportProps{
		Shell:     h.shell(me, views.NavImport, "Export", h.sidebarVaults(ctx, me)),
		Elsewhere: h.elsewhere(), Vaults: options(vaults), Chosen: c.QueryParams()["vault"],
		Problems: problems,
	}
	return h.show(c, status, views.ExportPage(props))
}

// export streams the items of the chosen vaults. The audit event is stored before the first byte is
// sent. A failure after it breaks the connection, so that half a file does not pass for a whole one.
func (h *Handlers) export(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	form, err := formOf(c)
	if err != nil {
		return err
	}
	if h.c.Export == nil {
		return fault.New(fault.Forbidden, fault.CodeForbidden,
			"These items are those of another account. Export them in "+h.elsewhere()+".")
	}
	mine, err := h.revealable(ctx, me)
	if err != nil {
		return err
	}
	chosen, err := chosenVaults(mine, form["vaults"])
	if fault.KindOf(err) == fault.Invalid {
		return h.showExportPage(c, me, http.StatusUnprocessableEntity, fault.ProblemsOf(err))
	}
	if err != nil {
		return err
	}
	for _, v := range chosen {
		err := h.c.Recorder.Record(ctx, audit.Event{
			At: h.c.Clock(), Kind: audit.ItemsExported, Actor: me.User.ID, Subject: v.ID,
		})
		if err != nil {
			return fault.Wrap("store the export's event", err)
		}
	}
	name := exportName(chosen, h.c.Clock().UTC().Format(time.DateOnly))
	startDownload(c, echo.MIMEOctetStream, name)
	c.Response().WriteHeader(http.StatusOK)
	return ofVault("export items", h.c.Export(ctx, c.Response(), chosen))
}

// exportName returns the name of the file, which says when it was made, and nothing of what it holds.
func exportName(vaults []vault.Info, day string) string {
	if len(vaults) == 1 {
		return "itemshare-vault-" + day + ".1pux"
	}
	return "itemshare-" + day + ".1pux"
}

// chosenVaults returns the vaults with these IDs. One that me may not export does not exist.
func chosenVaults(mine []vault.Info, ids []string) ([]vault.Info, error) {
	if len(ids) == 0 {
		return nil, fault.Field("vaults", fault.CodeInvalid, "Choose at least one vault.")
	}
	var chosen []vault.Info
	for _, v := range mine {
		if slices.Contains(ids, v.ID) {
			chosen = append(chosen, v)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(chosen, func(v vault.Info) bool { return v.ID == id }) {
			return nil, fault.Of(fault.NotFound)
		}
	}
	return chosen, nil
}
