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

func TestHistoryShowsWhatHappened(t *testing.T) {
	b := open(t)
	l := b.make(once, to("zoe@client.example", "partner.example"))
	b.code(l, "bob@partner.example")
	must(b.openAs(l, 1, "bob@partner.example", b.code(l, "bob@partner.example")))(t)
	got := must(b.Get(t.Context(), annsView, l.ID))(t)
	want := share.Detail{
		Summary: share.Summary{
			ID: l.ID, Title: "Staging database", VaultID: b.team.ID, ItemID: b.item.ID,
			ItemVersion: 1, OwnerID: "ann", SharedBy: "Ann Sharer",
			Terms: l.Terms, State: share.Active, Views: 1, CreatedAt: start, ExpiresAt: start.Add(24 * time.Hour),
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
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestForeignSharesAreNotThere(t *testing.T) {
	b := open(t)
	l := b.make(to("zoe@client.example"))
	for _, v := range []share.Viewer{bensView, {}, {Vaults: []string{b.team.ID}}} {
		for _, id := range []string{l.ID, "nonsense", ""} {
			_, err := b.Get(t.Context(), v, id)
			same := []error{
				err,
				b.Revoke(t.Context(), ben, v, id),
				b.RemoveRecipient(t.Context(), ben, v, id, 0),
			}
			_, err = b.Refill(t.Context(), v, id)
			for n, err := range append(same, err) {
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%+v, share %q, call %d: %v", v, id, n, err)
				}
			}
		}
		if page := must(b.List(t.Context(), v, share.Query{OwnerID: "ann"}))(t); len(
			page.Shares,
		) != 0 {
			t.Errorf("%+v lists another's shares", v)
		}
		if page := must(b.List(t.Context(), v, share.Query{}))(t); len(page.Shares) != 0 {
			t.Errorf("%+v lists another's shares", v)
		}
		if err := b.Each(
			t.Context(),
			v,
			share.Query{},
			func(share.Summary) error { return errors.New("exported") },
		); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
		if live := must(b.Live(t.Context(), v, b.team.ID, []string{b.item.ID}))(t); len(live) != 0 {
			t.Errorf("%+v: live %v", v, live)
		}
	}
	if d := must(b.Get(t.Context(), annsView, l.ID))(t); d.State != share.Active ||
		d.Recipients[0].Removed() {
		t.Errorf("a foreign call changed it: %+v", d)
	}
	if live := must(b.Live(t.Context(), allView, b.team.ID, []string{b.item.ID}))(t); live[b.item.ID] != 1 {
		t.Errorf("an admin sees %v", live)
	}
}

func TestListFilters(t *testing.T) {
	b := open(t)
	one := b.make(to("zoe@client.example"))
	b.now = b.now.Add(time.Second)
	two := b.make()
	b.now = b.now.Add(time.Second)
	other := b.add("Payroll")
	three := linkOf(
		t,
		must(
			b.Create(
				t.Context(),
				ben,
				b.request(to("client.example"), func(r *share.Request) { r.ItemID = other.ID }),
			),
		)(
			t,
		),
	)
	if err := b.Revoke(t.Context(), ann, annsView, two.ID); err != nil {
		t.Fatal(err)
	}
	vaults := []string{b.team.ID}
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
		{"by vault", allSees, share.Query{VaultID: b.team.ID}, []string{three.ID, two.ID, one.ID}},
		{"by item", allSees, share.Query{VaultID: b.team.ID, ItemID: other.ID}, []string{three.ID}},
		{"by title", allSees, share.Query{Text: "payroll"}, []string{three.ID}},
		{"by title, where one may not see the vault", allView, share.Query{Text: "payroll"}, nil},
		{"by whole address", allSees, share.Query{Text: " ZOE@client.example "}, []string{one.ID}},
		{"by domain", allSees, share.Query{Text: "client.example"}, []string{three.ID}},
		{"part of an address finds nothing", allSees, share.Query{Text: "zoe@client"}, nil},
		{"no match is not every match", annSees, share.Query{Text: "nothing like it"}, nil},
		{"after a share", allSees, share.Query{After: two.ID}, []string{one.ID}},
	} {
		page := must(b.List(t.Context(), c.viewer, c.query))(t)
		if got := ids(page); !slices.Equal(got, c.want) || page.Next != "" {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
	_, err := b.List(t.Context(), allSees, share.Query{Status: "open"})
	want(t, "an unknown state", err, fault.CodeInvalid)
}

func TestPagesGoOn(t *testing.T) {
	b := open(t)
	var made []string
	for range 5 {
		b.now = b.now.Add(time.Millisecond)
		made = append(made, b.make().ID)
	}
	slices.Reverse(made)
	var got []string
	for after, n := "", 0; n < 10; n++ {
		page := must(b.List(t.Context(), annsView, share.Query{Limit: 2, After: after}))(t)
		got = append(got, ids(page)...)
		if after = page.Next; after == "" {
			break
		}
	}
	if !slices.Equal(got, made) {
		t.Errorf("pages give %v, want %v", got, made)
	}
	var each []string
	if err := b.Each(
		t.Context(),
		annsView,
		share.Query{},
		func(s share.Summary) error { each = append(each, s.ID); return nil },
	); err != nil ||
		!slices.Equal(each, made) {
		t.Errorf("an export gives %v, %v", each, err)
	}
}

// An export holds every match, also where a text matches more items than a page of
// the history looks for.
func TestExportHoldsEveryMatch(t *testing.T) {
	b := open(t)
	var items []string
	for n := range 230 { // more than one page of the vault
		item := vault.Item{
			VaultID:  b.team.ID,
			Title:    fmt.Sprintf("Printer %03d", n),
			Category: vault.Login,
			Tags:     []string{"acme.example"},
		}
		items = append(items, must(b.vault.AddItem(t.Context(), item, nil))(t).ID)
	}
	shared := func(by share.Sharer, change ...func(*share.Request)) string {
		b.now = b.now.Add(time.Millisecond)
		return must(b.Create(t.Context(), by, b.request(change...)))(t).ID
	}
	printer := func(n int) func(*share.Request) { return func(r *share.Request) { r.ItemID = items[n] } }
	first, last := shared(ann, printer(0)), shared(ann, printer(229))
	foreign, plain := shared(ben, printer(100)), shared(ann)
	named := shared(ann, to("acme.example"))
	vaults := []string{b.team.ID}
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
		err := b.Each(
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
	b := open(t)
	l := b.make()
	for range 2 {
		if err := b.Revoke(t.Context(), ann, annsView, l.ID); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(time.Minute)
	}
	d := must(b.Get(t.Context(), annsView, l.ID))(t)
	if d.State != share.Revoked || !d.EndedAt.Equal(start) {
		t.Errorf("state %s since %v", d.State, d.EndedAt)
	}
	if n := len(b.events(audit.ShareRevoked)); n != 1 {
		t.Errorf("%d revocations are audited", n)
	}
}

// Revoking ends the last view of a share. It is offered while that view's files can be
// fetched; the content of one without files is with the viewer already.
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
		b := open(t)
		l := b.make(once, func(r *share.Request) { r.Files = c.files })
		must(b.open(l, 1))(t)
		b.now = b.now.Add(c.wait)
		lasts := c.lasts
		if d := must(b.Get(t.Context(), annsView, l.ID))(t); d.State != share.Viewed ||
			d.Revocable != c.revocable {
			t.Errorf("%s: %s, revocable: %v", why, d.State, d.Revocable)
		}
		if err := b.Revoke(t.Context(), ann, annsView, l.ID); err != nil {
			t.Fatal(err)
		}
		state := map[bool]share.State{true: share.Revoked, false: share.Viewed}[lasts]
		if _, err := b.open(l, 1); fault.CodeOf(err) != fault.Code(state) {
			t.Errorf("%s: a repeat after revoking: %v", why, err)
		}
		if d := must(b.Get(t.Context(), annsView, l.ID))(t); d.State != state || d.Revocable {
			t.Errorf("%s: then %s, revocable: %v", why, d.State, d.Revocable)
		}
	}
}

// A removal ends a recipient's view, which is then nothing that could be revoked.
func TestARemovalLeavesNothingToRevoke(t *testing.T) {
	b := open(t)
	l := b.make(
		once,
		withFiles,
		to("bob@client.example", "zoe@client.example", "carl@client.example"),
	)
	must(b.openAs(l, 1, "bob@client.example", b.code(l, "bob@client.example")))(t)
	b.now = b.now.Add(20 * time.Minute)
	must(b.openAs(l, 2, "zoe@client.example", b.code(l, "zoe@client.example")))(t)
	for position := 1; position <= 2; position++ {
		if err := b.RemoveRecipient(t.Context(), ann, annsView, l.ID, position); err != nil {
			t.Fatal(err)
		}
	}
	for wait, revocable := range map[time.Duration]bool{time.Minute: true, 11 * time.Minute: false} {
		now := b.now
		b.now = now.Add(wait)
		if d := must(b.Get(t.Context(), annsView, l.ID))(t); d.State != share.Viewed ||
			d.Revocable != revocable {
			t.Errorf("%v after zoe's view: %s, revocable: %v", wait, d.State, d.Revocable)
		}
		b.now = now
	}
}

// titlesOnce is a store that counts the calls which load shares.
type titlesOnce struct {
	share.Store
	loads int
}

func (s *titlesOnce) TitlesOf(ctx context.Context, ids []string) ([]share.SealedTitle, error) {
	s.loads++
	return s.Store.TitlesOf(ctx, ids)
}

func (s *titlesOnce) ByID(ctx context.Context, id string, now time.Time) (share.Record, error) {
	s.loads++
	return s.Store.ByID(ctx, id, now)
}

func TestTitlesAreLoadedAtOnce(t *testing.T) {
	b := open(t)
	store := &titlesOnce{Store: b.config.Store}
	b.rebuild(func(c *share.Config) { c.Store = store })
	mine, other := b.make(), must(b.Create(t.Context(), ben, b.request()))(t)
	ids := []string{mine.ID, other.ID, "nonsense"}
	for range 60 {
		ids = append(ids, b.make().ID)
	}
	titles := must(b.Titles(t.Context(), annsView, ids))(t)
	if len(titles) != 61 || titles[mine.ID] != "Staging database" || titles[other.ID] != "" {
		t.Errorf("%d titles: %v", len(titles), titles)
	}
	if all := must(b.Titles(t.Context(), share.Viewer{All: true}, ids))(t); len(all) != 62 {
		t.Errorf("an admin sees %d", len(all))
	}
	if store.loads != 2 {
		t.Errorf("the store was asked %d times for two lists", store.loads)
	}
}

func TestRemovingRecipients(t *testing.T) {
	b := open(t)
	l := b.make(to("zoe@client.example", "partner.example"))
	if err := b.RemoveRecipient(t.Context(), ann, annsView, l.ID, 7); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("a recipient that is not there: %v", err)
	}
	if err := b.RemoveRecipient(t.Context(), ann, annsView, l.ID, 0); err != nil {
		t.Fatal(err)
	}
	d := must(b.Get(t.Context(), annsView, l.ID))(t)
	if !d.Recipients[0].Removed() || d.Recipients[1].Removed() || d.State != share.Active {
		t.Errorf("recipients %+v, %s", d.Recipients, d.State)
	}
	if e := b.events(audit.RecipientRemoved)[0]; e.Detail["recipient"] != "zoe@client.example" {
		t.Errorf("audit %+v", e)
	}
	again := must(b.Refill(t.Context(), annsView, l.ID))(t)
	if diff := cmp.Diff(b.request(to("partner.example")), again); diff != "" {
		t.Error(diff)
	}
	if err := b.RemoveRecipient(t.Context(), ann, annsView, l.ID, 1); err != nil {
		t.Fatal(err)
	}
	if d := must(b.Get(t.Context(), annsView, l.ID))(t); d.State != share.Revoked {
		t.Errorf("with nobody left it is %s", d.State)
	}
}

func TestAffectedAndRevoked(t *testing.T) {
	b := open(t)
	links := map[string]link{
		"anyone": b.make(),
		"long": b.make(
			to("zoe@client.example"),
			once,
			func(r *share.Request) { r.ExpireAfter = "ThirtyDays" },
		),
		"domain":  b.make(to("client.example"), once),
		"outside": b.make(to("x@other.example"), once),
		"many":    b.make(to("zoe@client.example")),
		"files":   b.make(to("zoe@client.example"), once, withFiles),
		"fine":    b.make(to("zoe@client.example"), once),
		"ended":   b.make(),
	}
	mixed := b.make(to("zoe@client.example", "x@other.example"), once)
	if err := b.RemoveRecipient(t.Context(), ann, annsView, mixed.ID, 1); err != nil {
		t.Fatal(err)
	}
	if err := b.Revoke(t.Context(), ann, annsView, links["ended"].ID); err != nil {
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
		page := must(b.Affected(t.Context(), "", p, after, 2))(t)
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
	if n := must(b.SetPolicy(t.Context(), ann, "", p, false))(t); n != (share.RevokeResult{}) {
		t.Errorf("keeping ends %+v", n)
	}
	if n := must(b.SetPolicy(t.Context(), ann, "", p, true))(t); n.Revoked != len(wanted) ||
		n.Native != 0 {
		t.Errorf("revoking ends %+v, want %d", n, len(wanted))
	}
	for name, l := range links {
		state := must(b.Get(t.Context(), annsView, l.ID))(t).State
		if alive := name == "fine"; alive != (state == share.Active) {
			t.Errorf("the %s share is %s", name, state)
		}
	}
	if n := len(b.events(audit.ShareRevoked)); n != len(wanted)+1 {
		t.Errorf("%d revocations are audited", n)
	}
	if n := len(b.events(audit.PolicyChanged)); n != 2 {
		t.Errorf("%d changes are audited", n)
	}
}

func TestAVaultsRuleOnlyTightens(t *testing.T) {
	b := open(t)
	account := share.Default()
	account.MaxExpiry = 7 * 24 * time.Hour
	must(b.SetPolicy(t.Context(), ann, "", account, false))(t)
	_, err := b.SetPolicy(t.Context(), ann, b.team.ID, share.Default(), true)
	if got := problems(err); got != "invalid@max_expiry" {
		t.Errorf("a looser rule: %q", got)
	}
	_, err = b.Affected(t.Context(), b.team.ID, share.Default(), "", 0)
	if got := problems(err); got != "invalid@max_expiry" {
		t.Errorf("its preview: %q", got)
	}
	_, err = b.SetPolicy(t.Context(), ann, "no such vault", account, false)
	if got := problems(err); got != "invalid@vault" {
		t.Errorf("a vault that is not there: %q", got)
	}
	own := account
	own.MaxExpiry, own.DefaultExpiry = 24*time.Hour, time.Hour
	must(b.SetPolicy(t.Context(), ann, b.team.ID, own, false))(t)
	e := must(b.EffectivePolicy(t.Context(), b.team.ID, ""))(t)
	if e.MaxExpiry != 24*time.Hour || e.OriginOf("max_expiry") != share.Vault {
		t.Errorf("effective %+v by %s", e.Policy, e.OriginOf("max_expiry"))
	}
	// When the account tightens below the vault, the account's counts.
	account.MaxExpiry = time.Hour
	must(b.SetPolicy(t.Context(), ann, "", account, false))(t)
	e = must(b.EffectivePolicy(t.Context(), b.team.ID, ""))(t)
	if e.MaxExpiry != time.Hour || e.OriginOf("max_expiry") != share.Account {
		t.Errorf("effective %+v by %s", e.Policy, e.OriginOf("max_expiry"))
	}
	rule, vaults, err := b.Policies(t.Context())
	if err != nil || rule.MaxExpiry != time.Hour || len(vaults) != 1 ||
		vaults[b.team.ID].MaxExpiry != 24*time.Hour {
		t.Errorf("policies %+v, %+v, %v", rule, vaults, err)
	}
}

// Titles and addresses that were erased leave a history that still shows.
func TestErasedHistoryStillShows(t *testing.T) {
	b := open(t)
	l := b.make(to("zoe@client.example"))
	must(b.openAs(l, 1, "zoe@client.example", b.code(l, "zoe@client.example")))(t)
	if err := b.Revoke(t.Context(), ann, annsView, l.ID); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(48 * time.Hour)
	if err := sweeper(b).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := must(b.Get(t.Context(), annsView, l.ID))(t)
	if d.Title != "" || d.Recipients[0].Address != "" || len(d.Views) != 1 ||
		d.Views[0].Address != "" ||
		d.State != share.Revoked {
		t.Errorf("shows %+v", d)
	}
	if _, err := b.Refill(t.Context(), annsView, l.ID); err != nil {
		t.Errorf("refill: %v", err)
	}
}

func sweeper(b *bench) *share.Sweeper {
	return share.NewSweeper(share.SweeperConfig{
		Eraser: b.db, Clock: func() time.Time { return b.now }, Uptime: func() time.Duration {
			return b.now.Sub(
				start,
			)
		}, HistoryDays: 1,
	})
}
