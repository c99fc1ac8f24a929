package audit

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"itemshare/fault"
)

const (
	pageSize    = 50
	maxPageSize = 200

	maxMilliseconds = 1 << 48 // in the year 10889
)

// Query selects events for a page. An empty field selects all. Limit is 200 at most, and 0 means
// 50. After is the Next of the page before.
type Query struct {
	Kind    Kind // or Refusals
	Actor   string
	Subject string
	About   *About    // events that have to do with somebody, nil for all
	From    time.Time // the first moment, zero for the beginning
	To      time.Time // the moment after the last, zero for today
	After   string
	Limit   int
}

// About selects the events that have to do with the owner of an email address.
type About struct {
	Address  string   // canonical, in the event's detail
	UserID   string   // who acted, or whom the event is about; "" if the address is no user's
	Subjects []string // shares with that recipient
}

// Shown is an event with its detail opened. Number is its place in the chain, 0 until it is sealed
// within a second.
type Shown struct {
	Event
	Number  int64
	Erased  bool // the detail was erased
	Damaged bool // the detail cannot be opened

	position Position
}

// Page is a page of events, newest first. Next is "" on the last page.
type Page struct {
	Events []Shown
	Next   string
}

// Reader lists events for admins.
type Reader struct {
	store Store
	log   *Log
}

// NewReader returns a Reader that opens details with log.
func NewReader(store Store, log *Log) *Reader { return &Reader{store, log} }

// List returns one page. An After that is not the Next of a page is fault.Invalid.
func (r *Reader) List(ctx context.Context, q Query) (Page, error) {
	before, err := parseAfter(q.After)
	if err != nil {
		return Page{}, err
	}
	if !q.To.IsZero() && q.To.Before(before.At) {
		before = Position{At: q.To}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, maxPageSize)
	records, err := r.find(ctx, q.About, Filter{
		Kind: q.Kind, Actor: q.Actor, Subject: q.Subject, From: q.From,
		Before: before, Limit: limit + 1,
	})
	if err != nil {
		return Page{}, fmt.Errorf("read audit events: %w", err)
	}
	var page Page
	if len(records) > limit {
		records = records[:limit]
		page.Next = afterOf(records[limit-1].position())
	}
	for _, record := range records {
		page.Events = append(page.Events, r.show(record))
	}
	return page, nil
}

// find returns the records of a filter, of those about somebody. Each way to be about them is read
// by itself, off its index.
func (r *Reader) find(ctx context.Context, about *About, f Filter) ([]Record, error) {
	filters := kindFilters(f)
	if about != nil {
		narrowed := filters
		filters = nil
		for _, f := range narrowed {
			filters = append(filters, about.filters(r.log, f)...)
		}
	}
	if len(filters) == 1 {
		return r.store.FindRecords(ctx, filters[0])
	}
	var all []Record
	for _, narrowed := range filters {
		found, err := r.store.FindRecords(ctx, narrowed)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b Record) int { return b.position().compare(a.position()) })
	all = slices.CompactFunc(all, func(a, b Record) bool { return a.ID == b.ID })
	return all[:min(len(all), f.Limit)], nil
}

// Refusals stands in a Query for all kinds of events in which something was refused.
const Refusals Kind = "refused"

// RefusalKinds returns the kinds that Refusals stands for.
func RefusalKinds() []Kind {
	return []Kind{SignInRefused, ShareRefused, CodeRefused, OpenRefused}
}

func kindFilters(f Filter) []Filter {
	if f.Kind != Refusals {
		return []Filter{f}
	}
	var list []Filter
	for _, kind := range RefusalKinds() {
		f.Kind = kind
		list = append(list, f)
	}
	return list
}

// Count counts the events of a kind, or of Refusals, from a time on and before another. It counts each
// kind up to a limit, so that it costs the same however many there are.
func (r *Reader) Count(
	ctx context.Context, kind Kind, from, to time.Time, limit int,
) (sum int, err error) {
	for _, f := range kindFilters(Filter{Kind: kind}) {
		n, err := r.store.CountRecords(ctx, f.Kind, from, to, limit)
		if err != nil {
			return 0, fmt.Errorf("count audit events: %w", err)
		}
		sum += n
	}
	return sum, nil
}

func (a *About) filters(log *Log, f Filter) (list []Filter) {
	narrowed := f
	if a.Address != "" {
		narrowed.AddressMAC = log.AddressMAC(a.Address)
		list = append(list, narrowed)
	}
	if narrowed = f; a.UserID != "" {
		narrowed.AddressMAC = log.AddressMAC(a.UserID)
		list = append(list, narrowed)
	}
	narrowed = f
	if narrowed.Subjects = a.Subjects; a.UserID != "" {
		narrowed.Subjects = append(slices.Clone(a.Subjects), a.UserID)
	}
	if len(narrowed.Subjects) > 0 {
		list = append(list, narrowed)
	}
	if narrowed = f; a.UserID != "" && (f.Actor == "" || f.Actor == a.UserID) {
		narrowed.Actor = a.UserID
		list = append(list, narrowed)
	}
	return list
}

// Each calls fn for every event that a query selects, newest first, page by page.
func (r *Reader) Each(ctx context.Context, q Query, fn func(Shown) error) error {
	for q.After, q.Limit = "", maxPageSize; ; {
		page, err := r.List(ctx, q)
		if err != nil {
			return err
		}
		for _, event := range page.Events {
			if err := fn(event); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// Follow returns at most limit events of the chain, in its order, from the one after a number on.
// Events get their numbers within a second, and none comes before one that has its number.
func (r *Reader) Follow(ctx context.Context, after int64, limit int) ([]Shown, error) {
	records, err := r.store.SealedRecords(ctx, after, min(limit, maxPageSize))
	if err != nil {
		return nil, fmt.Errorf("read audit events: %w", err)
	}
	events := make([]Shown, len(records))
	for i, record := range records {
		events[i] = r.show(record)
	}
	return events, nil
}

func (r *Reader) show(record Record) Shown {
	event, err := r.log.Event(record.Entry)
	if err != nil { // a damaged row must not hide the others
		event = Event{
			At:      record.At,
			Kind:    record.Kind,
			Actor:   record.Actor,
			Subject: record.Subject,
		}
	}
	return Shown{
		Event:   event,
		Number:  record.Link.Number,
		Erased:  record.Detail == nil,
		Damaged: err != nil,

		position: record.position(),
	}
}

func (r Record) position() Position { return Position{r.At, r.ID} }

func (p Position) compare(other Position) int {
	return cmp.Or(p.At.Compare(other.At), cmp.Compare(p.ID, other.ID))
}

// lastPosition comes after every record.
func lastPosition() Position { return Position{time.UnixMilli(maxMilliseconds), math.MaxInt64} }

// afterOf returns a position as Query.After has it: milliseconds and ID.
func afterOf(p Position) string { return fmt.Sprintf("%d-%d", p.At.UnixMilli(), p.ID) }

func parseAfter(after string) (Position, error) {
	if after == "" {
		return lastPosition(), nil
	}
	at, id, ok := strings.Cut(after, "-")
	milliseconds, atErr := strconv.ParseInt(at, 10, 64)
	number, idErr := strconv.ParseInt(id, 10, 64)
	if !ok || atErr != nil || idErr != nil || milliseconds < 0 || number < 1 ||
		milliseconds > maxMilliseconds {
		return Position{}, fault.Field(
			"after",
			fault.CodeInvalid,
			"This page doesn't exist. Go back to the first page.",
		)
	}
	return Position{time.UnixMilli(milliseconds).UTC(), number}, nil
}
