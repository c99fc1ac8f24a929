package local_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// SetArchived is a change that goes live without a stage.
func (s *beforeLive) SetArchived(
	ctx context.Context, vaultID, itemID string, at time.Time, entry audit.Entry,
) (bool, error) {
	s.then()
	return s.Store.SetArchived(ctx, vaultID, itemID, at, entry)
}

// rightsFixture has an item with two versions and a file, an archived one, and another vault.
type rightsFixture struct {
	*bench
	team, other    vault.Info
	item, archived vault.Item
}

func newRightsFixture(t *testing.T) *rightsFixture {
	t.Helper()
	f := &rightsFixture{bench: open(t)}
	f.team, f.other = f.vault("Team"), f.vault("Other")
	item := loginOf(f.team.ID, "One")
	item.Files = []vault.File{{ID: "a", Name: "a"}}
	f.item = f.create(item, map[string][]byte{"a": []byte("A")})
	f.item.Title = "Two"
	f.item = f.update(f.item, nil)
	f.archived = f.create(loginOf(f.team.ID, "Archived"), nil)
	if err := f.ArchiveItem(t.Context(), "", f.team.ID, f.archived.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"robot", "creator"} {
		f.exec(`INSERT INTO users (id, email, name, role, password_hash, created_at)
			VALUES (?, ?, '', 'admin', '', 0)`, id, id)
		f.exec(`INSERT INTO grants (user_id, vault_id, may_view, may_share, may_edit)
			SELECT ?, id, 1, 0, 1 FROM vaults`, id)
	}
	f.exec(`INSERT INTO service_accounts (user_id, token_hash, created_by, expires_at)
		VALUES ('robot', ?, 'creator', 0)`, []byte{1})
	return f
}

// itemChanges are the changes of items, each by a user.
func (f *rightsFixture) itemChanges(v *local.Vault) map[string]func(by string) error {
	ctx, team, item := f.t.Context(), f.team.ID, f.item.ID
	return map[string]func(by string) error{
		"create": func(by string) error {
			_, err := v.CreateItem(ctx, by, loginOf(team, "New"), nil)
			return err
		},
		"update": func(by string) error {
			changed := f.item
			changed.Title = "Three"
			_, err := v.UpdateItem(ctx, by, changed, nil)
			return err
		},
		"duplicate": func(by string) error {
			_, err := v.DuplicateItem(ctx, by, team, item)
			return err
		},
		"move": func(by string) error {
			_, err := v.MoveItem(ctx, by, team, item, f.other.ID)
			return err
		},
		"restore a version": func(by string) error {
			_, err := v.RestoreVersion(ctx, by, team, item, 1, 2)
			return err
		},
		"add a file": func(by string) error {
			sent := false
			_, err := v.AddFiles(ctx, by, team, item, vault.MaxFileBytes, func() (vault.NewFile, error) {
				if sent {
					return vault.NewFile{}, io.EOF
				}
				sent = true
				return vault.NewFile{Name: "b", Content: strings.NewReader("B")}, nil
			})
			return err
		},
		"remove a file": func(by string) error {
			return v.RemoveFile(ctx, by, team, item, f.item.Files[0].ID)
		},
		"archive": func(by string) error { return v.ArchiveItem(ctx, by, team, item) },
		"restore": func(by string) error { return v.RestoreItem(ctx, by, team, f.archived.ID) },
		"delete":  func(by string) error { return v.DeleteItem(ctx, by, team, f.archived.ID) },
	}
}

// TestARightThatEndsBeforeTheCommit ends the right of whoever changes an item after it was checked, and
// right before the change is committed: nothing changes.
func TestARightThatEndsBeforeTheCommit(t *testing.T) {
	const ofVault = ` WHERE user_id = 'ann' AND vault_id = ?`
	changes := slices.Collect(maps.Keys(newRightsFixture(t).itemChanges(nil)))
	for why, c := range map[string]struct {
		by  string
		end func(f *rightsFixture)
	}{
		"nothing ends": {"ann", nil},
		"suspended": {"ann", func(f *rightsFixture) {
			f.exec(`UPDATE users SET disabled = 1 WHERE id = 'ann'`)
		}},
		"no grant": {"ann", func(f *rightsFixture) { f.exec(`DELETE FROM grants`+ofVault, f.team.ID) }},
		"to view alone": {"ann", func(f *rightsFixture) {
			f.exec(`UPDATE grants SET may_edit = 0`+ofVault, f.team.ID)
		}},
		"another's grant": {"ben", func(f *rightsFixture) {
			f.exec(`UPDATE grants SET may_edit = 0 WHERE user_id = 'ben' AND vault_id = ?`, f.team.ID)
		}},
		"a revoked token": {"robot", func(f *rightsFixture) {
			f.exec(`UPDATE service_accounts SET revoked_at = 1`)
		}},
		"its creator's": {"robot", func(f *rightsFixture) {
			f.exec(`UPDATE users SET disabled = 1 WHERE id = 'creator'`)
		}},
		"nobody":                  {"nobody", func(*rightsFixture) {}},
		"the command line's":      {"", nil},
		"nothing ends of a token": {"robot", nil},
	} {
		for _, what := range changes {
			t.Run(why+", "+what, func(t *testing.T) { // its database is closed before the next is opened
				f := newRightsFixture(t)
				v := f.over(&beforeLive{Store: f.db, then: func() {
					if c.end != nil {
						c.end(f)
					}
				}})
				before := f.state()
				err := f.itemChanges(v)[what](c.by)
				after, staged := f.state(), f.count("item_stages")
				switch {
				case c.end == nil && (err != nil || after == before):
					t.Errorf("%v", err)
				case c.end != nil && (fault.KindOf(err) != fault.Forbidden || after != before || staged != 0):
					t.Errorf("%v, %d stages are left\n%s\n%s", err, staged, before, after)
				}
			})
		}
	}
}

// state sums up all items with their versions, files and events.
func (f *rightsFixture) state() string {
	var all []string
	for _, from := range []string{
		"items", "item_versions", "files", "files WHERE gone_version > 0", "items WHERE archived_at > 0",
		"items WHERE vault_id = '" + f.team.ID + "'", "items WHERE version = 3", "audit_events",
	} {
		all = append(all, fmt.Sprint(from, ": ", f.count(from)))
	}
	return strings.Join(all, ", ")
}

// TestAMoveNeedsBothVaults ends the right in the vault that an item is moved to.
func TestAMoveNeedsBothVaults(t *testing.T) {
	f := newRightsFixture(t)
	v := f.over(&beforeLive{Store: f.db, then: func() {
		f.exec(`UPDATE grants SET may_edit = 0 WHERE user_id = 'ann' AND vault_id = ?`, f.other.ID)
	}})
	before := f.state()
	_, err := v.MoveItem(t.Context(), "ann", f.team.ID, f.item.ID, f.other.ID)
	if fault.KindOf(err) != fault.Forbidden || f.state() != before {
		t.Errorf("%v: %s", err, f.state())
	}
}
