package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
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
		folder, _ := in.line(p.ctx, "Folder to save its files in (empty: don't save): ")
		c.Files = strings.TrimSpace(folder)
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
		fmt.Fprintf(p.stderr, "Saved %s (%d bytes).%s\n", name, entry.Size, renamed(name, entry.Name))
	}
	return errors.Join(errs...)
}

// renamed says how the sender named the file, if it was saved under another name.
func renamed(name, sent string) string {
	if name == sent {
		return ""
	}
	if shown := truncate(sent, maxStem); shown != sent {
		sent = shown + "…"
	}
	return fmt.Sprintf(" The sender named it “%s”.", plain(sent))
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

// obeyed matches the start of a name that a shell or a program takes for an option, a home folder or
// a list of arguments.
var obeyed = regexp.MustCompile(`^[-~+@=]+`)

// reserved matches names that Windows takes for devices, and files that a desktop obeys.
var reserved = regexp.MustCompile(`(?i)^(?:` +
	`(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin_|conout_|clock_) *(?:\.|$)|` +
	`(?:desktop\.ini|autorun\.inf|thumbs\.db)$)`)

// fileName turns a name that a stranger chose into one that no shell and no system obeys: without a
// path, without a dot or a dash at its start and without invisible characters.
func fileName(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune("/\\:*?\"<>|$`;&%", r):
			return '_'
		}
		return r
	}, text)
	clean = strings.TrimFunc(clean, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	clean = obeyed.ReplaceAllString(clean, "_")
	if reserved.MatchString(clean) {
		clean = "_" + clean
	}
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
