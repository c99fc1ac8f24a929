package share

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"itemshare/address"
	"itemshare/vault"
)

// Opening is a view of a share: its audit event. Address is the verified one, "" in a link for anyone.
type Opening struct {
	ShareID string
	Address string
	At      time.Time
}

// SeenItem is an item of which somebody outside has seen the version that it still has: what it
// conceals should be changed once they need it no more.
type SeenItem struct {
	VaultID string
	ItemID  string
	Title   string
	ShareID string // the link that was opened last
	LastAt  time.Time
	Views   int
}

// Seen returns the items of openings that have not been changed since they were copied, the ones seen
// last first. Openings by people who have an account here don't count.
func (s *Service) Seen(ctx context.Context, openings []Opening) ([]SeenItem, error) {
	openings, err := s.byOutsiders(ctx, openings)
	if err != nil {
		return nil, err
	}
	copies, err := s.copiesOf(ctx, openings)
	if err != nil {
		return nil, err
	}
	current, err := s.overviewsOf(ctx, copies)
	if err != nil {
		return nil, err
	}
	return seenItems(openings, copies, current), nil
}

// byOutsiders returns the openings without those by people who have an account here.
func (s *Service) byOutsiders(ctx context.Context, openings []Opening) ([]Opening, error) {
	var mailboxes []string
	for _, o := range openings {
		if o.Address != "" {
			mailboxes = append(mailboxes, address.Mailbox(o.Address))
		}
	}
	slices.Sort(mailboxes)
	members, err := s.store.MemberMailboxes(ctx, slices.Compact(mailboxes))
	if err != nil {
		return nil, fmt.Errorf("look up members: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(openings), func(o Opening) bool {
		return o.Address != "" && slices.Contains(members, address.Mailbox(o.Address))
	}), nil
}

// itemKey is an item of a vault.
type itemKey struct{ vaultID, itemID string }

func (s *Service) copiesOf(ctx context.Context, openings []Opening) (map[string]Copy, error) {
	var ids []string
	for _, o := range openings {
		ids = append(ids, o.ShareID)
	}
	slices.Sort(ids)
	found, err := s.store.CopiesOf(ctx, slices.Compact(ids))
	if err != nil {
		return nil, fmt.Errorf("find what shares hold: %w", err)
	}
	copies := map[string]Copy{}
	for _, c := range found {
		if c.VaultID != "" { // what is in no vault can't be changed here
			copies[c.ShareID] = c
		}
	}
	return copies, nil
}

// overviewsOf returns the items of copies as they are now. One that was deleted is not among them.
func (s *Service) overviewsOf(
	ctx context.Context, copies map[string]Copy,
) (map[itemKey]vault.Overview, error) {
	items := map[string][]string{}
	for _, c := range copies {
		items[c.VaultID] = append(items[c.VaultID], c.ItemID)
	}
	current := map[itemKey]vault.Overview{}
	for vaultID, ids := range items {
		slices.Sort(ids)
		var found []vault.Overview
		err := withTimeout(ctx, vaultTime, func(ctx context.Context) (err error) {
			found, err = s.vault.Overviews(ctx, vaultID, slices.Compact(ids))
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look up items: %w", err)
		}
		for _, o := range found {
			current[itemKey{vaultID, o.ID}] = o
		}
	}
	return current, nil
}

func seenItems(
	openings []Opening, copies map[string]Copy, current map[itemKey]vault.Overview,
) []SeenItem {
	seen := map[itemKey]*SeenItem{}
	for _, o := range openings {
		c, known := copies[o.ShareID]
		item, exists := current[itemKey{c.VaultID, c.ItemID}]
		if !known || !exists || item.Version > c.Version {
			continue
		}
		row := seen[itemKey{c.VaultID, c.ItemID}]
		if row == nil {
			row = &SeenItem{VaultID: c.VaultID, ItemID: c.ItemID, Title: item.Title}
			seen[itemKey{c.VaultID, c.ItemID}] = row
		}
		row.Views++
		if o.At.After(row.LastAt) {
			row.LastAt, row.ShareID = o.At, o.ShareID
		}
	}
	rows := make([]SeenItem, 0, len(seen))
	for _, row := range seen {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b SeenItem) int {
		return cmp.Or(b.LastAt.Compare(a.LastAt), cmp.Compare(a.ItemID, b.ItemID))
	})
	return rows
}
