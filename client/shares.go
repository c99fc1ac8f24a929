package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
)

// ItemShares are the calls about sharing items.
type ItemShares struct{ calls caller }

// GetAccountPolicy gets the rule for sharing this item.
func (s ItemShares) GetAccountPolicy(ctx context.Context, vaultID, itemID string) (ItemShareAccountPolicy, error) {
	var policy ItemShareAccountPolicy
	err := s.calls.do(ctx, get(itemPath(vaultID, itemID)+"/share-policy", &policy))
	policy.VaultID, policy.ItemID = vaultID, itemID
	if policy.MaxViews != nil && *policy.MaxViews == 0 {
		policy.MaxViews = nil
	}
	return policy, during("get the policy", err)
}

// ValidateRecipients checks addresses and domains against the policy. The error
// names each one refused; its Problems hold them one by one.
func (s ItemShares) ValidateRecipients(ctx context.Context, policy ItemShareAccountPolicy, recipients []string) ([]ValidRecipient, error) {
	if err := policy.check(); err != nil {
		return nil, err
	}
	if recipients == nil {
		recipients = []string{}
	}
	var valid []ValidRecipient
	err := s.calls.do(ctx, call{
		method: http.MethodPost, path: api + itemPath(policy.VaultID, policy.ItemID) + "/recipients",
		body: map[string][]string{"recipients": recipients}, safe: true, patient: true, into: &valid,
	})
	return valid, during("validate recipients", err)
}

func (p ItemShareAccountPolicy) check() error {
	if p.VaultID == "" || p.ItemID == "" {
		return errors.New("this policy belongs to no item: take the one that GetAccountPolicy gives")
	}
	return nil
}

// keysPerShare is how many keys Create uses at most: each time an answer is lost
// for good, the share behind it is revoked.
const keysPerShare = 3

// Create makes a share and its link, which is shown this once.
//
// Where the SDK gives the link alone, Create gives a [CreatedShare], whose Link is
// that link: whoever made a share needs its ID to look at it and to revoke it, and
// the ID of the history cannot be read from the link.
//
// When an answer is lost, the request goes out again under the same
// Idempotency-Key; if it turns out that the share was made, that one is revoked,
// since its link is gone, and another is made. An error that is [ErrNotKnown] says
// that the connection failed for good, and a share may be there.
func (s ItemShares) Create(ctx context.Context, item Item, policy ItemShareAccountPolicy, params ItemShareParams) (CreatedShare, error) {
	if err := policy.check(); err != nil {
		return CreatedShare{}, err
	}
	if policy.VaultID != item.VaultID || policy.ItemID != item.ID {
		return CreatedShare{}, errors.New("this policy belongs to another item")
	}
	for n := 1; ; n++ {
		made, err := s.create(ctx, item, params)
		if !errors.Is(err, CodeAlreadyCreated) || n == keysPerShare {
			return made, during("create a share", err)
		}
		if err := s.forget(ctx, err); err != nil {
			return CreatedShare{}, during("create a share", err)
		}
	}
}

func (s ItemShares) create(ctx context.Context, item Item, params ItemShareParams) (CreatedShare, error) {
	key, err := s.newKey()
	if err != nil {
		return CreatedShare{}, err
	}
	var made CreatedShare
	err = s.calls.do(ctx, call{
		method: http.MethodPost, path: api + itemPath(item.VaultID, item.ID) + "/shares",
		body: params, key: key, safe: true, patient: true, into: &made,
	})
	var gone lost
	if errors.As(err, &gone) && !errors.Is(err, CodeAlreadyCreated) {
		return CreatedShare{}, fmt.Errorf("%w: %w", ErrNotKnown, err)
	}
	if err == nil && (made.ID == "" || made.Link == "") {
		return CreatedShare{}, fmt.Errorf("%w: the answer holds no link", ErrNotKnown)
	}
	return made, err
}

// newKey is 24 random bytes: nobody else's key, so that what was created under it
// is ours.
func (s ItemShares) newKey() (string, error) {
	var raw [24]byte
	if _, err := io.ReadFull(s.calls.random, raw[:]); err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

// forget revokes a share whose link was lost. Where that cannot be done the error
// holds its id.
func (s ItemShares) forget(ctx context.Context, err error) error {
	var there *Error
	if !errors.As(err, &there) || there.ShareID == "" {
		return err
	}
	if revoking := s.Revoke(ctx, there.ShareID); revoking != nil {
		var refused *Error
		if errors.As(revoking, &refused) {
			refused.ShareID = there.ShareID
		}
		return fmt.Errorf("the link of share %s was lost on its way, and it could not be withdrawn: %w", there.ShareID, revoking)
	}
	return nil
}

// ShareListOptions narrow the list of shares. Query finds items by title, and whole
// addresses or domains; PageSize is 0 for the server's choice.
type ShareListOptions struct {
	Status   ShareStatus
	VaultID  string
	Query    string
	PageSize int
}

// List gives the service account's own shares, the newest first, page after page as
// they are asked for. An error ends it; [All] gathers a list.
func (s ItemShares) List(ctx context.Context, options ...ShareListOptions) iter.Seq2[Share, error] {
	query := url.Values{}
	for _, o := range options {
		set(query, "status", string(o.Status))
		set(query, "vault", o.VaultID)
		set(query, "q", o.Query)
		setCount(query, o.PageSize)
	}
	return pages[Share](ctx, s.calls, "list shares", "/shares", query)
}

// Get gives one share by its id, which is not the link's.
func (s ItemShares) Get(ctx context.Context, id string) (Share, error) {
	var share Share
	err := s.calls.do(ctx, get("/shares/"+segment(id), &share))
	return share, during("get a share", err)
}

// Revoke ends a share now. One that ended already stays as it is, without an error.
func (s ItemShares) Revoke(ctx context.Context, id string) error {
	return during("revoke a share", s.calls.do(ctx, call{
		method: http.MethodDelete, path: api + "/shares/" + segment(id), safe: true, patient: true,
	}))
}
