package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"unicode/utf8"

	"itemshare/vault"
)

// maxValueInput is how many bytes of standard input can be values: more than a field holds.
const maxValueInput = 4*vault.MaxValue + 2

// readValues reads the values of the assignments that take theirs from standard input. One takes all
// of it, except a line break at its end; of several each takes a line. At a terminal, each is asked
// for by name and does not show.
func readValues(p *program, all []assignment) error {
	var waiting []*assignment
	for i := range all {
		if all[i].input {
			waiting = append(waiting, &all[i])
		}
	}
	lines := bufio.NewReader(io.LimitReader(p.stdin, maxValueInput))
	isTyped := isTerminal(p.stdin)
	for n, a := range waiting {
		var err error
		switch {
		case isTyped:
			a.value, err = typeValue(p, lines, a.name)
		case len(waiting) == 1:
			var text []byte
			text, err = io.ReadAll(lines)
			if a.value = string(text); len(text) == 0 && err == nil {
				err = io.EOF // what should have written it failed
			}
		default:
			a.value, err = lines.ReadString('\n')
		}
		if p.ctx.Err() != nil {
			return p.ctx.Err()
		}
		if err != nil && !(errors.Is(err, io.EOF) && a.value != "") {
			return fmt.Errorf("standard input ends before the value of %s, number %d of %d",
				plain(a.name), n+1, len(waiting))
		}
		if err := checkInput(a); err != nil {
			return err
		}
	}
	return nil
}

// checkInput takes the line break from the end of a value that was read, and rejects what is no text.
func checkInput(a *assignment) error {
	if len(a.value) >= maxValueInput {
		return fmt.Errorf("the value of %s is too long: a field has at most %d characters",
			plain(a.name), vault.MaxValue)
	}
	if !utf8.ValidString(a.value) {
		return fmt.Errorf("the value of %s is not text in UTF-8", plain(a.name))
	}
	a.value = strings.TrimSuffix(strings.TrimSuffix(a.value, "\n"), "\r")
	return nil
}

// typeValue asks for a value that does not show while it is typed.
func typeValue(p *program, lines *bufio.Reader, name string) (string, error) {
	if err := echo(p, "-echo"); err != nil {
		return "", err
	}
	defer fmt.Fprintln(p.stderr)
	defer echo(p, "echo") // also where the program is interrupted, which ends the context
	in := &prompter{program: p, lines: lines, stdinOnly: true}
	return in.line(p.ctx, plain(unescape(name))+": ")
}

// echo switches the echo of the terminal at standard input.
func echo(p *program, setting string) error {
	cmd := exec.CommandContext(context.WithoutCancel(p.ctx), "stty", setting)
	cmd.Stdin = p.stdin
	if err := cmd.Run(); err != nil {
		return errors.New("this terminal would show what you type: pipe the value in instead")
	}
	return nil
}
