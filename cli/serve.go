package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"sync"
	"time"

	"itemshare/account"
	"itemshare/api"
	"itemshare/audit"
	"itemshare/handlers"
	"itemshare/mail"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/static"
	"itemshare/webhook"
)

type serveCommand struct {
	Addr string `default:"127.0.0.1:8080" help:"Listen address; port 0 picks one."`
	URL  string `help:"${serve_url}" placeholder:"URL"`
	mailFlags
	oidcFlags
	telemetryFlags
	TrustedProxies  []string      `help:"${serve_trusted_proxies}" placeholder:"CIDR"`
	APIRate         int           `default:"600000" help:"${serve_apirate}" placeholder:"REQUESTS" name:"api-rate"`
	MaxConnections  int           `default:"4096" help:"${serve_max_connections}" placeholder:"NUMBER"`
	LargeAnswers    int           `default:"32" help:"${serve_large_answers}" placeholder:"NUMBER"`
	MaxFileMiB      int           `default:"100" help:"${serve_max_file}" name:"max-file-mib" placeholder:"MIB"`
	WebhookNetworks []string      `help:"${serve_webhook_networks}" placeholder:"CIDR"`
	HistoryDays     int           `help:"${serve_history_days}" placeholder:"DAYS"`
	Drain           time.Duration `default:"5s" help:"${serve_drain}" placeholder:"TIME"`
	LogLevel        slog.Level    `default:"info" help:"${serve_log_level}" placeholder:"LEVEL"`
	Demo            bool          `help:"${serve_demo}"`
	DemoPassword    string        `help:"${serve_demo_password}" placeholder:"PASSWORD"`

	proxies  []netip.Prefix
	networks []netip.Prefix // private ones that webhooks may reach
	sender   deliverer      // nil if email is off
	drain    drain
}

// check rejects a wrong configuration before anything is opened or written.
func (c *serveCommand) check(p *program) (err error) {
	if c.Demo && !p.accounts.Sample {
		if err := p.requireEmbeddedVault("serve it without --demo"); err != nil {
			return err
		}
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return errors.New("ITEMSHARE_ADDR must be an address and a port such as 127.0.0.1:8080")
	}
	if c.Demo && !isLoopback(c.Addr) {
		return errors.New(
			"a demo listens on this machine only: set ITEMSHARE_ADDR to 127.0.0.1 and a port",
		)
	}
	if c.URL != "" {
		if _, err := parseBaseURL(c.URL); err != nil {
			return err
		}
	}
	if c.APIRate < 0 {
		return errors.New(
			"ITEMSHARE_API_RATE must be a number of requests per minute, or 0 for no limit",
		)
	}
	if c.MaxConnections < 1 {
		return errors.New("ITEMSHARE_MAX_CONNECTIONS must be a number of connections, at least 1")
	}
	if c.LargeAnswers < 1 {
		return errors.New("ITEMSHARE_LARGE_ANSWERS must be a number of answers, at least 1")
	}
	if c.MaxFileMiB < 1 || c.MaxFileMiB > maxFileMiB {
		return fmt.Errorf("ITEMSHARE_MAX_FILE_MIB must be a number of MiB from 1 to %d", maxFileMiB)
	}
	if c.HistoryDays < 0 {
		return errors.New(
			"ITEMSHARE_HISTORY_DAYS must be a number of days, or unset to keep the history",
		)
	}
	if c.Drain < 0 || c.Drain > maxDrain {
		return errors.New("ITEMSHARE_DRAIN must be a time such as 5s, at most 5m, or 0s for none")
	}
	c.drain.time = c.Drain
	if err := c.telemetryFlags.check(); err != nil {
		return err
	}
	if c.proxies, err = parseNetworks("ITEMSHARE_TRUSTED_PROXIES", c.TrustedProxies); err != nil {
		return err
	}
	if c.networks, err = parseNetworks("ITEMSHARE_WEBHOOK_NETWORKS", c.WebhookNetworks); err != nil {
		return err
	}
	if err := c.oidcFlags.check(); err != nil {
		return err
	}
	if c.SMTP != "" {
		if c.sender, err = c.mailFlags.open(p, c.URL); err != nil {
			return err
		}
	}
	return nil
}

// Run serves until the context ends.
func (c *serveCommand) Run(p *program) error {
	if err := c.check(p); err != nil {
		return err
	}
	tuneMemory()
	log := newLogQueue(p.stderr)
	defer log.close()
	p.log = newLog(p.stderr, log, c.LogLevel)
	defer outliveTerminal(p.log)()
	end, err := c.startTelemetry(p)
	if err != nil {
		return err
	}
	defer end()
	return p.with(p.open, func(in *installation) error {
		build := thisBuild()
		p.log.Info("starting", "version", releaseOf(build), "commit", commitOf(build),
			"database", p.set.engine(), "pid", os.Getpid())
		if p.set.isShared() {
			p.log.Warn(p.set.sharedFolder())
		}
		listener, err := net.Listen("tcp", c.Addr)
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", c.Addr, err)
		}
		defer listener.Close()
		base, err := c.baseURL(listener)
		if err != nil {
			return err
		}
		return c.serve(p, in, listener, base)
	})
}

func (c *serveCommand) baseURL(listener net.Listener) (*url.URL, error) {
	if c.URL != "" {
		return parseBaseURL(c.URL)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("read the listen address: %w", err)
	}
	return parseBaseURL("http://" + net.JoinHostPort(localhost, port))
}

// serve builds the rooms, starts the workers and then the server, and stops them in reverse
// order.
func (c *serveCommand) serve(
	p *program,
	in *installation,
	listener net.Listener,
	base *url.URL,
) error {
	s, err := c.build(p, in, base)
	if err != nil {
		return err
	}
	unwatch, err := c.serveMetrics(p, in)
	if err != nil {
		return err
	}
	defer unwatch()
	working, stop := context.WithCancel(context.WithoutCancel(p.ctx))
	var workers sync.WaitGroup
	for _, run := range s.workers {
		workers.Go(func() { run(working) })
	}
	stopped := context.AfterFunc(p.ctx, func() {
		p.log.Info("stopping: a second signal ends the server at once", "drain", c.drain.time)
	})
	defer stopped()
	err = serveHTTP(
		p.ctx,
		newHTTPServer(s.handler, p.log),
		listener, c.MaxConnections,
		&c.drain,
		func() { s.announce(p, base) },
	)
	stop()
	workers.Wait()
	p.log.Info("stopped")
	return err
}

func (c *serveCommand) build(p *program, in *installation, base *url.URL) (s service, err error) {
	in.accounts = c.limit(in.accounts)
	mails := mail.NewSealer(in.keyring.Box(seal.Mail))
	var demo handlers.Outbox
	if c.Demo {
		filled, err := c.fillDemo(p, in)
		if err != nil {
			return s, fmt.Errorf("fill the demo: %w", err)
		}
		s.welcome = func() error { return filled.welcome(p.stdout, base.String(), p.set.dataHint()) }
		sent := mail.NewOutbox(p.clock)
		mails.OnPrepare(sent.Expect)
		c.sender, demo = sent, outbox{sent}
	}
	if has, err := in.accounts.HasPeople(p.ctx); err != nil {
		return s, err
	} else if !has {
		s.setUpCode = in.accounts.SetUpCode()
	}
	var shares *share.Service // which the workers tell what happened
	sweeper := c.sweeper(p, in, func(ctx context.Context, now time.Time, limit int) (int, error) {
		return shares.RecordMinutes(ctx, now, limit)
	})
	store := store{DB: in.db, queued: func() {}, ended: sweeper.Poke}
	if p.telemetry != nil {
		store.metrics = p.telemetry.Metrics
	}
	config := share.Config{
		Vault: in.backend, Keyring: in.keyring, Audit: in.log,
		Clock: p.clock, Random: p.random, BaseURL: base.String(), MaxFile: c.maxFile(),
	}
	if c.sender != nil {
		worker := mail.NewWorker(mail.WorkerConfig{
			Queue: in.db, Sealer: mails, Sender: c.sender, Clock: p.clock, Random: p.random, Log: p.log,
			Failed: reportTo(&shares, in.accounts),
		})
		config.Mailer, store.queued = mails, worker.Poke
		s.workers = append(s.workers, worker.Run)
	}
	config.Store = store
	warm := &warmth{}
	if p.set.OPServiceAccountToken != "" {
		s.workers = append(s.workers, in.connectAccount(p))
		warm.done.Store(true) // the account is asked when it is needed
	} else {
		s.workers = append(s.workers, warm.run(p, in))
	}
	prover := audit.NewProver(
		audit.ProverConfig{
			Store: in.db, Checkpoints: in.db, MAC: in.chainMAC, Clock: p.clock, Log: p.log,
		},
	)
	sealer := audit.NewSealer(in.db, in.chainMAC, p.log)
	hooks, hookWorker := c.webhooks(p, in)
	s.workers = append(s.workers, sealer.Run, prover.Run, hookWorker.Run, sweeper.Run, in.intake.Run,
		followKeys(p, in),
		func(ctx context.Context) { in.accounts.CountRefusals(ctx, p.log) })
	// What is set up wrong is noticed anew.
	if err := in.db.ClearWarning(p.ctx, handlers.UntrustedProxy); err != nil {
		return s, err
	}
	shares = share.New(config)
	s.workers = append(
		s.workers, func(ctx context.Context) { shares.RunRevocations(ctx, p.log) },
		func(ctx context.Context) { shares.RunNews(ctx, p.log) },
	)
	s.handler, err = c.handler(p, in, base, shares, prover, hooks, warm, demo, mails)
	return s, err
}

func (c *serveCommand) handler(
	p *program,
	in *installation,
	base *url.URL,
	shares *share.Service,
	prover *audit.Prover,
	hooks *webhook.Service,
	warm *warmth,
	demo handlers.Outbox,
	mails account.Mailer,
) (http.Handler, error) {
	files, err := static.Load()
	if err != nil {
		return nil, err
	}
	provider := c.oidcFlags.provider(p, base)
	cookieKey := func(purpose string) []byte {
		return in.keyring.MAC(seal.Cookies, "session", purpose)
	}
	var desk handlers.Mail
	if c.sender == nil {
		mails = nil
	} else {
		desk = mailDesk{in.db, c.sender, base}
	}
	config := handlers.Config{
		Provider: provider, NoPasswords: c.Passwords == "off",
		URL: base, Shares: shares, Accounts: in.accounts, Vault: in.backend, Recorder: in,
		Events: audit.NewReader(in.db, in.log), Prover: prover, Webhooks: hooks, Erasures: in.db,
		Static: files,
		Ready: func(ctx context.Context) error {
			if err := c.drain.ready(); err != nil {
				return err
			}
			return warm.ready(ctx, in)
		},
		API: api.New(api.Config{
			Shares: shares, Vault: in.backend, Accounts: in.accounts, Invitations: mails,
			Recorder: in, Events: audit.NewReader(in.db, in.log),
			URL: base.String(), Rate: c.APIRate,
			Large: c.LargeAnswers, MaxFile: c.maxFile(),
			TagKey: in.keyring.MAC(seal.Cookies, "api", "tags"), Clock: p.clock,
		}),
		Remember:   in.db.Remembering,
		Forms:      in.keyring.Box(seal.Forms),
		CookieKeys: [2][]byte{cookieKey("sign"), cookieKey("encrypt")}, Warn: in.db.SetWarning,
		Proxies: c.proxies, Clock: p.clock, Random: p.random, Log: p.log, Demo: demo,
		Version: releaseOf(thisBuild()),
		Mail:    desk, Invitations: mails, MaxFile: c.maxFile(), Imports: in.imports(),
		Export: in.exporter(p),
	}
	if p.telemetry != nil {
		config.Telemetry = p.telemetry
	}
	return handlers.New(config)
}

// maxDrain is more than any proxy needs to notice.
const maxDrain = 5 * time.Minute

// maxFileMiB is the most that ITEMSHARE_MAX_FILE_MIB can be: recipients open files in a browser.
const maxFileMiB = 2048

func (c *serveCommand) maxFile() int64 { return int64(c.MaxFileMiB) << 20 }
