package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"itemshare/client"
	"itemshare/vault"
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

// maxShown is how many characters of a sender's file name are shown.
const maxShown = 180

// renamed says how the sender named the file, if it was saved under another name.
func renamed(name, sent string) string {
	if name == sent {
		return ""
	}
	if shown := []rune(sent); len(shown) > maxShown {
		sent = string(shown[:maxShown]) + "…"
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
	file, name, err := createFile(root, vault.FileName(entry.Name))
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
