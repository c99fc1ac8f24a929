package handlers

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/views"
)

// byteOrderMark begins a CSV file, so that spreadsheets read it as UTF-8.
const byteOrderMark = "\ufeff"

var csvHead = []string{
	byteOrderMark + "id", "title", "vault", "shared_by", "audience", "recipients", "created_at", "expires_at",
	"views", "max_views", "status",
}

const csvType = "text/csv; charset=utf-8"

// startDownload sets the headers of an answer that the browser saves as a file.
func startDownload(c echo.Context, contentType, name string) {
	header := c.Response().Header()
	header.Set(policyHeader, filePolicy)
	header.Set(echo.HeaderContentType, contentType)
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
}

// stopDownload takes the headers back, for the page of an error. Once a line was sent the connection
// breaks instead.
func stopDownload(c echo.Context) {
	header := c.Response().Header()
	header.Del(echo.HeaderContentDisposition)
	header.Set(policyHeader, pagePolicy)
}

// flushEvery is the number of lines after which a part of the answer is sent.
const flushEvery = 500

// historyCSV streams every match. A failure after the first line breaks the connection,
// so that half a list does not pass for a whole one.
func (h *Handlers) historyCSV(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return err
	}
	props := views.HistoryProps{Filter: historyFilter(c)}
	if err := h.lookUp(ctx, me, vaults, &props); err != nil {
		return err
	}
	if err := fault.Fields(props.Problems); err != nil {
		return err
	}
	query := historyQuery(props.Filter)
	query.After = ""
	linking, err := h.c.Shares.Linking(ctx)
	if err != nil {
		return fault.Wrap("load who creates links", err)
	}
	head := slices.Clone(csvHead)
	if linking.Choice { // without a choice no link is native
		head = append(head, "native")
	}
	head = append(head, "included") // new columns come last
	startDownload(c, csvType, "shares.csv")
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	lines, names, n := csv.NewWriter(c.Response()), titles(vaults), 0
	if err := lines.Write(head); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	err = h.c.Shares.Each(ctx, viewerOf(me, grantedVaults(me)), query, func(s share.Summary) error {
		if n++; n%flushEvery == 0 {
			lines.Flush()
		}
		line := csvLine(s, names[s.VaultID])
		if linking.Choice {
			line = append(line, strconv.FormatBool(s.Native))
		}
		return lines.Write(append(line, s.Included.Words()))
	})
	if err != nil {
		stopDownload(c)
		return fault.Wrap("list the history", err)
	}
	lines.Flush()
	return fault.Wrap("write CSV", lines.Error())
}

func csvLine(s share.Summary, vaultTitle string) []string {
	var recipients []string
	for _, r := range s.Recipients {
		recipients = append(recipients, r.Address)
	}
	line := []string{
		s.ID, s.Title, vaultTitle, s.SharedBy, string(s.Audience), strings.Join(recipients, " "),
		s.CreatedAt.UTC().Format(time.RFC3339), s.ExpiresAt.UTC().Format(time.RFC3339),
		strconv.Itoa(s.Views), strconv.Itoa(s.MaxViews), string(s.State),
	}
	return escapeFormulas(line)
}

// escapeFormulas returns a line whose cells spreadsheets do not run as formulas.
func escapeFormulas(line []string) []string {
	for i := range line {
		line[i] = escapeFormula(line[i])
	}
	return line
}

// escapeFormula returns a cell that spreadsheets do not run as a formula.
func escapeFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
