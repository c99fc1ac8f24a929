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
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"itemshare/fault"
	"itemshare/telemetry"
)

// commands declares the command line for kong: flags, variables and help.
type commands struct {
	settings
	Serve  serveCommand  `cmd:"" group:"run" help:"${command_serve}"`
	Import importCommand `cmd:"" group:"run" help:"Import another program's export into the vault."`
	Export exportCommand `cmd:"" group:"run" help:"${command_export}"`
	User   struct {
		Add      userAddCommand      `cmd:"" group:"run" help:"Add a user."`
		Password userPasswordCommand `cmd:"" group:"run" help:"Set a user's password."`
		Invite   userInviteCommand   `cmd:"" group:"run" help:"${command_user_invite}"`
		List     userListCommand     `cmd:"" group:"run" help:"List users: role, status, last seen."`

		Resend   userResendCommand   `cmd:"" group:"run" help:"${command_user_resend}"`
		Withdraw userWithdrawCommand `cmd:"" group:"run" help:"Withdraw an invitation."`
		Reset    userResetCommand    `cmd:"" group:"run" help:"${command_user_reset}"`
		Rename   userRenameCommand   `cmd:"" group:"run" help:"Change a user's name."`
		Role     userRoleCommand     `cmd:"" group:"run" help:"Make a user an admin or a member."`
		Access   userAccessCommand   `cmd:"" group:"run" help:"${command_user_access}"`

		Suspend   userSuspendCommand   `cmd:"" group:"run" help:"Sign a user out and keep them out."`
		Reinstate userReinstateCommand `cmd:"" group:"run" help:"Let a suspended user sign in again."`
		Remove    userRemoveCommand    `cmd:"" group:"run" help:"${command_user_remove}"`
	} `cmd:"" help:"Manage users."`
	Vault struct {
		Add     vaultAddCommand     `cmd:"" group:"run" help:"Add a vault."`
		List    vaultListCommand    `cmd:"" group:"run" help:"List all vaults."`
		Grant   vaultGrantCommand   `cmd:"" group:"run" help:"${command_vault_grant}"`
		Access  vaultAccessCommand  `cmd:"" group:"run" help:"${command_vault_access}"`
		Rename  vaultRenameCommand  `cmd:"" group:"run" help:"Rename a vault."`
		Archive vaultArchiveCommand `cmd:"" group:"run" help:"${command_vault_archive}"`
		Restore vaultRestoreCommand `cmd:"" group:"run" help:"Put an archived vault into use again."`
	} `cmd:"" help:"Manage vaults."`
	Group struct {
		Add    groupAddCommand    `cmd:"" group:"run" help:"Add a group."`
		List   groupListCommand   `cmd:"" group:"run" help:"List all groups and their members."`
		Member groupMemberCommand `cmd:"" group:"run" help:"${command_group_member}"`
		Access groupAccessCommand `cmd:"" group:"run" help:"${command_group_access}"`
		Rename groupRenameCommand `cmd:"" group:"run" help:"Rename a group."`
		Remove groupRemoveCommand `cmd:"" group:"run" help:"${command_group_remove}"`
	} `cmd:"" help:"Manage groups of users."`
	ServiceAccount struct {
		Add    serviceAccountAddCommand    `cmd:"" group:"run" help:"${command_service_account_add}"`
		List   serviceAccountListCommand   `cmd:"" group:"run" help:"List service accounts."`
		Revoke serviceAccountRevokeCommand `cmd:"" group:"run" help:"${command_service_account_revoke}"`
	} `cmd:"" help:"Manage service accounts."`

	Vaults vaultsCommand `cmd:"" group:"share" help:"List the vaults that this service account can read."`
	Items  itemsCommand  `cmd:"" group:"share" help:"List or search items."`
	Item   struct {
		Get    itemGetCommand    `cmd:"" group:"share" help:"Print an item, or one of its fields."`
		Create itemCreateCommand `cmd:"" group:"share" help:"Create an item and print its ID."`
		Edit   itemEditCommand   `cmd:"" group:"share" help:"Change an item."`

		Archive itemArchiveCommand `cmd:"" group:"share" help:"Keep an item out of lists."`
		Delete  itemDeleteCommand  `cmd:"" group:"share" help:"Delete an archived item for good."`
	} `cmd:"" group:"share" help:"Read and change items."`
	Share  shareCommand  `cmd:"" group:"share" help:"${command_share}"`
	Shares sharesCommand `cmd:"" group:"share" help:"List shares created by this service account."`
	Revoke revokeCommand `cmd:"" group:"share" help:"Revoke a share."`
	Open   openCommand   `cmd:"" group:"share" help:"${command_open}"`

	Backup  backupCommand  `cmd:"" group:"maintain" help:"${command_backup}"`
	Restore restoreCommand `cmd:"" group:"maintain" help:"${command_restore}"`
	Copy    copyCommand    `cmd:"" group:"maintain" help:"${command_copy}"`
	Audit   struct {
		Verify auditVerifyCommand `cmd:"" group:"maintain" help:"${command_audit_verify}"`
	} `cmd:"" help:"Verify the audit log."`
	Mail struct {
		Test mailTestCommand `cmd:"" group:"maintain" help:"${command_mail_test}"`
	} `cmd:"" help:"Check email."`
	Keys struct {
		Rotate keysRotateCommand `cmd:"" group:"maintain" help:"Replace the master key."`
	} `cmd:"" help:"Manage keys."`
	Doctor  doctorCommand  `cmd:"" group:"maintain" help:"${command_doctor}"`
	Version versionCommand `cmd:"" group:"maintain" help:"${command_version}"`

	Completion completionCommand `cmd:"" group:"maintain" help:"${command_completion}"`
	Complete   completeCommand   `cmd:"" hidden:"" help:"Complete a command line, for the scripts."`
}

// parser returns a parser that fills the commands. Every flag can be set by a variable too.
func (c *commands) parser(stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("itemshare"),
		kong.Description("Share copies of vault items by link."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Help(help),
		kong.ExplicitGroups([]kong.Group{
			{Key: "run", Title: "Run a server:"},
			{
				Key:   "share",
				Title: "Use a server from any machine; set ITEMSHARE_URL and ITEMSHARE_TOKEN (open needs neither):",
			},
			{Key: "maintain", Title: "Maintain an installation:"},
			{Key: "place", Title: "Installation:"},
		}),
		kong.PostBuild(longHelp),
		kong.DefaultEnvars("ITEMSHARE"),
		kong.Writers(stdout, stderr),
		kong.Exit(exit))
}

// help hides the flags of the installation where they are of no use.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	hides := hidesInstallation(ctx.Selected())
	for _, flag := range ctx.Model.Flags {
		flag.Hidden = flag.Group != nil && hides
	}
	return kong.DefaultHelpPrinter(options, ctx)
}

// hidesInstallation reports whether a command does not use the flags of the installation: the list of
// commands, nil or without a parent, and commands that use a server's API.
func hidesInstallation(command *kong.Node) bool {
	return command == nil || command.Parent == nil ||
		command.Group != nil && command.Group.Key == "share"
}

// program is the environment of a command.
type program struct {
	ctx    context.Context
	set    settings
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	clock  func() time.Time
	random io.Reader
	log    *slog.Logger

	telemetry *telemetry.Telemetry // nil if nothing is measured
	accounts  Accounts
}

// Run runs the command that the arguments name and returns the exit code. It stops when ctx
// ends. If the configuration has a 1Password token, it serves the account that accounts opens.
func Run(
	ctx context.Context,
	args []string,
	stdin io.Reader,
	stdout, stderr io.Writer,
	accounts Accounts,
) int {
	return runAt(ctx, time.Now, args, stdin, stdout, stderr, accounts)
}

func runAt(
	ctx context.Context,
	clock func() time.Time,
	args []string,
	stdin io.Reader,
	stdout, stderr io.Writer,
	accounts Accounts,
) int {
	var line commands
	helpShown := false
	parser, err := line.parser(stdout, stderr, func(int) { helpShown = true })
	if err != nil {
		return report(stderr, err)
	}
	command, err := parser.Parse(argumentsLast(parser.Model.Node, args))
	if helpShown {
		return 0
	}
	if err != nil {
		return report(stderr, fmt.Errorf("%w (see itemshare --help)", err))
	}
	return report(stderr, command.Run(&program{
		ctx: ctx, set: line.settings, stdin: stdin, stdout: stdout, stderr: stderr,
		clock: clock, random: rand.Reader, log: newLog(stderr, stderr, slog.LevelInfo),
		accounts: accounts,
	}))
}

// exitError is an error with an exit code other than 1.
type exitError struct {
	code int
	text string
}

func (e exitError) Error() string { return e.text }

// report prints an error in one line and returns the exit code.
func report(stderr io.Writer, err error) int {
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

// sentence returns the details of a fault's problems, or else the text of the error.
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
