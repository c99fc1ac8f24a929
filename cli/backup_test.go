package cli

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackupKeeps writes backups into a folder and keeps the newest; other files stay.
func TestBackupKeeps(t *testing.T) {
	data, _ := newInstallation(t)
	folder := filepath.Join(t.TempDir(), "back[ups]")
	var made []string
	for range 4 {
		wantCode(t, 0, command(t, data, "", "backup", "--keep", "2", folder))
		files, err := os.ReadDir(folder)
		must(t, err)
		made = append(made, files[len(files)-1].Name())
		must(t, os.WriteFile(filepath.Join(folder, "another.file"), nil, 0o600))
	}
	files, err := os.ReadDir(folder)
	must(t, err)
	if len(files) != 3 || files[0].Name() != "another.file" || files[1].Name() != made[2] ||
		files[2].Name() != made[3] {
		t.Errorf("the folder has %v, made were %q", files, made)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", info.Mode(), err)
	}
	if got := command(t, data, "", "backup", "--keep", "-1", folder); got.code != 1 {
		t.Errorf("a negative number: %+v", got)
	}
}

// TestBackupVerified: a backup is removed if an item in it doesn't open, and earlier ones stay.
func TestBackupVerified(t *testing.T) {
	data := newData(t)
	startDemo(t, data).stop()
	folder := t.TempDir()
	done := command(t, data, "", "backup", "--verify", "--keep", "1", folder)
	wantCode(t, 0, done)
	if !strings.Contains(done.stdout, "3 vaults and") || !strings.Contains(done.stdout, "events") {
		t.Errorf("it said %q", done.stdout)
	}
	earlier, err := os.ReadDir(folder)
	must(t, err)
	if len(earlier) != 1 { // nor the folder of the check
		t.Fatalf("the folder has %v", earlier)
	}

	database, err := sql.Open("sqlite3", filepath.Join(data, "itemshare.db"))
	must(t, err)
	var sealed []byte
	must(t, database.QueryRow(`SELECT body FROM item_bodies LIMIT 1`).Scan(&sealed))
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	_, err = database.Exec(`UPDATE item_bodies SET body = ? WHERE body = ?`, damaged, sealed)
	must(t, err)
	must(t, database.Close())
	got := command(t, data, "", "backup", "--verify", "--keep", "1", folder)
	if got.code != 1 || !strings.Contains(got.stderr, "removed") ||
		!strings.Contains(got.stderr, "item") {
		t.Errorf("a damaged item: %+v", got)
	}
	left, err := os.ReadDir(folder)
	must(t, err)
	if len(left) != 1 || left[0].Name() != earlier[0].Name() {
		t.Errorf("the folder has %v, want the earlier backup alone", left)
	}
}

// TestDoctorKnowsTheLastBackup: doctor says whether there is a backup and whether it was checked, and a
// restored installation has none.
func TestDoctorKnowsTheLastBackup(t *testing.T) {
	data, _ := newInstallation(t)
	says := func(data, want string) {
		t.Helper()
		said := doctorLines(t, command(t, data, "", "doctor").stdout)["backups"]
		if !strings.Contains(said, want) {
			t.Errorf("doctor says %q, want %q", said, want)
		}
	}
	says(data, "note: itemshare backup has made none")
	folder := t.TempDir()
	wantCode(t, 0, command(t, data, "", "backup", filepath.Join(folder, "one")))
	says(data, "not checked")
	wantCode(t, 0, command(t, data, "", "backup", "--verify", filepath.Join(folder, "two")))
	says(data, "ok: the last one was made 0s ago")

	restored := newData(t)
	must(t, os.MkdirAll(restored, 0o700))
	key, err := os.ReadFile(filepath.Join(data, "master.key"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(restored, "master.key"), key, 0o600))
	wantCode(t, 0, command(t, restored, "", "restore", filepath.Join(folder, "two")))
	says(restored, "note: itemshare backup has made none")
}
