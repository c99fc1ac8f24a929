package views

import (
	"strings"
	"testing"

	"itemshare/share"
)

// TestPreviewOfManyPages: a page without affected links is no proof that there are none
// while older links are unchecked, so the choice and the next page stay.
func TestPreviewOfManyPages(t *testing.T) {
	row := []AffectedShare{{ShareRow: ShareRow{ID: "s1"}}}
	for _, c := range []struct {
		name        string
		affected    []AffectedShare
		after, next string
		count       int
		native      int
		atLeast     bool
		head        string
		buttons     string // the values of "affected"
		revoke      string
	}{
		{name: "none at all", head: "No active links affected"},
		{
			name: "one", affected: row, count: 1, head: "1 active link breaks this policy",
			buttons: "keep revoke", revoke: "Save and revoke 1 link",
		},
		{
			name: "several pages, all checked", affected: row, next: "n", count: 4999,
			head: "4,999 active links break this policy", buttons: "keep revoke",
			revoke: "Save and revoke 4,999 links",
		},
		{
			name: "none among the newest", next: "n", atLeast: true,
			head: "No affected links found yet", buttons: "keep revoke",
			revoke: "Save and revoke affected links",
		},
		{
			name: "none on a page between", after: "a", next: "n", atLeast: true,
			head: "No affected links found yet", buttons: "keep revoke",
			revoke: "Save and revoke affected links",
		},
		{
			name: "none on the last page", after: "a", atLeast: true,
			head: "No more active links affected", buttons: "keep revoke",
			revoke: "Save and revoke affected links",
		},
		{
			name: "more than were checked", affected: row, next: "n", count: 5000, atLeast: true,
			head: "At least 5,000 active links break this policy", buttons: "keep revoke",
			revoke: "Save and revoke at least 5,000 links",
		},
		{
			name: "older than what was checked", affected: row, after: "a", atLeast: true,
			head: "Active links break this policy", buttons: "keep revoke",
			revoke: "Save and revoke affected links",
		},
		{
			name: "only those of the vault's own account", affected: row, count: 2, native: 2,
			head: "2 active links break this policy", buttons: "keep",
		},
	} {
		p := PolicyPreviewProps{
			Affected: c.affected, After: c.after, Next: c.next, Count: c.count, Native: c.native,
			AtLeast: c.atLeast,
		}
		page := parse(t, PolicyPreview(p))
		if head := affectedHead(p); head != c.head {
			t.Errorf("%s: %q", c.name, head)
		}
		var values []string
		for _, b := range page.elementsWith("name", "affected") {
			values = append(values, valueOf(b))
		}
		if got := strings.Join(values, " "); got != c.buttons {
			t.Errorf("%s: buttons %q", c.name, got)
		}
		if got := textOf(page, "save-revoke"); got != c.revoke {
			t.Errorf("%s: %q", c.name, got)
		}
		for testID, want := range map[string]bool{
			"next": c.next != "", "affected": len(c.affected) > 0, "back": true, "save": true,
		} {
			if found := len(page.elementsWith("data-testid", testID)) == 1; found != want {
				t.Errorf("%s: %s is shown: %v, want %v", c.name, testID, found, want)
			}
		}
	}
}

// TestVaultFormUnderTheAccount asserts that a vault's form disables what the account forbids, with
// the reason, and the account's own form nothing.
func TestVaultFormUnderTheAccount(t *testing.T) {
	account := share.Default()
	account.MaxExpiry, account.DefaultExpiry = share.SevenDays.Time(), share.OneDay.Time()
	account.AllowedTypes = []share.Type{share.Authenticated}
	account.FilesAllowed, account.MaxViews = false, 3
	p := PolicyProps{
		Account: account, Vaults: []VaultPolicy{{Option: Option{ID: "v", Name: "Team"}}},
		Form: PolicyInput{PolicyForm: account.Form()},
	}
	if page := parse(t, policyForm(p)); len(page.elementsWith("disabled", "")) > 0 {
		t.Error("the account's form forbids something")
	}
	p.Form.Vault = "v"
	page := parse(t, policyForm(p))
	var off []string
	for _, e := range page.elementsWith("disabled", "") {
		off = append(off, valueOf(e))
	}
	want := "Public FourteenDays ThirtyDays SevenDays FourteenDays ThirtyDays on"
	if got := strings.Join(off, " "); got != want {
		t.Errorf("disabled: %s, want %s", got, want)
	}
	for _, testID := range []string{"limit-max_expiry", "limit-default_expiry", "limit-max_views"} {
		id := strings.TrimPrefix(testID, "limit-") + "-limit"
		if !strings.HasPrefix(textOf(page, testID), "The ") ||
			len(page.elementsWith("aria-describedby", id)) == 0 && testID != "limit-max_views" {
			t.Errorf("%s: %q", testID, textOf(page, testID))
		}
	}
	if len(page.elementsWith("data-testid", "same")) > 0 {
		t.Error("a vault without a policy of its own can have the same as the account")
	}
	p.Vaults[0].Own = &account
	if page = parse(t, policyForm(p)); len(page.elementsWith("data-testid", "same")) != 1 {
		t.Error("a vault with a policy of its own can't have the same as the account")
	}
}

// TestRevocationsAskWhileRunning asserts that the progress asks again only while links are revoked.
func TestRevocationsAskWhileRunning(t *testing.T) {
	row := RevocationRow{Revocation: share.Revocation{
		Total: 103_000, Judged: 20_000, Revoked: 13_757, OrderedByName: "Ada",
	}}
	for _, c := range []struct {
		outcome share.RevocationOutcome
		asks    int
		says    string
	}{
		{share.RevocationRunning, 1, "13,757 so far"},
		{share.RevocationDone, 0, "13,757 links revoked."},
		{share.RevocationReplaced, 0, "Stopped there"},
	} {
		row.Outcome = c.outcome
		page := parse(t, Revocations(RevocationsProps{Orders: []RevocationRow{row}}))
		if n := len(page.elementsWith("hx-trigger", "every 2s")); n != c.asks {
			t.Errorf("%q asks %d times", c.outcome, n)
		}
		if text := textOf(page, "revocations"); !strings.Contains(text, c.says) {
			t.Errorf("%q: %s", c.outcome, text)
		}
	}
}

func valueOf(e tree) string { value, _ := e.attr("value"); return value }

// textOf returns the text of the element with a test ID, "" where there is none.
func textOf(page tree, testID string) string {
	for _, e := range page.elementsWith("data-testid", testID) {
		return e.text()
	}
	return ""
}
