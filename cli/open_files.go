package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"itemshare/client"
)

// saveFiles writes the files into the folder that was named; where a link will not
// open again it asks for one. A file that fails does not keep the others.
func (c *openCommand) saveFiles(p *program, in *prompter, opened *client.OpenedShare) error {
	if len(opened.Files) == 0 {
		return nil
	}
	if c.Files == "" && opened.Terms.MaxViews > 0 && in.interactive() {
		c.Files, _ = in.ask(p.ctx, "Save its files into which folder (none leaves them): ")
	}
	if c.Files == "" {
		_, err := fmt.Fprintln(p.stderr, "Its files were not saved: --files FOLDER saves them.")
		return err
	}
	if err := os.MkdirAll(c.Files, 0o700); err != nil {
		return fmt.Errorf("the folder for files cannot be made: %w", err)
	}
	root, err := os.OpenRoot(c.Files)
	if err != nil {
		return fmt.Errorf("the folder for files cannot be opened: %w", err)
	}
	defer root.Close()
	var failed []error
	for _, entry := range opened.Files {
		name, err := saveFile(p, root, opened, entry)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s was not saved: %w", plain(entry.Name), err))
			continue
		}
		fmt.Fprintf(p.stderr, "Saved %s (%d bytes).\n", name, entry.Size)
	}
	return errors.Join(failed...)
}

// saveFile writes one file, whole or not at all, under a name that was free.
func saveFile(p *program, root *os.Root, opened *client.OpenedShare, entry client.SharedFile) (string, error) {
	source, err := opened.OpenFile(p.ctx, entry)
	if err != nil {
		return "", err
	}
	file, name, err := newFile(root, fileName(entry.Name))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(file, source)
	if err := errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, root.Remove(name))
	}
	return name, nil
}

const mostNames = 1000

// newFile makes a file that was not there, for its owner alone.
func newFile(root *os.Root, name string) (*os.File, string, error) {
	ending := path.Ext(name)
	stem := strings.TrimSuffix(name, ending)
	for n := 1; n <= mostNames; n++ {
		if n > 1 {
			name = fmt.Sprintf("%s (%d)%s", stem, n, ending)
		}
		file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return file, name, err
		}
	}
	return nil, "", errors.New("too many files have that name already")
}

// The parts of a file's name, in bytes: with a number between them they stay below
// what every file system takes.
const (
	longestStem   = 180
	longestEnding = 16
)

// fileName makes a name for a disk of one that a stranger chose: no path, nothing
// hidden, nothing that does not show.
func fileName(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		}
		return r
	}, text)
	clean = strings.Trim(clean, " .")
	ending := path.Ext(clean)
	if len(ending) > longestEnding || strings.ContainsFunc(strings.TrimPrefix(ending, "."), notInEnding) {
		ending = ""
	}
	stem := strings.TrimRight(beginning(strings.TrimSuffix(clean, ending), longestStem), " .")
	if stem == "" {
		stem = "file"
	}
	return stem + ending
}

// beginning is at most so many bytes of a text, whole characters.
func beginning(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

func notInEnding(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
