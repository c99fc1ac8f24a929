package share

import (
	"context"
	"fmt"
	"slices"
	"time"

	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// Query selects shares of the history; empty fields match all. Text matches items by
// their current title, and full email addresses or domains of recipients. With is a
// recipient's full email address or domain. Shares created on the Days, at From or later, and
// before To match. After is the Next of the page before; Limit 0 is 50.
type Query struct {
	Status  string // a State
	Text    string
	VaultID string
	ItemID  string // with VaultID
	OwnerID string
	With    string
	Days    Days
	Ends    string // "7days": active, and ends within 7 days
	From    time.Time
	To      time.Time
	After   string
	Limit   int
}

// Page is one page of the history, newest first. Truncated means that the text matched
// more items than were looked up.
type Page struct {
	Shares    []Summary
	Next      string
	Truncated bool
}

// EndsSoon is the Ends of a query for links that end within 7 days.
const EndsSoon = "7days"

const endingSoon = 7 * 24 * time.Hour

const (
	historyPage = 50  // shares of a page
	historyMost = 100 // shares of a page that asks for more
	textItems   = 50  // items that a text may find
	viewsShown  = 500 // views of one share that are shown
)

// List returns one page of the history. Values that mean nothing are fault.Invalid, each with
// its field.
func (s *Service) List(ctx context.Context, v Viewer, q Query) (Page, error) {
	if err := s.checkAfter(ctx, v, q.After); err != nil {
		return Page{}, err
	}
	filter, truncated, err := s.filter(ctx, v, q)
	if err != nil || filter.matchesNone(v) {
		return Page{}, err
	}
	filter.Limit = historyPage
	if q.Limit > 0 {
		filter.Limit = min(q.Limit, historyMost)
	}
	page, err := s.page(ctx, filter)
	page.Truncated = truncated
	return page, err
}

func (s *Service) page(ctx context.Context, filter Filter) (Page, error) {
	records, more, err := s.store.List(ctx, filter)
	if err != nil {
		return Page{}, fmt.Errorf("list shares: %w", err)
	}
	page := Page{Shares: make([]Summary, 0, len(records))}
	for _, record := range records {
		summary, err := s.summary(record)
		if err != nil {
			return Page{}, err
		}
		page.Shares = append(page.Shares, summary)
	}
	if err := s.addUndelivered(ctx, page.Shares); err != nil {
		return Page{}, err
	}
	if more && len(records) > 0 {
		page.Next = records[len(records)-1].ID
	}
	return page, nil
}

// checkAfter returns fault.Invalid if no page of the viewer's ends with the share after.
func (s *Service) checkAfter(ctx context.Context, v Viewer, after string) error {
	if after == "" {
		return nil
	}
	_, err := s.ownedRecord(ctx, v, after)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Invalid {
		return fault.Field("after", fault.CodeInvalid,
			"Use the next of the page before. If that was long ago, start again without after.")
	}
	return err
}

// matchesNone reports whether there is no match that the viewer may see.
func (f Filter) matchesNone(v Viewer) bool { return f.OwnerID == "" && !v.All }

// filter returns a query's filter for the store. If the viewer may see no match, OwnerID
// is "" although the viewer does not see all.
func (s *Service) filter(
	ctx context.Context,
	v Viewer,
	q Query,
) (f Filter, truncated bool, err error) {
	f, problems := s.termsOf(q)
	if err := fault.Fields(problems); err != nil {
		return Filter{}, false, err
	}
	if !v.All {
		if f.OwnerID != "" && f.OwnerID != v.UserID {
			return Filter{}, false, nil
		}
		f.OwnerID = v.UserID
	}
	if q.Text == "" {
		return f, false, nil
	}
	f.HasText = true
	if r, ok := searchedFor(q.Text); ok {
		f.AddressMACs = [][]byte{s.mac(r)}
	}
	f.ItemIDs, truncated, err = s.findItems(ctx, v, q)
	return f, truncated, err
}

// termsOf returns the filter of all of a query but its text, and every problem of its values.
func (s *Service) termsOf(q Query) (Filter, []fault.Problem) {
	now, state := s.clock(), State(q.Status)
	f := Filter{
		OwnerID: q.OwnerID,
		VaultID: q.VaultID,
		ItemID:  q.ItemID,
		State:   state,
		After:   q.After,
		Now:     now,
	}
	from, to, err := q.Days.Span(now)
	problems := fault.ProblemsOf(err)
	if q.Status != "" && !slices.Contains([]State{Active, Expired, Viewed, Revoked}, state) {
		problems = append(problems, invalid("status", "Choose active, expired, viewed or revoked."))
	}
	switch q.Ends {
	case "":
	case EndsSoon:
		f.EndsBy = now.Add(endingSoon)
	default:
		problems = append(problems, invalid("ends", "Choose 7days, or leave it out."))
	}
	if q.With != "" {
		r, ok := searchedFor(q.With)
		if !ok {
			problems = append(problems, invalid("with", "Enter a full email address or domain."))
		}
		f.WithMAC = s.mac(r)
	}
	f.created(later(from, q.From), earlier(to, q.To))
	return f, problems
}

// created narrows the filter to shares of a time, which their ids tell.
func (f *Filter) created(from, to time.Time) {
	if !from.IsZero() {
		f.Since = seal.FirstID(from)
	}
	if to.IsZero() {
		return
	}
	if before := seal.FirstID(to); f.After == "" || before < f.After {
		f.After = before
	}
}

// findItems returns the items, archived or not, whose current title matches, in the vaults that the viewer may see.
func (s *Service) findItems(
	ctx context.Context,
	v Viewer,
	q Query,
) (ids []string, truncated bool, err error) {
	for _, archived := range []bool{false, true} {
		page, err := s.vault.Browse(ctx, vault.Query{
			Vaults: searchVaults(v, q), Text: q.Text, Limit: textItems - len(ids),
			Archived: archived,
		})
		if err != nil {
			return nil, false, fmt.Errorf("find items: %w", err)
		}
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		if truncated = page.Next != ""; truncated || len(ids) == textItems {
			break
		}
	}
	return ids, truncated, nil
}

// searchVaults returns the vaults whose items a query's text is matched against.
func searchVaults(v Viewer, q Query) []string {
	if q.VaultID != "" {
		return common(v.Vaults, []string{q.VaultID})
	}
	return v.Vaults
}

// Get returns one share. One that the viewer may not manage is fault.NotFound.
func (s *Service) Get(ctx context.Context, v Viewer, id string) (Detail, error) {
	record, err := s.ownedRecord(ctx, v, id)
	if err != nil {
		return Detail{}, err
	}
	summary, err := s.summary(record)
	if err != nil {
		return Detail{}, err
	}
	views, err := s.store.ViewsOf(ctx, id, viewsShown)
	if err != nil {
		return Detail{}, fmt.Errorf("load views: %w", err)
	}
	one := []Summary{summary}
	if err := s.addUndelivered(ctx, one); err != nil {
		return Detail{}, err
	}
	included, err := s.openIncluded(id, record.Included)
	if err != nil {
		return Detail{}, fmt.Errorf("open what share %s includes: %w", id, err)
	}
	detail := Detail{Summary: one[0], Names: included.Names(), More: included.More}
	for _, view := range views {
		address, err := s.openViewer(id, view)
		if err != nil {
			return Detail{}, fmt.Errorf("open a view of share %s: %w", id, err)
		}
		detail.Views = append(
			detail.Views,
			ViewRecord{moment(view.At), address, view.Agent, view.InMinute},
		)
	}
	detail.Revocable = isRevocable(record, views, s.clock())
	return detail, nil
}

// ownedRecord returns a share that the viewer may manage, else fault.NotFound.
func (s *Service) ownedRecord(ctx context.Context, v Viewer, id string) (Record, error) {
	record, err := s.store.ByID(ctx, id, s.clock())
	if err != nil {
		return Record{}, fault.Wrap("find a share", err)
	}
	if !v.may(record.OwnerID) {
		return Record{}, fault.Of(fault.NotFound)
	}
	return record, nil
}

// CountActive returns how many links to items of a vault are active, at most a million.
func (s *Service) CountActive(ctx context.Context, vaultID string) (int, error) {
	n, err := s.store.CountActive(ctx, vaultID)
	return n, fault.Wrap("count active links", err)
}

// Live returns how many active links each item has that the viewer may manage. Items
// without any are not in the map.
func (s *Service) Live(
	ctx context.Context,
	v Viewer,
	vaultID string,
	itemIDs []string,
) (map[string]int, error) {
	owner := v.UserID
	if v.All {
		owner = ""
	} else if owner == "" {
		return map[string]int{}, nil
	}
	live, err := s.store.LiveItems(ctx, owner, vaultID, itemIDs, s.clock())
	return live, fault.Wrap("find active links", err)
}
