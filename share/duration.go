package share

import (
	"fmt"
	"time"
)

// Duration is how long a link lasts, by the SDK's names.
type Duration string

// The durations that can be chosen.
const (
	OneHour      Duration = "OneHour"
	OneDay       Duration = "OneDay"
	SevenDays    Duration = "SevenDays"
	FourteenDays Duration = "FourteenDays"
	ThirtyDays   Duration = "ThirtyDays"
)

const day = 24 * time.Hour

// Durations are all durations, the shortest first.
func Durations() []Duration {
	return []Duration{OneHour, OneDay, SevenDays, FourteenDays, ThirtyDays}
}

// ParseDuration reads one of the five names.
func ParseDuration(name string) (Duration, bool) {
	d := Duration(name)
	return d, d.Time() > 0
}

// Name is the SDK's name, as forms and programs send it.
func (d Duration) Name() string { return string(d) }

// Time is the length, 0 for a name that is none of the five.
func (d Duration) Time() time.Duration {
	switch d {
	case OneHour:
		return time.Hour
	case OneDay:
		return day
	case SevenDays:
		return 7 * day
	case FourteenDays:
		return 14 * day
	case ThirtyDays:
		return 30 * day
	}
	return 0
}

// Words is the length in plain words: "7 days".
func (d Duration) Words() string { return Span(d.Time()) }

// durationOf finds the name of a length, "" where it has none.
func durationOf(length time.Duration) Duration {
	for _, d := range Durations() {
		if d.Time() == length {
			return d
		}
	}
	return ""
}

// Span says a length in plain words, in the largest unit that fits it whole:
// "1 hour", "7 days", "90 minutes".
func Span(length time.Duration) string {
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", day}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if length >= unit.length && length%unit.length == 0 {
			return count(int(length/unit.length), unit.name)
		}
	}
	return length.String()
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
