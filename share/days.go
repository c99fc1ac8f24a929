package share

import (
	"time"

	"itemshare/fault"
)

// Period is a time that ends now.
type Period string

// The periods of the history. Each consists of whole days in UTC, the last of which is today.
const (
	Today     Period = "today"
	LastWeek  Period = "7days"
	LastMonth Period = "30days"
)

// days returns how many days a period has, 0 for one that does not exist.
func (p Period) days() int {
	switch p {
	case Today:
		return 1
	case LastWeek:
		return 7
	case LastMonth:
		return 30
	}
	return 0
}

// Days selects the shares that were created on some days, which begin at midnight in UTC. From and
// To are dates such as 2026-11-30, both included. Empty fields exclude nothing.
type Days struct {
	Created  Period
	From, To string
}

// Span returns the times that the days begin and end at, the zero time where they have no bound.
// Values that mean nothing are fault.Invalid, each with its field.
func (d Days) Span(now time.Time) (from, to time.Time, err error) {
	first, problems := parseDay("from", d.From)
	last, more := parseDay("to", d.To)
	problems = append(problems, more...)
	if len(problems) == 0 && !last.IsZero() && last.Before(first) {
		problems = append(problems, invalid("to", "This day is before the first one."))
	}
	n := d.Created.days()
	if d.Created != "" && n == 0 {
		problems = append(problems, invalid("created", "Choose today, 7days or 30days."))
	}
	if len(problems) > 0 {
		return from, to, fault.Fields(problems)
	}
	if !last.IsZero() {
		to = last.AddDate(0, 0, 1)
	}
	if n > 0 {
		from = now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-n)
	}
	return later(from, first), to, nil
}

// parseDay returns when a date begins in UTC, the zero time for "", or its field's problem.
func parseDay(field, text string) (time.Time, []fault.Problem) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, []fault.Problem{invalid(field, "Enter a date such as 2026-11-30.")}
	}
	return day, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier returns the earlier of two times, of which a zero one is no bound.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func invalid(field, detail string) fault.Problem {
	return fault.Problem{Code: fault.CodeInvalid, Field: field, Detail: detail}
}
