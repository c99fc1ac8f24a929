package db

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"itemshare/audit"
	"itemshare/share"
)

// model is a share as the protocol describes it, without tables. Each step of its life goes through one
// of two processes, and both must answer as the model does.
type model struct {
	people  []string // who may try to open it
	handles []*DB
	id      string
	now     time.Time

	named    []string // "@x.example" is a domain
	removed  map[int]bool
	max      int
	files    bool
	expires  time.Time
	state    share.State // Active until something other than time ends it
	eraseAt  time.Time
	views    int
	opened   map[int]*modelView
	looked   map[string]int // views by address
	codes    map[string]*modelCode
	issued   []modelEvent
	guessed  []modelEvent
	lastCode int
}

type modelView struct {
	who, code string
	until     time.Time
}

type modelCode struct {
	code    string
	expires time.Time
	tries   int
}

type modelEvent struct {
	who string
	at  time.Time
}

// people are two possible recipients, one of a recipient domain, and a stranger. Each share has
// people of its own, since the codes of an address are counted over all shares.
func people(n int) []string {
	var all []string
	for _, address := range []string{bob, "eve@x.example", "zoe@y.example", "mallory@z.example"} {
		all = append(all, fmt.Sprintf("n%d-%s", n, address))
	}
	return all
}

func newModel(t *rapid.T, handles []*DB, n int) *model {
	who := people(n)
	m := &model{
		handles: handles, people: who, id: shareID(n), now: morning, state: share.Active, removed: map[int]bool{},
		opened: map[int]*modelView{}, looked: map[string]int{}, codes: map[string]*modelCode{},
		max:   rapid.IntRange(0, 3).Draw(t, "views"),
		files: rapid.Bool().Draw(t, "files"),
		named: rapid.SampledFrom([][]string{nil, who[:1], who[:2], {who[0], "@y.example"}, {"@y.example"}}).
			Draw(t, "named"),
	}
	length := rapid.SampledFrom([]time.Duration{time.Hour, 30 * time.Hour}).Draw(t, "length")
	m.expires = morning.Add(length)
	m.eraseAt = m.expires.Add(10 * time.Minute)
	options := []option{views(m.max), expiringAfter(length)}
	if m.named != nil {
		options = append(options, to(m.named...))
	}
	d := draft(n, options...)
	if d.Record.Files = m.files; m.files {
		must(t, m.process(t).StageChunk(context.Background(), m.id, 0, 0, []byte{1}, m.now))
	}
	must(t, m.process(t).Create(context.Background(), d))
	return m
}

// process is one of the two.
func (m *model) process(t *rapid.T) *DB { return rapid.SampledFrom(m.handles).Draw(t, "process") }

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// whyEnded returns why the share has ended, or Opened if it has not.
func (m *model) whyEnded() share.Outcome {
	switch {
	case m.state == share.Revoked:
		return share.OutcomeRevoked
	case !m.now.Before(m.expires):
		return share.OutcomeExpired
	}
	return share.Opened
}

// isRecipient reports whether an address is a recipient that was not removed.
func (m *model) isRecipient(who string) bool {
	for i, name := range m.named {
		if !m.removed[i] && (name == who || name[0] == '@' && who[len(who)-len(name):] == name) {
			return true
		}
	}
	return false
}

func (m *model) count(events []modelEvent, who string, since time.Duration) (n int) {
	for _, e := range events {
		if (who == "" || who == e.who) && e.at.After(m.now.Add(-since)) {
			n++
		}
	}
	return n
}

func (m *model) end(state share.State, eraseAt time.Time) { m.state, m.eraseAt = state, eraseAt }

// viewEnd returns when a view that starts now ends.
func (m *model) viewEnd() time.Time {
	until := m.now.Add(2 * time.Minute)
	if m.files {
		until = m.now.Add(30 * time.Minute)
	}
	if until.After(m.expires) {
		return m.expires
	}
	return until
}

// noViewsLeft reports whether all recipients have used up their views.
func (m *model) noViewsLeft() bool {
	if m.named == nil {
		return m.max > 0 && m.views >= m.max
	}
	for i, name := range m.named {
		if !m.removed[i] && (name[0] == '@' || m.max == 0 || m.looked[name] < m.max) {
			return false
		}
	}
	return true
}

func (m *model) wait(t *rapid.T) {
	m.now = m.now.Add(rapid.SampledFrom([]time.Duration{
		time.Second, time.Minute, 3 * time.Minute, 11 * time.Minute, time.Hour, 25 * time.Hour,
	}).Draw(t, "wait"))
}

func (m *model) askCode(t *rapid.T) {
	if m.named == nil {
		return
	}
	who := rapid.SampledFrom(m.people).Draw(t, "who")
	m.lastCode++
	code := fmt.Sprint("code ", m.lastCode)
	want := m.whyEnded()
	if want == share.Opened && (len(m.guessed) >= 100 ||
		m.count(m.issued, who, 15*time.Minute) >= 3 || m.count(m.issued, who, 24*time.Hour) >= 10 ||
		m.count(m.issued, "", time.Hour) >= 30 || m.count(m.issued, "", 24*time.Hour) >= 100) {
		want = share.TooManyTries
	}
	issued, err := tryCode(m.process(t), m.id, who, code, m.now)
	must(t, err)
	if issued.Outcome != want {
		t.Fatalf("a code for %s: outcome %d, want %d", who, issued.Outcome, want)
	}
	if want == share.Opened {
		m.issued = append(m.issued, modelEvent{who, m.now})
		m.codes[who] = &modelCode{code: code, expires: m.now.Add(10 * time.Minute)}
	}
}

func (m *model) open(t *rapid.T) {
	view := rapid.IntRange(1, 4).Draw(t, "view")
	var who, code string
	var proof *share.Proof
	if m.named != nil {
		who = rapid.SampledFrom(m.people).Draw(t, "who")
		code = "wrong"
		if before := m.opened[view]; before != nil && rapid.Bool().Draw(t, "again") {
			who, code = before.who, before.code
		} else if c := m.codes[who]; c != nil && rapid.IntRange(0, 2).Draw(t, "right") > 0 {
			code = c.code
		}
		proof = proofOf(who, code)
	}
	want := m.claim(view, who, code)
	claimed, err := tryClaim(m.process(t), m.id, view, m.now, proof)
	must(t, err)
	if claimed.Outcome != want {
		t.Fatalf(
			"view %d by %q with %q: outcome %d, want %d",
			view,
			who,
			code,
			claimed.Outcome,
			want,
		)
	}
	if open := want == share.Opened || want == share.Repeated; open != (len(claimed.Ciphertext) > 0) {
		t.Fatalf("outcome %d with %d bytes", want, len(claimed.Ciphertext))
	}
}

func (m *model) claim(view int, who, code string) share.Outcome {
	if over := m.whyEnded(); over != share.Opened {
		return over
	}
	before := m.opened[view]
	if before != nil && before.who == who && before.code == code && before.until.After(m.now) {
		return share.Repeated
	}
	if m.named != nil {
		if refused := m.check(before, who, code); refused != share.Opened {
			return refused
		}
	}
	used := m.views
	if m.named != nil {
		used = m.looked[who]
	}
	if m.max > 0 && used >= m.max {
		return share.ViewsUsedUp
	}
	m.views++
	m.looked[who]++
	m.opened[view] = &modelView{who, code, m.viewEnd()}
	if m.state == share.Active && m.noViewsLeft() {
		m.end(share.Viewed, m.viewEnd())
	}
	return share.Opened
}

// check checks a code as the protocol says, and uses up a right one.
func (m *model) check(before *modelView, who, code string) share.Outcome {
	if len(m.guessed) >= 100 || m.count(m.guessed, who, 24*time.Hour) >= 20 {
		return share.TooManyTries
	}
	c := m.codes[who]
	if c == nil || !c.expires.After(m.now) || c.tries >= 5 || before != nil && before.who != who {
		return share.CodeWrong
	}
	if c.code != code || !m.isRecipient(who) {
		c.tries++
		m.guessed = append(m.guessed, modelEvent{who, m.now})
		return share.CodeWrong
	}
	delete(m.codes, who)
	return share.Opened
}

func (m *model) revoke(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "really") > 0 {
		return // else hardly any share lives long
	}
	lasting := m.state == share.Viewed && m.eraseAt.After(m.now)
	want := m.whyEnded() == share.Opened && (m.state == share.Active || lasting)
	done, err := m.process(t).Revoke(
		context.Background(),
		m.id,
		m.now,
		auditEntry(audit.ShareRevoked, m.id),
	)
	must(t, err)
	if done != want {
		t.Fatalf("revoked: %v, want %v", done, want)
	}
	if want {
		m.end(share.Revoked, m.now)
	}
}

func (m *model) remove(t *rapid.T) {
	if len(m.named) == 0 {
		return
	}
	at := rapid.IntRange(0, len(m.named)-1).Draw(t, "position")
	must(
		t,
		m.process(t).RemoveRecipient(
			context.Background(),
			m.id,
			at,
			m.now,
			auditEntry(audit.RecipientRemoved, m.id),
			auditEntry(audit.ShareRevoked, m.id),
		),
	)
	if m.whyEnded() != share.Opened || m.removed[at] {
		return
	}
	m.removed[at] = true
	gone := func(who string) bool {
		name := m.named[at]
		alone := name[0] == '@' && who[len(who)-len(name):] == name && !m.isRecipient(who)
		return name == who || alone
	}
	for _, view := range m.opened {
		if gone(view.who) && view.until.After(m.now) {
			view.until = m.now
		}
	}
	for who := range m.codes {
		if gone(who) {
			delete(m.codes, who)
		}
	}
	switch {
	case m.state != share.Active:
	case len(m.removed) == len(m.named):
		m.end(share.Revoked, m.now)
	case m.noViewsLeft():
		m.end(share.Viewed, m.viewEnd())
	}
}

func (m *model) sweep(t *rapid.T) {
	db := m.process(t)
	for _, erase := range []func(context.Context, time.Time, int) (int, error){
		expire(db),
		db.EraseContent,
		db.EraseCodes,
	} {
		for n := 1; n > 0; {
			var err error
			n, err = erase(context.Background(), m.now, 50)
			must(t, err)
		}
	}
	var left int
	must(
		t,
		m.process(t).read(context.Background()).
			row(`SELECT (SELECT count(*) FROM share_content WHERE share_id = ?)
		+ (SELECT count(*) FROM share_chunks WHERE share_id = ?)`, m.id, m.id).
			Scan(&left),
	)
	if due := !m.eraseAt.After(m.now); due != (left == 0) {
		t.Fatalf("after a sweep %d rows of content are left, due for erasure: %v", left, due)
	}
}

// compareHistory compares what the history shows with the model.
func (m *model) compareHistory(t *rapid.T) {
	r, err := m.process(t).ByID(context.Background(), m.id, m.now)
	must(t, err)
	want := m.state
	if want == share.Active && !m.now.Before(m.expires) {
		want = share.Expired
	}
	if r.State != want || r.Views != m.views || r.WrongTries != len(m.guessed) {
		t.Fatalf(
			"%s, %d views, %d wrong tries; want %s, %d, %d",
			r.State,
			r.Views,
			r.WrongTries,
			want,
			m.views,
			len(m.guessed),
		)
	}
	for i, to := range r.Recipients {
		if (to.RemovedAt > 0) != m.removed[i] {
			t.Fatalf("recipient %d removed: %v, want %v", i, to.RemovedAt > 0, m.removed[i])
		}
	}
	if inList := slices.ContainsFunc(m.list(t, want), func(r share.Record) bool { return r.ID == m.id }); !inList {
		t.Fatalf("not among the %s", want)
	}
}

func (m *model) list(t *rapid.T, state share.State) []share.Record {
	records, _, err := m.process(t).List(
		context.Background(),
		share.Filter{OwnerID: "ada", State: state, Limit: 5, Now: m.now},
	)
	must(t, err)
	return records
}

func TestLifeOfAShare(t *testing.T) {
	handles, n := openTwice(t), 0
	addSharer(t, handles[0], "ada")
	rapid.Check(t, func(t *rapid.T) {
		n++
		m := newModel(t, handles, n)
		t.Repeat(map[string]func(*rapid.T){
			"wait": m.wait, "ask": m.askCode, "ask again": m.askCode, "open": m.open,
			"open again": m.open, "open once more": m.open,
			"revoke": m.revoke, "remove": m.remove, "sweep": m.sweep, "": m.compareHistory,
		})
	})
}
