package db

import (
	"context"
	"slices"
	"strings"

	"itemshare/share"
)

// A span is a part of one index that ends in order of share id: each key of it is
// given, so that its newest ids are read off the index's end. A page of the
// history is made of the newest of a few spans, and costs the same however many
// shares there are.
type span struct {
	from  string // the table and how its share is reached
	id    string // the column with the share's id, the last of the index
	where []string
	args  []any
}

// maxSpans are as many as one statement takes.
const maxSpans = 200

// lagging bounds how many shares are looked at that have expired without the
// sweeper having said so.
const lagging = 1000

const (
	ofShares     = `shares s`
	ofRecipients = `share_recipients r CROSS JOIN shares s`
	ofLagging    = `(SELECT * FROM shares WHERE due_at <= ? AND state = 'active' ORDER BY due_at DESC LIMIT ?) s`
)

// and narrows a span by a key of its index or by what else a share must be.
func (s span) and(where string, args ...any) span {
	s.where = append(slices.Clip(s.where), where)
	s.args = append(slices.Clip(s.args), args...)
	return s
}

// union gives the newest ids of all spans in one statement.
func union(spans []span, limit int) (string, []any) {
	var query strings.Builder
	var args []any
	query.WriteString(`SELECT DISTINCT id FROM (`)
	for i, s := range spans {
		if i > 0 {
			query.WriteString(` UNION ALL `)
		}
		query.WriteString(`SELECT id FROM (SELECT ` + s.id + ` AS id FROM ` + s.from + ` WHERE ` + strings.Join(s.where, ` AND `) +
			` ORDER BY ` + s.id + ` DESC LIMIT ?) span`)
		args = append(append(args, s.args...), limit)
	}
	query.WriteString(`) spans ORDER BY id DESC LIMIT ?`)
	return query.String(), append(args, limit)
}

// spans are the parts of the indexes that hold what the filter chooses.
func (db *DB) spans(ctx context.Context, f share.Filter) ([]span, error) {
	var spans []span
	for _, state := range statesOf(f.State) {
		for _, s := range bases(f) {
			split, err := db.byOwner(ctx, s.and(s.column("state")+` = ?`, string(state)), f)
			if err != nil {
				return nil, err
			}
			spans = append(spans, split...)
		}
	}
	if f.State == share.Expired && len(spans) > 0 {
		spans = append(spans, laggingSpan(f))
	}
	for i, s := range spans {
		spans[i] = s.narrow(f)
	}
	return spans, nil
}

func statesOf(state share.State) []share.State {
	if state == "" {
		return []share.State{share.Active, share.Expired, share.Viewed, share.Revoked}
	}
	return []share.State{state}
}

// column names a column that shares and share_recipients both have, in the table whose index is read.
func (s span) column(name string) string {
	if s.from == ofRecipients {
		return "r." + name
	}
	return "s." + name
}

// bases are the spans' first keys. Of several filters the one whose index holds
// the fewest others is taken; narrow adds the rest.
func bases(f share.Filter) []span {
	all := span{from: ofShares, id: "s.id"}
	switch {
	case f.HasText:
		var spans []span
		for _, id := range f.ItemIDs {
			if f.ItemID == "" || f.ItemID == id {
				spans = append(spans, all.and(`s.item_id = ?`, id))
			}
		}
		recipient := span{from: ofRecipients, id: "r.share_id"}
		for _, mac := range f.AddressMACs {
			spans = append(spans, recipient.and(`s.id = r.share_id AND r.mac = ?`, mac))
		}
		return spans
	case f.ItemID != "":
		return []span{all.and(`s.item_id = ?`, f.ItemID)}
	case f.VaultID != "":
		return []span{all.and(`s.vault_id = ?`, f.VaultID)}
	default:
		return []span{all}
	}
}

// byOwner adds the owner, which stands before the share's id in the indexes. The
// index of states alone has none, and is right where nothing is filtered. Where
// everybody's shares are wanted the span is split into one for each owner found in it.
func (db *DB) byOwner(ctx context.Context, s span, f share.Filter) ([]span, error) {
	owner := s.column("owner_id") + ` = ?`
	if f.OwnerID != "" {
		return []span{s.and(owner, f.OwnerID)}, nil
	}
	if len(s.where) == 1 {
		return []span{s}, nil
	}
	owners, err := db.owners(ctx, s)
	split := make([]span, len(owners))
	for i, id := range owners {
		split[i] = s.and(owner, id)
	}
	return split, err
}

// owners finds the owners in a span by jumping from one to the next.
func (db *DB) owners(ctx context.Context, s span) ([]string, error) {
	from := s.from
	if from == ofRecipients {
		from = `share_recipients r`
	}
	column, where := s.column("owner_id"), strings.Replace(strings.Join(s.where, ` AND `), `s.id = r.share_id AND `, ``, 1)
	rows, err := db.read().query(ctx, `WITH RECURSIVE owners (id) AS (
			SELECT (SELECT min(`+column+`) FROM `+from+` WHERE `+where+`)
			UNION ALL
			SELECT (SELECT min(`+column+`) FROM `+from+` WHERE `+where+` AND `+column+` > owners.id) FROM owners WHERE owners.id IS NOT NULL
		) SELECT id FROM owners WHERE id IS NOT NULL`, append(slices.Clone(s.args), s.args...)...)
	if err != nil {
		return nil, err
	}
	return scanTexts(rows, nil)
}

// laggingSpan holds what expired without the sweeper having said so.
func laggingSpan(f share.Filter) span {
	s := span{from: ofLagging, id: "s.id", args: []any{f.Now.Unix(), lagging}}
	if f.OwnerID != "" {
		s = s.and(`s.owner_id = ?`, f.OwnerID)
	}
	var found []string
	if len(f.ItemIDs) > 0 {
		found = append(found, `s.item_id IN (`+marks(len(f.ItemIDs))+`)`)
	}
	if len(f.AddressMACs) > 0 {
		found = append(found, `EXISTS (SELECT 1 FROM share_recipients r WHERE r.share_id = s.id AND r.mac IN (`+marks(len(f.AddressMACs))+`))`)
	}
	if f.HasText {
		s = s.and(`(`+strings.Join(found, ` OR `)+`)`, anys(f.ItemIDs, f.AddressMACs)...)
	}
	return s
}

func anys(texts []string, blobs [][]byte) []any {
	all := make([]any, 0, len(texts)+len(blobs))
	for _, text := range texts {
		all = append(all, text)
	}
	for _, blob := range blobs {
		all = append(all, blob)
	}
	return all
}

// afterAll comes after every id in order.
const afterAll = "zzzz"

// narrow continues after the page before, and adds what the span's keys do not say.
func (s span) narrow(f share.Filter) span {
	after := f.After
	if after == "" {
		after = afterAll
	}
	s = s.and(s.id+` < ?`, after)
	if f.ItemID != "" {
		s = s.and(`s.item_id = ?`, f.ItemID)
	}
	if f.VaultID != "" {
		s = s.and(`s.vault_id = ?`, f.VaultID)
	}
	if f.State == share.Active {
		s = s.and(`s.expires_at > ?`, f.Now.Unix())
	}
	return s
}
