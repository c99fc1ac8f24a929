package share

import (
	"context"
	"fmt"
)

// Titles returns the titles of shares by id: of those that the viewer may see and
// whose title is not erased.
func (s *Service) Titles(ctx context.Context, v Viewer, ids []string) (map[string]string, error) {
	sealed, err := s.store.TitlesOf(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("load titles: %w", err)
	}
	titles := map[string]string{}
	for _, t := range sealed {
		if !v.may(t.OwnerID) || len(t.Title) == 0 {
			continue
		}
		if titles[t.ShareID], err = s.shownTitle(t.ShareID, t.Title); err != nil {
			return nil, fmt.Errorf("open the title of share %s: %w", t.ShareID, err)
		}
	}
	return titles, nil
}
