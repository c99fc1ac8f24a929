package share

import "time"

// Duration is the time until a link expires, by the SDK's names.
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

// Durations returns all durations, the shortest first.
func Durations() []Duration {
	return []Duration{OneHour, OneDay, SevenDays, FourteenDays, ThirtyDays}
}

// ParseDuration parses one of the five names.
func ParseDuration(name string) (Duration, bool) {
	d := Duration(name)
	return d, d.Time() > 0
}

// Name returns the SDK's name, as forms and programs send it.
func (d Duration) Name() string { return string(d) }

// Time returns the length, 0 for a name that is none of the five.
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

// Words returns the length in words: "7 days".
func (d Duration) Words() string { return Span(d.Time()) }

// durationOf returns the name of a length, "" where it has none.
func durationOf(length time.Duration) Duration {
	for _, d := range Durations() {
		if d.Time() == length {
			return d
		}
	}
	return ""
}
