package db

import (
	"context"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/share"
)

// StageChunk keeps one sealed chunk of a share that is being made. Nothing shows
// it until Create.
func (db *DB) StageChunk(ctx context.Context, shareID string, file, chunk int, sealed []byte, now time.Time) error {
	return fault.Wrap("stage a chunk", db.write(ctx, func(t *tx) error {
		kept, err := t.exec(`INSERT INTO share_stages (share_id, staged_at) VALUES (?, ?)
			ON CONFLICT (share_id) DO UPDATE SET staged_at = excluded.staged_at WHERE share_stages.staged_at > 0`, shareID, now.Unix())
		if err != nil {
			return err
		}
		if kept == 0 {
			return errSwept()
		}
		_, err = t.exec(`INSERT INTO share_chunks (share_id, file, chunk, sealed) VALUES (?, ?, ?, ?)`,
			shareID, file, chunk, sealed)
		return err
	}))
}

// DropStage erases what was staged for a share that was not made after all, a
// few chunks at a time. Of a share that was made it erases nothing.
func (db *DB) DropStage(ctx context.Context, shareID string) error {
	for left := 0; left == 0; {
		err := db.write(ctx, func(t *tx) (err error) {
			left, err = dropStage(t, shareID, chunkBatch)
			return err
		})
		if err != nil {
			return fault.Wrap("drop staged chunks", err)
		}
	}
	return nil
}

// dropStage erases chunks of a stage, max of them at most, and the stage itself with the
// last one. It tells how many more could have been: none when the stage is still there.
// From its first chunk on the stage is marked, so that no share is made of the rest.
func dropStage(t *tx, shareID string, max int) (left int, err error) {
	marked, err := t.exec(`UPDATE share_stages SET staged_at = 0 WHERE share_id = ?`, shareID)
	if err != nil || marked == 0 {
		return max, err
	}
	if left, err = eraseChunks(t, shareID, max); err != nil || left == 0 {
		return 0, err
	}
	_, err = t.exec(`DELETE FROM share_stages WHERE share_id = ?`, shareID)
	return left, err
}

// errSwept answers to who was so slow that the sweeper took the stage for forgotten.
func errSwept() error {
	return fault.New(fault.Conflict, "conflict", "The files took too long. Share the item again.")
}

// Create makes a share live: its row, its recipients, its sealed content and its
// audit entry at once, and what was staged becomes part of it.
func (db *DB) Create(ctx context.Context, draft share.Draft) error {
	return fault.Wrap("make a share", db.write(ctx, func(t *tx) error {
		if err := useRequest(t, draft); err != nil {
			return err
		}
		if err := insertShare(t, draft); err != nil {
			return err
		}
		if err := insertRecipients(t, draft.Record); err != nil {
			return err
		}
		if err := keepStage(t, draft.Record); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO share_content (share_id, nonce, ciphertext) VALUES (?, ?, ?)`,
			draft.Record.ID, draft.Nonce, draft.Ciphertext)
		if err != nil {
			return err
		}
		return insertEntry(t, draft.Entry)
	}))
}

// useRequest uses up the one-use token of a request, or tells which share it made
// before.
func useRequest(t *tx, draft share.Draft) error {
	if draft.RequestKey == nil {
		return nil
	}
	r := draft.Record
	fresh, err := t.exec(`INSERT INTO share_requests (owner_id, key, share_id, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (owner_id, key) DO NOTHING`, r.OwnerID, draft.RequestKey, r.ID, r.Terms.CreatedAt)
	if err != nil || fresh == 1 {
		return err
	}
	made := fault.New(fault.Conflict, "already_created", "This link was made already. It is in your history.")
	err = t.row(`SELECT share_id FROM share_requests WHERE owner_id = ? AND key = ?`, r.OwnerID, draft.RequestKey).Scan(&made.Subject)
	if err != nil {
		return err
	}
	return made
}

func insertShare(t *tx, draft share.Draft) error {
	r := draft.Record
	_, err := t.exec(`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id,
			vault_id, item_id, item_version, title, files, largest_file, bytes, state, erase_at, due_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)`,
		r.ID, r.LinkID[:], r.TokenHash[:], r.Terms.CreatedAt, r.Terms.ExpiresAt, r.Terms.MaxViews, string(r.Terms.Audience), r.OwnerID,
		r.VaultID, r.ItemID, r.ItemVersion, r.Title, bit(r.Files), r.LargestFile, r.Bytes, draft.EraseAt, r.Terms.ExpiresAt)
	return err
}

func insertRecipients(t *tx, r share.Record) error {
	if len(r.Recipients) == 0 {
		return nil
	}
	args := make([]any, 0, 7*len(r.Recipients))
	for _, to := range r.Recipients {
		args = append(args, r.ID, to.Position, string(to.Kind), to.Address, to.MAC, r.OwnerID, string(share.Active))
	}
	_, err := t.exec(`INSERT INTO share_recipients (share_id, position, kind, address, mac, owner_id, state) VALUES `+
		strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?),", len(r.Recipients)), ","), args...)
	return err
}

// keepStage takes the share's staged chunks out of the sweeper's reach. A share
// that took so long to make that they were swept is not made.
func keepStage(t *tx, r share.Record) error {
	if !r.Files {
		return nil
	}
	kept, err := t.exec(`DELETE FROM share_stages WHERE share_id = ? AND staged_at > 0`, r.ID)
	if err == nil && kept == 0 {
		err = errSwept()
	}
	return err
}
