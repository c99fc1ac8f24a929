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
	Link   string `arg:"" help:"The share link in quotes, or - to read it from standard input: others can see arguments."`
	Email  string `placeholder:"ADDRESS" help:"Your address, where the link is for named people: a code is mailed there."`
	Reveal bool   `help:"Print hidden values, such as passwords, too."`
	JSON   bool   `name:"json" help:"Print the whole item as JSON, hidden values included."`
	Files  string `env:"ITEMSHARE_FILES_FOLDER" placeholder:"FOLDER" help:"Save the files into this folder."`
}

// Help is what open --help says more.
func (c *openCommand) Help() string {
	return "Opens a share link and decrypts it here, which counts as a view. A mailed code is asked for on the terminal, or read as the next line of standard input. " +
		"Control characters are printed as escapes; --json has every value exactly.\n\n" + exitCodesHelp
}

// tries is how often a code may be typed.
const tries = 3

// Run opens a link.
func (c *openCommand) Run(p *program) error { return remotely(c.open(p)) }

func (c *openCommand) open(p *program) error {
	in := &prompter{program: p, lines: bufio.NewReader(io.LimitReader(p.stdin, longestAnswer))}
	if err := c.readLink(p.ctx, in); err != nil {
		return err
	}
	terms, err := client.Peek(p.ctx, c.Link, client.OpenOptions{})
	if err != nil {
		return err
	}
	if terms.MaxViews > 0 && !c.Reveal && !c.JSON {
		return fmt.Errorf("this link opens %s: add --reveal or --json, or its hidden values are lost", timesWords(terms.MaxViews))
	}
	if terms.CodeRequired && c.Email == "" {
		if c.Email, err = in.ask(p.ctx, "This link is for named people. Your address: "); err != nil {
			return exitError{exitProof, "this link is for named people: give your address with --email"}
		}
	}
	opened, err := client.Open(p.ctx, c.Link, client.OpenOptions{
		Email: c.Email, Tries: tries,
		Code: func(ctx context.Context) (string, error) {
			code, err := in.ask(ctx, "The code mailed to "+plain(c.Email)+": ")
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return "", exitError{exitProof, "a code was mailed to " + plain(c.Email) + ", and nobody is there to type it: give it as the next line of standard input"}
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

// readLink takes the link from standard input where the argument says so.
func (c *openCommand) readLink(ctx context.Context, in *prompter) error {
	if c.Link != "-" {
		return nil
	}
	text, err := in.ask(ctx, "The link: ")
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

func timesWords(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// prompter asks questions on the terminal. Whoever has none gives the answers as
// lines of standard input.
type prompter struct {
	*program
	lines *bufio.Reader // of standard input, then of the terminal
	atTTY bool
}

// ask asks and reads one line; it ends when ctx does, whether or not anybody types.
func (a *prompter) ask(ctx context.Context, question string) (string, error) {
	if a.interactive() {
		fmt.Fprint(a.stderr, question)
	}
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := a.line(question)
		read <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case l := <-read:
		return l.text, l.err
	}
}

const longestAnswer = 4096 // bytes

// line reads from standard input, and from the terminal once that has ended.
func (a *prompter) line(question string) (string, error) {
	text, err := a.lines.ReadString('\n')
	if text = strings.TrimSpace(text); text != "" {
		return text, nil
	}
	if err == nil {
		return "", errors.New("the answer is empty")
	}
	if _, real := a.stdin.(*os.File); !real || a.atTTY {
		return "", io.ErrUnexpectedEOF
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return "", io.ErrUnexpectedEOF
	}
	a.lines, a.atTTY = bufio.NewReader(io.LimitReader(tty, longestAnswer)), true
	fmt.Fprint(a.stderr, question)
	return a.line(question)
}

// interactive tells whether a person sits at standard input.
func (a *prompter) interactive() bool {
	file, ok := a.stdin.(*os.File)
	return a.atTTY || ok && isatty.IsTerminal(file.Fd())
}
