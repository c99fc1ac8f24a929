package local

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"itemshare/vault"
)

// drawOverview draws an overview as a vault has it, with a text or a list of any kind.
func drawOverview(t *rapid.T) storedOverview {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "Mail server", "AT&T", `"quoted" \ back`, "東京", "two\nlines", `","Subtitle":"`,
		}),
		rapid.String(),
	)
	texts := rapid.OneOf(
		rapid.Just[[]string](nil), rapid.Just([]string{}), rapid.SliceOfN(text, 0, 3),
	)
	at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), 0).UTC()
	return storedOverview{
		vault.Overview{
			ID: text.Draw(t, "ID"), VaultID: text.Draw(t, "vault"),
			Title: text.Draw(t, "title"), Subtitle: text.Draw(t, "subtitle"),
			Category: rapid.SampledFrom(vault.Categories()).Draw(t, "category"),
			Sites:    texts.Draw(t, "sites"), Tags: texts.Draw(t, "tags"),
			Version: rapid.Uint32().Draw(t, "version"), UpdatedAt: at,
		},
		provenance{By: text.Draw(t, "by"), SavedAt: at},
	}
}

// TestReadOverview holds that an overview is read for a list as encoding/json reads it, or not at all.
func TestReadOverview(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored, err := json.Marshal(drawOverview(t))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := readOverview(stored)
		if !ok {
			return
		}
		var want storedOverview
		if err := json.Unmarshal(stored, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Overview, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stored, diff)
		}
	})
}

func TestReadOverviewReadsWhatIsUsual(t *testing.T) {
	const usual = `{"ID":"i","VaultID":"v","Title":"T","Subtitle":"ann","Category":"Login",` +
		`"Sites":["a.example","b.example"],"Tags":null,"Version":3,"UpdatedAt":"2026-01-02T03:04:05Z"}`
	if _, ok := readOverview([]byte(usual)); !ok {
		t.Errorf("left to encoding/json: %s", usual)
	}
	for end := range len(usual) - 1 {
		if _, ok := readOverview([]byte(usual[:end])); ok {
			t.Errorf("read what is cut: %s", usual[:end])
		}
	}
}
