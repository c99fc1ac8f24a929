// Package e2e drives the built program from outside: by HTTP, by signals, and by a real browser. It
// imports nothing of ours but a provider for tests; what it knows of the program is what a stranger
// can know: the command, the routes, the protocol of share links.
package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	program  = "../bin/itemshare"
	admin    = "admin@example.com"
	member   = "member@example.com"
	password = "correct horse battery staple"
)

var (
	screenshots = flag.String(
		"screenshots",
		"",
		"folder that gets a picture of every page and state",
	)
	rounds = flag.Int("rounds", 3, "how often the server is killed in the crash test")

	cluster = flag.Bool("cluster", false, "also run the tests of several servers behind nginx")

	browser context.Context // the one browser of this package; each page has a browser context of its own
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	if out, err := exec.Command("make", "-s", "-C", "..", "build").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("make build: %w\n%s", err, out)
	}
	// The look at the binary tells go test's cache what these tests depend on.
	if _, err := os.Stat(program); err != nil {
		return 0, fmt.Errorf("make build made no program: %w", err)
	}
	stop, err := startBrowser()
	if err != nil {
		return 0, err
	}
	defer stop()
	return m.Run(), nil
}

func startBrowser() (func(), error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("the browser tests need chromium, which make test installs: %w", err)
	}
	options := append(
		chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag(
			"host-resolver-rules",
			"MAP "+plainHost+" 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
		),
		chromedp.Flag("lang", "en-GB"),
		chromedp.Env("TZ=Europe/Berlin"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("start chromium: %w", err)
	}
	browser = ctx
	return func() { cancel(); cancelAllocator() }, nil
}
