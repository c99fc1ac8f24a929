package share

import (
	"context"
	"fmt"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// MailFailure says why the mail of a code was not delivered. RetryAt is the zero time if it was
// given up. Reason is fit to be shown.
type MailFailure struct {
	MessageID string
	ShareID   string
	To        string
	Reason    string
	RetryAt   time.Time
}

// Undelivered is the email of a code that could not be delivered, or not yet.
type Undelivered struct {
	ShareID string
	Address string
	Reason  string
	At      time.Time
	Retried bool // the server still tries to deliver it
}

// undeliveredShown is how many failures the admin's page shows.
const undeliveredShown = 100

// retryGrace is how long after its retry was due a failure still counts as retried. After that no
// process tries any more, or a newer message has replaced it.
const retryGrace = 2 * time.Minute

// MailFailed stores a failure, so that whoever shared and the admins learn of it. A mail that was
// given up becomes an audit event. The caller who requested the code learns nothing.
func (s *Service) MailFailed(ctx context.Context, f MailFailure) error {
	now := s.clock()
	stored := StoredFailure{MessageID: f.MessageID, ShareID: f.ShareID, At: now.Unix()}
	var err error
	if stored.Address, err = s.sealFailure(f, "address", f.To); err != nil {
		return err
	}
	if stored.Reason, err = s.sealFailure(f, "reason", f.Reason); err != nil {
		return err
	}
	if !f.RetryAt.IsZero() {
		stored.RetryAt = f.RetryAt.Unix()
		return fault.Wrap("store a mail failure", s.store.FailMail(ctx, stored, nil))
	}
	entry, err := s.entry(now, audit.CodeUndelivered, "", f.ShareID,
		map[string]string{"address": f.To, "reason": f.Reason})
	if err != nil {
		return err
	}
	return fault.Wrap("store a mail failure", s.store.FailMail(ctx, stored, &entry))
}

func (s *Service) sealFailure(f MailFailure, what, text string) ([]byte, error) {
	sealed, err := s.sealText(text, f.ShareID, "undelivered", f.MessageID, what)
	return sealed, fault.Wrap("seal a mail failure", err)
}

// Undelivered returns the latest failures of all shares, newest first.
func (s *Service) Undelivered(ctx context.Context) ([]Undelivered, error) {
	stored, err := s.store.LatestFailures(ctx, s.clock(), undeliveredShown)
	if err != nil {
		return nil, fmt.Errorf("list mail failures: %w", err)
	}
	return s.openFailures(stored)
}

// addUndelivered adds their failures to the shares of one page.
func (s *Service) addUndelivered(ctx context.Context, shares []Summary) error {
	index := map[string]int{}
	var ids []string
	for i, share := range shares {
		if share.Audience == Recipients && !share.Native {
			index[share.ID], ids = i, append(ids, share.ID)
		}
	}
	stored, err := s.store.FailuresOf(ctx, ids)
	if err != nil {
		return fmt.Errorf("find mail failures: %w", err)
	}
	failures, err := s.openFailures(stored)
	for _, f := range failures {
		share := &shares[index[f.ShareID]]
		share.Undelivered = append(share.Undelivered, f)
	}
	return err
}

func (s *Service) openFailures(stored []StoredFailure) ([]Undelivered, error) {
	var all []Undelivered
	now := s.clock()
	for _, f := range stored {
		address, err := s.openText(f.Address, f.ShareID, "undelivered", f.MessageID, "address")
		if err != nil {
			return nil, fmt.Errorf("open a mail failure of share %s: %w", f.ShareID, err)
		}
		reason, err := s.openText(f.Reason, f.ShareID, "undelivered", f.MessageID, "reason")
		if err != nil {
			return nil, fmt.Errorf("open a mail failure of share %s: %w", f.ShareID, err)
		}
		all = append(all, Undelivered{
			ShareID: f.ShareID, Address: address, Reason: reason, At: moment(f.At),
			Retried: f.RetryAt > now.Add(-retryGrace).Unix(),
		})
	}
	return all, nil
}
