package share

import (
	"context"
	"fmt"
	"slices"

	"itemshare/vault"
)

// exportPage is how many shares, or items, an export loads at once.
const exportPage = 200

// Each calls fn for every match, page by page, until fn fails.
func (s *Service) Each(ctx context.Context, v Viewer, q Query, fn func(Summary) error) error {
	filter, truncated, err := s.filter(ctx, v, q)
	if err != nil || filter.matchesNone(v) {
		return err
	}
	matches := func(Summary) bool { return true }
	if truncated { // the text matches more items than one statement can look for
		filter.HasText, filter.ItemIDs, filter.AddressMACs = false, nil, nil
		if matches, err = s.matcher(ctx, v, q); err != nil {
			return err
		}
	}
	for filter.Limit = exportPage; ; {
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

// matcher returns a function that reports whether a query's text matches a share, by its
// item or by a recipient.
func (s *Service) matcher(ctx context.Context, v Viewer, q Query) (func(Summary) bool, error) {
	items := map[string]bool{}
	query := vault.Query{Vaults: searchVaults(v, q), Text: q.Text, Limit: exportPage}
	for {
		page, err := s.vault.Browse(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("find items: %w", err)
		}
		for _, item := range page.Items {
			items[item.ID] = true
		}
		if query.After = page.Next; page.Next == "" {
			break
		}
	}
	recipient, named := searchedFor(q.Text)
	return func(share Summary) bool {
		return items[share.ItemID] ||
			named && slices.ContainsFunc(share.Recipients, func(r RecipientProgress) bool {
				return r.Recipient == recipient
			})
	}, nil
}
