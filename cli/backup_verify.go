package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/vault"
)

// verifyBackup restores a backup into a temporary folder beside it, verifies the audit chain and
// opens every item with its files. It returns a sentence about what it found.
func (p *program) verifyBackup(file string) (sentence string, err error) {
	key, err := p.set.readKey()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp(filepath.Dir(file), ".itemshare-verify-") // of mode 0700
	if err != nil {
		return "", fmt.Errorf("restore it for a check: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	url := "sqlite:" + filepath.Join(folder, "restored.db")
	if err := p.restore(key, url, file); err != nil {
		return "", err
	}
	database, err := db.Open(p.ctx, p.databaseConfig(url))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	in, err := p.unlock(key, database)
	if err != nil {
		return "", err
	}
	report, err := audit.Verify(p.ctx, in.db, in.chainMAC, "")
	if err != nil {
		return "", fmt.Errorf("its audit log: %w", err)
	}
	vaults, items, err := p.openItems(in)
	return fmt.Sprintf("It was restored for a check: %d vaults and %d items open, and %d audit events "+
		"are verified. ", vaults, items, report.Count), err
}

// openItems opens every item of every vault, archived or not, and reads its files.
func (p *program) openItems(in *installation) (vaults, items int, err error) {
	all, err := in.vault.Vaults(p.ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("its vaults: %w", err)
	}
	for _, info := range all {
		for _, archived := range []bool{false, true} {
			query := vault.Query{Vaults: []string{info.ID}, Archived: archived, Limit: itemsPage}
			for more := true; more; more = query.After != "" {
				page, err := in.vault.Browse(p.ctx, query)
				if err != nil {
					return 0, 0, fmt.Errorf("its vault %s: %s", info.ID, sentence(err))
				}
				for _, overview := range page.Items {
					if err := p.openItem(in, info.ID, overview.ID); err != nil {
						return 0, 0, fmt.Errorf("its item %s: %s", overview.ID, sentence(err))
					}
				}
				items, query.After = items+len(page.Items), page.Next
			}
		}
	}
	return len(all), items, nil
}

// itemsPage is how many items are listed at once.
const itemsPage = 100

func (p *program) openItem(in *installation, vaultID, itemID string) error {
	item, err := in.vault.Item(p.ctx, vaultID, itemID)
	if err != nil {
		return err
	}
	for _, file := range item.Files {
		content, err := in.vault.OpenFile(p.ctx, vaultID, itemID, file.ID)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, content)
		if err = errors.Join(err, content.Close()); err != nil {
			return err
		}
	}
	return nil
}

// escapeGlob returns a pattern that matches this path alone.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
