package db

import (
	"context"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// StageChunk stores one sealed chunk of a share that is being created. Nothing shows
// it until Create.
func (db *DB) StageChunk(
	ctx context.Context,
	shareID string,
	file, chunk int,
	sealed []byte,
	now time.Time,
) error {
	return db.write(ctx, "stage a chunk", func(t *tx) error {
		changed, err := t.exec(`INSERT INTO share_stages (share_id, staged_at) VALUES (?, ?)
			ON CONFLICT (share_id) DO UPDATE SET staged_at = excluded.staged_at WHERE share_stages.staged_at > 0`,
			shareID, now.Unix())
		if err != nil {
			return err
		}
		if changed == 0 {
			return stageSwept()
		}
		_, err = t.exec(
			`INSERT INTO share_chunks (share_id, file, chunk, sealed) VALUES (?, ?, ?, ?)`,
			shareID,
			file,
			chunk,
			sealed,
		)
		return err
	})
}

// DropStage erases the staged chunks of a share that was not created after all, a
// few in each transaction. The chunks of a share that was created stay.
func (db *DB) DropStage(ctx context.Context, shareID string) error {
	for {
		left, err := write(ctx, db, "drop staged chunks", func(t *tx) (int, error) {
			return dropStage(t, shareID, chunkBatch)
		})
		if err != nil || left > 0 {
			return err
		}
	}
}

// dropStage erases at most max chunks of a stage, and the stage itself after the last
// of them. It returns max less the number erased: 0 when the stage still exists. It
// marks the stage first, so that no share is created of the remaining chunks.
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

// stageSwept is the error for a stage that the sweeper has erased as abandoned.
func stageSwept() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"Copying the files took too long. Share the item again.",
	)
}

// Create makes a share live: its row, its recipients, its sealed content and its
// audit entry in one transaction, which also adopts its staged chunks. A native
// share has no content.
func (db *DB) Create(ctx context.Context, draft share.Draft) error {
	return db.write(ctx, "create a share", func(t *tx) error { return create(t, draft) })
}

func create(t *tx, draft share.Draft) error {
	r := draft.Record
	if err := useRequest(t, draft, r.Terms.CreatedAt); err != nil {
		return err
	}
	if !r.Native { // the link of a native share exists already
		if err := checkJudgement(t, draft); err != nil {
			return err
		}
	}
	if err := adoptStage(t, r); err != nil {
		return err
	}
	return t.insert(shareRow(draft), recipientRows(r), contentRow(draft), entryRow(draft.Entry))
}

// contentRow is the sealed content, which a native share has none of.
func contentRow(draft share.Draft) statement {
	if draft.Record.Native {
		return statement{}
	}
	return statement{
		`INSERT INTO share_content (share_id, nonce, ciphertext) VALUES (?, ?, ?)`,
		[]any{draft.Record.ID, draft.Nonce, draft.Ciphertext},
	}
}

// useRequest uses up the one-use key of a request. A key used before is an error
// with the id of the share that it created; the same share may use it again.
func useRequest(t *tx, draft share.Draft, now int64) error {
	if draft.RequestKey == nil {
		return nil
	}
	key, r := draft.RequestKey, draft.Record
	fresh, err := t.exec(
		`INSERT INTO share_requests (owner_id, key, share_id, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (owner_id, key) DO NOTHING`,
		r.OwnerID,
		key,
		r.ID,
		now,
	)
	if err != nil || fresh == 1 {
		return err
	}
	var earlier string
	var created bool
	err = t.row(`SELECT q.share_id, s.id IS NOT NULL FROM share_requests q LEFT JOIN shares s ON s.id = q.share_id
		WHERE q.owner_id = ? AND q.key = ?`, r.OwnerID, key).
		Scan(&earlier, &created)
	switch {
	case err != nil || earlier == r.ID:
		return err
	case !created:
		return fault.New(
			fault.Conflict,
			fault.CodeConflict,
			"This link may still be in the making, or its outcome is unknown. Check your history in a moment, "+
				"and then the account that creates the link, before you share the item again.",
		)
	}
	used := fault.New(
		fault.Conflict,
		fault.CodeAlreadyCreated,
		"This link was created already. It is in your history.",
	)
	used.CreatedID = earlier
	return used
}

// Reserve stores the entry of a native share that is about to be created, and uses up
// the key of its request.
func (db *DB) Reserve(ctx context.Context, draft share.Draft, entry audit.Entry) error {
	return db.write(ctx, "reserve a request", func(t *tx) error {
		if err := useRequest(t, draft, entry.At.Unix()); err != nil {
			return err
		}
		if err := checkJudgement(t, draft); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// Release makes the key of a share that was not created usable again.
func (db *DB) Release(ctx context.Context, key []byte, record share.Record) error {
	return db.write(ctx, "release a request", func(t *tx) error {
		_, err := t.exec(`DELETE FROM share_requests WHERE owner_id = ? AND key = ? AND share_id = ?
			AND NOT EXISTS (SELECT 1 FROM shares WHERE id = share_id)`, record.OwnerID, key, record.ID)
		return err
	})
}

func shareRow(draft share.Draft) statement {
	r := draft.Record
	return statement{
		`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id,
			vault_id, item_id, item_version, title, included, files, largest_file, bytes, native,
			tell, state, erase_at, due_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)`,
		[]any{
			r.ID, r.LinkID[:], r.TokenHash[:], r.Terms.CreatedAt, r.Terms.ExpiresAt, r.Terms.MaxViews,
			string(r.Terms.Audience), r.OwnerID, r.VaultID, r.ItemID, r.ItemVersion, r.Title, r.Included,
			boolToInt(r.Files), r.LargestFile, r.Bytes, boolToInt(r.Native),
			boolToInt(r.Tell), draft.EraseAt, r.Terms.ExpiresAt,
		},
	}
}

// recipientRows are none for a share that anyone can open.
func recipientRows(r share.Record) statement {
	if len(r.Recipients) == 0 {
		return statement{}
	}
	args := make([]any, 0, 7*len(r.Recipients))
	for _, to := range r.Recipients {
		args = append(
			args,
			r.ID, to.Position, string(to.Kind), to.Address, to.MAC, r.OwnerID, string(share.Active),
		)
	}
	rows := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?),", len(r.Recipients)), ",")
	return statement{
		`INSERT INTO share_recipients (share_id, position, kind, address, mac, owner_id, state) VALUES ` + rows,
		args,
	}
}

// adoptStage makes the staged chunks part of the share. A share whose chunks were
// swept, because it took too long, is not created.
func adoptStage(t *tx, r share.Record) error {
	if !r.Files || r.Native {
		return nil
	}
	adopted, err := t.exec(`DELETE FROM share_stages WHERE share_id = ? AND staged_at > 0`, r.ID)
	if err == nil && adopted == 0 {
		err = stageSwept()
	}
	return err
}
