package vault

import "testing"

func TestShownTitle(t *testing.T) {
	for _, title := range []string{
		"", " ", "\t\n", "\u200b", "\u00a0\u2003", "\ufeff", "\u2060\u200d", "\u202e", "\x00", "\u3000",
		"\u00ad", "\u2028", "\u034f", "\ufe0f", "\u3164", "\u2800", "\u115f\u1160", "\U000e0001", "\u180e",
	} {
		if got := ShownTitle(title); got != Untitled {
			t.Errorf("%q: %q", title, got)
		}
	}
	for _, title := range []string{"a", " a ", "\u200ba", "🔑", "0", ".", "—", "日本", "\u202eabc", "א"} {
		if got := ShownTitle(title); got != title {
			t.Errorf("%q: %q", title, got)
		}
	}
}
