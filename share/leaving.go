package share

import (
	"context"
	"strconv"

	"itemshare/audit"
	"itemshare/fault"
)

// Leavers is what the store does with the links of somebody who leaves.
type Leavers interface {
	// CountActiveOf returns how many active links somebody has.
	CountActiveOf(ctx context.Context, filter Filter) (int, error)
	// HandOver makes the active links of one person those of another, who may sign in, and returns
	// how many. Entry is called within the transaction.
	HandOver(
		ctx context.Context, from, to string, filter Filter, entry func(n int) (audit.Entry, error),
	) (int, error)
}

// ActiveOf returns how many active links somebody has.
func (s *Service) ActiveOf(ctx context.Context, ownerID string) (int, error) {
	return s.store.CountActiveOf(ctx, s.activeOf(ownerID))
}

func (s *Service) activeOf(ownerID string) Filter {
	return Filter{OwnerID: ownerID, State: Active, Now: s.clock(), Limit: historyMost}
}

// HandOver makes the active links of one person those of another, and returns how many.
func (s *Service) HandOver(ctx context.Context, by Sharer, from, to string) (int, error) {
	filter := s.activeOf(from)
	return s.store.HandOver(ctx, from, to, filter, func(n int) (audit.Entry, error) {
		return s.entry(filter.Now, audit.LinksHandedOver, by.ID, from, map[string]string{
			"user": to, "links": strconv.Itoa(n),
		})
	})
}

// LinksChoice is what becomes of the active links of somebody who is removed.
type LinksChoice string

// The choices.
const (
	KeepLinks     LinksChoice = "keep"
	HandOverLinks LinksChoice = "hand"
	RevokeLinks   LinksChoice = "revoke"
)

// Settle does what was chosen with the active links of somebody who can create no more, and says what,
// for the audit log. The heir is who gets them if they are handed over.
func (s *Service) Settle(
	ctx context.Context, by Sharer, ownerID string, choice LinksChoice, heirID string,
) (string, error) {
	switch choice {
	case HandOverLinks:
		n, err := s.HandOver(ctx, by, ownerID, heirID)
		return strconv.Itoa(n) + " handed over", err
	case RevokeLinks:
		n, err := s.RevokeOf(ctx, by, ownerID)
		return strconv.Itoa(n) + " revoked", err
	case KeepLinks:
		n, err := s.ActiveOf(ctx, ownerID)
		return strconv.Itoa(n) + " kept", err
	}
	return "", NoLinksChoice()
}

// NoLinksChoice is the error of a removal that doesn't say what becomes of the links.
func NoLinksChoice() error {
	return fault.Field("links", fault.CodeInvalid, "Choose what happens to the active links.")
}

// RevokeOf revokes the active links of somebody who can create no more, and returns how many. It
// leaves those that the vault's own account created.
func (s *Service) RevokeOf(ctx context.Context, by Sharer, ownerID string) (int, error) {
	revoked := 0
	filter := s.activeOf(ownerID)
	for {
		records, more, err := s.store.List(ctx, filter)
		if err != nil {
			return revoked, fault.Wrap("list the links of somebody who leaves", err)
		}
		for _, r := range records {
			if r.Native {
				continue
			}
			ended, err := s.revoke(ctx, by, r.ID)
			if err != nil {
				return revoked, err
			}
			if ended {
				revoked++
			}
		}
		if !more || len(records) == 0 {
			return revoked, nil
		}
		filter.After = records[len(records)-1].ID
	}
}
