package handlers

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/views"
)

func auditFilter(c echo.Context) views.AuditFilter {
	return views.AuditFilter{
		Kind: audit.Kind(c.QueryParam("kind")), Actor: c.QueryParam("actor"),
		Subject: c.QueryParam("subject"), From: c.QueryParam("from"), To: c.QueryParam("to"),
		After: c.QueryParam("after"),
	}
}

// auditQuery returns what a filter selects.
func (h *Handlers) auditQuery(f views.AuditFilter) (audit.Query, error) {
	q := audit.Query{
		Kind: f.Kind, Actor: f.Actor, Subject: f.Subject, After: f.After, Limit: pageSize,
	}
	var err error
	q.From, q.To, err = share.Days{From: f.From, To: f.To}.Span(h.c.Clock())
	return q, err
}

// lookUpActor sets the lookup of an audit log, and replaces its text in the filter by whom it means.
func (h *Handlers) lookUpActor(ctx context.Context, p *views.AuditProps) (err error) {
	p.People, p.Filter.Actor, p.Problems, err = h.lookUpParty(
		ctx, "actor", "Person", p.Filter.Actor,
	)
	return err
}

func (h *Handlers) showAudit(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	props := views.AuditProps{
		Shell:  h.shell(me, views.NavAudit, "Audit", h.sidebarVaults(ctx, me)),
		Filter: auditFilter(c), Chain: h.chainState(),
	}
	if err := h.lookUpActor(ctx, &props); err != nil {
		return err
	}
	query, err := h.auditQuery(props.Filter)
	props.Problems = append(props.Problems, fault.ProblemsOf(err)...)
	if props.BehindSince, err = h.behindSince(ctx); err != nil {
		return err
	}
	if len(props.Problems) > 0 {
		const status = http.StatusUnprocessableEntity
		return h.showEither(c, status, views.AuditList(props), views.AuditPage(props))
	}
	found, err := h.c.Events.List(ctx, query)
	if err != nil {
		return fault.Wrap("list events", err)
	}
	props.Next = found.Next
	if props.Events, err = h.auditRows(ctx, me, found.Events); err != nil {
		return err
	}
	return h.showEither(c, http.StatusOK, views.AuditList(props), views.AuditPage(props))
}

// auditRows returns events with the names of those whom and what they are about.
func (h *Handlers) auditRows(
	ctx context.Context, me account.Identity, events []audit.Shown,
) ([]views.AuditRow, error) {
	ids := make([]string, 0, 3*len(events))
	for _, e := range events {
		ids = append(ids, e.Actor, e.Subject, e.Detail["user"])
	}
	people, err := h.c.Accounts.Parties(ctx, distinct(ids))
	if err != nil {
		return nil, fault.Wrap("name people", err)
	}
	about, err := h.aboutEvents(ctx, me, events)
	if err != nil {
		return nil, err
	}
	rows := make([]views.AuditRow, len(events))
	for i, e := range events {
		rows[i] = views.AuditRow{
			Event:  e.Event,
			Number: e.Number,
			Who:    people[e.Actor].Name,
			About:  cmp.Or(about[e.Subject], people[e.Subject].Name),
			Whom:   people[e.Detail["user"]].Name,
			Vaults: vaultNames(about, cmp.Or(e.Detail["vaults"], e.Detail["from_vault"])),
		}
	}
	return rows, nil
}

// aboutEvents names the vaults, items and shares that events are about, where me may
// know their names. It works while the vault is unreachable, with fewer names.
func (h *Handlers) aboutEvents(
	ctx context.Context, me account.Identity, events []audit.Shown,
) (map[string]string, error) {
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return nil, err
	}
	about := titles(vaults)
	items, shares := map[string][]string{}, []string{}
	for _, e := range events {
		vaultID, itemID, isItem := strings.Cut(e.Subject, "/")
		switch {
		case isItem && me.MayView(vaultID):
			about[e.Subject] = "An item no longer in " + vaultName(about, vaultID)
			items[vaultID] = append(items[vaultID], itemID)
		case isItem && about[vaultID] != "":
			about[e.Subject] = "An item in " + about[vaultID]
		case aboutShare(e.Kind):
			shares = append(shares, e.Subject)
		}
	}
	for vaultID, ids := range items {
		found, err := h.c.Vault.Overviews(ctx, vaultID, distinct(ids))
		if err != nil && fault.KindOf(err) != fault.Unavailable {
			return nil, ofVault("name items", err)
		}
		for _, item := range found {
			about[vaultID+"/"+item.ID] = item.Title
		}
	}
	named, err := h.c.Shares.Titles(ctx, viewerOf(me, nil), distinct(shares))
	maps.Copy(about, named)
	return about, fault.Wrap("name shares", err)
}

// vaultNames returns the names of vaults, whose ids are separated by spaces.
func vaultNames(names map[string]string, ids string) string {
	var list []string
	for id := range strings.FieldsSeq(ids) {
		list = append(list, vaultName(names, id))
	}
	return strings.Join(list, ", ")
}

func aboutShare(kind audit.Kind) bool {
	switch kind {
	case audit.ShareCreated,
		audit.CodeRequested,
		audit.CodeRefused,
		audit.ShareOpened,
		audit.OpenRefused,
		audit.ShareRevoked,
		audit.RecipientRemoved:
		return true
	}
	return false
}

func distinct(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// eraseTolerance is how late erasing may be before a page says so: it pauses for a while
// after a step of the clock.
const eraseTolerance = 10 * time.Minute

// behindSince returns since when an erasure is due where it is late, else the zero time.
func (h *Handlers) behindSince(ctx context.Context) (time.Time, error) {
	now := h.c.Clock()
	due, err := h.c.Erasures.ErasureDue(ctx, now)
	if err != nil || now.Sub(due) < eraseTolerance {
		return time.Time{}, fault.Wrap("look for overdue erasures", err)
	}
	return due, nil
}

func (h *Handlers) chainState() views.ChainState {
	report, broken := h.c.Prover.LastProof()
	state := views.ChainState{
		Count: report.Count, Head: report.Head, Unsealed: report.Unsealed,
		At: report.At,
	}
	if broken != nil {
		state.Broken = broken.Error()
	}
	return state
}
