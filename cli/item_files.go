package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"itemshare/client"
)

// attachments are files of this machine that are open to be read.
type attachments []*os.File

// openAll opens files before anything is changed, so that a wrong path changes nothing.
func openAll(paths []string) (attachments, error) {
	var all attachments
	for _, path := range paths {
		file, err := os.Open(path)
		if err == nil {
			all = append(all, file)
			var info os.FileInfo
			if info, err = file.Stat(); err == nil && info.IsDir() {
				err = errors.New("it is a folder")
			}
		}
		if err != nil {
			all.close()
			return nil, fmt.Errorf("cannot read the file %s: %w", plain(path), causeOfPath(err))
		}
	}
	return all, nil
}

// causeOfPath returns the cause without operation and path.
func causeOfPath(err error) error {
	var about *os.PathError
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

func (a attachments) close() {
	for _, file := range a {
		_ = file.Close()
	}
}

// attach adds the files to an item that is saved, and returns it at its last version.
func (a attachments) attach(p *program, api *client.Client, item client.Item) (client.Item, error) {
	for n, file := range a {
		name := filepath.Base(file.Name())
		added, err := api.Items().Files().Attach(
			p.ctx, item.VaultID, item.ID, client.FileCreateParams{Name: name, Content: file},
		)
		if err != nil {
			told := remoteError(err)
			var exit exitError
			errors.As(told, &exit)
			return item, exitError{exit.code, fmt.Sprintf(
				"item %s is saved with %d of %d files; %s was not attached: %s",
				plain(item.ID), n, len(a), plain(name), told,
			)}
		}
		item.Files = append(item.Files, added)
		item.Version++
	}
	return item, nil
}
