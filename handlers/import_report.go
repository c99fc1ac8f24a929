package handlers

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
)

var importReportHead = []string{
	byteOrderMark + "entry", "title", "category", "vault_in_export", "vault", "outcome", "duplicate",
	"reason", "remarks",
}

// importReport streams every entry of an import as CSV. A failure after the first line breaks the
// connection, so that half a report does not pass for a whole one.
func (h *Handlers) importReport(c echo.Context, me account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("import")
	if h.c.Imports == nil {
		return fault.Of(fault.NotFound)
	}
	job, err := h.c.Imports.Job(ctx, importRights(me), id)
	if err == nil && (job.Summary == nil || job.State.Working()) {
		err = fault.Of(fault.NotFound)
	}
	if err != nil {
		return fault.Wrap("load an import", err)
	}
	startDownload(c, csvType, "import-report.csv")
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	lines := csv.NewWriter(c.Response())
	if err := lines.Write(importReportHead); err != nil {
		return fault.Wrap("write CSV", err)
	}
	err = h.c.Imports.Report(ctx, me.User.ID, id, func(o vault.ImportOutcome) error {
		if o.Number%flushEvery == 0 {
			lines.Flush()
		}
		return lines.Write(importReportLine(o))
	})
	if err != nil {
		stopDownload(c)
		return fault.Wrap("list an import's entries", err)
	}
	lines.Flush()
	return fault.Wrap("write CSV", lines.Error())
}

func importReportLine(o vault.ImportOutcome) []string {
	var remarks []string
	for _, remark := range o.Remarks {
		if remark.Detail == o.Detail {
			continue
		}
		words := remark.Detail
		if remark.Field != "" {
			words = remark.Field + ": " + words
		}
		remarks = append(remarks, words)
	}
	return escapeFormulas([]string{
		strconv.Itoa(o.Number), o.Title, string(o.Category), o.SourceVault, o.Vault, string(o.Did),
		string(o.Like), o.Detail, strings.Join(remarks, "\n"),
	})
}
