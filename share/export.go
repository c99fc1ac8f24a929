package share

import (
	"context"
	"fmt"
	"slices"

	"itemshare/vault"
)

const (
	exportPage      = 200   // shares that an export loads at once
	exportLargePage = 2_000 // where the text matches many items
	exportItems     = 5_000 // items that the store looks for; with more, every share is read
)

// Each calls fn for every match, page by page, until fn fails.
func (s *Service) Each(ctx context.Context, v Viewer, q Query, fn func(Summary) error) error {
	filter, truncated, err := s.filter(ctx, v, q)
	if err != nil || filter.matchesNone(v) {
		return err
	}
	matches := func(Summary) bool { return true }
	filter.Limit = exportPage
	if truncated { // the text matches more items than a page looks for
		if filter.ItemIDs, err = s.allItems(ctx, v, q); err != nil {
			return err
		}
		filter.Limit = exportLargePage                                  // each page looks for all of them
		if len(filter.ItemIDs) > exportItems || filter.WithMAC != nil { // few have a recipient
			matches = matcher(q, filter.ItemIDs)
			filter.HasText, filter.ItemIDs, filter.AddressMACs = false, nil, nil
		}
	}
	for {
		page, err := s.page(ctx, filter)
		if err != nil {
			return err
		}
		for _, share := range page.Shares {
			if !matches(share) {
				continue
			}
			if err := fn(share); err != nil {
				return err
			}
		}
		if filter.After = page.Next; page.Next == "" {
			return nil
		}
	}
}

// allItems returns all items that a query's text matches.
func (s *Service) allItems(ctx context.Context, v Viewer, q Query) (ids []string, err error) {
	query := vault.Query{Vaults: searchVaults(v, q), Text: q.Text, Limit: exportItems}
	for {
		page, err := s.vault.Browse(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("find items: %w", err)
		}
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		if query.After = page.Next; page.Next == "" {
			return ids, nil
		}
	}
}

// matcher returns a function that reports whether a query's text matches a share, by its
// item, one of itemIDs, or by a recipient.
func matcher(q Query, itemIDs []string) func(Summary) bool {
	items := make(map[string]bool, len(itemIDs))
	for _, id := range itemIDs {
		items[id] = true
	}
	recipient, named := searchedFor(q.Text)
	return func(share Summary) bool {
		return items[share.ItemID] ||
			named && slices.ContainsFunc(share.Recipients, func(r RecipientProgress) bool {
				return r.Recipient == recipient
			})
	}
}
