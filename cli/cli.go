// Package cli is the command line: it reads the configuration, builds each value once and
// owns the order in which things start and stop. It decides nothing that a room decides.
package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"itemshare/fault"
)

// commands is the command line: kong reads flags, variables and help from it.
type commands struct {
	settings
	Serve  serveCommand  `cmd:"" group:"run" help:"Run the server; --demo tries it with made-up items."`
	Import importCommand `cmd:"" group:"run" help:"Import another program's export into the vault."`
	User   struct {
		Add      userAddCommand      `cmd:"" group:"run" help:"Add a user."`
		Password userPasswordCommand `cmd:"" group:"run" help:"Set a user's password."`
	} `cmd:"" help:"Manage users."`
	Vault struct {
		Add   vaultAddCommand   `cmd:"" group:"run" help:"Add a vault."`
		Grant vaultGrantCommand `cmd:"" group:"run" help:"Set what somebody may do in a vault: without flags, nothing."`
	} `cmd:"" help:"Manage vaults."`
	ServiceAccount struct {
		Add    serviceAccountAddCommand    `cmd:"" group:"run" help:"Add a service account and print its token, this once."`
		List   serviceAccountListCommand   `cmd:"" group:"run" help:"List service accounts."`
		Revoke serviceAccountRevokeCommand `cmd:"" group:"run" help:"End a service account's token for good."`
	} `cmd:"" help:"Manage the accounts of programs."`

	Share  shareCommand  `cmd:"" group:"share" help:"Share an item: print a link to a copy of it."`
	Shares sharesCommand `cmd:"" group:"share" help:"List what this service account shared."`
	Revoke revokeCommand `cmd:"" group:"share" help:"End a share."`
	Open   openCommand   `cmd:"" group:"share" help:"Open a share link and decrypt it here."`

	Backup  backupCommand  `cmd:"" group:"keep" help:"Copy the database, of a running server too."`
	Restore restoreCommand `cmd:"" group:"keep" help:"Put a backup in place of an empty database; every share and token ends."`
	Copy    copyCommand    `cmd:"" group:"keep" help:"Copy an installation whose server is stopped to another database, SQLite or PostgreSQL."`
	Audit   struct {
		Verify auditVerifyCommand `cmd:"" group:"keep" help:"Check the audit chain: exit 0 intact, 1 broken, 2 could not check."`
	} `cmd:"" help:"Look at the audit chain."`
	Keys struct {
		Rotate keysRotateCommand `cmd:"" group:"keep" help:"Wrap all keys under another master key."`
	} `cmd:"" help:"Manage keys."`
	Version versionCommand `cmd:"" group:"keep" help:"Print the version, commit, Go and SQLite that this program is built from."`
}

// parser reads a command line into the commands; every flag has a variable too.
func (c *commands) parser(stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("itemshare"),
		kong.Description("Shares copies of vault items by link: a server, and commands that use one."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Help(help),
		kong.ExplicitGroups([]kong.Group{
			{Key: "run", Title: "Run a server:"},
			{Key: "share", Title: "Use one from any machine; set ITEMSHARE_URL and ITEMSHARE_TOKEN (open needs neither):"},
			{Key: "keep", Title: "Look after its data:"},
			{Key: "place", Title: "Where the installation is:"},
		}),
		kong.DefaultEnvars("ITEMSHARE"),
		kong.Writers(stdout, stderr),
		kong.Exit(exit))
}

// help leaves the installation's flags out where a command does not read them, and where
// all commands are listed.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	selected := ctx.Selected()
	talks := selected != nil && selected.Group != nil && selected.Group.Key == "share"
	for _, flag := range ctx.Model.Flags {
		flag.Hidden = flag.Group != nil && (selected == nil || talks)
	}
	return kong.DefaultHelpPrinter(options, ctx)
}

// program is what a command runs in.
type program struct {
	ctx    context.Context
	set    settings
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	clock  func() time.Time
	random io.Reader
	log    *slog.Logger

	accounts Accounts
}

// Run runs the command that the arguments name and returns the exit code. It stops when ctx
// ends. The accounts say how a 1Password account is reached, where one is served.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, accounts Accounts) int {
	var line commands
	helped := false
	parser, err := line.parser(stdout, stderr, func(int) { helped = true })
	if err != nil {
		return say(stderr, err)
	}
	parsed, err := parser.Parse(args)
	if helped {
		return 0
	}
	if err != nil {
		return say(stderr, fmt.Errorf("%w: itemshare --help shows what there is", err))
	}
	return say(stderr, parsed.Run(&program{
		ctx: ctx, set: line.settings, stdin: stdin, stdout: stdout, stderr: stderr,
		clock: time.Now, random: rand.Reader, log: newLog(stderr),
		accounts: accounts,
	}))
}

// exitError ends the program with a code of its own.
type exitError struct {
	code int
	text string
}

func (e exitError) Error() string { return e.text }

// say tells an error in one sentence and gives the exit code.
func say(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "itemshare: %s\n", plain(strings.TrimSuffix(oneLine(sentence(err)), ".")))
	var exit exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return 1
}

// sentence prefers the words of a fault's problems to the chain of operations.
func sentence(err error) string {
	var words []string
	for _, problem := range fault.ProblemsOf(err) {
		if problem.Detail != "" {
			words = append(words, problem.Detail)
		}
	}
	if len(words) == 0 {
		return err.Error()
	}
	return strings.Join(words, " ")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// newLog writes text to a terminal and JSON elsewhere.
func newLog(w io.Writer) *slog.Logger {
	if file, ok := w.(*os.File); ok && isatty.IsTerminal(file.Fd()) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}
