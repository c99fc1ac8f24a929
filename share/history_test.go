package share_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

var (
	annsView = share.Viewer{UserID: "ann"}
	bensView = share.Viewer{UserID: "ben"}
	allView  = share.Viewer{UserID: "root", All: true}
)

func ids(page share.Page) []string {
	var all []string
	for _, s := range page.Shares {
		all = append(all, s.ID)
	}
	return all
}

// included is what a share of the item includes unless asked for otherwise.
func included() share.Included {
	return share.Included{
		Fields: []share.Part{{ID: "username", Name: "user"}, {ID: "password", Name: "password"}},
		Of:     share.Counts{Fields: 2, TOTPs: 1, Files: 3},
	}
}

func TestHistoryShowsWhatHappened(t *testing.T) {
	s := newService(t)
	l := s.createShare(oneTime, to("zoe@client.example", "partner.example"))
	s.requestCode(l, "bob@partner.example")
	must(s.openAs(l, 1, "bob@partner.example", s.requestCode(l, "bob@partner.example")))(t)
	got := must(s.Get(t.Context(), annsView, l.ID))(t)
	want := share.Detail{
		Summary: share.Summary{
			ID: l.ID, Title: "Staging database", VaultID: s.team.ID, ItemID: s.item.ID,
			ItemVersion: 1, OwnerID: "ann", SharedBy: "Ann Sharer",
			Terms: l.Terms, State: share.Active, Included: included().Extent(), Views: 1,
			CreatedAt: start, ExpiresAt: start.Add(24 * time.Hour),
			Recipients: []share.RecipientProgress{
				{Recipient: share.Recipient{Kind: share.Email, Address: "zoe@client.example"}},
				{
					Recipient: share.Recipient{Kind: share.Domain, Address: "partner.example"},
					Position:  1,
					Codes:     2,
					Views:     1,
				},
			},
		},
		Views: []share.ViewRecord{
			{At: start, Address: "bob@partner.example", Agent: "Unknown browser"},
		},
		Revocable: true,
		Names:     included().Names(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestForeignSharesAreNotThere(t *testing.T) {
	s := newService(t)
	l := s.createShare(to("zoe@client.example"))
	for _, v := range []share.Viewer{bensView, {}, {Vaults: []string{s.team.ID}}} {
		for _, id := range []string{l.ID, "nonsense", ""} {
			_, err := s.Get(t.Context(), v, id)
			same := []error{
				err,
				s.Revoke(t.Context(), ben, v, id),
				s.RemoveRecipient(t.Context(), ben, v, id, 0),
			}
			_, err = s.Again(t.Context(), ann, v, id, s.team.ID, s.item.ID)
			for n, err := range append(same, err) {
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%+v, share %q, call %d: %v", v, id, n, err)
				}
			}
		}
		if page := must(s.List(t.Context(), v, share.Query{OwnerID: "ann"}))(t); len(
			page.Shares,
		) != 0 {
			t.Errorf("%+v lists another's shares", v)
		}
		if page := must(s.List(t.Context(), v, share.Query{}))(t); len(page.Shares) != 0 {
			t.Errorf("%+v lists another's shares", v)
		}
		if err := s.Each(
			t.Context(),
			v,
			share.Query{},
			func(share.Summary) error { return errors.New("exported") },
		); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
		if live := must(s.Live(t.Context(), v, s.team.ID, []string{s.item.ID}))(t); len(live) != 0 {
			t.Errorf("%+v: live %v", v, live)
		}
	}
	if d := must(s.Get(t.Context(), annsView, l.ID))(t); d.State != share.Active ||
		d.Recipients[0].Removed() {
		t.Errorf("a foreign call changed it: %+v", d)
	}
	if live := must(s.Live(t.Context(), allView, s.team.ID, []string{s.item.ID}))(t); live[s.item.ID] != 1 {
		t.Errorf("an admin sees %v", live)
	}
}

func TestListFilters(t *testing.T) {
	s := newService(t)
	one := s.createShare(to("zoe@client.example"))
	s.now = s.now.Add(time.Second)
	two := s.createShare()
	s.now = s.now.Add(time.Second)
	other := s.addItem("Payroll")
	three := parseLink(
		t,
		must(
			s.Create(
				t.Context(),
				ben,
				s.request(to("client.example"), func(r *share.Request) { r.ItemID = other.ID }),
			),
		)(t),
	)
	if err := s.Revoke(t.Context(), ann, annsView, two.ID); err != nil {
		t.Fatal(err)
	}
	vaults := []string{s.team.ID}
	annSees, allSees := share.Viewer{
		UserID: "ann",
		Vaults: vaults,
	}, share.Viewer{
		UserID: "root",
		All:    true,
		Vaults: vaults,
	}
	for _, c := range []struct {
		why    string
		viewer share.Viewer
		query  share.Query
		want   []string
	}{
		{"newest first", allSees, share.Query{}, []string{three.ID, two.ID, one.ID}},
		{"one's own", annSees, share.Query{}, []string{two.ID, one.ID}},
		{"by a person", allSees, share.Query{OwnerID: "ben"}, []string{three.ID}},
		{"by another person than oneself", annSees, share.Query{OwnerID: "ben"}, nil},
		{"by state", allSees, share.Query{Status: "revoked"}, []string{two.ID}},
		{"by vault", allSees, share.Query{VaultID: s.team.ID}, []string{three.ID, two.ID, one.ID}},
		{"by item", allSees, share.Query{VaultID: s.team.ID, ItemID: other.ID}, []string{three.ID}},
		{"by title", allSees, share.Query{Text: "payroll"}, []string{three.ID}},
		{"by title, where one may not see the vault", allView, share.Query{Text: "payroll"}, nil},
		{"by whole address", allSees, share.Query{Text: " ZOE@client.example "}, []string{one.ID}},
		{"by domain", allSees, share.Query{Text: "client.example"}, []string{three.ID}},
		{"part of an address finds nothing", allSees, share.Query{Text: "zoe@client"}, nil},
		{"no match is not every match", annSees, share.Query{Text: "nothing like it"}, nil},
		{"after a share", allSees, share.Query{After: two.ID}, []string{one.ID}},
		{"with an address", allSees, share.Query{With: " ZOE@client.example "}, []string{one.ID}},
		{"with a domain", allSees, share.Query{With: "client.example"}, []string{three.ID}},
		{"with somebody else's domain", annSees, share.Query{With: "client.example"}, nil},
		{"with, and by title", allSees, share.Query{With: "client.example", Text: "payroll"}, []string{three.ID}},
		{"with, and by another title", allSees, share.Query{With: "zoe@client.example", Text: "payroll"}, nil},
		{"from now on", allSees, share.Query{From: s.now.Add(time.Millisecond)}, nil},
		{"from a time on", allSees, share.Query{From: start}, []string{three.ID, two.ID, one.ID}},
		{"before a time", allSees, share.Query{To: start}, nil},
		{"between", allSees, share.Query{From: start, To: s.now}, []string{two.ID, one.ID}},
		{"before a time, after a share", allSees, share.Query{To: s.now, After: two.ID}, []string{one.ID}},
	} {
		page := must(s.List(t.Context(), c.viewer, c.query))(t)
		if got := ids(page); !slices.Equal(got, c.want) || page.Next != "" {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
	for field, q := range map[string]share.Query{
		"status":  {Status: "open"},
		"with":    {With: "zoe@client"},
		"created": {Days: share.Days{Created: "yesterday"}},
		"from":    {Days: share.Days{From: "1.1.2026"}},
		"to":      {Days: share.Days{From: "2026-03-02", To: "2026-03-01"}},
		"after":   {After: "zzz"},
	} {
		_, err := s.List(t.Context(), allSees, q)
		if p := fault.ProblemsOf(err); len(p) != 1 || p[0].Field != field ||
			p[0].Code != fault.CodeInvalid {
			t.Errorf("%s: %+v, want one problem of this field", field, p)
		}
	}
	_, err := s.List(t.Context(), annSees, share.Query{After: three.ID})
	wantCode(t, "after another person's share", err, fault.CodeInvalid)
}

func TestDays(t *testing.T) {
	now := time.Date(2026, 3, 31, 15, 4, 5, 0, time.FixedZone("", 2*60*60))
	for _, c := range []struct {
		days     share.Days
		from, to string
	}{
		{share.Days{}, "", ""},
		{share.Days{Created: share.Today}, "2026-03-31", ""},
		{share.Days{Created: share.LastWeek}, "2026-03-25", ""},
		{share.Days{Created: share.LastMonth}, "2026-03-02", ""},
		{share.Days{From: "2026-03-30", To: "2026-03-30"}, "2026-03-30", "2026-03-31"},
		{share.Days{Created: share.LastWeek, From: "2026-01-01", To: "2026-03-31"}, "2026-03-25", "2026-04-01"},
		{share.Days{Created: share.LastMonth, From: "2026-03-30"}, "2026-03-30", ""},
	} {
		from, to, err := c.days.Span(now)
		if err != nil || day(from) != c.from || day(to) != c.to {
			t.Errorf("%+v: %v to %v, %v, want %s to %s", c.days, from, to, err, c.from, c.to)
		}
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func TestPagesGoOn(t *testing.T) {
	s := newService(t)
	var made []string
	for range 5 {
		s.now = s.now.Add(time.Millisecond)
		made = append(made, s.createShare().ID)
	}
	slices.Reverse(made)
	var got []string
	for after, n := "", 0; n < 10; n++ {
		page := must(s.List(t.Context(), annsView, share.Query{Limit: 2, After: after}))(t)
		got = append(got, ids(page)...)
		if after = page.Next; after == "" {
			break
		}
	}
	if !slices.Equal(got, made) {
		t.Errorf("pages give %v, want %v", got, made)
	}
	var each []string
	if err := s.Each(
		t.Context(),
		annsView,
		share.Query{},
		func(s share.Summary) error { each = append(each, s.ID); return nil },
	); err != nil ||
		!slices.Equal(each, made) {
		t.Errorf("an export gives %v, %v", each, err)
	}
}

// TestExportHoldsEveryMatch asserts that an export contains every match, even if the text matches
// more items than a page of the history searches.
func TestExportHoldsEveryMatch(t *testing.T) {
	s := newService(t)
	var items []string
	for n := range 230 { // more than one page of the vault
		item := vault.Item{
			VaultID:  s.team.ID,
			Title:    fmt.Sprintf("Printer %03d", n),
			Category: vault.Login,
			Tags:     []string{"acme.example"},
		}
		items = append(items, must(s.vault.AddItem(t.Context(), item, nil))(t).ID)
	}
	shared := func(by share.Sharer, change ...func(*share.Request)) string {
		s.now = s.now.Add(time.Millisecond)
		return must(s.Create(t.Context(), by, s.request(change...)))(t).ID
	}
	printer := func(n int) func(*share.Request) { return func(r *share.Request) { r.ItemID = items[n] } }
	first, last := shared(ann, printer(0)), shared(ann, printer(229))
	foreign, plain := shared(ben, printer(100)), shared(ann)
	named := shared(ann, to("acme.example"))
	vaults := []string{s.team.ID}
	annSees, allSees := share.Viewer{
		UserID: "ann",
		Vaults: vaults,
	}, share.Viewer{
		UserID: "root",
		All:    true,
		Vaults: vaults,
	}
	for _, c := range []struct {
		why    string
		viewer share.Viewer
		query  share.Query
		want   []string
	}{
		{"by title", annSees, share.Query{Text: "printer"}, []string{last, first}},
		{"everybody's", allSees, share.Query{Text: "printer"}, []string{foreign, last, first}},
		{"by person", allSees, share.Query{Text: "printer", OwnerID: "ben"}, []string{foreign}},
		{"another person's", annSees, share.Query{Text: "printer", OwnerID: "ben"}, nil},
		{"where one may not see the vault", annsView, share.Query{Text: "printer"}, nil},
		{"by tag or domain", annSees, share.Query{Text: "acme.example"}, []string{named, last, first}},
		{"without a text", annSees, share.Query{}, []string{named, plain, last, first}},
	} {
		var got []string
		err := s.Each(
			t.Context(),
			c.viewer,
			c.query,
			func(s share.Summary) error { got = append(got, s.ID); return nil },
		)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.why, got, err, c.want)
		}
	}
}

func TestRevokeIsForGood(t *testing.T) {
	s := newService(t)
	l := s.createShare()
	for range 2 {
		if err := s.Revoke(t.Context(), ann, annsView, l.ID); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
	}
	d := must(s.Get(t.Context(), annsView, l.ID))(t)
	if d.State != share.Revoked || !d.EndedAt.Equal(start) {
		t.Errorf("state %s since %v", d.State, d.EndedAt)
	}
	if n := len(s.events(audit.ShareRevoked)); n != 1 {
		t.Errorf("%d revocations are audited", n)
	}
}

// TestRevokingEndsTheLastView asserts that Revoke is offered while the files of the last view can
// be fetched, and ends that view. The viewer of a share without files already has its content.
func TestRevokingEndsTheLastView(t *testing.T) {
	for why, c := range map[string]struct {
		wait      time.Duration
		files     bool
		lasts     bool
		revocable bool
	}{
		"while it lasts":            {time.Minute, false, true, false},
		"after it":                  {share.ViewTime, false, false, false},
		"while files can be loaded": {share.ViewTime, true, true, true},
		"after files":               {share.ViewTimeFiles, true, false, false},
	} {
		s := newService(t)
		l := s.createShare(oneTime, func(r *share.Request) { r.Files = c.files })
		must(s.open(l, 1))(t)
		s.now = s.now.Add(c.wait)
		lasts := c.lasts
		if d := must(s.Get(t.Context(), annsView, l.ID))(t); d.State != share.Viewed ||
			d.Revocable != c.revocable {
			t.Errorf("%s: %s, revocable: %v", why, d.State, d.Revocable)
		}
		if err := s.Revoke(t.Context(), ann, annsView, l.ID); err != nil {
			t.Fatal(err)
		}
		state := map[bool]share.State{true: share.Revoked, false: share.Viewed}[lasts]
		if _, err := s.open(l, 1); fault.CodeOf(err) != fault.Code(state) {
			t.Errorf("%s: a repeat after revoking: %v", why, err)
		}
		if d := must(s.Get(t.Context(), annsView, l.ID))(t); d.State != state || d.Revocable {
			t.Errorf("%s: then %s, revocable: %v", why, d.State, d.Revocable)
		}
	}
}

// TestARemovalLeavesNothingToRevoke asserts that removing a recipient ends that recipient's view,
// so that nothing is left to revoke.
func TestARemovalLeavesNothingToRevoke(t *testing.T) {
	s := newService(t)
	l := s.createShare(
		oneTime,
		withFiles,
		to("bob@client.example", "zoe@client.example", "carl@client.example"),
	)
	must(s.openAs(l, 1, "bob@client.example", s.requestCode(l, "bob@client.example")))(t)
	s.now = s.now.Add(20 * time.Minute)
	must(s.openAs(l, 2, "zoe@client.example", s.requestCode(l, "zoe@client.example")))(t)
	for position := 1; position <= 2; position++ {
		if err := s.RemoveRecipient(t.Context(), ann, annsView, l.ID, position); err != nil {
			t.Fatal(err)
		}
	}
	for wait, revocable := range map[time.Duration]bool{time.Minute: true, 11 * time.Minute: false} {
		now := s.now
		s.now = now.Add(wait)
		if d := must(s.Get(t.Context(), annsView, l.ID))(t); d.State != share.Viewed ||
			d.Revocable != revocable {
			t.Errorf("%v after zoe's view: %s, revocable: %v", wait, d.State, d.Revocable)
		}
		s.now = now
	}
}

// titleStore counts the calls that load shares.
type titleStore struct {
	share.Store
	loads int
}

func (s *titleStore) TitlesOf(ctx context.Context, ids []string) ([]share.SealedTitle, error) {
	s.loads++
	return s.Store.TitlesOf(ctx, ids)
}

func (s *titleStore) ByID(ctx context.Context, id string, now time.Time) (share.Record, error) {
	s.loads++
	return s.Store.ByID(ctx, id, now)
}

func TestTitlesAreLoadedAtOnce(t *testing.T) {
	s := newService(t)
	store := &titleStore{Store: s.config.Store}
	s.rebuild(func(c *share.Config) { c.Store = store })
	mine, other := s.createShare(), must(s.Create(t.Context(), ben, s.request()))(t)
	ids := []string{mine.ID, other.ID, "nonsense"}
	for range 60 {
		ids = append(ids, s.createShare().ID)
	}
	titles := must(s.Titles(t.Context(), annsView, ids))(t)
	if len(titles) != 61 || titles[mine.ID] != "Staging database" || titles[other.ID] != "" {
		t.Errorf("%d titles: %v", len(titles), titles)
	}
	if all := must(s.Titles(t.Context(), share.Viewer{All: true}, ids))(t); len(all) != 62 {
		t.Errorf("an admin sees %d", len(all))
	}
	if store.loads != 2 {
		t.Errorf("the store was asked %d times for two lists", store.loads)
	}
}

func TestRemovingRecipients(t *testing.T) {
	s := newService(t)
	l := s.createShare(to("zoe@client.example", "partner.example"))
	if err := s.RemoveRecipient(t.Context(), ann, annsView, l.ID, 7); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("a recipient that is not there: %v", err)
	}
	if err := s.RemoveRecipient(t.Context(), ann, annsView, l.ID, 0); err != nil {
		t.Fatal(err)
	}
	d := must(s.Get(t.Context(), annsView, l.ID))(t)
	if !d.Recipients[0].Removed() || d.Recipients[1].Removed() || d.State != share.Active {
		t.Errorf("recipients %+v, %s", d.Recipients, d.State)
	}
	if e := s.events(audit.RecipientRemoved)[0]; e.Detail["recipient"] != "zoe@client.example" {
		t.Errorf("audit %+v", e)
	}
	again := must(s.Again(t.Context(), ann, annsView, l.ID, s.team.ID, s.item.ID))(t)
	want := s.request(to("partner.example"), func(r *share.Request) {
		r.Chosen, r.Include = true, []string{"username", "password"}
	})
	slices.Sort(want.Include)
	if diff := cmp.Diff(share.Again{Request: want}, again); diff != "" {
		t.Error(diff)
	}
	if err := s.RemoveRecipient(t.Context(), ann, annsView, l.ID, 1); err != nil {
		t.Fatal(err)
	}
	if d := must(s.Get(t.Context(), annsView, l.ID))(t); d.State != share.Revoked {
		t.Errorf("with nobody left it is %s", d.State)
	}
}

func TestAffectedAndRevoked(t *testing.T) {
	s := newService(t)
	links := map[string]link{
		"anyone": s.createShare(),
		"long": s.createShare(
			to("zoe@client.example"),
			oneTime,
			func(r *share.Request) { r.ExpireAfter = "ThirtyDays" },
		),
		"domain":  s.createShare(to("client.example"), oneTime),
		"outside": s.createShare(to("x@other.example"), oneTime),
		"many":    s.createShare(to("zoe@client.example")),
		"files":   s.createShare(to("zoe@client.example"), oneTime, withFiles),
		"fine":    s.createShare(to("zoe@client.example"), oneTime),
		"ended":   s.createShare(),
	}
	mixed := s.createShare(to("zoe@client.example", "x@other.example"), oneTime)
	if err := s.RemoveRecipient(t.Context(), ann, annsView, mixed.ID, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), ann, annsView, links["ended"].ID); err != nil {
		t.Fatal(err)
	}
	p := share.Default()
	p.MaxExpiry, p.MaxViews, p.AllowedTypes = 7*24*time.Hour, 1, []share.Type{share.Authenticated}
	p.AllowedRecipientTypes, p.AllowedDomains, p.FilesMaxSize = []share.RecipientKind{
		share.Email,
	}, []string{
		"client.example",
	}, 1<<20
	reasons := map[string]string{}
	for after := ""; ; {
		page := must(s.Affected(t.Context(), "", p, after, 2))(t)
		for _, s := range page.Shares {
			var codes string
			for _, r := range s.Reasons {
				codes += string(r.Code) + " "
			}
			reasons[s.ID] = codes
		}
		if after = page.Next; after == "" {
			break
		}
	}
	wanted := map[string]string{
		links["anyone"].ID: "policy_access policy_views ", links["long"].ID: "policy_expiry ",
		links["domain"].ID:  "policy_recipient_type ",
		links["outside"].ID: "policy_domain ", links["many"].ID: "policy_views ", links["files"].ID: "policy_files ",
	}
	if diff := cmp.Diff(wanted, reasons); diff != "" {
		t.Error(diff)
	}
	if n := must(s.SetPolicy(t.Context(), ann, "", p, false))(t); n != (share.RevokeResult{}) {
		t.Errorf("keeping ends %+v", n)
	}
	if n := must(s.SetPolicy(t.Context(), ann, "", p, true))(t); n.Revoked != len(wanted) ||
		n.Native != 0 {
		t.Errorf("revoking ends %+v, want %d", n, len(wanted))
	}
	for name, l := range links {
		state := must(s.Get(t.Context(), annsView, l.ID))(t).State
		if alive := name == "fine"; alive != (state == share.Active) {
			t.Errorf("the %s share is %s", name, state)
		}
	}
	if n := len(s.events(audit.ShareRevoked)); n != len(wanted)+1 {
		t.Errorf("%d revocations are audited", n)
	}
	if n := len(s.events(audit.PolicyChanged)); n != 2 {
		t.Errorf("%d changes are audited", n)
	}
}

func TestAVaultsRuleOnlyTightens(t *testing.T) {
	s := newService(t)
	account := share.Default()
	account.MaxExpiry = 7 * 24 * time.Hour
	must(s.SetPolicy(t.Context(), ann, "", account, false))(t)
	_, err := s.SetPolicy(t.Context(), ann, s.team.ID, share.Default(), true)
	if got := problemsOf(err); got != "invalid@max_expiry" {
		t.Errorf("a looser rule: %q", got)
	}
	_, err = s.Affected(t.Context(), s.team.ID, share.Default(), "", 0)
	if got := problemsOf(err); got != "invalid@max_expiry" {
		t.Errorf("its preview: %q", got)
	}
	_, err = s.SetPolicy(t.Context(), ann, "no such vault", account, false)
	if got := problemsOf(err); got != "invalid@vault" {
		t.Errorf("a vault that is not there: %q", got)
	}
	own := account
	own.MaxExpiry, own.DefaultExpiry = 24*time.Hour, time.Hour
	must(s.SetPolicy(t.Context(), ann, s.team.ID, own, false))(t)
	e := must(s.EffectivePolicy(t.Context(), s.team.ID, ""))(t)
	if e.MaxExpiry != 24*time.Hour || e.OriginOf("max_expiry") != share.Vault {
		t.Errorf("effective %+v by %s", e.Policy, e.OriginOf("max_expiry"))
	}
	// If the account's policy becomes stricter than the vault's, it applies.
	account.MaxExpiry = time.Hour
	must(s.SetPolicy(t.Context(), ann, "", account, false))(t)
	e = must(s.EffectivePolicy(t.Context(), s.team.ID, ""))(t)
	if e.MaxExpiry != time.Hour || e.OriginOf("max_expiry") != share.Account {
		t.Errorf("effective %+v by %s", e.Policy, e.OriginOf("max_expiry"))
	}
	rule, vaults, err := s.Policies(t.Context())
	if err != nil || rule.MaxExpiry != time.Hour || len(vaults) != 1 ||
		vaults[s.team.ID].MaxExpiry != 24*time.Hour {
		t.Errorf("policies %+v, %+v, %v", rule, vaults, err)
	}
}

// TestErasedHistoryStillShows asserts that the history still shows shares whose titles and
// addresses were erased.
func TestErasedHistoryStillShows(t *testing.T) {
	s := newService(t)
	l := s.createShare(to("zoe@client.example"))
	must(s.openAs(l, 1, "zoe@client.example", s.requestCode(l, "zoe@client.example")))(t)
	if err := s.Revoke(t.Context(), ann, annsView, l.ID); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(48 * time.Hour)
	if err := newSweeper(s).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := must(s.Get(t.Context(), annsView, l.ID))(t)
	if d.Title != "" || d.Recipients[0].Address != "" || len(d.Views) != 1 ||
		d.Views[0].Address != "" ||
		d.State != share.Revoked {
		t.Errorf("shows %+v", d)
	}
	if _, err := s.Again(t.Context(), ann, annsView, l.ID, s.team.ID, s.item.ID); err != nil {
		t.Errorf("share again: %v", err)
	}
}

// newSweeper returns a sweeper over the service's database.
func newSweeper(s *testService) *share.Sweeper {
	return share.NewSweeper(share.SweeperConfig{
		Eraser: s.db, Clock: func() time.Time { return s.now }, Uptime: func() time.Duration {
			return s.now.Sub(
				start,
			)
		}, HistoryDays: 1,
	})
}

// TestLinksOfAMovedItem asserts that links follow an item to another vault, and that those of an
// archived item are found by its title.
func TestLinksOfAMovedItem(t *testing.T) {
	s := newService(t)
	l := s.createShare()
	other := must(s.vault.AddVault(t.Context(), "", "Other"))(t)
	moved := must(s.vault.MoveItem(t.Context(), "", s.team.ID, s.item.ID, other.ID))(t)
	if err := s.vault.ArchiveItem(t.Context(), "", other.ID, moved.ID); err != nil {
		t.Fatal(err)
	}
	v := share.Viewer{UserID: "ann", Vaults: []string{s.team.ID, other.ID}}
	for _, q := range []share.Query{
		{VaultID: other.ID}, {VaultID: other.ID, ItemID: moved.ID}, {Text: moved.Title},
	} {
		page := must(s.List(t.Context(), v, q))(t)
		if len(page.Shares) != 1 || page.Shares[0].ID != l.ID ||
			page.Shares[0].VaultID != other.ID {
			t.Errorf("%+v: %+v", q, page.Shares)
		}
	}
	if live := must(s.Live(t.Context(), v, other.ID, []string{moved.ID}))(t); live[moved.ID] != 1 {
		t.Errorf("active links: %v", live)
	}
	must(s.open(l, 1))(t)
}
