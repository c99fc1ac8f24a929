package cli

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// doctorChecks are the checks, in the order of their lines.
var doctorChecks = []string{
	"configuration", "permissions", "database", "keys", "clock", "mail", "proxy", "sweeper", "audit chain",
	"people", "unsent mail", "webhooks", "backups",
}

// lines returns what doctor said about each check: the verdict and the text.
func doctorLines(t *testing.T, stdout string) map[string]string {
	t.Helper()
	form := regexp.MustCompile(`^(ok|note|wrong|-) +(` + strings.Join(doctorChecks, "|") + `) +(\S.*)$`)
	said := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(stdout, "\n"), "\n") {
		parts := form.FindStringSubmatch(line)
		if parts == nil || i >= len(doctorChecks) || parts[2] != doctorChecks[i] {
			t.Fatalf("line %d is %q\n%s", i+1, line, stdout)
		}
		said[parts[2]] = parts[1] + ": " + parts[3]
	}
	if len(said) != len(doctorChecks) {
		t.Fatalf("%d lines, want %d\n%s", len(said), len(doctorChecks), stdout)
	}
	return said
}

// TestDoctorOfAHealthyInstallation: a line for each check, exit 0, and nothing is changed.
func TestDoctorOfAHealthyInstallation(t *testing.T) {
	data, _ := newInstallation(t)
	before := listing(t, data)
	got := command(t, data, "", "doctor")
	for check, said := range doctorLines(t, got.stdout) {
		if strings.HasPrefix(said, "wrong") || strings.HasPrefix(said, "-") {
			t.Errorf("%s: %s", check, said)
		}
	}
	if got.code != 0 || got.stderr != "" || listing(t, data) != before {
		t.Errorf("%+v, left %s", got, listing(t, data))
	}
	running := startServer(t, data)
	t.Setenv("ITEMSHARE_URL", running.url)
	got = command(t, data, "", "doctor")
	if said := doctorLines(t, got.stdout)["proxy"]; got.code != 0 || !strings.HasPrefix(said, "ok") {
		t.Errorf("with a running server: %d, %s", got.code, said)
	}
}

// TestDoctorFinds: every fault is found by its own check, which says what to do, with exit 1.
func TestDoctorFinds(t *testing.T) {
	sealed := newSealedInstallation(t)
	for _, c := range []struct {
		why, check, says string
		spoil            func(t *testing.T, data string)
	}{
		{"an address without a port", "configuration", "ITEMSHARE_ADDR", env("ITEMSHARE_ADDR", "nowhere")},
		{"plain http", "configuration", "https://", env("ITEMSHARE_URL", "http://share.example")},
		{"an unknown database", "configuration", "ITEMSHARE_DATABASE", env("ITEMSHARE_DATABASE", "mysql:x")},
		{"mail without a sender", "configuration", "ITEMSHARE_MAIL_FROM", env("ITEMSHARE_SMTP", "smtp://mail.example")},
		{"a folder for everyone", "permissions", "chmod 700", chmod("", 0o755)},
		{"a folder for a group", "permissions", "ITEMSHARE_MASTER_KEY", chmod("", 0o770)},
		{"a database for everyone", "permissions", "chmod 600", chmod("itemshare.db", 0o644)},
		{"a key for everyone", "keys", "chmod 600", chmod("master.key", 0o640)},
		{"no key", "keys", "ITEMSHARE_MASTER_KEY", func(t *testing.T, data string) {
			must(t, os.Remove(filepath.Join(data, "master.key")))
		}},
		{"another key", "keys", "key", env("ITEMSHARE_MASTER_KEY", someKey)},
		{"no database", "database", "serve", env("ITEMSHARE_DATABASE", "sqlite:/nowhere/itemshare.db")},
		{"a file that is no database", "database", "database", func(t *testing.T, data string) {
			must(t, os.WriteFile(filepath.Join(data, "itemshare.db"), bytes.Repeat([]byte("x"), 4096), 0o600))
		}},
		{"an older schema", "database", "migrates", execute("DELETE FROM goose_db_version WHERE version_id > 4")},
		{
			"a newer schema", "database", "newer",
			execute("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)"),
		},
		{"a changed audit log", "audit chain", "event 1", execute("UPDATE audit_events SET actor = 'x'")},
		{"no mail server", "mail", "mail server", func(t *testing.T, _ string) {
			t.Setenv("ITEMSHARE_SMTP", "smtp://"+unusedAddress(t))
			t.Setenv("ITEMSHARE_MAIL_FROM", "itemshare@example.com")
		}},
		{
			"a proxy that nobody named", "proxy", "ITEMSHARE_TRUSTED_PROXIES",
			env("ITEMSHARE_URL", "https://share.example"),
		},
		{
			"a proxy that the server saw", "proxy", "172.17.0.1",
			execute("INSERT INTO warnings (name, detail, at) VALUES ('untrusted_proxy', '172.17.0.1', 1)"),
		},
		{
			"email that isn't sent", "unsent mail", "1 email waits",
			execute(`INSERT INTO mail_queue (id, topic, sealed, until, due_at, queued_at)
				VALUES ('m', x'01', x'01', 4000000000, 1, 1)`),
		},
		{
			"a receiver that is down", "webhooks", "/admin/webhooks",
			execute(`INSERT INTO webhooks (id, sealed, types, state, told, created_at, created_by)
					VALUES ('w', x'01', 'share.opened', 'active', 0, 1, 'u');
				INSERT INTO webhook_deliveries (id, webhook_id, share_id, place, type, body, happened, state,
					until, due_at) VALUES ('d', 'w', 's', 1, 'share.opened', x'01', 1, 'waiting', 4000000000, 1)`),
		},
		{
			"an old backup", "backups", "days ago",
			execute("INSERT INTO warnings (name, detail, at) VALUES ('backup_made', 'verified', 1)"),
		},
		{"a log that nothing moves", "database", "its log has 300 MiB", func(t *testing.T, data string) {
			log := filepath.Join(data, "itemshare.db-wal")
			must(t, os.WriteFile(log, nil, 0o600))
			must(t, os.Truncate(log, 300<<20))
		}},
		{"a proxy without Host", "proxy", "proxy_set_header Host", answering(421, "id")},
		{"a proxy that reaches nothing", "proxy", "reach itemshare", answering(502, "")},
		{"another program", "proxy", "something other", answering(200, "")},
		{"a proxy that strips the path", "proxy", "paths unchanged", answering(404, "id")},
	} {
		t.Run(c.why, func(t *testing.T) {
			data := copyInstallation(t, sealed)
			c.spoil(t, data)
			got := command(t, data, "", "doctor")
			said := doctorLines(t, got.stdout)[c.check]
			if got.code != 1 || !strings.HasPrefix(said, "wrong: ") || !strings.Contains(said, c.says) {
				t.Errorf("exit %d, %q does not have %q\n%s", got.code, said, c.says, got.stdout)
			}
			if !strings.Contains(got.stderr, "something is wrong") {
				t.Errorf("said %q", got.stderr)
			}
		})
	}
}

// TestDoctorOfAProxyOnTheInternet: it may be anybody, so it is no fault; and nor is one that is trusted.
func TestDoctorOfAProxyOnTheInternet(t *testing.T) {
	for seen, want := range map[string]string{"203.0.113.9": "note: ", "10.0.0.1": "ok: "} {
		data := newSealedInstallation(t)
		execute("INSERT INTO warnings (name, detail, at) VALUES ('untrusted_proxy', '"+seen+"', 1)")(t, data)
		t.Setenv("ITEMSHARE_TRUSTED_PROXIES", "10.0.0.0/8")
		got := command(t, data, "", "doctor")
		if said := doctorLines(t, got.stdout)["proxy"]; got.code != 0 || !strings.HasPrefix(said, want) {
			t.Errorf("%s: exit %d, %s", seen, got.code, said)
		}
	}
}

// TestDoctorWithoutAnInstallation creates none.
func TestDoctorWithoutAnInstallation(t *testing.T) {
	data := newData(t)
	got := command(t, data, "", "doctor")
	said := doctorLines(t, got.stdout)
	if got.code != 1 || !strings.Contains(said["database"], "itemshare serve") ||
		!strings.Contains(said["permissions"], "ITEMSHARE_DATA") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Error("the data folder was created")
	}
}

// TestDoctorOfTimes: a clock that was set back, and content that nobody erased.
func TestDoctorOfTimes(t *testing.T) {
	data := newData(t)
	h := openInstallation(t, data, "")
	h.createShares(3)
	h.close()
	for _, c := range []struct {
		why, check, wants string
		ahead             time.Duration
	}{
		{"the clock is right", "clock", "ok: ", 0},
		{"the clock was set back by an hour", "clock", "wrong: .* set back", -time.Hour},
		{"nothing is due", "sweeper", "ok: ", 0},
		{"links ended two days ago", "sweeper", "wrong: .*itemshare serve", 3 * 24 * time.Hour},
	} {
		var stdout bytes.Buffer
		p := newProgram(t, settings{Data: data})
		p.stdout, p.clock = &stdout, func() time.Time { return time.Now().Add(c.ahead) }
		var line commands // with the defaults of the flags
		parser, err := line.parser(io.Discard, io.Discard, func(int) {})
		must(t, err)
		_, err = parser.Parse([]string{"doctor"})
		must(t, err)
		err = line.Doctor.Run(p)
		said := doctorLines(t, stdout.String())[c.check]
		if !regexp.MustCompile("^"+c.wants).MatchString(said) ||
			(err != nil) != strings.HasPrefix(c.wants, "wrong") {
			t.Errorf("%s: %q, %v", c.why, said, err)
		}
	}
}

// TestDoctorReachesTheMailServer signs in nowhere and sends nothing.
func TestDoctorReachesTheMailServer(t *testing.T) {
	data, _ := newInstallation(t)
	mails := make(chan string, 1)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return tellingSession{mails}, nil
	}))
	server.Domain = "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	t.Setenv("ITEMSHARE_SMTP", "smtp://"+listener.Addr().String())
	t.Setenv("ITEMSHARE_MAIL_FROM", "itemshare@example.com")
	got := command(t, data, "", "doctor")
	if said := doctorLines(t, got.stdout)["mail"]; got.code != 0 || !strings.HasPrefix(said, "ok") {
		t.Errorf("%d %q", got.code, said)
	}
	select {
	case what := <-mails:
		t.Errorf("it sent %s", what)
	default:
	}
}

// tellingSession tells what is sent to it.
type tellingSession struct{ told chan<- string }

func (s tellingSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.told <- to; return nil }
func (s tellingSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s tellingSession) Data(io.Reader) error                      { s.told <- "data"; return nil }
func (s tellingSession) Reset()                                    {}
func (s tellingSession) Logout() error                             { return nil }

// newSealedInstallation has an audit event in the chain.
func newSealedInstallation(t *testing.T) string {
	t.Helper()
	data := newData(t)
	h := openInstallation(t, data, "")
	h.createShares(1)
	h.close()
	return data
}

// copyInstallation copies the files of an installation that is stopped.
func copyInstallation(t *testing.T, from string) string {
	t.Helper()
	data := newData(t)
	must(t, os.Mkdir(data, 0o700))
	files, err := os.ReadDir(from)
	must(t, err)
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(from, file.Name()))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(data, file.Name()), content, 0o600))
	}
	return data
}

func env(name, value string) func(*testing.T, string) {
	return func(t *testing.T, _ string) { t.Setenv(name, value) }
}

func chmod(name string, mode os.FileMode) func(*testing.T, string) {
	return func(t *testing.T, data string) { must(t, os.Chmod(filepath.Join(data, name), mode)) }
}

func execute(query string) func(*testing.T, string) {
	return func(t *testing.T, data string) {
		database, err := sql.Open("sqlite3", filepath.Join(data, "itemshare.db"))
		must(t, err)
		_, err = database.Exec(query)
		must(t, err)
		must(t, database.Close())
	}
}

// answering sets the public address to a server that answers everything alike.
func answering(status int, requestID string) func(*testing.T, string) {
	return func(t *testing.T, _ string) {
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if requestID != "" {
				w.Header().Set("X-Request-Id", requestID)
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(front.Close)
		_, port, err := net.SplitHostPort(front.Listener.Addr().String())
		must(t, err)
		t.Setenv("ITEMSHARE_URL", fmt.Sprintf("http://localhost:%s", port))
	}
}

// unusedAddress is one on which nothing listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	return listener.Addr().String()
}
