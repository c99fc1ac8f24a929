package handlers

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/views"
)

// exportTime is the form of a time in an export: RFC 3339 with milliseconds.
const exportTime = "2006-01-02T15:04:05.000Z07:00"

// eventWriter writes events in the format of an export.
type eventWriter struct {
	write func(audit.Shown) error
	flush func() error
}

func (h *Handlers) auditCSV(c echo.Context, _ account.Identity) error {
	return h.exportAudit(c, csvType, "audit.csv", csvEvents)
}

func (h *Handlers) auditNDJSON(c echo.Context, _ account.Identity) error {
	return h.exportAudit(c, "application/x-ndjson", "audit.ndjson", jsonEvents)
}

// exportAudit streams every event that matches, newest first. A failure after the first line
// breaks the connection, so that half a log does not pass for a whole one.
func (h *Handlers) exportAudit(
	c echo.Context, contentType, name string, format func(io.Writer) (eventWriter, error),
) error {
	props := views.AuditProps{Filter: auditFilter(c)}
	if err := h.lookUpActor(c.Request().Context(), &props); err != nil {
		return err
	}
	query, _, err := h.auditQuery(c.Request().Context(), props.Filter)
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	}
	if err := fault.Fields(append(props.Problems, fault.ProblemsOf(err)...)); err != nil {
		return err
	}
	startDownload(c, contentType, name)
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	lines, err := format(c.Response())
	if err != nil {
		return fault.Wrap("write the audit log", err)
	}
	n := 0
	err = h.c.Events.Each(c.Request().Context(), query, func(e audit.Shown) error {
		if n++; n%flushEvery == 0 {
			if err := lines.flush(); err != nil {
				return err
			}
		}
		return lines.write(e)
	})
	if err != nil {
		stopDownload(c)
		return fault.Wrap("list events", err)
	}
	return fault.Wrap("write the audit log", lines.flush())
}

func csvEvents(w io.Writer) (eventWriter, error) {
	lines := csv.NewWriter(w)
	write := func(e audit.Shown) error {
		detail := ""
		if len(e.Detail) > 0 {
			text, err := json.Marshal(e.Detail)
			if err != nil {
				return err
			}
			detail = string(text)
		}
		return lines.Write(escapeFormulas([]string{
			strconv.FormatInt(e.Number, 10), e.At.UTC().Format(exportTime), string(e.Kind),
			e.Actor, e.Subject, detail,
		}))
	}
	flush := func() error { lines.Flush(); return lines.Error() }
	head := []string{byteOrderMark + "number", "at", "kind", "actor", "subject", "detail"}
	return eventWriter{write, flush}, lines.Write(head)
}

// exportedEvent is an event as a line of JSON. Number is 0 until the event is in the chain.
type exportedEvent struct {
	Number  int64             `json:"number"`
	At      string            `json:"at"`
	Kind    audit.Kind        `json:"kind"`
	Actor   string            `json:"actor"`
	Subject string            `json:"subject"`
	Detail  map[string]string `json:"detail,omitempty"`
	Erased  bool              `json:"erased,omitempty"`
}

func jsonEvents(w io.Writer) (eventWriter, error) {
	lines := json.NewEncoder(w)
	write := func(e audit.Shown) error {
		return lines.Encode(exportedEvent{
			e.Number, e.At.UTC().Format(exportTime), e.Kind, e.Actor, e.Subject, e.Detail, e.Erased,
		})
	}
	return eventWriter{write, func() error { return nil }}, nil
}
