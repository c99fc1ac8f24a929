package share

import (
	"fmt"
	"time"
)

// Summary is one share of the history. Title and addresses are "" once erased.
// EndedAt is zero while active.
type Summary struct {
	ID          string
	Title       string
	VaultID     string
	ItemID      string
	ItemVersion uint32
	OwnerID     string
	SharedBy    string
	Terms
	State      State
	Files      bool
	Included   Extent // the zero value once erased
	Views      int
	Recipients []RecipientProgress
	CreatedAt  time.Time
	ExpiresAt  time.Time
	EndedAt    time.Time
	Locked     bool   // after too many wrong codes: it accepts none
	Tell       bool   // its owner wants emails about it
	Native     bool   // created by the vault's own account, which alone knows its views and early end
	MadeBy     string // the name of that account, such as "1Password"

	Undelivered []Undelivered // code emails, newest first
}

// RecipientProgress is one recipient and how far it got. RemovedAt is zero while
// it may open.
type RecipientProgress struct {
	Recipient
	Position  int
	RemovedAt time.Time
	Codes     int // requested
	Views     int
}

// Removed reports whether the recipient was removed.
func (r RecipientProgress) Removed() bool { return !r.RemovedAt.IsZero() }

// Detail is one share with the names of what it includes, and its latest 500 views; those counted in
// one minute are one.
type Detail struct {
	Summary
	Names     []string     // see Included.Names; nil once erased
	More      int          // fields that Names leaves out
	Views     []ViewRecord // newest first
	Revocable bool         // there is something left to revoke
}

// ViewRecord is one view, or the views counted in one minute. Address is the verified
// address, "" where anyone with the link could open, or once erased.
type ViewRecord struct {
	At       time.Time
	Address  string
	Agent    string
	InMinute int // how many views were counted in the minute that begins At, 0 for one view
}

// summary opens the sealed fields of a record.
func (s *Service) summary(r Record) (Summary, error) {
	title, err := s.shownTitle(r.ID, r.Title)
	if err != nil {
		return Summary{}, fmt.Errorf("open the title of share %s: %w", r.ID, err)
	}
	included, err := s.openExtent(r.ID, r.Included)
	if err != nil {
		return Summary{}, fmt.Errorf("open what share %s includes: %w", r.ID, err)
	}
	summary := Summary{
		Included: included,
		ID:       r.ID, Title: title, VaultID: r.VaultID, ItemID: r.ItemID, ItemVersion: r.ItemVersion,
		OwnerID: r.OwnerID, SharedBy: r.OwnerName, Terms: r.Terms, State: r.State, Files: r.Files, Views: r.Views,
		CreatedAt: moment(r.Terms.CreatedAt), ExpiresAt: moment(r.Terms.ExpiresAt), EndedAt: moment(r.EndedAt),
		Locked: r.WrongTries >= maxWrongTries, Tell: r.Tell, Native: r.Native,
	}
	if r.Native {
		summary.MadeBy = s.account()
	}
	for _, stored := range r.Recipients {
		recipient, err := s.openRecipient(r.ID, stored)
		if err != nil {
			return Summary{}, fmt.Errorf("open a recipient of share %s: %w", r.ID, err)
		}
		summary.Recipients = append(summary.Recipients, RecipientProgress{
			Recipient: recipient, Position: stored.Position, RemovedAt: moment(stored.RemovedAt),
			Codes: stored.Codes, Views: stored.Views,
		})
	}
	return summary, nil
}

// moment returns the time of Unix seconds, the zero time for 0.
func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
