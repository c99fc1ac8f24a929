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

// saveFiles writes the files into the folder given with --files. If the link has a view limit, it
// asks for a folder. It saves as many files as it can.
func (c *openCommand) saveFiles(p *program, in *prompter, opened *client.OpenedShare) error {
	if len(opened.Files) == 0 {
		return nil
	}
	if c.Files == "" && opened.Terms.MaxViews > 0 && in.isInteractive() {
		c.Files, _ = in.ask(p.ctx, "Folder to save its files in (empty: don't save): ")
	}
	if c.Files == "" {
		_, err := fmt.Fprintln(p.stderr, "Files were not saved: use --files FOLDER to save them.")
		return err
	}
	if err := os.MkdirAll(c.Files, 0o700); err != nil {
		return fmt.Errorf("cannot create the folder for files: %w", err)
	}
	root, err := os.OpenRoot(c.Files)
	if err != nil {
		return fmt.Errorf("cannot open the folder for files: %w", err)
	}
	defer root.Close()
	var errs []error
	for _, entry := range opened.Files {
		name, err := saveFile(p, root, opened, entry)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s was not saved: %w", plain(entry.Name), err))
			continue
		}
		fmt.Fprintf(p.stderr, "Saved %s (%d bytes).\n", name, entry.Size)
	}
	return errors.Join(errs...)
}

// saveFile writes one file, completely or not at all, under a name that no other file has.
func saveFile(
	p *program, root *os.Root, opened *client.OpenedShare, entry client.SharedFile,
) (string, error) {
	source, err := opened.OpenFile(p.ctx, entry)
	if err != nil {
		return "", err
	}
	file, name, err := createFile(root, fileName(entry.Name))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(file, source)
	if err := errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, root.Remove(name))
	}
	return name, nil
}

const maxNames = 1000

// createFile creates a new file with mode 0600, and adds a number to the name if it is taken.
func createFile(root *os.Root, name string) (*os.File, string, error) {
	ending := path.Ext(name)
	stem := strings.TrimSuffix(name, ending)
	for n := 1; n <= maxNames; n++ {
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

// The parts of a file's name in bytes. With a number between them they fit every file system.
const (
	maxStem   = 180
	maxEnding = 16
)

// fileName turns a name that a stranger chose into a safe one: without a path, a leading dot or
// invisible characters.
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
	if len(ending) > maxEnding ||
		strings.ContainsFunc(strings.TrimPrefix(ending, "."), isNotAlphanumeric) {
		ending = ""
	}
	stem := strings.TrimRight(truncate(strings.TrimSuffix(clean, ending), maxStem), " .")
	if stem == "" {
		stem = "file"
	}
	return stem + ending
}

// truncate cuts text after at most limit bytes, between characters.
func truncate(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

func isNotAlphanumeric(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
