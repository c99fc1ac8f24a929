package db

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault/local"
)

// rightsModel says who may do what in plain sets, without tables: the history of a run goes through two
// processes, and both must answer as the model does after each step.
type rightsModel struct {
	handles  []*DB
	users    []string
	groups   []string
	vaults   []string
	sessions map[string][32]byte // of the users who are not out
	gone     map[string]bool     // removed people and deleted groups
	out      map[string]bool     // suspended people
	members  map[string]bool     // "group user"
	rights   map[string]bool     // "holder vault right"
	archived map[string]bool
	itemIn   map[string]string // the vault that an item is in
	version  map[string]uint32
	steps    int
}

func newRightsModel(t *rapid.T, handles []*DB, n int) *rightsModel {
	m := &rightsModel{
		handles: handles, sessions: map[string][32]byte{}, gone: map[string]bool{}, out: map[string]bool{},
		members: map[string]bool{}, rights: map[string]bool{}, archived: map[string]bool{},
		itemIn: map[string]string{}, version: map[string]uint32{},
	}
	for i := range 3 {
		user, group, vaultID := fmt.Sprintf("n%du%d", n, i), fmt.Sprintf("n%dg%d", n, i), fmt.Sprintf("n%dv%d", n, i)
		must(t, m.any(t).AddUser(context.Background(), account.User{
			ID: user, Email: user + "@example.com", Name: user, Role: account.Member, CreatedAt: morning,
		}, "hash", auditEntry(audit.UserAdded, user)))
		must(t, m.any(t).AddGroup(context.Background(), account.Group{
			ID: group, Name: group, CreatedAt: morning,
		}, auditEntry(audit.GroupAdded, group)))
		m.users, m.groups = append(m.users, user), append(m.groups, group)
		m.vaults = append(m.vaults, vaultID)
		m.signIn(t, user)
		m.addVault(t, vaultID, fmt.Sprintf("n%di%d", n, i))
	}
	return m
}

// any is one of the two processes.
func (m *rightsModel) any(t *rapid.T) *DB { return rapid.SampledFrom(m.handles).Draw(t, "process") }

func (m *rightsModel) signIn(t *rapid.T, user string) {
	m.steps++
	s := account.Session{
		TokenHash: sha256.Sum256(fmt.Append(nil, user, m.steps)), UserID: user,
		CreatedAt: morning, LastUsed: morning, ExpiresAt: morning.Add(time.Hour),
	}
	must(t, m.any(t).AddSession(
		context.Background(), s, browserOf(s), "hash", auditEntry(audit.SignedIn, user)))
	m.sessions[user] = s.TokenHash
}

// put makes an item live in a vault, together with other changes.
func (m *rightsModel) put(t *rapid.T, vaultID, item string, changes local.Changes) error {
	m.steps++
	db, stage := m.any(t), fmt.Sprint(item, m.steps)
	must(t, db.StageItems(context.Background(), stage, []local.SealedItem{{
		VaultID: vaultID, ID: item, Version: m.version[item] + 1, Overview: []byte("o"), Body: []byte("b"),
	}}, itemTime))
	changes.Items = 1
	return db.GoLive(context.Background(), stage, changes,
		[]audit.Entry{auditEntry(audit.ItemMoved, vaultID+"/"+item)})
}

func (m *rightsModel) addVault(t *rapid.T, vaultID, item string) {
	var count int
	must(t, m.handles[0].read(context.Background()).row(`SELECT count(*) FROM vaults`).Scan(&count))
	must(t, m.put(t, vaultID, item, local.Changes{
		Vaults: []local.SealedVault{{ID: vaultID, Name: []byte(vaultID)}}, VaultCount: count,
	}))
	m.itemIn[item], m.version[item] = vaultID, 1
}

func (m *rightsModel) user(t *rapid.T) string { return rapid.SampledFrom(m.users).Draw(t, "user") }

func (m *rightsModel) group(t *rapid.T) string { return rapid.SampledFrom(m.groups).Draw(t, "group") }

func (m *rightsModel) vault(t *rapid.T) string { return rapid.SampledFrom(m.vaults).Draw(t, "vault") }

// grant replaces the rights of a person or of a group.
func (m *rightsModel) grant(t *rapid.T) {
	g := account.Grant{
		VaultID: m.vault(t), View: rapid.Bool().Draw(t, "view"), NoReveal: rapid.Bool().Draw(t, "noReveal"),
		Share: rapid.Bool().Draw(t, "share"), Manage: rapid.Bool().Draw(t, "manage"),
	}
	g.Edit = !g.NoReveal && rapid.Bool().Draw(t, "edit")
	g.View = g.View || g.Share || g.Edit || g.Manage
	holder := m.user(t)
	if g.UserID = holder; rapid.Bool().Draw(t, "toGroup") {
		holder = m.group(t)
		g.UserID, g.GroupID = "", holder
	}
	err := m.any(t).SetGrant(context.Background(), g, auditEntry(audit.GrantChanged, g.VaultID))
	if m.gone[holder] {
		m.wantGone(t, err)
		return
	}
	must(t, err)
	for right, has := range map[string]bool{
		"view": g.View, "reveal": g.View && !g.NoReveal, "share": g.Share, "edit": g.Edit, "manage": g.Manage,
	} {
		m.rights[holder+" "+g.VaultID+" "+right] = has
	}
}

func (m *rightsModel) wantGone(t *rapid.T, err error) {
	if fault.KindOf(err) != fault.NotFound {
		t.Fatalf("a change of what is gone: %v", err)
	}
}

func (m *rightsModel) member(t *rapid.T) {
	group, user, in := m.group(t), m.user(t), rapid.Bool().Draw(t, "in")
	err := m.any(t).SetMember(context.Background(), group, user, in, auditEntry(audit.MemberAdded, group))
	if m.gone[group] || m.gone[user] {
		m.wantGone(t, err)
		return
	}
	must(t, err)
	m.members[group+" "+user] = in
}

func (m *rightsModel) suspend(t *rapid.T) {
	user := m.user(t)
	if m.gone[user] {
		return
	}
	m.out[user] = !m.out[user]
	must(t, m.any(t).SetDisabled(
		context.Background(), user, m.out[user], auditEntry(audit.UserDisabled, user)))
	if m.out[user] {
		return
	}
	m.signIn(t, user)
}

// remove removes a person or deletes a group, rarely: nothing brings them back.
func (m *rightsModel) remove(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
		return
	}
	if group := m.group(t); rapid.Bool().Draw(t, "group") {
		err := m.any(t).DeleteGroup(context.Background(), group, auditEntry(audit.GroupDeleted, group))
		if m.gone[group] {
			m.wantGone(t, err)
			return
		}
		must(t, err)
		m.gone[group] = true
		return
	}
	user := m.user(t)
	if m.gone[user] {
		return
	}
	must(t, m.any(t).Remove(
		context.Background(), user, morning, auditEntry(audit.UserRemoved, user), nil))
	m.gone[user] = true
}

func (m *rightsModel) archive(t *rapid.T) {
	vaultID, at := m.vault(t), time.Time{}
	if m.archived[vaultID] = !m.archived[vaultID]; m.archived[vaultID] {
		at = morning
	}
	must(t, m.any(t).SetVaultArchived(
		context.Background(), vaultID, at, auditEntry(audit.VaultArchived, vaultID)))
}

// move moves an item to another vault. Nothing moves to an archived one.
func (m *rightsModel) move(t *rapid.T) {
	var item string
	for name, in := range m.itemIn {
		if item == "" || in+name < m.itemIn[item]+item {
			item = name
		}
	}
	from, to := m.itemIn[item], m.vault(t)
	if from == to {
		return
	}
	err := m.put(t, to, item, local.Changes{DropItems: []local.DroppedItem{{
		VaultID: from, ID: item, Version: m.version[item], MovedTo: to,
	}}})
	if m.archived[to] {
		if fault.KindOf(err) != fault.Conflict {
			t.Fatalf("a move to an archived vault: %v", err)
		}
		return
	}
	must(t, err)
	m.itemIn[item] = to
	m.version[item]++
}

// has reports whether a person has a right in a vault by themselves or by a group.
func (m *rightsModel) has(user, vaultID, right string) bool {
	if m.rights[user+" "+vaultID+" "+right] {
		return true
	}
	for _, group := range m.groups {
		if !m.gone[group] && m.members[group+" "+user] && m.rights[group+" "+vaultID+" "+right] {
			return true
		}
	}
	return false
}

// may is the rule: in an archived vault only managing counts, and nobody edits what they don't see.
func (m *rightsModel) may(user, vaultID, right string) bool {
	see := m.has(user, vaultID, "view") && !m.archived[vaultID]
	switch right {
	case "manage":
		return m.has(user, vaultID, "manage")
	case "edit":
		return see && m.has(user, vaultID, "reveal") && m.has(user, vaultID, "edit")
	}
	return see && m.has(user, vaultID, right)
}

// compare asks both processes what each person may do, as a request does.
func (m *rightsModel) compare(t *rapid.T) {
	for i, db := range m.handles {
		for _, user := range m.users {
			_, me, err := db.FindSession(context.Background(), m.sessions[user])
			if m.gone[user] || m.out[user] {
				if fault.KindOf(err) != fault.NotFound {
					t.Fatalf("process %d: %s is out, and in: %v", i, user, err)
				}
				continue
			}
			must(t, err)
			for _, vaultID := range m.vaults {
				m.compareVault(t, me, vaultID)
			}
			m.compareItems(t, db, me)
		}
	}
}

func (m *rightsModel) compareVault(t *rapid.T, me account.Identity, vaultID string) {
	for right, may := range map[string]func(string) bool{
		"view": me.MayView, "reveal": me.MayReveal, "share": me.MayShare, "edit": me.MayEdit,
		"manage": me.MayManage,
	} {
		if got, want := may(vaultID), m.may(me.User.ID, vaultID, right); got != want {
			t.Fatalf("%s of %s in %s: %v, want %v: %+v", right, me.User.ID, vaultID, got, want, me.Grants)
		}
	}
}

// compareItems asserts that an item is seen in the vault that it is in and in no other.
func (m *rightsModel) compareItems(t *rapid.T, db *DB, me account.Identity) {
	for item, in := range m.itemIn {
		for _, vaultID := range m.vaults {
			_, err := db.SealedItem(context.Background(), vaultID, item)
			sees := err == nil && me.MayView(vaultID)
			if want := in == vaultID && m.may(me.User.ID, vaultID, "view"); sees != want {
				t.Fatalf("%s sees %s in %s: %v, want %v (%v)", me.User.ID, item, vaultID, sees, want, err)
			}
		}
	}
}

// judge asserts that a link becomes live for those alone who may share at that moment.
func (m *rightsModel) judge(t *rapid.T) {
	user, vaultID, unseen := m.user(t), m.vault(t), rapid.Bool().Draw(t, "unseen")
	errUndo := errors.New("undo")
	err := m.any(t).write(context.Background(), "judge", func(tx *tx) error {
		d := share.Draft{Record: share.Record{OwnerID: user, VaultID: vaultID}, Unseen: unseen}
		if err := checkJudgement(tx, d); err != nil {
			return err
		}
		return errUndo
	})
	want := !m.gone[user] && !m.out[user] && m.may(user, vaultID, "share") &&
		(unseen || m.may(user, vaultID, "reveal"))
	if got := errors.Is(err, errUndo); got != want {
		t.Fatalf("%s shares from %s, unseen %v: %v, want %v (%v)", user, vaultID, unseen, got, want, err)
	}
}

// TestRightsOfAnyHistory compares what everybody may do with the model, after any history of grants,
// memberships, removals, archives and moves.
func TestRightsOfAnyHistory(t *testing.T) {
	handles, n := openTwice(t), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		m := newRightsModel(t, handles, n)
		t.Repeat(map[string]func(*rapid.T){
			"grant": m.grant, "grant again": m.grant, "grant once more": m.grant, "member": m.member,
			"member again": m.member, "suspend": m.suspend, "remove": m.remove, "archive": m.archive,
			"move": m.move, "judge": m.judge, "": m.compare,
		})
	})
	if t.Failed() {
		return
	}
	if countRows(t, handles[0], "audit_events") == 0 {
		t.Error("no history was written")
	}
}
