package share

import (
	"context"

	"itemshare/fault"
)

// Titles gives the titles of shares by id, of those that the viewer may see and
// whose title is not erased.
func (s *Service) Titles(ctx context.Context, v Viewer, ids []string) (map[string]string, error) {
	all := map[string]string{}
	for _, id := range ids {
		record, err := s.owned(ctx, v, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if all[id], err = s.openTitle(record); err != nil {
			return nil, fault.Wrap("open the title of share "+id, err)
		}
	}
	return all, nil
}
