package share

import (
	"context"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// isRevocable reports whether there is something left to revoke: an active share, or
// files that a viewer of a share without views left can still fetch. Content without
// files is with the viewer already, even while the view can be repeated.
func isRevocable(record Record, views []StoredView, now time.Time) bool {
	switch {
	case record.Native:
		return false
	case record.State == Viewed && record.Files:
		return slices.ContainsFunc(views, func(v StoredView) bool { return v.Until > now.Unix() })
	default:
		return record.State == Active
	}
}

// Revoke ends a share now. It does not change one that ended before. A native one is
// fault.Conflict.
func (s *Service) Revoke(ctx context.Context, by Sharer, v Viewer, id string) error {
	record, err := s.ownedRecord(ctx, v, id)
	if err != nil {
		return err
	}
	if record.Native {
		return s.onlyIn("Revoke this link")
	}
	_, err = s.revoke(ctx, by, id)
	return err
}

// RevokeAll ends shares now, and returns how many of them were active. If the viewer may not manage
// all of them, or one is native, it ends none.
func (s *Service) RevokeAll(ctx context.Context, by Sharer, v Viewer, ids []string) (int, error) {
	for _, id := range ids {
		record, err := s.ownedRecord(ctx, v, id)
		if err != nil {
			return 0, err
		}
		if record.Native {
			return 0, s.onlyIn("Revoke these links")
		}
	}
	n := 0
	for _, id := range ids {
		ended, err := s.revoke(ctx, by, id)
		if err != nil {
			return n, err
		}
		if ended {
			n++
		}
	}
	return n, nil
}

// revoke ends a share and reports whether it was active.
func (s *Service) revoke(ctx context.Context, by Sharer, id string) (bool, error) {
	now := s.clock()
	entry, err := s.revokedEntry(now, by.ID, id, "person")
	if err != nil {
		return false, err
	}
	ended, err := s.store.Revoke(ctx, id, now, entry)
	return ended, fault.Wrap("revoke a share", err)
}

// RemoveRecipient removes one recipient. Removing the last one revokes the share.
func (s *Service) RemoveRecipient(
	ctx context.Context,
	by Sharer,
	v Viewer,
	id string,
	position int,
) error {
	record, err := s.ownedRecord(ctx, v, id)
	if err != nil {
		return err
	}
	if record.Native {
		return s.onlyIn("Change who can view this link")
	}
	at := slices.IndexFunc(
		record.Recipients,
		func(r StoredRecipient) bool { return r.Position == position },
	)
	if at < 0 {
		return fault.Of(fault.NotFound)
	}
	recipient, err := s.openRecipient(id, record.Recipients[at])
	if err != nil {
		return err
	}
	now := s.clock()
	entry, err := s.entry(
		now,
		audit.RecipientRemoved,
		by.ID,
		id,
		map[string]string{"recipient": recipient.Address},
	)
	if err != nil {
		return err
	}
	last, err := s.revokedEntry(now, by.ID, id, "person")
	if err != nil {
		return err
	}
	err = s.store.RemoveRecipient(ctx, id, position, now, entry, last)
	return fault.Wrap("remove a recipient", err)
}
