package share

import (
	"context"
	"testing"
)

// TestMatcher: where a text matches more items than the store looks for, every share is
// compared with it.
func TestMatcher(t *testing.T) {
	shared := func(item string, addresses ...string) Summary {
		s := Summary{ItemID: item}
		for _, a := range addresses {
			r, ok := searchedFor(a)
			if !ok {
				t.Fatal(a)
			}
			s.Recipients = append(s.Recipients, RecipientProgress{Recipient: r})
		}
		return s
	}
	for _, c := range []struct {
		text  string
		share Summary
		want  bool
	}{
		{"router", shared("i1"), true},
		{"router", shared("i3", "ann@client.example"), false},
		{"ann@client.example", shared("i3", "bob@client.example", "ann@client.example"), true},
		{"ann@client.example", shared("i3", "bob@client.example"), false},
	} {
		if got := matcher(Query{Text: c.text}, []string{"i1", "i2"})(c.share); got != c.want {
			t.Errorf("%q matches %+v: %v", c.text, c.share, got)
		}
	}
}

// TellAll does what RunNews does each second.
func (s *Service) TellAll(ctx context.Context) error { return s.tellAll(ctx) }
