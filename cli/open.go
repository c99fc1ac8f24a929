package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/mattn/go-isatty"

	"itemshare/client"
	"itemshare/share/link"
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
	in := &prompter{program: p, lines: bufio.NewReader(io.LimitReader(p.stdin, maxInput))}
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
		c.Email, err = in.askFor(
			p.ctx, "This link is for specific people. Your email address: ", isAddressLike,
		)
		if err != nil {
			return exitError{
				exitProof,
				"this link is for specific people: enter your email address with --email",
			}
		}
	}
	opened, err := client.Open(p.ctx, c.Link, client.OpenOptions{
		Email: c.Email, Tries: tries,
		Code: func(ctx context.Context) (string, error) {
			sent := "if " + plain(c.Email) + " may open it, a code was sent there"
			code, err := in.askFor(ctx, "I"+sent[1:]+". Code: ", isCodeLike)
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return "", exitError{exitProof, sent +
					", but there is no terminal to enter it: add it as the next line of standard input"}
			}
			return code, err
		},
	})
	if err != nil {
		return err
	}
	if err := c.print(p, opened); err != nil {
		return err
	}
	return c.saveFiles(p, in, opened)
}

// readLink reads the link from standard input if the argument is "-". It reads no further than the
// line in which the link ends: the lines below it may be answers that are not known yet.
func (c *openCommand) readLink(ctx context.Context, in *prompter) error {
	if c.Link != "-" {
		return nil
	}
	question, text := "Link: ", ""
	for {
		line, err := in.line(ctx, question)
		switch text += line; {
		case isLink(text):
			c.Link, in.stdinOnly = text, false
			return nil
		case err != nil && text == "":
			return errors.New("standard input holds no link")
		case err != nil:
			return link.ErrIncomplete
		case strings.TrimSpace(text) != "":
			question = "That isn't a complete link yet. Paste the rest: "
			in.stdinOnly = true
		}
	}
}

func isLink(text string) bool {
	_, _, err := link.Parse(text)
	return err == nil
}

// isAddressLike reports whether a line can be the answer with an email address, perhaps with a name.
var isAddressLike = regexp.MustCompile(`^(?:[^@/]*<)?[^\s<>@/]+@[^\s<>@/]+>?\S?$`).MatchString

// isCodeLike reports whether a line can be the answer with a code.
func isCodeLike(line string) bool {
	return strings.ContainsFunc(line, unicode.IsDigit) && !strings.ContainsFunc(line, unicode.IsLetter)
}

func (c *openCommand) print(p *program, opened *client.OpenedShare) error {
	if c.JSON {
		return printJSON(p.stdout, opened.SharedItem)
	}
	return printItem(p.stdout, opened.SharedItem, c.Reveal, p.clock())
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
	lines     *bufio.Reader // of standard input, then of the terminal
	atTTY     bool
	stdinOnly bool // the terminal is not asked
}

// askFor returns the next line that can be the answer, without white space around it. It skips
// others: what follows a link in a message.
func (a *prompter) askFor(
	ctx context.Context, question string, fits func(string) bool,
) (string, error) {
	for {
		line, err := a.line(ctx, question)
		if err != nil {
			return "", err
		}
		if text := strings.TrimSpace(line); fits(text) {
			return text, nil
		}
	}
}

// line prints a question and reads one line. It returns when ctx ends, even if nothing is entered.
func (a *prompter) line(ctx context.Context, question string) (string, error) {
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

const (
	maxInput  = 64 << 10 // bytes of standard input: a message, and answers
	maxAnswer = 4 << 10  // bytes from the terminal
)

// readLine reads from standard input, and from the terminal once that has ended.
func (a *prompter) readLine(question string) (string, error) {
	text, err := a.lines.ReadString('\n')
	if text != "" || err == nil {
		return text, nil
	}
	if _, isFile := a.stdin.(*os.File); !isFile || a.atTTY || a.stdinOnly {
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
	return a.atTTY || isTerminal(a.stdin)
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
