package handlers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/api"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/mail"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/static"
	"itemshare/vault"
	"itemshare/vault/exporter"
	"itemshare/vault/intake"
	"itemshare/vault/local"
	"itemshare/vault/strength"
	"itemshare/views"
	"itemshare/webhook"
)

const password = "correct horse battery staple"

// app is the whole application on a database of its own, with email in memory.
type app struct {
	t        testing.TB
	base     *url.URL
	addr     string       // where it listens
	url      string       // of the database
	raw      *rawDatabase // opened by openRaw
	handler  http.Handler
	db       *db.DB
	accounts *account.Service
	vault    *local.Vault
	outbox   *mail.Outbox
	mailer   *mail.Worker
	clock    *clock
	log      *logBuffer
	audited  *audit.Reader
	auditLog *audit.Log
	hooks    *webhook.Service
	imports  *intake.Service

	team, readOnly, elsewhere vault.Info
	item, hidden              vault.Item // in team, in elsewhere
	notes                     vault.Item // in readOnly
	users                     map[string]account.User
	keys                      *seal.Keyring
	master                    [32]byte
}

// appOptions change how an app is built.
type appOptions struct {
	path        string // of the URL
	https       bool   // the URL says so; the wire is plain, as behind a proxy
	proxies     []netip.Prefix
	mailOff     bool
	empty       bool // without fixtures: there is nobody yet
	noDemo      bool
	sender      sender // of emails, nil for the outbox
	vault       func(vault.Backend) vault.Backend
	random      io.Reader
	url         string // of the database, "" for one of the test's engine
	like        *app   // another process of the same installation, nil for a new one
	maxFile     int64  // bytes of a file, 0 for the default
	provider    Provider
	issuer      string // of the provider
	noPasswords bool
	rate        int // requests of a service account in a minute, 0 for any number
}

// The users: all but the admin are members. The former one had a grant for the team's vault.
const (
	adminEmail  = "admin@company.example"
	memberEmail = "member@company.example"
	otherEmail  = "other@company.example"
	formerEmail = "former@company.example"
)

func newApp(t testing.TB, with ...appOptions) *app {
	t.Helper()
	s := appOptions{}
	if len(with) > 0 {
		s = with[0]
	}
	a := &app{
		t: t, clock: &clock{}, log: &logBuffer{}, url: s.url, users: map[string]account.User{},
	}
	if s.like != nil {
		a.url, a.master = s.like.url, s.like.master
	} else {
		_, err := rand.Read(a.master[:])
		a.must(err)
	}
	if a.url == "" {
		a.url = dbtest.URL(t)
	}
	log := slog.New(slog.NewJSONHandler(a.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	database, err := db.Open(t.Context(), db.Config{URL: a.url, Clock: a.clock.Now, Log: log})
	a.must(err)
	t.Cleanup(func() { _ = database.Close() })
	a.db = database
	keyring := a.keyring()
	a.keys = keyring
	events := audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses))
	a.auditLog = events
	a.accounts = account.New(account.Config{
		Users: database, Own: database, Factors: database,
		Externals: database, Passkeys: database, Sessions: database, Attempts: database, Programs: database,
		Audit: events, Keyring: keyring, Clock: a.clock.Now, Random: rand.Reader, Strength: scoreOf,
		CheapHashes: true,
	})
	a.vault = local.New(
		local.Config{
			Store:  database,
			Box:    keyring.Box(seal.Items),
			Audit:  events,
			Clock:  a.clock.Now,
			Random: rand.Reader,
		},
	)
	if !s.empty {
		a.addFixtures()
	}
	a.serve(s, keyring, events, log)
	return a
}

func (a *app) keyring() *seal.Keyring {
	a.t.Helper()
	key, err := seal.ParseMasterKey(base64.StdEncoding.EncodeToString(a.master[:]))
	a.must(err)
	keyring, err := seal.Unlock(a.t.Context(), key, a.db)
	a.must(err)
	return keyring
}

// loadStatic compresses the static files, which are the same for every test, once.
var loadStatic = sync.OnceValues(static.Load)

// serve listens and builds the handlers as the serve command does.
func (a *app) serve(s appOptions, keyring *seal.Keyring, events *audit.Log, log *slog.Logger) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	a.must(err)
	a.addr = listener.Addr().String()
	_, port, err := net.SplitHostPort(a.addr)
	a.must(err)
	a.base = &url.URL{Scheme: "http", Host: "localhost:" + port, Path: s.path}
	if s.https {
		a.base.Scheme = "https"
	}
	a.outbox = mail.NewOutbox(a.clock.Now)
	sealer := mail.NewSealer(keyring.Box(seal.Mail))
	if s.sender == nil {
		s.sender = a.outbox
	}
	var shares *share.Service
	a.mailer = mail.NewWorker(
		mail.WorkerConfig{
			Queue:  a.db,
			Sealer: sealer,
			Sender: s.sender,
			Failed: func(ctx context.Context, f mail.Failure) error {
				if f.ShareID == "" {
					return a.accounts.MailFailed(ctx, account.MailFailure{
						MessageID: f.MessageID, Reason: f.Reason, RetryAt: f.RetryAt,
					})
				}
				return shares.MailFailed(ctx, share.MailFailure(f))
			},
			Clock:  a.clock.Now,
			Random: rand.Reader,
			Log:    log,
		},
	)
	var backend vault.Backend = a.vault
	if s.vault != nil {
		backend = s.vault(backend)
	}
	config := share.Config{
		Store: pokingStore{
			a.db, a.mailer.Poke,
		}, Vault: backend, Keyring: keyring, Mailer: sealer, Audit: events,
		Clock: a.clock.Now, Random: rand.Reader, BaseURL: a.base.String(), MaxFile: s.maxFile,
	}
	if s.mailOff {
		config.Mailer = nil
	}
	shares = share.New(config)
	files, err := loadStatic()
	a.must(err)
	random := io.Reader(rand.Reader)
	if s.random != nil {
		random = s.random
	}
	a.audited = audit.NewReader(a.db, events)
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	hookBox, hookSender := keyring.Box(seal.Webhooks), webhook.NewSender(loopback)
	a.hooks = webhook.New(webhook.Config{
		Store: a.db, Box: hookBox, Audit: events, Sender: hookSender, Allowed: loopback,
		Clock: a.clock.Now, Random: rand.Reader,
	})
	a.work(webhook.NewWorker(webhook.WorkerConfig{
		Queue: a.db, Box: hookBox, Audit: events, Sender: hookSender, Clock: a.clock.Now,
		Random: rand.Reader, Log: log, Every: 50 * time.Millisecond,
	}).Run)
	mine := Config{
		URL: a.base, Shares: shares, Accounts: a.accounts, Vault: backend, Recorder: recorder{
			a.db, events,
		},
		Events: a.audited, Prover: auditProver{}, Webhooks: a.hooks, Erasures: a.db, Static: files,
		Demo: demoOutbox{a.outbox}, Ready: a.db.Ready, Remember: a.db.Remembering,
		Forms: keyring.Box(seal.Forms),
		CookieKeys: [2][]byte{
			keyring.MAC(seal.Cookies, "sign"), keyring.MAC(seal.Cookies, "encrypt"),
		},
		Proxies: s.proxies, MaxFile: s.maxFile, Clock: a.clock.Now, Random: random, Log: log, Warn: a.db.SetWarning,
	}
	a.imports = intake.New(intake.Config{
		Store: a.db, Vault: a.vault, Box: keyring.Box(seal.Items), Clock: a.clock.Now,
		Random: rand.Reader, Log: log,
	})
	a.work(a.imports.Run)
	if s.vault == nil {
		mine.Imports = a.imports
		mine.Export = func(ctx context.Context, to io.Writer, vaults []vault.Info) error {
			_, err := exporter.Write(ctx, to, exporter.Export{
				From: a.vault, Vaults: vaults, Account: "itemshare", Now: a.clock.Now(),
			})
			return err
		}
	}
	if !s.mailOff {
		mine.Mail, mine.Invitations = mailAdmin{a.db, s.sender}, sealer
	}
	mine.Provider, mine.NoPasswords = s.provider, s.noPasswords
	mine.Accounts = a.accounts.WithProvider(s.issuer)
	if s.noPasswords {
		mine.Accounts = mine.Accounts.WithoutPasswords()
	}
	mine.API = api.New(api.Config{
		Shares: shares, Vault: backend, Accounts: mine.Accounts, Recorder: mine.Recorder, Events: mine.Events,
		Invitations: mine.Invitations, URL: a.base.String(), Rate: s.rate,
		MaxFile: s.maxFile,
		TagKey:  keyring.MAC(seal.Cookies, "api", "tags"), Clock: a.clock.Now,
	})
	if s.noDemo {
		mine.Demo = nil
	}
	handler, err := New(mine)
	a.must(err)
	a.handler = handler
	a.run(listener, handler)
}

func (a *app) run(listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler:  handler,
		ErrorLog: slog.NewLogLogger(slog.NewJSONHandler(a.log, nil), slog.LevelWarn),
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	running.Go(func() { a.mailer.Run(ctx) })
	a.t.Cleanup(func() {
		stop()
		_ = server.Close()
		running.Wait()
	})
}

// addFixtures adds users, vaults, grants and items.
func (a *app) addFixtures() {
	ctx := a.t.Context()
	for _, v := range []struct {
		name string
		into *vault.Info
	}{{"Team", &a.team}, {"Read only", &a.readOnly}, {"Elsewhere", &a.elsewhere}} {
		made, err := a.vault.AddVault(ctx, "", v.name)
		a.must(err)
		*v.into = made
	}
	for _, u := range []struct {
		email, name string
		role        account.Role
		grants      []account.Grant
	}{
		{adminEmail, "Ada", account.Admin, []account.Grant{
			{VaultID: a.team.ID, Share: true, Edit: true},
		}},
		{memberEmail, "Max", account.Member, []account.Grant{
			{VaultID: a.team.ID, Share: true, Edit: true}, {VaultID: a.readOnly.ID, View: true},
		}},
		{otherEmail, "Olga", account.Member, []account.Grant{{
			VaultID: a.elsewhere.ID, Share: true,
		}}},
		{formerEmail, "Fred", account.Member, []account.Grant{{VaultID: a.team.ID, Share: true}}},
	} {
		user, err := a.accounts.AddUser(
			ctx,
			"",
			account.NewUser{Email: u.email, Name: u.name, Role: u.role, Password: password},
		)
		a.must(err)
		a.users[u.email] = user
		for _, grant := range u.grants {
			grant.UserID = user.ID
			a.must(a.accounts.SetGrant(ctx, "", grant))
		}
	}
	login := newLogin(a.team.ID, "Mail server")
	login.Files = []vault.File{{ID: "new", Name: fileName, Type: "text/html"}}
	a.item = a.addItem(login)
	a.notes = a.addItem(newLogin(a.readOnly.ID, "Door code"))
	a.hidden = a.addItem(newLogin(a.elsewhere.ID, "Elsewhere only"))
}

const (
	concealed = "s3cret-of-the-item"
	seed      = "JBSWY3DPEHPK3PXP"

	// The file of the item in the team's vault.
	fileName = "../Zürich <plan>.html"
	fileText = "<script>alert(1)</script>"
)

func newLogin(vaultID, title string) vault.Item {
	return vault.Item{
		VaultID: vaultID, Title: title, Category: vault.Login, Notes: "Ask before " +
			"changing.", Tags: []string{"ops"},
		Websites: []vault.Website{{Label: "site", URL: "https://mail.company.example/"}},
		Fields: []vault.Field{
			{ID: "username", Title: "user name", Type: vault.FieldText, Value: "postmaster"},
			{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: concealed},
			{ID: "totp", Title: "one-time password", Type: vault.FieldTOTP, Value: seed},
		},
	}
}

func (a *app) addItem(item vault.Item) vault.Item {
	a.t.Helper()
	made, err := a.vault.AddItem(a.t.Context(), item, func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(fileText)), nil
	})
	a.must(err)
	return made
}

// revokeGrant revokes the former member's grant for the team's vault.
func (a *app) revokeGrant() {
	a.t.Helper()
	a.must(
		a.accounts.SetGrant(
			a.t.Context(), "", account.Grant{UserID: a.users[formerEmail].ID, VaultID: a.team.ID},
		),
	)
}

func (a *app) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func itemPath(item vault.Item) string {
	return views.Paths{}.Item(item.VaultID, item.ID)
}

var (
	linkInput    = regexp.MustCompile(`<input[^>]*id="share-link"[^>]*value="([^"]+)"`)
	shareAddress = regexp.MustCompile(`/shares/([a-z0-9]+)`)
	errorCode    = regexp.MustCompile(`data-error="([^"]+)"`)
)

// clock runs with the real one, ahead by what a test adds.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += by
}

// logBuffer collects the log.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *logBuffer) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *logBuffer) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// The one-method interfaces that the cli package implements in production.
type (
	recorder struct {
		db  *db.DB
		log *audit.Log
	}
	auditProver struct{}
	demoOutbox  struct{ outbox *mail.Outbox }
	sender      interface {
		mail.Sender
		Deliver(ctx context.Context, m mail.Message) (string, error)
	}
	mailAdmin struct {
		db     *db.DB
		sender sender
	}
	pokingStore struct {
		*db.DB
		poke func()
	}
)

func (r recorder) Record(ctx context.Context, event audit.Event) error {
	entry, err := r.log.Entry(event)
	if err != nil {
		return err
	}
	return r.db.Record(ctx, entry)
}

func (d mailAdmin) Backlog(ctx context.Context) (views.MailBacklog, error) {
	backlog, err := d.db.MailBacklog(ctx)
	return views.MailBacklog(backlog), err
}

func (d mailAdmin) SendTest(ctx context.Context, to string) views.MailTest {
	answer, err := d.sender.Deliver(ctx, mail.Message{To: to, Subject: "Test", Text: "A test."})
	if err != nil {
		return views.MailTest{To: to, Reason: mail.ReasonOf(err)}
	}
	return views.MailTest{To: to, Answer: answer}
}

func (auditProver) State() audit.State {
	at := time.Unix(1, 0)
	return audit.State{Report: audit.Report{Count: 3}, At: at, WholeAt: at}
}

func (auditProver) CheckAll() {}

func (s demoOutbox) Mails(context.Context) []views.OutboxMail {
	var all []views.OutboxMail
	for _, m := range s.outbox.Sent() {
		all = append(all, views.OutboxMail(m))
	}
	return all
}

func (p pokingStore) IssueCode(ctx context.Context, issue share.CodeIssue) (share.IssueResult, error) {
	issued, err := p.DB.IssueCode(ctx, issue)
	p.poke()
	return issued, err
}

// scoreOf is how hard a password is to guess, as account counts.
func scoreOf(text string, known ...string) int {
	return int(strength.Estimate(text, known...))
}
