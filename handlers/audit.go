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

// auditFilter parses the filter from the query. actor is the earlier name of by.
func auditFilter(c echo.Context) views.AuditFilter {
	return views.AuditFilter{
		Kind: audit.Kind(c.QueryParam("kind")), Text: c.QueryParam("q"),
		By:      cmp.Or(c.QueryParam("by"), c.QueryParam("actor")),
		Subject: c.QueryParam("subject"), From: c.QueryParam("from"), To: c.QueryParam("to"),
		After: c.QueryParam("after"),
	}
}

// auditQuery returns what a filter selects. Truncated means that more shares have the address than
// are looked at.
func (h *Handlers) auditQuery(
	ctx context.Context, f views.AuditFilter,
) (q audit.Query, truncated bool, err error) {
	q = audit.Query{
		Kind: f.Kind, Actor: f.By, Subject: f.Subject, After: f.After, Limit: pageSize,
	}
	if q.From, q.To, err = (share.Days{From: f.From, To: f.To}).Span(h.c.Clock()); err != nil {
		return q, false, err
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		q.About, truncated, err = h.about(ctx, text)
	}
	return q, truncated, err
}

// about finds out who has an email address: a user, a recipient or both.
func (h *Handlers) about(ctx context.Context, text string) (*audit.About, bool, error) {
	address, shares, truncated, err := h.c.Shares.SharedWith(ctx, text)
	if err != nil {
		return nil, false, fault.Wrap("find who has an address", err)
	}
	about := &audit.About{Address: address, Subjects: shares}
	user, err := h.c.Accounts.UserByEmail(ctx, text)
	if err == nil {
		about.UserID = user.ID
	} else if kind := fault.KindOf(err); kind != fault.NotFound && kind != fault.Invalid {
		return nil, false, fault.Wrap("find who has an address", err)
	}
	return about, truncated, nil
}

// lookUpActor sets the lookup of an audit log, and replaces its text in the filter by whom it means.
func (h *Handlers) lookUpActor(ctx context.Context, p *views.AuditProps) (err error) {
	p.People, p.Filter.By, p.Problems, err = h.lookUpParty(ctx, "by", "Person", p.Filter.By)
	return err
}

func (h *Handlers) showAudit(c echo.Context, me account.Identity) error {
	if fragment(c) && c.Request().Header.Get("HX-Target") == views.ChainID {
		return h.show(c, http.StatusOK, views.Chain(h.Paths, h.chainState()))
	}
	ctx := c.Request().Context()
	props := views.AuditProps{
		Shell:  h.shell(me, views.NavAudit, "Audit", h.sidebarVaults(ctx, me)),
		Filter: auditFilter(c), Chain: h.chainState(),
	}
	if err := h.lookUpActor(ctx, &props); err != nil {
		return err
	}
	query, truncated, err := h.auditQuery(ctx, props.Filter)
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	}
	props.Truncated, props.Problems = truncated, append(props.Problems, fault.ProblemsOf(err)...)
	if props.BehindSince, err = h.behindSince(ctx); err != nil {
		return err
	}
	if len(props.Problems) > 0 {
		const status = http.StatusUnprocessableEntity
		return h.showEither(c, status, views.AuditList(props), views.AuditPage(props))
	}
	found, err := h.c.Events.Groups(ctx, query)
	if err != nil {
		return fault.Wrap("list events", err)
	}
	props.Next = found.Next
	if props.Events, err = h.auditRows(ctx, me, found.Groups); err != nil {
		return err
	}
	return h.showEither(c, http.StatusOK, views.AuditList(props), views.AuditPage(props))
}

// auditRows returns events with the names of those whom and what they are about, and the addresses
// of their pages.
func (h *Handlers) auditRows(
	ctx context.Context, me account.Identity, events []audit.Group,
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
	if err := h.nameGroups(ctx, events, about); err != nil {
		return nil, err
	}
	rows := make([]views.AuditRow, len(events))
	for i, e := range events {
		rows[i] = views.AuditRow{
			Event: e.Event, Number: e.Number, Count: e.Count, Occurrences: e.Occurrences,
			Who:    people[e.Actor].Name,
			About:  cmp.Or(about[e.Subject], people[e.Subject].Name),
			Page:   h.pageOf(me, e.Event, about[e.Subject], people[e.Subject]),
			Whom:   cmp.Or(people[e.Detail["user"]].Name, about[e.Detail["group"]]),
			Vaults: vaultNames(about, cmp.Or(e.Detail["vaults"], e.Detail["from_vault"])),
			Groups: groupNames(about, e.Detail["groups"]),
		}
	}
	return rows, nil
}

// pageOf returns the address of the page about an event's subject, "" where me has none.
func (h *Handlers) pageOf(
	me account.Identity, e audit.Event, name string, who account.Party,
) string {
	vaultID, itemID, isItem := strings.Cut(e.Subject, "/")
	switch {
	case e.Kind == audit.PolicyChanged:
		return h.Policy(e.Subject)
	case isItem && me.MayView(vaultID) && name != "":
		return h.Item(vaultID, itemID)
	case isItem || name == "" && who.ID == "":
		return ""
	case aboutShare(e.Kind):
		return h.ShareDetail(e.Subject)
	case who.ID != "" && who.Email == "":
		return h.ServiceAccountsFound(views.ListFilter{Text: who.Name})
	case who.ID != "":
		return h.Person(who.ID)
	}
	if aboutGroup(e.Kind) {
		return h.Group(e.Subject, views.ListFilter{})
	}
	return h.Vaults(views.ListFilter{Text: name})
}

func aboutGroup(kind audit.Kind) bool {
	switch kind {
	case audit.GroupAdded, audit.GroupRenamed, audit.MemberAdded, audit.MemberRemoved:
		return true
	}
	return false
}

// nameGroups adds the names of groups that events are about. One that was deleted has none.
func (h *Handlers) nameGroups(
	ctx context.Context, events []audit.Group, names map[string]string,
) error {
	for _, e := range events {
		ids := append(strings.Fields(e.Detail["groups"]), e.Detail["group"])
		if aboutGroup(e.Kind) {
			ids = append(ids, e.Subject)
		}
		for _, id := range ids {
			if _, known := names[id]; known || id == "" {
				continue
			}
			group, err := h.c.Accounts.Group(ctx, id)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return fault.Wrap("name groups", err)
			}
			names[id] = group.Name
		}
	}
	return nil
}

// groupNames returns the names of groups, whose ids are separated by spaces.
func groupNames(names map[string]string, ids string) string {
	var list []string
	for id := range strings.FieldsSeq(ids) {
		list = append(list, cmp.Or(names[id], "a deleted group"))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// aboutEvents names the vaults, items and shares that events are about, where me may
// know their names. It works while the vault is unreachable, with fewer names.
func (h *Handlers) aboutEvents(
	ctx context.Context, me account.Identity, events []audit.Group,
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
		audit.CodeUndelivered,
		audit.ShareOpened,
		audit.OpenRefused,
		audit.ShareRevoked,
		audit.ShareExpired,
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
	state := h.c.Prover.State()
	shown := views.ChainState{
		Count: state.Count, Head: state.Head, Unsealed: state.Unsealed, At: state.At,
		WholeAt: state.WholeAt, Running: state.Running, Checked: state.Checked,
	}
	if state.Broken != nil {
		shown.Broken = state.Broken.Error()
	}
	return shown
}

// verifyAudit has the whole chain checked in the background.
func (h *Handlers) verifyAudit(c echo.Context, _ account.Identity) error {
	h.c.Prover.CheckAll()
	return seeOther(c, h.Audit(views.AuditFilter{}))
}
