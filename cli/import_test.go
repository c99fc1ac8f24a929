package cli

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"itemshare/vault"
)

// writeExport writes an export of one account's vault Private.
func writeExport(t *testing.T, account, items string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.1pux")
	file, err := os.Create(path)
	must(t, err)
	z := zip.NewWriter(file)
	data, err := z.Create("export.data")
	must(t, err)
	fmt.Fprintf(
		data,
		`{"accounts":[{"attrs":{"uuid":%q},"vaults":[{"attrs":{"uuid":"v%s","name":"Private"},"items":[%s]}]}]}`,
		account,
		account,
		items,
	)
	_, err = z.Create("files/avatar.png")
	must(t, err)
	must(t, z.Close())
	must(t, file.Close())
	return path
}

func exportItem(id, title, more string) string {
	quoted, err := json.Marshal(title)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(
		`{"uuid":%q,"categoryUuid":"003","overview":{"title":%s}%s}`,
		id,
		quoted,
		more,
	)
}

func newDataWithPeople(t *testing.T) string {
	t.Helper()
	data := newData(t)
	for _, name := range []string{"ann", "max"} {
		got := command(
			t,
			data,
			password+"\n",
			"user",
			"add",
			"--email",
			name+"@example.com",
			"--name",
			name,
			"--role",
			"member",
			"--password-stdin",
		)
		if got.code != 0 {
			t.Fatalf("%+v", got)
		}
	}
	return data
}

// TestImportForTwoPeople imports two people's vaults of one name: neither sees the other's.
func TestImportForTwoPeople(t *testing.T) {
	data := newDataWithPeople(t)
	ofAnn := writeExport(t, "A", exportItem("i", "Ann's", ""))
	for name, path := range map[string]string{
		"ann": ofAnn, "max": writeExport(t, "M", exportItem("i", "Max's", "")),
	} {
		if got := command(t, data, "", "import", "--owner", name+"@example.com", path); got.code != 0 ||
			!strings.Contains(got.stdout, "vault Private (new") {
			t.Fatalf("%s: %+v", name, got)
		}
	}
	got := command(t, data, "", "import", "--owner", "max@example.com", ofAnn)
	if !strings.Contains(got.stdout, "already there, so max@example.com was given no access") ||
		!strings.Contains(got.stdout, "1 unchanged") || !strings.Contains(got.stdout, "(ID ") {
		t.Errorf("ann's again, for max: %+v", got)
	}
	must(t, onInstallation(t, data, func(p *program, in *installation) error {
		vaults, err := in.vault.Vaults(p.ctx)
		if err != nil || len(vaults) != 2 {
			t.Errorf("vaults %v, %v", vaults, err)
		}
		users, err := in.accounts.Users(p.ctx)
		must(t, err)
		ids := make([]string, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		grants, err := in.accounts.GrantsOf(p.ctx, ids)
		if err != nil || len(grants) != 2 || grants[0].UserID == grants[1].UserID ||
			grants[0].VaultID == grants[1].VaultID {
			t.Errorf("grants %+v, %v", grants, err)
		}
		for _, g := range grants {
			user, err := in.accounts.UserByEmail(p.ctx, "ann@example.com")
			must(t, err)
			page, err := in.vault.Browse(p.ctx, vault.Query{Vaults: []string{g.VaultID}, Limit: 10})
			must(t, err)
			if want := map[bool]string{
				true:  "Ann's",
				false: "Max's",
			}[g.UserID == user.ID]; page.Items[0].Title != want {
				t.Errorf("%+v sees %q", g, page.Items[0].Title)
			}
		}
		return nil
	}))
	if got := command(t, data, "", "import", "--vault", "private",
		"--owner", "ann@example.com", ofAnn); got.code != 1 ||
		!strings.Contains(got.stderr, "Use an ID instead") {
		t.Errorf("a name of two vaults: %+v", got)
	}
}

// TestImportReports what was left out, as text and as JSON; --strict imports nothing then.
func TestImportReports(t *testing.T) {
	data := newDataWithPeople(t)
	path := writeExport(t, "A", strings.Join([]string{
		exportItem(
			"1",
			"Good",
			`,"favIndex":1`,
		), exportItem("2", "Bad\x1b[2J", `,"createdAt":"2024-01-01"`),
		exportItem(
			"3",
			"Filed",
			`,"state":"archived"`,
		), exportItem("4", "Binned", `,"trashed":true`),
	}, ","))
	owner := []string{"import", "--owner", "ann@example.com"}
	run := func(flags ...string) result {
		return command(t, data, "", slices.Concat(owner, flags, []string{path})...)
	}
	got := run("--strict", "--json")
	var report importReport
	must(t, json.Unmarshal([]byte(got.stdout), &report))
	if got.code != 1 || report.Imported || report.Problems != 1 ||
		!strings.Contains(got.stderr, "--strict") {
		t.Errorf("strict: %+v", got)
	}
	if strings.Contains(got.stderr, "Bad") {
		t.Errorf("the error holds a title: %s", got.stderr)
	}
	if got = run("--dry-run", "--json"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	report = importReport{}
	must(t, json.Unmarshal([]byte(got.stdout), &report))
	if report.Added != 2 || !report.DryRun || report.Imported || report.Balance.Items != 4 ||
		len(report.Findings) != 4 ||
		report.Vaults[0].ID != "" ||
		!slices.Equal(report.Unused, []string{"files/avatar.png"}) {
		t.Errorf("dry run: %+v", report)
	}
	got = run()
	for _, want := range []string{
		"2 items added", "Items in the export: 4, of which 2 were read.", "A mark as favorite was left out.",
		"Private / Good", `Private / Bad\u001b[2J / createdAt`, "An archived item was left out. Include archived",
		"Private / Filed", "A recently deleted item was left out.", "Private / Binned", "files/avatar.png",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("missing %q in\n%s", want, got.stdout)
		}
	}
	if got = run("--archived"); !strings.Contains(
		got.stdout,
		"1 items added, 0 updated, 2 unchanged",
	) {
		t.Errorf("archived: %+v", got)
	}
}

// TestImportCSV imports a CSV file of no known program, and again with every decision about duplicates.
func TestImportCSV(t *testing.T) {
	data := newDataWithPeople(t)
	path := filepath.Join(t.TempDir(), "a.csv")
	must(t, os.WriteFile(path, []byte("Service;Login;Pass\nWiki;ann;one\n"), 0o600))
	got := command(t, data, "", "import", "--owner", "ann@example.com", path)
	if got.code != 1 || !strings.Contains(got.stderr, "--columns 'Service=title,Login=username,Pass=password'") {
		t.Fatalf("%+v", got)
	}
	importAgain := func(more ...string) string {
		args := []string{
			"import", "--owner", "ann@example.com", "--vault", "Team",
			"--columns", "Service=title,Login=username,Pass=password",
		}
		got := command(t, data, "", append(append(args, more...), path)...)
		if got.code != 0 {
			t.Fatalf("%+v", got)
		}
		return got.stdout
	}
	if got := importAgain(); !strings.Contains(got, "1 items added") {
		t.Errorf("got %s", got)
	}
	must(t, os.WriteFile(path, []byte("Service;Login;Pass\nWiki;ann;two\n"), 0o600))
	if got := importAgain(); !strings.Contains(got, "1 skipped") ||
		!strings.Contains(got, "Team / Wiki: skipped") {
		t.Errorf("got %s", got)
	}
	var report struct {
		Skipped int
		Entries []struct {
			Entry                     int
			Title, Outcome, Duplicate string
		}
	}
	must(t, json.Unmarshal([]byte(importAgain("--duplicates", "keep", "--json", "--dry-run")), &report))
	if len(report.Entries) != 1 || report.Entries[0].Outcome != "added" ||
		report.Entries[0].Duplicate != "look" || report.Entries[0].Title != "Wiki" {
		t.Errorf("got %+v", report)
	}
	if got := importAgain("--duplicates", "update"); !strings.Contains(got, "1 updated") {
		t.Errorf("got %s", got)
	}
}

// TestImportMapsVaults: single vaults of an export go to vaults of other names; a name that the export
// doesn't have stops the import.
func TestImportMapsVaults(t *testing.T) {
	data, _ := newInstallation(t)
	path := filepath.Join(t.TempDir(), "export.csv")
	must(t, os.WriteFile(path, []byte("vault,name,pass\nHome,Router,1\nBig Office,Desk,2\n"), 0o600))
	args := []string{"import", "--columns", "vault=vault,name=title,pass=password", path}
	for _, more := range [][]string{{"--dry-run"}, nil} {
		got := command(t, data, "", append(args, append(more, "--map", "Attic=Team")...)...)
		if got.code != 1 || !strings.Contains(got.stderr, "no vault Attic to map, but: Home, Big Office") {
			t.Errorf("an unknown vault, %v: %+v", more, got)
		}
	}
	if got := command(t, data, "", "vault", "list"); strings.Contains(got.stdout, "Home") {
		t.Errorf("a refused import left %s", got.stdout)
	}
	got := command(t, data, "", append(args, "--map", "big office=Team", "--map", "home=Our home")...)
	if got.code != 0 || !strings.Contains(got.stdout, "vault Team (new): 1 added") ||
		!strings.Contains(got.stdout, "vault Our home (new): 1 added") {
		t.Errorf("mapped: %+v", got)
	}
}
