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

// GetAccountPolicy returns the policy for sharing this item.
func (s ItemShares) GetAccountPolicy(
	ctx context.Context, vaultID, itemID string,
) (ItemShareAccountPolicy, error) {
	var policy ItemShareAccountPolicy
	err := s.calls.do(ctx, get(itemPath(vaultID, itemID)+"/share-policy", &policy))
	policy.VaultID, policy.ItemID = vaultID, itemID
	if policy.MaxViews != nil && *policy.MaxViews == 0 {
		policy.MaxViews = nil
	}
	return policy, during("get the policy", err)
}

// ValidateRecipients checks email addresses and domains against the policy. The Problems of its
// [*Error] are those that are rejected.
func (s ItemShares) ValidateRecipients(
	ctx context.Context, policy ItemShareAccountPolicy, recipients []string,
) ([]ValidRecipient, error) {
	if err := policy.check(); err != nil {
		return nil, err
	}
	if recipients == nil {
		recipients = []string{}
	}
	var valid []ValidRecipient
	err := s.calls.do(ctx, call{
		method: http.MethodPost, path: api + itemPath(policy.VaultID, policy.ItemID) + "/recipients",
		body:       map[string][]string{"recipients": recipients},
		idempotent: true, patient: true, into: &valid,
	})
	return valid, during("validate recipients", err)
}

func (p ItemShareAccountPolicy) check() error {
	if p.VaultID == "" || p.ItemID == "" {
		return errors.New(
			"this policy belongs to no item: use the one that GetAccountPolicy returns",
		)
	}
	return nil
}

// maxKeys is how many keys Create uses at most. It needs another one after each lost link.
const maxKeys = 3

// Create creates a share and returns its link, which cannot be shown again.
//
// The SDK returns the link alone. A [CreatedShare] has the share's ID too, without which the share
// could not be found or revoked: the ID cannot be read from the link.
//
// After a lost answer Create sends the request again under the same Idempotency-Key. If the share
// was created, its link is lost, so Create revokes it and creates another. An error that is
// [ErrNotKnown] reports that the connection failed for good and that there may be a share.
func (s ItemShares) Create(
	ctx context.Context, item Item, policy ItemShareAccountPolicy, params ItemShareParams,
) (CreatedShare, error) {
	if err := policy.check(); err != nil {
		return CreatedShare{}, err
	}
	if policy.VaultID != item.VaultID || policy.ItemID != item.ID {
		return CreatedShare{}, errors.New("this policy belongs to another item")
	}
	for n := 1; ; n++ {
		share, err := s.create(ctx, item, params)
		if !errors.Is(err, CodeAlreadyCreated) || n == maxKeys {
			return share, during("create a share", err)
		}
		if err := s.revokeLost(ctx, err); err != nil {
			return CreatedShare{}, during("create a share", err)
		}
	}
}

func (s ItemShares) create(
	ctx context.Context,
	item Item,
	params ItemShareParams,
) (CreatedShare, error) {
	key, err := s.newKey()
	if err != nil {
		return CreatedShare{}, err
	}
	var share CreatedShare
	err = s.calls.do(ctx, call{
		method: http.MethodPost, path: api + itemPath(item.VaultID, item.ID) + "/shares",
		body: params, key: key, idempotent: true, patient: true, into: &share,
	})
	var lost lostAnswer
	if errors.As(err, &lost) && !errors.Is(err, CodeAlreadyCreated) {
		return CreatedShare{}, fmt.Errorf("%w: %w", ErrNotKnown, err)
	}
	if err == nil && (share.ID == "" || share.Link == "") {
		return CreatedShare{}, fmt.Errorf("%w: the answer has no link", ErrNotKnown)
	}
	return share, err
}

// newKey returns 24 random bytes as text. No other request has the key, so what was created under
// it is this share.
func (s ItemShares) newKey() (string, error) {
	var raw [24]byte
	if _, err := io.ReadFull(s.calls.random, raw[:]); err != nil {
		return "", fmt.Errorf("create a key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

// revokeLost revokes the share that an already_created error names: its link was lost. If it cannot
// be revoked, the error has its id.
func (s ItemShares) revokeLost(ctx context.Context, err error) error {
	var created *Error
	if !errors.As(err, &created) || created.ShareID == "" {
		return err
	}
	err = s.Revoke(ctx, created.ShareID)
	if err == nil {
		return nil
	}
	var rejected *Error
	if errors.As(err, &rejected) {
		rejected.ShareID = created.ShareID
	}
	return fmt.Errorf(
		"the link of share %s was lost, and the share could not be revoked: %w",
		created.ShareID,
		err,
	)
}

// ShareListOptions filter the list of shares. Query matches items by title, and full email
// addresses or domains. With is a recipient's full email address or domain. From and To are the
// first and the last day of creation in UTC, such as 2026-11-30, both included. PageSize is the
// number of shares in one request, 0 for the server's default.
type ShareListOptions struct {
	Status   ShareStatus
	VaultID  string
	Query    string
	With     string
	Created  SharePeriod
	From     string
	To       string
	PageSize int
}

// List returns the service account's own shares, newest first. It requests each page when the loop
// arrives there. An error ends the list; [All] collects it.
func (s ItemShares) List(ctx context.Context, options ...ShareListOptions) iter.Seq2[Share, error] {
	query := url.Values{}
	for _, o := range options {
		set(query, "status", string(o.Status))
		set(query, "vault", o.VaultID)
		set(query, "q", o.Query)
		set(query, "with", o.With)
		set(query, "created", string(o.Created))
		set(query, "from", o.From)
		set(query, "to", o.To)
		setCount(query, o.PageSize)
	}
	return pages[Share](ctx, s.calls, "list shares", "/shares", query)
}

// Get returns the share with this id, which is not a part of the link.
func (s ItemShares) Get(ctx context.Context, id string) (Share, error) {
	var share Share
	err := s.calls.do(ctx, get("/shares/"+segment(id), &share))
	return share, during("get a share", err)
}

// Views returns the latest 500 views of a share, newest first. Those of a link that 1Password
// created are shown there alone.
func (s ItemShares) Views(ctx context.Context, id string) ([]View, error) {
	var page struct {
		Items []View `json:"items"`
	}
	err := s.calls.do(ctx, get("/shares/"+segment(id)+"/views", &page))
	return page.Items, during("list views", err)
}

// Revoke ends a share at once. It does nothing to one that has ended, and returns no error.
func (s ItemShares) Revoke(ctx context.Context, id string) error {
	return during("revoke a share", s.calls.do(ctx, call{
		method: http.MethodDelete, path: api + "/shares/" + segment(id), idempotent: true, patient: true,
	}))
}
