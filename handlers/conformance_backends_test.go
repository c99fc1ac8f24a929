package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword/standin"
)

// rules are an account's rules for sharing where they differ from the documented defaults.
type rules struct {
	max, usual    sdk.ItemShareDuration
	types         []string
	kinds         []string
	noFiles       bool
	views         uint32
	shortWithFile bool // only 1Password: an item with files may be shared for an hour
}

// sharingBackend is one backend with a service account that may share from it.
type sharingBackend struct {
	*app
	program
	native    *nativeApp // nil on the embedded vault
	plainItem vault.Item
	fileItem  vault.Item // with a file
}

// newSharingBackends returns both backends, each with an account that has these rules.
func newSharingBackends(t *testing.T, r rules) map[string]*sharingBackend {
	r.max, r.usual = orDefault(r.max, sdk.ItemShareDurationThirtyDays), orDefault(
		r.usual, sdk.ItemShareDurationSevenDays,
	)
	if r.types == nil {
		r.types = []string{"Authenticated", "Public"}
	}
	if r.kinds == nil {
		r.kinds = []string{"Email", "Domain"}
	}
	return map[string]*sharingBackend{
		"the embedded vault": newLocalBackend(t, r),
		"1Password":          newAccountBackend(t, r),
	}
}

func orDefault(name, usual sdk.ItemShareDuration) sdk.ItemShareDuration {
	if name == "" {
		return usual
	}
	return name
}

func newLocalBackend(t *testing.T, r rules) *sharingBackend {
	a := newApp(t)
	form := url.Values{
		"max_expiry": {
			string(r.max),
		}, "default_expiry": {string(r.usual)}, "allowed_types": r.types, "allowed_recipient_types": r.kinds,
	}
	if !r.noFiles {
		form.Set("files_allowed", "on")
	}
	if r.views > 0 {
		form.Set("max_views", strconv.Itoa(int(r.views)))
	}
	if answer := a.signIn(adminEmail).post("/admin/policy",
		form); answer.status != http.StatusSeeOther {
		t.Fatalf("the policy: %v", answer)
	}
	return &sharingBackend{
		app: a, program: a.addProgram("Deploy", true, a.team.ID), plainItem: a.item, fileItem: a.addItemWithFile(),
	}
}

func newAccountBackend(t *testing.T, r rules) *sharingBackend {
	a := newNativeApp(t)
	policy := sdk.ItemShareAccountPolicy{
		MaxExpiry:     r.max,
		DefaultExpiry: r.usual,
		Files:         sdk.ItemShareFiles{Allowed: !r.noFiles, MaxSize: 1 << 20},
	}
	for _, name := range r.types {
		policy.AllowedTypes = append(policy.AllowedTypes, sdk.AllowedType(name))
	}
	for _, name := range r.kinds {
		policy.AllowedRecipientTypes = append(
			policy.AllowedRecipientTypes, sdk.AllowedRecipientType(name),
		)
	}
	if r.views > 0 {
		policy.MaxViews = &r.views
	}
	if hour := sdk.ItemShareDurationOneHour; r.shortWithFile {
		policy.Files.MaxExpiry = &hour
	}
	a.account.SetPolicy(policy)
	return &sharingBackend{
		app:       a.app,
		program:   a.addProgram("Deploy", true, a.plainItem.VaultID),
		native:    a,
		plainItem: a.plainItem,
		fileItem:  a.fileItem,
	}
}

// share creates a share and returns its link and its details from the history.
func (b *sharingBackend) share(
	t *testing.T,
	item vault.Item,
	body string,
) (link string, details object) {
	t.Helper()
	made := b.createShare(item, body)
	return made.Link, b.program.get("/shares/" + made.ID).object(t)
}

// lastLink returns the last link that 1Password was asked for.
func (b *sharingBackend) lastLink() standin.Link {
	links := b.native.account.Links()
	return links[len(links)-1]
}

// wantProblem asserts that a request is rejected with one problem, at the field.
func (b *sharingBackend) wantProblem(t *testing.T, item vault.Item, body, code, field string) {
	t.Helper()
	before := b.links()
	r := b.call(http.MethodPost, itemPath(item)+"/shares", body)
	problems, _ := r.object(t)["errors"].([]any)
	if r.status != http.StatusUnprocessableEntity || len(problems) != 1 {
		t.Fatalf("%s: %v, want one problem", body, r)
	}
	if p := problems[0].(map[string]any); p["code"] != code || p["field"] != field {
		t.Errorf("%s: %v, want %s at %s", body, p, code, field)
	}
	if b.links() > before {
		t.Errorf("%s: refused, and 1Password created a link", body)
	}
}

func (b *sharingBackend) links() int {
	if b.native == nil {
		return 0
	}
	return len(b.native.account.Links())
}

func lifetimeOf(t *testing.T, details object) time.Duration {
	t.Helper()
	from, err := time.Parse(time.RFC3339, details["createdAt"].(string))
	until, err2 := time.Parse(time.RFC3339, details["expiresAt"].(string))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return until.Sub(from)
}

// checkExpiry returns a test of one value of ExpireAfter.
func checkExpiry(name string, want time.Duration) func(*testing.T, *sharingBackend) {
	return func(t *testing.T, b *sharingBackend) {
		_, details := b.share(t, b.plainItem, `{"expireAfter":"`+name+`"}`)
		if got := lifetimeOf(t, details); got != want {
			t.Errorf("%s lasts %v, want %v", name, got, want)
		}
		if b.native != nil && b.lastLink().Expiry != want {
			t.Errorf("1Password was asked for %v", b.lastLink().Expiry)
		}
	}
}

const aDay = 24 * time.Hour

func checkExpiryOf(t *testing.T, b *sharingBackend, body string, want time.Duration) {
	t.Helper()
	_, details := b.share(t, b.plainItem, body)
	if got := lifetimeOf(t, details); got != want {
		t.Errorf("%s lasts %v, want %v", body, got, want)
	}
}

func containsExactly(got any, want ...string) bool {
	all, _ := got.([]any)
	if len(all) != len(want) {
		return false
	}
	for _, name := range want {
		if !slices.Contains(all, any(name)) {
			return false
		}
	}
	return true
}

func (b *sharingBackend) policy(t *testing.T) object {
	t.Helper()
	return b.program.get(itemPath(b.plainItem) + "/share-policy").object(t)
}

func (b *sharingBackend) validate(list string) reply {
	return b.call(http.MethodPost, itemPath(b.plainItem)+"/recipients", `{"recipients":[`+list+`]}`)
}

// requestWithFiles returns a request that includes files: 1Password always includes them.
func (b *sharingBackend) requestWithFiles() string {
	if b.native != nil {
		return `{}`
	}
	return `{"files":true}`
}
