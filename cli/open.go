package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"

	"itemshare/client"
)

type openCommand struct {
	Link   string `arg:"" help:"${open_link}"`
	Email  string `help:"${open_email}" placeholder:"ADDRESS"`
	Reveal bool   `help:"Print hidden values too, such as passwords."`
	JSON   bool   `help:"Print the whole item as JSON, including hidden values." name:"json"`
	Files  string `help:"${open_files}" placeholder:"FOLDER" env:"ITEMSHARE_FILES_FOLDER"`
}

// Help returns more text for open --help.
func (c *openCommand) Help() string {
	return "Opens a share link and decrypts the item here, which counts as a view. " +
		"If a verification code is required, it asks for it on the terminal, " +
		"or takes the next line of standard input. " +
		"Control characters are printed as escapes; --json has every value exactly.\n\n" + exitCodesHelp
}

// tries is how many times a code can be entered.
const tries = 3

// Run opens a link.
func (c *openCommand) Run(p *program) error { return remoteError(c.open(p)) }

func (c *openCommand) open(p *program) error {
	in := &prompter{program: p, lines: bufio.NewReader(io.LimitReader(p.stdin, maxAnswer))}
	if err := c.readLink(p.ctx, in); err != nil {
		return err
	}
	terms, err := client.Peek(p.ctx, c.Link, client.OpenOptions{})
	if err != nil {
		return err
	}
	if terms.MaxViews > 0 && !c.Reveal && !c.JSON {
		return fmt.Errorf(
			"this link allows %s: add --reveal or --json, or you won't see hidden values",
			viewsWords(terms.MaxViews),
		)
	}
	if terms.CodeRequired && c.Email == "" {
		if c.Email, err = in.ask(p.ctx, "This link is for specific people. Your email address: "); err != nil {
			return exitError{
				exitProof,
				"this link is for specific people: enter your email address with --email",
			}
		}
	}
	opened, err := client.Open(p.ctx, c.Link, client.OpenOptions{
		Email: c.Email, Tries: tries,
		Code: func(ctx context.Context) (string, error) {
			code, err := in.ask(ctx, "Code sent to "+plain(c.Email)+": ")
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return "", exitError{exitProof, "a code was sent to " + plain(c.Email) +
					", but there is no terminal to enter it: add it as the next line of standard input"}
			}
			return code, err
		},
	})
	if err != nil {
		return err
	}
	if err := c.print(p.stdout, opened); err != nil {
		return err
	}
	return c.saveFiles(p, in, opened)
}

// readLink reads the link from standard input if the argument is "-".
func (c *openCommand) readLink(ctx context.Context, in *prompter) error {
	if c.Link != "-" {
		return nil
	}
	text, err := in.ask(ctx, "Link: ")
	if err != nil {
		return errors.New("standard input holds no link")
	}
	c.Link = text
	return nil
}

func (c *openCommand) print(w io.Writer, opened *client.OpenedShare) error {
	if c.JSON {
		return printJSON(w, opened.SharedItem)
	}
	return printItem(w, opened.SharedItem, c.Reveal)
}

func viewsWords(n int64) string {
	if n == 1 {
		return "one view"
	}
	return fmt.Sprintf("%d views", n)
}

// prompter asks questions on the terminal. Without a terminal, each line of standard input is an
// answer.
type prompter struct {
	*program
	lines *bufio.Reader // of standard input, then of the terminal
	atTTY bool
}

// ask prints a question and reads one line. It returns when ctx ends, even if nothing is entered.
func (a *prompter) ask(ctx context.Context, question string) (string, error) {
	if a.isInteractive() {
		fmt.Fprint(a.stderr, question)
	}
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := a.readLine(question)
		answers <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case given := <-answers:
		return given.text, given.err
	}
}

const maxAnswer = 4096 // bytes

// readLine reads from standard input, and from the terminal once that has ended.
func (a *prompter) readLine(question string) (string, error) {
	text, err := a.lines.ReadString('\n')
	if text = strings.TrimSpace(text); text != "" {
		return text, nil
	}
	if err == nil {
		return "", errors.New("the answer is empty")
	}
	if _, isFile := a.stdin.(*os.File); !isFile || a.atTTY {
		return "", io.ErrUnexpectedEOF
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return "", io.ErrUnexpectedEOF
	}
	a.lines, a.atTTY = bufio.NewReader(io.LimitReader(tty, maxAnswer)), true
	fmt.Fprint(a.stderr, question)
	return a.readLine(question)
}

// isInteractive reports whether standard input is a terminal.
func (a *prompter) isInteractive() bool {
	file, ok := a.stdin.(*os.File)
	return a.atTTY || ok && isatty.IsTerminal(file.Fd())
}
