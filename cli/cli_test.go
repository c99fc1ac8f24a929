package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	_ "github.com/mattn/go-sqlite3"
)

const password = "correct horse battery staple"

// result is the output and exit code of a command.
type result struct {
	code           int
	stdout, stderr string
}

// command runs one command with a data folder.
func command(t *testing.T, data, stdin string, args ...string) result {
	t.Helper()
	t.Setenv("ITEMSHARE_DATA", data)
	var stdout, stderr bytes.Buffer
	code := Run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr, OnePassword())
	return result{code, stdout.String(), stderr.String()}
}

// newData returns the path of a data folder that does not exist yet.
func newData(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestHelpNamesFlagAndVariable(t *testing.T) {
	var line commands
	parser, err := line.parser(io.Discard, io.Discard, func(int) {})
	must(t, err)
	flags := 0
	must(t, kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && flag.Name != "help" {
			flags++
			if len(flag.Envs) != 1 || flag.Help == "" {
				t.Errorf(
					"--%s has the variables %v and the help %q",
					flag.Name,
					flag.Envs,
					flag.Help,
				)
			}
		}
		return next(nil)
	}))
	if flags < 15 {
		t.Errorf("%d flags were looked at", flags)
	}
	help := command(t, newData(t), "", "serve", "--help")
	for _, name := range []string{
		"ITEMSHARE_ADDR", "ITEMSHARE_URL", "ITEMSHARE_DATA", "ITEMSHARE_DATABASE",
		"ITEMSHARE_MASTER_KEY", "ITEMSHARE_SMTP",
		"ITEMSHARE_MAIL_FROM", "ITEMSHARE_TRUSTED_PROXIES", "ITEMSHARE_HISTORY_DAYS",
		"ITEMSHARE_DEMO_PASSWORD", "OP_SERVICE_ACCOUNT_TOKEN",
		"--addr", "--url", "--data", "--database", "--master-key", "--smtp",
		"--mail-from", "--trusted-proxies", "--history-days", "--demo",
	} {
		if !strings.Contains(help.stdout, name) || help.code != 0 {
			t.Errorf("the help does not name %s", name)
		}
	}
}

// TestHelpOfInstallationFlags: their help is shown for the commands that use them, and not in the
// list of commands.
func TestHelpOfInstallationFlags(t *testing.T) {
	for _, c := range []struct {
		args  []string
		shows bool
	}{
		{[]string{"--help"}, false},
		{[]string{"share", "--help"}, false},
		{[]string{"open", "--help"}, false},
		{[]string{"item", "--help"}, false},
		{[]string{"item", "get", "--help"}, false},
		{[]string{"backup", "--help"}, true},
		{[]string{"service-account", "--help"}, true},
	} {
		help := command(t, newData(t), "", c.args...)
		if help.code != 0 || strings.Contains(help.stdout, "--master-key") != c.shows {
			t.Errorf(
				"%v: exit %d, the installation's flags are shown: %v",
				c.args,
				help.code,
				!c.shows,
			)
		}
	}
}

// TestConfigurationErrors: exit code 1, one sentence, and nothing written.
func TestConfigurationErrors(t *testing.T) {
	for _, c := range []struct {
		why, env, says, args string
	}{
		{"no command", "", "expected one of", ""},
		{"an unknown command", "", "unexpected argument", "dance"},
		{"an address without a port", "ITEMSHARE_ADDR=nowhere", "ITEMSHARE_ADDR", "serve"},
		{"a demo on a public address", "ITEMSHARE_ADDR=0.0.0.0:0", "this machine only", "serve --demo"},
		{"plain http", "ITEMSHARE_URL=http://share.example", "https://", "serve"},
		{"an unknown database", "ITEMSHARE_DATABASE=mysql://x/y", "ITEMSHARE_DATABASE", "serve"},
		{"a short key", "ITEMSHARE_MASTER_KEY=c2hvcnQ=", "32 bytes", "serve"},
		{"proxies that are not networks", "ITEMSHARE_TRUSTED_PROXIES=everyone", "10.0.0.0/8", "serve"},
		{
			"a mail server with an unknown scheme", "ITEMSHARE_SMTP=http://mail.example", "ITEMSHARE_SMTP",
			"serve --mail-from a@b.example",
		},
		{"mail without a sender", "ITEMSHARE_SMTP=smtp://mail.example", "ITEMSHARE_MAIL_FROM", "serve"},
		{"days that are not a number", "ITEMSHARE_HISTORY_DAYS=some", "history-days", "serve"},
		{
			"no connections", "ITEMSHARE_MAX_CONNECTIONS=0", "ITEMSHARE_MAX_CONNECTIONS", "serve",
		},
		{"no files", "ITEMSHARE_MAX_FILE_MIB=0", "ITEMSHARE_MAX_FILE_MIB", "serve"},
		{"no large answers", "ITEMSHARE_LARGE_ANSWERS=0", "ITEMSHARE_LARGE_ANSWERS", "serve"},
		{"negative days", "ITEMSHARE_HISTORY_DAYS=-1", "ITEMSHARE_HISTORY_DAYS", "serve"},
		{"a demo of a 1Password account", "OP_SERVICE_ACCOUNT_TOKEN=ops_secret", "without --demo", "serve --demo"},
		{
			"a vault beside a 1Password account", "OP_SERVICE_ACCOUNT_TOKEN=ops_secret",
			"add the vault there", "vault add Keys",
		},
		{
			"an import beside a 1Password account", "OP_SERVICE_ACCOUNT_TOKEN=ops_secret", "import there",
			"import cli.go",
		},
		{"a password without a database", "", "no database", "user password --email a@b.example --password-stdin"},
		{"a grant without a database", "", "no database", "vault grant --vault x --email a@b.example"},
		{"an unknown role", "", "role", "user add --email a@b.example --name A --role owner --password-stdin"},
		{"no export file", "", "no such file", "import nothing.1pux"},
	} {
		t.Run(c.why, func(t *testing.T) {
			if name, value, ok := strings.Cut(c.env, "="); ok {
				t.Setenv(name, value)
			}
			data := newData(t)
			got := command(t, data, "", strings.Fields(c.args)...)
			if got.code != 1 || !strings.Contains(got.stderr, c.says) ||
				strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("exit %d, said %q", got.code, got.stderr)
			}
			if strings.Contains(got.stderr, "ops_secret") ||
				strings.Contains(got.stderr, "c2hvcnQ=") {
				t.Error("the sentence holds a secret")
			}
			if _, err := os.Stat(data); err == nil {
				t.Error("a data folder was created")
			}
		})
	}
}

func TestPeopleVaultsAndAudit(t *testing.T) {
	data := newData(t)
	for _, c := range []struct {
		args  string
		stdin string
		code  int
		says  string
	}{
		{"audit verify", "", 2, "no database"},
		{
			"user add --email Ann@Company.example --name Ann --role admin --password-stdin",
			password + "\n", 0, "ann@company.example",
		},
		{"user add --email ann@company.example --name Ann --role admin --password-stdin", password, 1, ""},
		{"user add --email bob@company.example --name Bob --role member --password-stdin", "short\n", 1, ""},
		{"user add --email bob@company.example --name Bob --role member --password-stdin", "", 1, "no password"},
		{"user add --email bob@company.example --name Bob --role member", password, 1, "--password-stdin"},
		{
			"user password --email ann@company.example --password-stdin",
			"another horse battery staple\r\n", 0, "signed out everywhere",
		},
		{"user password --email nobody@company.example --password-stdin", password, 1, "no user"},
		{"vault add Keys", "", 0, "Keys"},
		{"vault add Keys", "", 1, ""},
		{"vault grant --vault Keys --email ann@company.example --share", "", 0, "can view and share items in Keys"},
		{"vault grant --vault Keys --email ann@company.example --view", "", 0, "can view items in Keys"},
		{"vault grant --vault Keys --email ann@company.example --edit", "", 0, "can view and edit items in Keys"},
		{
			"vault grant --vault Keys --email ann@company.example --edit --share", "", 0,
			"can view, edit and share items in Keys",
		},
		{
			"vault grant --vault Keys --email ann@company.example --view --no-reveal", "", 0,
			"can view, but not reveal, items in Keys",
		},
		{"vault grant --vault Keys --email ann@company.example --edit --no-reveal", "", 1, "Editing an item shows"},
		{"vault grant --vault Keys --email ann@company.example", "", 0, "can't view items in Keys"},
		{"vault grant --vault Nowhere --email ann@company.example", "", 1, "no vault Nowhere"},
		{"vault grant --vault Keys --email ann@company.example --manage", "", 0, "in Keys, and manage the vault"},
		{"vault grant --vault Keys --view", "", 1, "--email"},
		{"group add Ops", "", 0, "Added the group Ops"},
		{"group add ops", "", 1, "There is a group of that name already"},
		{"group member --group OPS --email ann@company.example", "", 0, "is in the group Ops now"},
		{"group member --group Ops --email nobody@company.example", "", 1, "no user nobody@company.example"},
		{"group member --group Nobody --email ann@company.example", "", 1, "no group Nobody"},
		{
			"vault grant --vault Keys --group Ops --share --manage", "", 0,
			"Members of Ops can view and share items in Keys, and manage",
		},
		{"vault grant --vault Keys --group Ops --email ann@company.example --view", "", 1, "--email"},
		{"vault grant --vault Keys --group Nobody --view", "", 1, "no group Nobody"},
		{"group list --json", "", 0, `"members": [
      "ann@company.example"
    ]`},
		{"group rename --group Ops Operations", "", 0, "The group Ops is called Operations now"},
		{"group member --group Operations --email ann@company.example --remove", "", 0, "is not in the group"},
		{"group remove Operations", "", 0, "(members: 0, vaults: 1)"},
		{"vault rename --vault Keys Safe", "", 0, "The vault Keys is called Safe now"},
		{"vault archive --vault Safe", "", 0, "Archived the vault Safe"},
		{"vault list --json", "", 0, `"archived": true`},
		{"vault restore --vault Safe", "", 0, "Restored the vault Safe"},
		{"audit verify", "", 0, "verified. 0 events"},
	} {
		got := command(t, data, c.stdin, strings.Fields(c.args)...)
		if got.code != c.code || !strings.Contains(got.stdout+got.stderr, c.says) ||
			(c.code != 0 && strings.TrimSpace(got.stderr) == "") {
			t.Errorf("%v: exit %d, want %d\n%s%s", c.args, got.code, c.code, got.stdout, got.stderr)
		}
		if strings.Contains(got.stdout+got.stderr, "battery") {
			t.Errorf("%v: prints the password", c.args)
		}
	}
	database, err := sql.Open("sqlite3", filepath.Join(data, "itemshare.db"))
	must(t, err)
	defer database.Close()
	var cheap int
	must(t, database.QueryRow(`SELECT count(*) FROM users
		WHERE password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'`).Scan(&cheap))
	if cheap > 0 {
		t.Errorf("%d passwords are hashed too cheaply", cheap)
	}
}

// TestServeDemo starts and stops the whole program in this process.
func TestServeDemo(t *testing.T) {
	data := newData(t)
	s := startDemo(t, data)
	shown := regexp.MustCompile(`Password  ([a-z0-9-]{20,})   \(shown only once\)\n`).
		FindStringSubmatch(s.stdout.String())
	if shown == nil {
		t.Fatalf("printed %q", s.stdout.String())
	}
	for _, want := range []string{
		"Open      " + s.url + "\n", "admin@example.com", "member@example.com", s.url + "/demo/outbox", data,
	} {
		if !strings.Contains(s.stdout.String(), want) {
			t.Errorf("the welcome does not name %q:\n%s", want, s.stdout.String())
		}
	}
	for _, email := range []string{"admin@example.com", "member@example.com"} {
		client := http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		resp, err := client.PostForm(
			s.url+"/signin",
			url.Values{"email": {email}, "password": {shown[1]}},
		)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s with the password shown: %d", email, resp.StatusCode)
		}
	}
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/signin": 200, "/s": 200, "/demo/outbox": 200,
	} {
		resp, err := http.Get(s.url + path)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != want {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit %d: %s", code, s.stderr.String())
	}
	again := startDemo(t, data)
	if text := again.stdout.String(); strings.Contains(text, shown[1]) ||
		!strings.Contains(text, "itemshare user password --email admin@example.com") {
		t.Errorf("the second start printed %q", text)
	}
	again.stop()

	if got := command(t, data, "", "audit", "verify"); got.code != 0 ||
		!regexp.MustCompile(`verified\. [1-9]\d* events, checksum [0-9a-f]{64}, 0 not sealed`).
			MatchString(got.stdout) {
		t.Errorf("audit verify: %+v", got)
	}
	database, err := sql.Open("sqlite3", filepath.Join(data, "itemshare.db"))
	must(t, err)
	_, err = database.Exec(`UPDATE audit_events SET actor = 'x' WHERE number = 2`)
	must(t, err)
	must(t, database.Close())
	if got := command(t, data, "", "audit", "verify"); got.code != 1 ||
		!strings.Contains(got.stderr, "event 2") {
		t.Errorf("audit verify of a changed chain: %+v", got)
	}
	must(t, os.Remove(filepath.Join(data, "master.key")))
	if got := command(t, data, "", "audit", "verify"); got.code != 2 ||
		!strings.Contains(got.stderr, "is missing") {
		t.Errorf("audit verify without a key: %+v", got)
	}
}

func TestWrongKeyWritesNothing(t *testing.T) {
	data := newData(t)
	startDemo(t, data).stop()
	before, err := os.ReadFile(filepath.Join(data, "itemshare.db"))
	must(t, err)
	t.Setenv("ITEMSHARE_MASTER_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
	got := command(t, data, "", "serve", "--addr", "127.0.0.1:0")
	if got.code != 1 || !strings.Contains(got.stderr, "does not open") ||
		strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("exit %d, said %q", got.code, got.stderr)
	}
	after, err := os.ReadFile(filepath.Join(data, "itemshare.db"))
	must(t, err)
	if !bytes.Equal(before, after) {
		t.Error("the database was changed")
	}
}

// TestCommandsWhileServing adds a user while the server runs, who then signs in.
func TestCommandsWhileServing(t *testing.T) {
	data := newData(t)
	s := startDemo(t, data)
	defer s.stop()
	add := strings.Fields(
		"user add --email zoe@company.example --name Zoe --role member --password-stdin",
	)
	if got := command(t, data, password, add...); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.PostForm(
		s.url+"/signin",
		url.Values{"email": {"zoe@company.example"}, "password": {password}},
	)
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != http.StatusSeeOther {
		t.Errorf("sign in: %d", resp.StatusCode)
	}
}

// runningServer is a server in this process.
type runningServer struct {
	t              *testing.T
	url            string
	stdout, stderr *output
	end            context.CancelFunc
	code           chan int
}

func startDemo(t *testing.T, data string) *runningServer {
	t.Helper()
	return startServer(t, data, "--demo")
}

func startServer(t *testing.T, data string, flags ...string) *runningServer {
	t.Helper()
	return startServerAt(t, time.Now, data, flags...)
}

func startServerAt(
	t *testing.T, clock func() time.Time, data string, flags ...string,
) *runningServer {
	t.Helper()
	t.Setenv("ITEMSHARE_DATA", data)
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	s := &runningServer{
		t:      t,
		stdout: &output{},
		stderr: &output{},
		end:    end,
		code:   make(chan int, 1),
	}
	go func() {
		args := append([]string{"serve", "--addr", "127.0.0.1:0", "--drain", "0s"}, flags...)
		s.code <- runAt(ctx, clock, args, strings.NewReader(""), s.stdout, s.stderr, OnePassword())
	}()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for line := range strings.SplitSeq(s.stderr.String(), "\n") {
			var record struct{ Msg, URL string }
			if json.Unmarshal([]byte(line), &record) == nil && record.Msg == "listening" {
				s.url = record.URL
				return s
			}
		}
	}
	t.Fatalf("the server does not listen:\n%s", s.stderr.String())
	return nil
}

func (s *runningServer) stop() int {
	s.t.Helper()
	s.end()
	select {
	case code := <-s.code:
		return code
	case <-time.After(20 * time.Second):
		s.t.Fatal("the server does not stop")
		return -1
	}
}

// output is a buffer that several goroutines write to.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// TestBackupAndRestore backs up a running server and restores to another folder, with only the key.
func TestBackupAndRestore(t *testing.T) {
	data, copied := newData(t), filepath.Join(t.TempDir(), "copy")
	s := startDemo(t, data)
	if got := command(t, data, "", "backup", copied); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v %v", info, err)
	}
	if got := command(t, data, "", "backup", copied); got.code != 1 ||
		!strings.Contains(got.stderr, "exists already") {
		t.Errorf("over an earlier copy: %+v", got)
	}
	s.stop()
	if got := command(t, data, "", "restore", copied); got.code != 1 ||
		!strings.Contains(got.stderr, "not empty") {
		t.Errorf("over a database that is not empty: %+v", got)
	}
	other := newData(t)
	if got := command(t, other, "", "restore", copied); got.code != 1 ||
		!strings.Contains(got.stderr, "the backup's master key") {
		t.Errorf("without a key: %+v", got)
	}
	t.Run("another key", func(t *testing.T) {
		t.Setenv("ITEMSHARE_MASTER_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
		got := command(t, other, "", "restore", copied)
		if got.code != 1 || !strings.Contains(got.stderr, "does not open") ||
			listing(t, other) != "" {
			t.Errorf("%+v, left %s", got, listing(t, other))
		}
	})
	key, err := os.ReadFile(filepath.Join(data, "master.key"))
	must(t, err)
	must(t, os.MkdirAll(other, 0o700))
	must(t, os.WriteFile(filepath.Join(other, "master.key"), key, 0o600))
	nonsense := filepath.Join(t.TempDir(), "nonsense")
	must(t, os.WriteFile(nonsense, []byte("no database"), 0o600))
	if got := command(t, other, "", "restore", nonsense); got.code != 1 ||
		listing(t, other) != "master.key" {
		t.Errorf("a file that is not a backup: %+v, left %s", got, listing(t, other))
	}
	if got := command(t, other, "", "restore", copied); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := command(t, other, "", "audit", "verify"); got.code != 0 {
		t.Errorf("the chain of the copy: %+v", got)
	}
}

// TestNewerDatabase: an older program says which version it needs, and changes nothing.
func TestNewerDatabase(t *testing.T) {
	data, _ := newInstallation(t)
	database, err := sql.Open("sqlite3", filepath.Join(data, "itemshare.db"))
	must(t, err)
	_, err = database.Exec(
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`,
	)
	must(t, err)
	must(t, database.Close())
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"vault", "add", "Keys"}} {
		got := command(t, data, "", args...)
		want := "itemshare: a newer version of itemshare has used this database: start that version or a later one\n"
		if got.code != 1 || got.stderr != want {
			t.Errorf("%v: exit %d, said %q", args, got.code, got.stderr)
		}
	}
}

// newProgram returns the environment of commands that work on an installation.
func newProgram(t *testing.T, set settings) *program {
	t.Helper()
	return &program{
		ctx: t.Context(), set: set, clock: time.Now, random: rand.Reader, log: slog.New(slog.DiscardHandler),
	}
}
