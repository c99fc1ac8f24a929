package cli

import "github.com/alecthomas/kong"

// longHelp fills in the help that the struct tags of commands and flags name. Variables of kong would do
// the same, but kong reads all of them again for every flag, which took most of a command's start.
func longHelp(parser *kong.Kong) error {
	texts := helpTexts()
	fill := func(help *string) {
		if text, ok := texts[*help]; ok {
			*help = text
		}
	}
	return kong.Visit(parser.Model.Node, func(node kong.Visitable, next kong.Next) error {
		switch node := node.(type) {
		case *kong.Node:
			fill(&node.Help)
		case *kong.Value:
			fill(&node.Help)
		}
		return next(nil)
	})
}

// helpTexts returns the help of commands and flags that is too long for a struct tag, by its name there.
func helpTexts() map[string]string {
	return map[string]string{
		"${audit_verify_head}": "The checksum that an earlier check printed: proves that no event " +
			"was removed since.",

		"${command_serve}": "Run the server; --demo starts it with sample data.",
		"${command_user_invite}": "Invite a user: send an email with a link, or print the link if email " +
			"is off.",
		"${command_user_resend}": "Send an invitation again, or print a new link if email is off; earlier " +
			"links stop working.",
		"${command_user_reset}": "Send a user a link for a new password, or for a new passkey where " +
			"passwords are off, or print it if email is off.",
		"${command_user_remove}": "Remove a user for good: they are signed out everywhere and lose access " +
			"to every vault.",
		"${command_user_access}":  "List what a user can do in which vault, and where that comes from.",
		"${command_group_access}": "List what a group gives its members in which vault.",
		"${command_vault_access}": "List who can do what in a vault, and where that comes from.",
		"${command_vault_grant}": "Set a user's or a group's access to a vault, in place of all rights that " +
			"they had there by themselves; without --view, --share, --edit or --manage, remove it.",
		"${command_vault_archive}": "Put a vault out of use: no one can view, share or change its items " +
			"until it is restored.",
		"${command_group_member}": "Add a user to a group; with --remove, take them out.",
		"${command_group_remove}": "Remove a group and the rights that it gives its members.",
		"${command_service_account_add}": "Add a service account and print its token, which is shown only " +
			"once.",
		"${command_service_account_revoke}": "Revoke a service account's token.",
		"${command_share}":                  "Share a copy of an item: create a link and print it.",
		"${command_open}":                   "Open a share link and decrypt the item on this machine.",
		"${command_completion}":             "Print a script that completes commands and flags in a shell.",
		"${command_backup}":                 "Back up the database, also while the server runs.",
		"${command_restore}": "Restore a backup into an empty database; its shares and tokens " +
			"are revoked.",
		"${command_copy}": "Copy a stopped installation to another database, SQLite or " +
			"PostgreSQL.",
		"${command_audit_verify}": "Verify the audit log: exits with 0 if intact, 1 if broken, 2 if " +
			"it couldn't be checked.",
		"${command_doctor}": "Check an installation: one line for each check, exit code 1 if " +
			"something is wrong.",
		"${command_mail_test}": "Send one email as the server would and print what the mail server " +
			"answered.",
		"${command_version}": "Print the version, the commit, and the versions of Go and " +
			"SQLite.",

		"${settings_data}": "Data folder, created with mode 0700 (default: ./data).",
		"${settings_database}": "Database: sqlite:PATH or postgres://… (default: " +
			"sqlite:{data}/itemshare.db).",
		"${settings_master_key}": "Master key: base64 of 32 bytes (default: the file " +
			"{data}/master.key, created with mode 0600 at the first start). " +
			"Set the variable rather than the flag: others can see flags.",
		"${op_token}": "Serve a 1Password account's vaults with this service account's " +
			"token (default: the embedded vault). Set the variable rather " +
			"than the flag: others can see flags.",

		"${backup_keep}": "Write to a new file in this folder, named by its time, and then keep so many of " +
			"the newest.",
		"${backup_verify}": "Restore the backup to a temporary folder, verify its audit log and open every " +
			"item; needs the master key.",

		"${copy_from}": "The database to copy: sqlite:PATH or postgres://…. If it holds a " +
			"password, set the variable instead: others can see flags.",

		"${command_export}": "Export the items of a vault to an unencrypted .1pux file, which itemshare and " +
			"1Password import.",
		"${export_vault}": "The name or ID of the vault.",
		"${export_file}":  "The new file. Anyone who can read it can read every password in it.",
		"${import_file}": "The export of 1Password (.1pux), Bitwarden, KeePass (XML), Proton Pass, or a " +
			"CSV file. It is recognized by its content.",
		"${import_duplicates}": "What becomes of entries that the vault has already: skip, update, or keep " +
			"both (default: update those known by their source, skip those with the same title, " +
			"username and site).",
		"${import_columns}": "For a CSV file of no known program: what its columns hold, such as " +
			"'Service=title,Login=username,Pass=password'. Columns that aren't named are left out.",
		"${import_vault}": "Import all items into this vault, created if missing (default: " +
			"one vault for each in the export, known again by the export's IDs).",
		"${import_map}": "Import the items of this vault of the export into that vault, created if " +
			"missing; repeat for more.",
		"${import_owner}": "Email address of the user who gets every right in the vaults that " +
			"the import creates (default: all admins).",
		"${import_strict}": "Import nothing if anything in the export is wrong " +
			"(default: leave it out and say so).",

		"${complete_words}":   "The words of the command line, of which the last one is completed.",
		"${completion_shell}": "The shell: bash, zsh or fish.",

		"${item_category}": "The category, such as Login, SecureNote, Server or ApiCredentials " +
			"(default: Login).",
		"${item_create_vault}": "Name or ID of the vault (default: the only one that the token can read).",
		"${item_fields}": "Fields to set: field=value, Section.field[type]=value, or field=- to read the " +
			"value from standard input.",
		"${item_file}": "A file to attach; repeat for more.",
		"${item_generate}": "Generate the password: 20 letters, digits and symbols, or by a recipe after =. " +
			"It isn't printed.",
		"${item_get_field}": "Print only this field's value, hidden or not: its ID, title or Section.field. " +
			"Of a one-time password, the current code.",
		"${item_if_version}": "Change the item only if it is at this version.",
		"${item_notes}":      "The notes; an empty text removes them.",
		"${item_tag}":        "A tag; repeat for more. Replaces the item's tags; --tag= removes them.",
		"${item_website}": "A website's address; repeat for more. Replaces the item's websites; " +
			"--website= removes them.",
		"${items_query}": "Only items with these words at the start of words in their title, username, " +
			"websites and tags.",

		"${keys_rotate_new_key}": "Key file of the new master key, created if missing.",
		"${keys_rotate_reseal}": "Make new keys for everything that is stored encrypted, and encrypt it " +
			"again under them. Goes on where it was interrupted.",

		"${open_link}": "The share link in quotes, or - to read it from standard input: " +
			"others can see arguments.",
		"${open_email}": "Your email address, for a link with recipients: a verification " +
			"code is sent there.",
		"${open_files}": "Save the files into this folder.",

		"${remote_url}": "The server's base URL (default: http://localhost:8080).",
		"${remote_token}": "A service account's token. Set the variable rather than the " +
			"flag: others can see flags.",

		"${revoke_id}": "The share's ID, as share and shares print it. It isn't part of " +
			"the link.",

		"${serve_url}": "Public base URL, with or without a path; https unless it is " +
			"localhost (default: http://localhost and the port).",
		"${serve_smtp}": "Mail server: smtp://user:password@host:port (STARTTLS when " +
			"offered) or smtps://… (default: none, email is off).",
		"${serve_mail_helo}": "Name that the server gives to mail servers in EHLO (default: the host of " +
			"the base URL).",
		"${serve_oidc_issuer}": "Issuer of an OpenID Connect provider that people sign in with " +
			"(default: none).",
		"${serve_oidc_name}":         "Name of the provider on the button (default: the issuer's host).",
		"${serve_oidc_groups_claim}": "Claim with a person's groups, read at each sign-in (default: none).",
		"${serve_oidc_admin_group}":  "Group whose members are admins (default: roles are given here).",
		"${serve_oidc_domains}": "Domains whose verified addresses may join without an invitation " +
			"(default: none).",
		"${serve_passwords}": "Whether people sign in with passwords: on or off.",
		"${serve_trusted_proxies}": "Networks whose X-Forwarded-For header is trusted (default: " +
			"none).",
		"${serve_webhook_networks}": "Private networks that webhooks may reach, without https too (default: " +
			"none).",
		"${serve_apirate}": "Maximum requests per minute of each service account (default: " +
			"600000; 0: unlimited).",
		"${serve_max_connections}": "Connections accepted at once; others wait (default: 4096).",
		"${serve_max_file}":        "Largest file, in MiB, that people can add to an item or share.",
		"${serve_large_answers}": "Large answers, such as parts of files, sent at once; a quarter of " +
			"them for one network (default: 32).",
		"${serve_history_days}": "Days after which the titles and email addresses of ended shares " +
			"are deleted (default: never).",
		"${serve_drain}": "How long to go on answering after SIGTERM while /readyz fails, so that a proxy " +
			"turns to another server (default: 5s; 0s to stop at once).",
		"${serve_log_level}": "Least level of what is logged: debug, info, warn or error (default: info).",
		"${serve_metrics_addr}": "Loopback or private address that serves /metrics to Prometheus " +
			"(default: none).",
		"${serve_pprof}": "Serve profiles at /debug/pprof/ of that address too: on or off.",
		"${serve_otlp}": "Base URL of an OpenTelemetry collector that gets traces over HTTP " +
			"(default: none).",
		"${serve_demo}": "Fill an empty database with sample data and show email on an " +
			"outbox page. Listens on this machine only.",
		"${serve_demo_password}": "Password of the demo users (default: random, printed once).",

		"${user_remove_links}": "What happens to their active links: keep, hand-over or revoke. Required if " +
			"there are any.",
		"${user_remove_to}": "Email address of who gets the links, with --links hand-over.",

		"${vault_grant_no_reveal}": "Withhold concealed values, such as passwords, and with them " +
			"sharing and editing.",
		"${vault_grant_edit}": "Allow creating, changing and deleting items; includes --view.",

		"${vault_grant_manage}": "Allow renaming and archiving the vault and deciding who may do what; " +
			"includes --view.",

		"${service_account_add_vault}": "Name or ID of a vault that it can read; repeat for more.",

		"${share_text}": "Share this text, which is in no vault; - reads it from standard input, where other " +
			"users of the machine can't see it.",
		"${share_file}": "Share this file, which is in no vault. Repeatable.",
		"${share_to}": "Who can view: an email address, or a domain for everyone at that " +
			"domain; repeat for more (default: anyone with the link).",
		"${share_expires}": "Link expires after OneHour, OneDay, SevenDays, FourteenDays or " +
			"ThirtyDays (default: the policy's).",
		"${share_totp}": "Include one-time passwords: anyone who opens the link can " +
			"generate codes even after it expires.",

		"${shares_status}": "Only shares with this status: active, expired, viewed (no views " +
			"left) or revoked.",
		"${shares_query}": "Only shares with these words in the item's title, or with this " +
			"full email address or domain.",
		"${shares_with}": "Only shares with this recipient: a full email address or domain.",
		"${shares_created}": "Only shares created today, in the last 7days or 30days " +
			"(whole days in UTC).",
		"${shares_from}":  "Only shares created on this day or later, such as 2026-11-30 (UTC).",
		"${shares_to}":    "Only shares created on this day or earlier.",
		"${shares_limit}": "How many shares to list, 0 for all (default: 50).",
	}
}
