package cli

import (
	"cmp"
	"fmt"

	"itemshare/account"
	"itemshare/mail"
	"itemshare/seal"
)

// codeFlags say how a code reaches its person: in an email that the server sends, or where email is off as
// a link that is printed.
type codeFlags struct {
	URL string `help:"${serve_url}" placeholder:"URL"`
	mailFlags
	signInFlags
}

// with opens the installation and calls do with how codes are sent.
func (f codeFlags) with(
	p *program, open func() (*installation, error), do func(*installation, account.Post) error,
) error {
	base, err := parseBaseURL(cmp.Or(f.URL, "http://localhost:8080"))
	if err == nil {
		err = f.checkPasswords()
	}
	if err != nil {
		return err
	}
	if f.SMTP != "" {
		if _, err := f.mailFlags.open(p, f.URL); err != nil {
			return err
		}
	}
	return p.with(open, func(in *installation) error {
		in.accounts = f.limit(in.accounts)
		post := account.Post{Join: base.String() + "/join"}
		if f.SMTP != "" {
			post.Mailer = mail.NewSealer(in.keyring.Box(seal.Mail))
		}
		return do(in, post)
	})
}

// issue makes a code for the user with an email address, and returns it with how it is sent.
func (f codeFlags) issue(
	p *program, email string,
	issue func(in *installation, id string, post account.Post) (account.Issued, error),
) (issued account.Issued, sent account.Post, err error) {
	err = f.with(p, p.openExisting, func(in *installation, post account.Post) error {
		user, err := in.accounts.UserByEmail(p.ctx, email)
		if err != nil {
			return nameMissing("user", email, err)
		}
		sent = post
		issued, err = issue(in, user.ID, post)
		return err
	})
	return issued, sent, err
}

// say prints a line of text to standard output.
func (p *program) say(format string, values ...any) error {
	_, err := fmt.Fprintf(p.stdout, format, values...)
	return err
}

// sayLink prints the link with a code after words about it: it is shown only now.
func (p *program) sayLink(words string, issued account.Issued, post account.Post) error {
	return p.say("%s, until %s:\n%s\nOr the code, to type at %s: %s\n", words,
		issued.ExpiresAt.Format("2 January 2006, 15:04 (UTC)"),
		post.Link(issued.Code), post.Join, string(issued.Code))
}

type userResendCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	codeFlags
}

// Run makes a new invitation for somebody who hasn't joined.
func (c *userResendCommand) Run(p *program) error {
	issued, post, err := c.issue(p, c.Email, func(
		in *installation, id string, post account.Post,
	) (account.Issued, error) {
		return in.accounts.InviteAgain(p.ctx, "", id, post)
	})
	switch {
	case err != nil:
		return err
	case post.Mailer != nil:
		return p.say("Invited %s again. The server will send the email. "+
			"Earlier links don't work any more.\n", issued.User.Email)
	}
	return p.sayLink("Invited "+issued.User.Email+" again. Earlier links don't work any more. "+
		"Give them this link, which works once", issued, post)
}

type userResetCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	codeFlags
}

// Run makes a link for a new password, or where passwords are off for a new passkey. The old one works
// until then.
func (c *userResetCommand) Run(p *program) error {
	issued, post, err := c.issue(p, c.Email, func(
		in *installation, id string, post account.Post,
	) (account.Issued, error) {
		return in.accounts.Reset(p.ctx, "", id, post)
	})
	what := "password"
	if c.Passwords == "off" {
		what = "passkey"
	}
	switch {
	case err != nil:
		return err
	case post.Mailer != nil:
		return p.say("The server will send %s an email with a link for a new %s. "+
			"The old one works until then.\n", issued.User.Email, what)
	}
	return p.sayLink("Give "+issued.User.Email+" this link for a new "+what+", which works once",
		issued, post)
}

type userWithdrawCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"Email address of who is invited."`
}

// Run withdraws an invitation.
func (c *userWithdrawCommand) Run(p *program) error {
	return p.changeUser(c.Email, func(in *installation, user account.User) (string, error) {
		return fmt.Sprintf("The invitation of %s was withdrawn.\n", user.Email),
			in.accounts.Withdraw(p.ctx, "", user.ID)
	})
}
