package audit

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"itemshare/fault"
)

const (
	pageSize    = 50
	maxPageSize = 200
)

// Query selects events for a page. An empty field selects all. Limit is 200 at most, and 0 means
// 50. After is the Next of the page before.
type Query struct {
	Kind    Kind
	Actor   string
	Subject string
	From    time.Time // the first moment, zero for the beginning
	To      time.Time // the moment after the last, zero for today
	After   string
	Limit   int
}

// Shown is an event with its detail opened. Number is its place in the chain, 0 until it is sealed
// within a second.
type Shown struct {
	Event
	Number  int64
	Erased  bool // the detail was erased
	Damaged bool // the detail cannot be opened
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
	limit := q.Limit
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, maxPageSize)
	records, err := r.store.FindRecords(ctx, Filter{
		Kind: q.Kind, Actor: q.Actor, Subject: q.Subject, From: q.From, To: q.To,
		Before: before, Limit: limit + 1,
	})
	if err != nil {
		return Page{}, fmt.Errorf("read audit events: %w", err)
	}
	var page Page
	if len(records) > limit {
		records = records[:limit]
		page.Next = strconv.FormatInt(records[limit-1].ID, 10)
	}
	for _, record := range records {
		page.Events = append(page.Events, r.show(record))
	}
	return page, nil
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
	}
}

func parseAfter(after string) (int64, error) {
	if after == "" {
		return math.MaxInt64, nil
	}
	id, err := strconv.ParseInt(after, 10, 64)
	if err != nil || id < 1 {
		return 0, fault.Field(
			"after",
			fault.CodeInvalid,
			"This page doesn't exist. Go back to the first page.",
		)
	}
	return id, nil
}
