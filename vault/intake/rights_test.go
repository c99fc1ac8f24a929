package intake_test

import (
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

const exportWithArchived = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n" +
	"Live,https://l.example,ann,one,,false,false,,\nFiled,https://f.example,ann,two,,false,true,,\n"

// TestArchivedEntriesArriveArchived asserts that what is archived in the export, and asked for, is in the
// archive afterwards and in no list.
func TestArchivedEntriesArriveArchived(t *testing.T) {
	b := open(t)
	b.work()
	id := b.receive(exportWithArchived, vault.ImportChoices{NewVault: "Team", Archived: true})
	if job := b.await(id); job.Summary == nil || job.Summary.Added != 2 {
		t.Fatalf("dry run: %+v, %+v", job, job.Summary)
	}
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	if job := b.await(id); job.State != vault.ImportDone {
		t.Fatalf("%+v", job)
	}
	vaults, err := b.vault.Vaults(t.Context())
	noError(t, err)
	for archived, want := range map[bool]string{false: "Live", true: "Filed"} {
		page, err := b.vault.Browse(t.Context(), vault.Query{
			Vaults: []string{vaults[0].ID}, Archived: archived, Limit: 10,
		})
		if err != nil || len(page.Items) != 1 || page.Items[0].Title != want {
			t.Errorf("archived %v: %+v, %v, want %s", archived, page.Items, err, want)
		}
	}
}

// TestRightsAreCheckedAsItGoesLive asserts that an import whose owner lost a right while it waited leaves
// nothing.
func TestRightsAreCheckedAsItGoesLive(t *testing.T) {
	b := open(t)
	b.work()
	id := b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"})
	b.await(id)
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	b.await(id)
	vaults, err := b.vault.Vaults(t.Context())
	noError(t, err)
	team := vaults[0].ID

	more := strings.ReplaceAll(exportOfTwo, "example", "example.org")
	entry, err := b.log.Entry(audit.Event{Kind: audit.GrantChanged, At: b.now})
	noError(t, err)
	noError(t, b.db.AddUser(t.Context(), account.User{
		ID: "u2", Email: "bob@example.com", Name: "Bob", Role: account.Admin, CreatedAt: b.now,
	}, "hash", entry)) // the last admin can't be suspended
	for _, c := range []struct {
		name    string
		choices vault.ImportChoices
		end     func() error
	}{
		{"an editor who is none any more", vault.ImportChoices{Target: team}, func() error {
			grant := account.Grant{UserID: "u1", VaultID: team, View: true}
			return b.db.SetGrant(t.Context(), grant, entry)
		}},
		{"a suspended admin", vault.ImportChoices{NewVault: "Other"}, func() error {
			return b.db.SetDisabled(t.Context(), "u1", true, entry)
		}},
	} {
		id := b.receive(more, c.choices)
		if job := b.await(id); job.State != vault.ImportReady {
			t.Fatalf("%s: %+v", c.name, job)
		}
		before := len(b.titles())
		noError(t, c.end())
		noError(t, b.Start(t.Context(), b.me, id, vault.KeepDuplicates, nil)) // by rights of before
		job := b.await(id)
		if job.State != vault.ImportReady || !strings.Contains(job.Problem, "permission") ||
			len(b.titles()) != before {
			t.Errorf("%s: %+v, %v", c.name, job, b.titles())
		}
	}
}

// TestColumnsWithoutATitle asserts that columns of which no item can be made are refused at once, and that
// a file that nobody can read is told from one that other choices help.
func TestColumnsWithoutATitle(t *testing.T) {
	b := open(t)
	b.work()
	choices := vault.ImportChoices{NewVault: "Team"}
	id := b.receive("Service,Login\nWiki,ann\n", choices)
	b.await(id)
	choices.Columns = []string{"username", ""}
	err := b.Read(t.Context(), b.me, id, choices)
	if fault.KindOf(err) != fault.Invalid ||
		!strings.Contains(fault.ProblemsOf(err)[0].Detail, "holds the title") {
		t.Errorf("without a title: %v", err)
	}
	if job := b.await(id); job.State != vault.ImportColumns {
		t.Errorf("after it: %+v", job)
	}
	broken := b.await(b.receive("PK\x03\x04 half of an archive", vault.ImportChoices{NewVault: "Team"}))
	if broken.State != vault.ImportFailed || !broken.Broken {
		t.Errorf("a broken file: %+v", broken)
	}
}

// TestSingleVaultsElsewhere asserts that single vaults of an export go where they are sent, and only where
// the person may edit.
func TestSingleVaultsElsewhere(t *testing.T) {
	b := open(t)
	b.work()
	const export = "Type,Vault,Title,Username,Password\nlogin,Home,One,ann,1\nlogin,Work,Two,ann,2\n"
	id := b.receive(export, vault.ImportChoices{})
	columns := []string{"", "vault", "title", "username", "password"}
	if b.await(id).State == vault.ImportColumns {
		noError(t, b.Read(t.Context(), b.me, id, vault.ImportChoices{Columns: columns}))
	}
	job := b.await(id)
	if job.Summary == nil || len(job.Summary.Sources) != 2 || len(job.Summary.Vaults) != 2 {
		t.Fatalf("dry run: %+v, %+v", job, job.Summary)
	}
	work := job.Summary.Sources[1]
	choices := job.Choices
	choices.Sources = map[string]vault.ImportPlace{work.ID: {NewVault: "Team"}}
	member := vault.ImportRights{UserID: "u1", MayEdit: func(id string) bool { return id == "theirs" }}
	choices.Target = "theirs"
	for _, place := range []vault.ImportPlace{{NewVault: "Team"}, {Target: "other"}} {
		choices.Sources[work.ID] = place
		err := b.Read(t.Context(), member, id, choices)
		if fault.KindOf(err) != fault.Invalid || fault.ProblemsOf(err)[0].Field != "to-"+work.ID {
			t.Errorf("a member, into %+v: %v", place, err)
		}
	}
	choices.Target, choices.Sources[work.ID] = "", vault.ImportPlace{NewVault: "Team"}
	noError(t, b.Read(t.Context(), b.me, id, choices))
	job = b.await(id)
	if job.Summary.Vaults[0].Title != "Home" || job.Summary.Vaults[1].Title != "Team" {
		t.Fatalf("dry run: %+v", job.Summary)
	}
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	if job = b.await(id); job.State != vault.ImportDone || strings.Join(b.titles(), " ") != "Home/One Team/Two" {
		t.Errorf("imported %+v, %v", job, b.titles())
	}
}
