package audit

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"
)

const (
	groupsRead = 1000      // events of a page of groups at most
	groupGap   = time.Hour // the longest time between two events of a group
)

// Occurrence is one event of a group.
type Occurrence struct {
	At     time.Time
	Number int64 // as Shown.Number
}

// Group is one event, or several that are equal but for their times: the newest of them. Count is how
// often it happened, which is more than the occurrences where an event itself counts several.
type Group struct {
	Shown
	Count       int
	Occurrences []Occurrence // newest first
}

// GroupPage is a page of groups, by their newest events, the newest first.
type GroupPage struct {
	Groups []Group
	Next   string
}

// countDetail is the detail that says how many an event stands for.
const countDetail = "count"

// Groups returns a page like List, with equal events as one. A group ends with its page, and where an
// hour passed without such an event.
func (r *Reader) Groups(ctx context.Context, q Query) (page GroupPage, err error) {
	wanted := q.Limit
	if wanted <= 0 {
		wanted = pageSize
	}
	q.Limit = maxPageSize
	open := map[string]int{} // the newest group of each kind of equal events
	for read := 0; read < groupsRead; read += q.Limit {
		events, err := r.List(ctx, q)
		if err != nil {
			return GroupPage{}, err
		}
		for _, e := range events.Events {
			key := e.likeness()
			at, ok := open[key]
			ok = ok && page.Groups[at].oldest().Sub(e.At) <= groupGap
			if !ok && len(page.Groups) == wanted {
				return page, nil
			}
			if !ok {
				at = len(page.Groups)
				open[key] = at
				page.Groups = append(page.Groups, Group{Shown: e})
			}
			page.Groups[at].add(e)
			page.Next = afterOf(e.position)
		}
		if q.After = events.Next; q.After == "" {
			page.Next = ""
			return page, nil
		}
	}
	return page, nil
}

func (g *Group) add(e Shown) {
	g.Occurrences = append(g.Occurrences, Occurrence{e.At, e.Number})
	n, err := strconv.Atoi(e.Detail[countDetail])
	if err != nil {
		n = 1
	}
	g.Count += n
}

func (g *Group) oldest() time.Time { return g.Occurrences[len(g.Occurrences)-1].At }

// likeness returns a text that equal events have in common.
func (e Shown) likeness() string {
	text := strconv.Quote(string(e.Kind)) + strconv.Quote(e.Actor) + strconv.Quote(e.Subject) +
		strconv.FormatBool(e.Erased) + strconv.FormatBool(e.Damaged)
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		if name != countDetail {
			text += strconv.Quote(name) + strconv.Quote(e.Detail[name])
		}
	}
	return text
}
