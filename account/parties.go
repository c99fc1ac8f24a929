package account

import (
	"context"
	"strings"
)

// Party is a person or a service account, as a list names who did something. Email is "" for a
// service account.
type Party struct {
	ID    string
	Name  string
	Email string
}

// FindParties returns a page of people and then service accounts, each by name.
func (s *Service) FindParties(ctx context.Context, find Find) (Listed[Party], error) {
	found, err := s.partiesThat(ctx, find.After, find.Limit, func(p Party) bool {
		return find.matches(p.Name, p.Email)
	})
	return listed(found), err
}

func (s *Service) partiesThat(
	ctx context.Context, after string, limit int, match func(Party) bool,
) (walked[Party], error) {
	return walk(after, limit, func(p Party) string { return p.ID }, match,
		func(after string, limit int) ([]Party, error) {
			return s.c.Users.PartiesAfter(ctx, after, limit)
		})
}

// Parties returns people and service accounts by ID. Unknown IDs are not in the map.
func (s *Service) Parties(ctx context.Context, ids []string) (map[string]Party, error) {
	list, err := s.c.Users.PartiesByID(ctx, ids)
	known := make(map[string]Party, len(list))
	for _, p := range list {
		known[p.ID] = p
	}
	return known, err
}

// Meant returns whom a text means: the one with this ID; else those with exactly this name or email
// address; else those that FindParties finds. It returns at most two, of which one is the answer
// and two mean that the text is ambiguous.
func (s *Service) Meant(ctx context.Context, text string) ([]Party, error) {
	const enough = 2
	text = strings.TrimSpace(text)
	byID, err := s.c.Users.PartiesByID(ctx, []string{text})
	if err != nil || len(byID) > 0 {
		return byID, err
	}
	exact, err := s.partiesThat(ctx, "", enough, func(p Party) bool {
		return strings.EqualFold(p.Name, text) || strings.EqualFold(p.Email, text)
	})
	if err != nil || len(exact.rows) > 0 {
		return exact.rows, err
	}
	found, err := s.FindParties(ctx, Find{Text: text, Limit: enough})
	return found.Rows, err
}
