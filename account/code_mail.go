package account

import (
	"context"
	"time"

	"itemshare/fault"
	"itemshare/seal"
)

// MailFailure says why an email was not delivered. RetryAt is the zero time if it was given up. Reason
// is fit to be shown.
type MailFailure struct {
	MessageID string
	Reason    string
	RetryAt   time.Time
}

// StoredFailure is the failure of the email with a person's code, its reason sealed.
type StoredFailure struct {
	UserID    string
	MessageID string
	At        time.Time
	RetryAt   time.Time
	Reason    []byte
}

// Undelivered is the email with a person's code that could not be delivered, or not yet.
type Undelivered struct {
	UserID  string
	Reason  string
	At      time.Time
	Retried bool // the server still tries to deliver it
}

// How many failures the admin's page shows, and how old they are at most.
const (
	undeliveredShown = 100
	undeliveredAge   = 30 * 24 * time.Hour
)

// retryGrace is how long after its retry was due a failure still counts as retried. After that no
// process tries any more.
const retryGrace = 2 * time.Minute

// MailFailed stores why the email with a code was not delivered, so that the admins learn of it. The
// email is tried again at RetryAt, or ends. An email without a code is not remembered.
func (s *Service) MailFailed(ctx context.Context, f MailFailure) error {
	reason, err := s.c.Keyring.Seal(seal.Mail, []byte(f.Reason), "user_codes", f.MessageID)
	if err != nil {
		return fault.Wrap("seal a mail failure", err)
	}
	return fault.Wrap("store a mail failure", s.c.Users.FailCodeMail(ctx, StoredFailure{
		MessageID: f.MessageID, At: s.c.Clock(), RetryAt: f.RetryAt, Reason: reason,
	}))
}

// Undelivered returns the latest emails with codes that were not delivered, newest first.
func (s *Service) Undelivered(ctx context.Context) ([]Undelivered, error) {
	stored, err := s.c.Users.LatestCodeFailures(ctx, s.c.Clock().Add(-undeliveredAge), undeliveredShown)
	if err != nil {
		return nil, fault.Wrap("list mail failures", err)
	}
	return s.openFailures(stored)
}

// UndeliveredTo returns the emails with codes of some people that were not delivered.
func (s *Service) UndeliveredTo(ctx context.Context, userIDs []string) ([]Undelivered, error) {
	stored, err := s.c.Users.CodeFailuresOf(ctx, userIDs)
	if err != nil {
		return nil, fault.Wrap("find mail failures", err)
	}
	return s.openFailures(stored)
}

func (s *Service) openFailures(stored []StoredFailure) ([]Undelivered, error) {
	all := make([]Undelivered, len(stored))
	for i, f := range stored {
		reason, err := s.c.Keyring.Open(seal.Mail, f.Reason, "user_codes", f.MessageID)
		if err != nil {
			return nil, fault.Wrap("open a mail failure", err)
		}
		all[i] = Undelivered{
			UserID: f.UserID, Reason: string(reason), At: f.At,
			Retried: f.RetryAt.Add(retryGrace).After(s.c.Clock()),
		}
	}
	return all, nil
}
