package cli

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/db"
	"itemshare/db/dbtest"
)

// writeRelease writes the fixture of a release: go test ./cli -run TestWriteRelease -write-release 0.2.0
var writeRelease = flag.String("write-release", "", "the release whose fixture is written")

// releasedAt is the clock of the fixtures: their links expire a month later.
var releasedAt = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// release is what a fixture has beside the dumps.
type release struct {
	Key     string   // the master key
	Links   []string // that open, for any number of views
	Used    string   // a one-time link that was opened
	Titles  []string // of the links' items
	Folders []string // names of the vaults
}

// TestUpgrade starts this version on the database of each earlier release, on both engines: the links
// open as before, and no other does.
func TestUpgrade(t *testing.T) {
	folders, err := filepath.Glob("testdata/releases/*")
	must(t, err)
	if len(folders) == 0 {
		t.Fatal("there are no fixtures")
	}
	for _, folder := range folders {
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(filepath.Base(folder)+"/"+engine, func(t *testing.T) {
				about := readRelease(t, folder)
				t.Setenv("ITEMSHARE_MASTER_KEY", about.Key)
				data := newData(t)
				must(t, os.Mkdir(data, 0o700))
				url := loadRelease(t, folder, engine, data)
				t.Setenv("ITEMSHARE_DATABASE", url)
				checkUpgraded(t, about, data)
			})
		}
	}
}

func checkUpgraded(t *testing.T, about release, data string) {
	s := startAt(t, releasedAt, data)
	for i, link := range about.Links {
		got := commandAt(t, releasedAt, data, "", "open", "--reveal", s.at(link))
		if got.code != 0 || !strings.Contains(got.stdout, about.Titles[i]) {
			t.Errorf("a link of the release: %+v, want %q", got, about.Titles[i])
		}
	}
	if got := commandAt(t, releasedAt, data, "", "open", "--reveal", s.at(about.Used)); got.code == 0 {
		t.Error("a used link opens again")
	}
	if got := commandAt(t, releasedAt, data, "", "audit", "verify"); got.code != 0 {
		t.Errorf("the audit log: %+v", got)
	}
	backup := filepath.Join(t.TempDir(), "backup")
	got := commandAt(t, releasedAt, data, "", "backup", "--verify", backup)
	if got.code != 0 || !strings.Contains(got.stdout, fmt.Sprint(len(about.Folders), " vaults")) {
		t.Errorf("every item opens: %+v", got)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// at returns a link at this server's address.
func (s *runningServer) at(link string) string {
	_, secret, _ := strings.Cut(link, "#")
	return s.url + "/s#" + secret
}

// startAt starts a server whose clock began to run at a time.
func startAt(t *testing.T, at time.Time, data string, flags ...string) *runningServer {
	t.Helper()
	return startServerAt(t, clockFrom(at), data, flags...)
}

func clockFrom(at time.Time) func() time.Time {
	begun := time.Now()
	return func() time.Time { return at.Add(time.Since(begun)) }
}

func commandAt(t *testing.T, at time.Time, data, stdin string, args ...string) result {
	t.Helper()
	t.Setenv("ITEMSHARE_DATA", data)
	var stdout, stderr bytes.Buffer
	code := runAt(t.Context(), clockFrom(at), args, strings.NewReader(stdin), &stdout, &stderr, OnePassword())
	return result{code, stdout.String(), stderr.String()}
}

func readRelease(t *testing.T, folder string) (about release) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "release.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &about))
	return about
}

// loadRelease loads a dump into an empty database and returns its URL.
func loadRelease(t *testing.T, folder, engine, data string) string {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join(folder, engine+".sql"))
	must(t, err)
	driver, address, url := "sqlite3", filepath.Join(data, "itemshare.db"), ""
	if engine == "postgres" {
		url = dbtest.Schema(t)
		driver, address = "pgx", url+"&default_query_exec_mode=simple_protocol"
	} else {
		url = "sqlite:" + address
	}
	database, err := sql.Open(driver, address)
	must(t, err)
	defer database.Close()
	_, err = database.ExecContext(t.Context(), string(dump))
	must(t, err)
	if engine == "sqlite" {
		must(t, os.Chmod(address, 0o600))
	}
	return url
}

// TestWriteRelease writes the fixture that a flag names.
func TestWriteRelease(t *testing.T) {
	if *writeRelease == "" {
		return
	}
	folder := filepath.Join("testdata/releases", *writeRelease)
	must(t, os.MkdirAll(folder, 0o755))
	about := release{Key: "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo="}
	t.Setenv("ITEMSHARE_MASTER_KEY", about.Key)
	data := newData(t)
	s := startAt(t, releasedAt, data)
	must(t, s.fill(t, data, &about))
	if code := s.stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	file := filepath.Join(data, "itemshare.db")
	must(t, os.WriteFile(filepath.Join(folder, "sqlite.sql"), []byte(dumpSQLite(t, file)), 0o644))
	url := dbtest.Schema(t)
	must(t, db.Copy(
		t.Context(), db.Config{URL: "sqlite:" + file}, db.Config{URL: url}, func(string, int64) {},
	))
	must(t, os.WriteFile(filepath.Join(folder, "postgres.sql"), []byte(dumpPostgres(t, url)), 0o644))
	text, err := json.MarshalIndent(about, "", "  ")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "release.json"), append(text, '\n'), 0o644))
}

// fill shares items with a service account, and opens one of the links.
func (s *runningServer) fill(t *testing.T, data string, about *release) error {
	about.Folders = []string{"Team"}
	for _, args := range []string{
		"user add --email ada@example.com --name Ada --role admin --password-stdin",
		"user add --email max@example.com --name Max --role member --password-stdin",
		"vault add Team", "vault grant --vault Team --email ada@example.com --share --edit",
		"vault grant --vault Team --email max@example.com --view",
	} {
		if got := commandAt(t, releasedAt, data, password+"\n", strings.Fields(args)...); got.code != 0 {
			t.Fatalf("%s: %+v", args, got)
		}
	}
	added := commandAt(t, releasedAt, data, "", "service-account", "add", "--name", "Release",
		"--vault", "Team", "--share-items", "--edit-items")
	token := regexp.MustCompile(`itemshare_[A-Za-z0-9_-]+`).FindString(added.stdout)
	t.Setenv("ITEMSHARE_TOKEN", token)
	run := func(args ...string) string {
		got := commandAt(t, releasedAt, data, "", append(args, "--url", s.url)...)
		if got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
		return got.stdout
	}
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, []byte("the content of a file\n"), 0o600); err != nil {
		return err
	}
	link := regexp.MustCompile(`\S+/s#\S+`)
	for _, title := range []string{"Of the release", "Used"} {
		id := strings.Fields(run("item", "create", "--title", title, "--vault", "Team", "username=deploy",
			"password[concealed]=hunter2", "--file", file))[0]
		run("item", "edit", id, "--notes", "a second version")
		args := []string{"share", id, "--expires", "ThirtyDays"}
		if title == "Used" {
			about.Used = link.FindString(run(append(args, "--once")...))
			continue
		}
		about.Links = append(about.Links, link.FindString(run(args...)))
		about.Titles = append(about.Titles, title)
	}
	about.Links = append(about.Links, link.FindString(run("share", "--text", "of no vault", "--title", "Text")))
	about.Titles = append(about.Titles, "Text")
	if got := commandAt(t, releasedAt, data, "", "open", "--reveal", about.Used); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	return nil
}

// dumpSQLite returns the statements that make a database anew.
func dumpSQLite(t *testing.T, file string) string {
	t.Helper()
	database, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	must(t, err)
	defer database.Close()
	var out strings.Builder
	list := func(query string, line func(values ...any)) {
		rows, err := database.Query(query)
		must(t, err)
		defer rows.Close()
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values, places := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				places[i] = &values[i]
			}
			must(t, rows.Scan(places...))
			line(values...)
		}
		must(t, rows.Err())
	}
	var names []string
	list(`SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
		ORDER BY type <> 'table', rowid`, func(values ...any) {
		fmt.Fprintf(&out, "%s;\n", values[1])
		if strings.HasPrefix(values[1].(string), "CREATE TABLE") {
			names = append(names, values[0].(string))
		}
	})
	for _, name := range names {
		list(`SELECT * FROM `+name, func(values ...any) {
			texts := make([]string, len(values))
			for i, value := range values {
				texts[i] = literal(value)
			}
			fmt.Fprintf(&out, "INSERT INTO %s VALUES (%s);\n", name, strings.Join(texts, ","))
		})
	}
	return out.String()
}

func literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case []byte:
		return "x'" + hex.EncodeToString(v) + "'"
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	case time.Time:
		return "'" + v.UTC().Format(time.DateTime) + "'"
	}
	return fmt.Sprint(value)
}

// dumpPostgres is pg_dump of a schema, without the schema's name.
func dumpPostgres(t *testing.T, url string) string {
	t.Helper()
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	address, schema, _ := strings.Cut(url, "&search_path=")
	out, err := exec.CommandContext(context.Background(), programs[len(programs)-1], "--inserts", "--no-owner",
		"--no-privileges", "--no-comments", "--schema="+schema, address).Output()
	must(t, err)
	text := strings.ReplaceAll(string(out), schema+".", "")
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "--") || strings.HasPrefix(line, "SET ") || line == "" ||
			strings.HasPrefix(line, "CREATE SCHEMA") || strings.HasPrefix(line, `\`) ||
			strings.Contains(line, "set_config('search_path'")
	})
	return strings.Join(lines, "\n") + "\n"
}
