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

// sharedWithMost is how many shares SharedWith finds.
const sharedWithMost = 500

// SharedWith returns the canonical form of an email address or a domain, "" if the text is neither,
// and the IDs of the newest shares with that recipient, removed or not. Truncated means that there
// are more. It is for admins, who may see all shares.
func (s *Service) SharedWith(
	ctx context.Context, text string,
) (canonical string, ids []string, truncated bool, err error) {
	r, ok := searchedFor(text)
	if !ok {
		return "", nil, false, nil
	}
	ids, err = s.store.SharesWith(ctx, s.mac(r), sharedWithMost+1)
	if err != nil {
		return "", nil, false, fmt.Errorf("find shares of a recipient: %w", err)
	}
	if truncated = len(ids) > sharedWithMost; truncated {
		ids = ids[:sharedWithMost]
	}
	return r.Address, ids, truncated, nil
}
