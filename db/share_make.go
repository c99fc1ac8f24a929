package db

import (
	"context"
	"strings"
	"time"

	"itemshare/audit"
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
	return fault.New(fault.Conflict, fault.CodeConflict, "The files took too long. Share the item again.")
}

// Create makes a share live: its row, its recipients, its sealed content and its
// audit entry at once, and what was staged becomes part of it. A native one has
// nothing sealed.
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
		if draft.Record.Native {
			return insertEntry(t, draft.Entry)
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
	return useKey(t, draft.RequestKey, draft.Record, draft.Record.Terms.CreatedAt)
}

// useKey uses up a key for a share. The share that has it already may go on.
func useKey(t *tx, key []byte, r share.Record, now int64) error {
	fresh, err := t.exec(`INSERT INTO share_requests (owner_id, key, share_id, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (owner_id, key) DO NOTHING`, r.OwnerID, key, r.ID, now)
	if err != nil || fresh == 1 {
		return err
	}
	var earlier string
	var made bool
	err = t.row(`SELECT q.share_id, s.id IS NOT NULL FROM share_requests q LEFT JOIN shares s ON s.id = q.share_id
		WHERE q.owner_id = ? AND q.key = ?`, r.OwnerID, key).Scan(&earlier, &made)
	switch {
	case err != nil || earlier == r.ID:
		return err
	case !made:
		return fault.New(fault.Conflict, fault.CodeConflict, "This link is being made, or it never became known whether it was. Look in your history in a moment, then where the link is made, before you share the item again.")
	}
	created := fault.New(fault.Conflict, fault.CodeAlreadyCreated, "This link was made already. It is in your history.")
	created.CreatedID = earlier
	return created
}

// Reserve keeps the entry of a share that is about to be made elsewhere, and uses up
// its request's key, nil where it has none.
func (db *DB) Reserve(ctx context.Context, key []byte, record share.Record, entry audit.Entry) error {
	return fault.Wrap("reserve a request", db.write(ctx, func(t *tx) error {
		if key != nil {
			if err := useKey(t, key, record, entry.At.Unix()); err != nil {
				return err
			}
		}
		return insertEntry(t, entry)
	}))
}

// Release gives back the key of a share that was not made.
func (db *DB) Release(ctx context.Context, key []byte, record share.Record) error {
	return fault.Wrap("release a request", db.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM share_requests WHERE owner_id = ? AND key = ? AND share_id = ?
			AND NOT EXISTS (SELECT 1 FROM shares WHERE id = share_id)`, record.OwnerID, key, record.ID)
		return err
	}))
}

func insertShare(t *tx, draft share.Draft) error {
	r := draft.Record
	_, err := t.exec(`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id,
			vault_id, item_id, item_version, title, files, largest_file, bytes, native, state, erase_at, due_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)`,
		r.ID, r.LinkID[:], r.TokenHash[:], r.Terms.CreatedAt, r.Terms.ExpiresAt, r.Terms.MaxViews, string(r.Terms.Audience), r.OwnerID,
		r.VaultID, r.ItemID, r.ItemVersion, r.Title, bit(r.Files), r.LargestFile, r.Bytes, bit(r.Native), draft.EraseAt, r.Terms.ExpiresAt)
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
	if !r.Files || r.Native {
		return nil
	}
	kept, err := t.exec(`DELETE FROM share_stages WHERE share_id = ? AND staged_at > 0`, r.ID)
	if err == nil && kept == 0 {
		err = errSwept()
	}
	return err
}
