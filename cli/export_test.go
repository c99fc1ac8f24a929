package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"itemshare/vault/importer"
)

// TestExport exports a vault to a new file that nobody else can read, and reads it again.
func TestExport(t *testing.T) {
	data := newDataWithPeople(t)
	imported := writeExport(t, "A", exportItem("i1", "One", "")+","+exportItem("i2", "Two", ""))
	if got := command(t, data, "", "import", "--owner", "ann@example.com", imported); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	path := filepath.Join(t.TempDir(), "out.1pux")
	got := command(t, data, "", "export", "--vault", "Private", path)
	if got.code != 0 || !strings.Contains(got.stdout, "2 items") || !strings.Contains(got.stdout, "unencrypted") {
		t.Fatalf("%+v", got)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	archive, err := importer.Read(t.Context(), path, importer.Options{})
	must(t, err)
	if archive.Entries != 2 || archive.Report.Problems != 0 {
		t.Errorf("%d entries, %+v", archive.Entries, archive.Report)
	}
	must(t, archive.Close())
	if got := command(t, data, "", "export", "--vault", "Private", path); got.code != 1 ||
		!strings.Contains(got.stderr, "exists already") {
		t.Errorf("over a file: %+v", got)
	}
	other := filepath.Join(t.TempDir(), "none.1pux")
	if got := command(t, data, "", "export", "--vault", "Nowhere", other); got.code != 1 {
		t.Errorf("no such vault: %+v", got)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a file of a vault that isn't there")
	}
}
