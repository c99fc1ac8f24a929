package db

import (
	"slices"
	"strings"

	"itemshare/share"
)

// span is a part of one index that ends in order of share id: every key before the id
// has one value, so that the newest ids are read off the index's end. A page of the
// history consists of the newest ids of a few spans, and costs the same however many
// shares there are.
type span struct {
	from  string // the table and how its share is reached
	id    string // the column with the share's id, the last of the index
	where []string
	args  []any
}

// maxSpans is how many spans one statement reads at most.
const maxSpans = 200

// maxOverdue is how many shares are read at most that have expired and that the
// sweeper has not marked yet.
const maxOverdue = 1000

// maxEnding is how many shares are looked at most of those that end soon: the ones that end first.
const maxEnding = 1000

const (
	ofShares     = `shares s`
	ofRecipients = `share_recipients r CROSS JOIN shares s`
	ofEnding     = `(SELECT * FROM shares WHERE state = 'active' AND due_at > ? AND due_at <= ?
		ORDER BY due_at ASC LIMIT ?) s`
	ofOverdue = `(SELECT * FROM shares WHERE due_at <= ? AND state = 'active' ORDER BY due_at DESC LIMIT ?) s`
)

// and narrows a span by a key of its index or by another condition.
func (s span) and(where string, args ...any) span {
	s.where = append(slices.Clip(s.where), where)
	s.args = append(slices.Clip(s.args), args...)
	return s
}

// union returns the statement that reads the newest ids of all spans.
func union(spans []span, limit int) (string, []any) {
	var query strings.Builder
	var args []any
	query.WriteString(`SELECT DISTINCT id FROM (`)
	for i, s := range spans {
		if i > 0 {
			query.WriteString(` UNION ALL `)
		}
		query.WriteString(`SELECT id FROM (SELECT ` + s.id + ` AS id FROM ` + s.from +
			` WHERE ` + strings.Join(s.where, ` AND `) + ` ORDER BY ` + s.id + ` DESC LIMIT ?) span`)
		args = append(append(args, s.args...), limit)
	}
	query.WriteString(`) spans ORDER BY id DESC LIMIT ?`)
	return query.String(), append(args, limit)
}

// spans returns the parts of the indexes that hold the shares of a filter. Each index of a
// vault, an item and a recipient has a twin without the owner, for everybody's shares.
func spans(f share.Filter) []span {
	if !f.EndsBy.IsZero() {
		return endingSpans(f)
	}
	var spans []span
	for _, state := range statesOf(f.State) {
		for _, s := range bases(f) {
			s = s.and(s.column("state")+` = ?`, string(state))
			if f.OwnerID != "" {
				s = s.and(s.column("owner_id")+` = ?`, f.OwnerID)
			}
			spans = append(spans, s)
		}
	}
	if f.State == share.Expired && len(spans) > 0 {
		spans = append(spans, overdueSpan(f))
	}
	for i, s := range spans {
		spans[i] = s.narrow(f)
	}
	return spans
}

func statesOf(state share.State) []share.State {
	if state == "" {
		return []share.State{share.Active, share.Expired, share.Viewed, share.Revoked}
	}
	return []share.State{state}
}

// column qualifies a column that shares and share_recipients both have with the table
// whose index is read.
func (s span) column(name string) string {
	if s.from == ofRecipients {
		return "r." + name
	}
	return "s." + name
}

// bases returns spans with their first key. Of several conditions it chooses the one
// whose index holds the fewest other shares; narrow adds the rest.
func bases(f share.Filter) []span {
	all := span{from: ofShares, id: "s.id"}
	recipient := span{from: ofRecipients, id: "r.share_id"}
	switch {
	case f.HasText && len(f.ItemIDs)+len(f.AddressMACs) == 0:
		return nil
	case f.WithMAC != nil:
		return []span{recipient.and(`s.id = r.share_id AND r.mac = ?`, f.WithMAC)}
	case f.HasText:
		var spans []span
		for _, id := range f.ItemIDs {
			if f.ItemID == "" || f.ItemID == id {
				spans = append(spans, all.and(`s.item_id = ?`, id))
			}
		}
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

// endingSpans holds the active shares that end soon.
func endingSpans(f share.Filter) []span {
	none := f.HasText && len(f.ItemIDs)+len(f.AddressMACs) == 0
	if none || f.State != "" && f.State != share.Active {
		return nil
	}
	s := span{from: ofEnding, id: "s.id", args: []any{f.Now.Unix(), f.EndsBy.Unix(), maxEnding}}
	if f.OwnerID != "" {
		s = s.and(`s.owner_id = ?`, f.OwnerID)
	}
	if f.WithMAC != nil {
		s = s.and(hasRecipient+`= ?)`, f.WithMAC)
	}
	return []span{s.andText(f).narrow(f)}
}

// overdueSpan holds shares that have expired and that the sweeper has not marked yet.
func overdueSpan(f share.Filter) span {
	s := span{from: ofOverdue, id: "s.id", args: []any{f.Now.Unix(), maxOverdue}}
	if f.OwnerID != "" {
		s = s.and(`s.owner_id = ?`, f.OwnerID)
	}
	if f.WithMAC != nil {
		s = s.and(hasRecipient+`= ?)`, f.WithMAC)
	}
	return s.andText(f)
}

// hasRecipient begins a condition on the recipients of a share.
const hasRecipient = `EXISTS (SELECT 1 FROM share_recipients t WHERE t.share_id = s.id AND t.mac `

// andText adds the condition of a text to a span whose keys do not express it.
func (s span) andText(f share.Filter) span {
	if !f.HasText {
		return s
	}
	var matches []string
	if len(f.ItemIDs) > 0 {
		matches = append(matches, `s.item_id IN (`+placeholders(len(f.ItemIDs))+`)`)
	}
	if len(f.AddressMACs) > 0 {
		matches = append(matches, hasRecipient+`IN (`+placeholders(len(f.AddressMACs))+`))`)
	}
	return s.and(
		`(`+strings.Join(matches, ` OR `)+`)`,
		append(arguments(f.ItemIDs), arguments(f.AddressMACs)...)...)
}

// afterAll sorts after every id.
const afterAll = "zzzz"

// narrow starts the span after the page before, and adds the conditions that the
// span's keys do not express.
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
	if f.WithMAC != nil && s.from == ofRecipients {
		s = s.andText(f)
	}
	if f.State == share.Active {
		s = s.and(`s.expires_at > ?`, f.Now.Unix())
	}
	return s
}
