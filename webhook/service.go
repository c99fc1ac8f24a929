package webhook

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

const (
	maxWebhooks = 20
	statusGone  = http.StatusGone
	// oldTime is for how long an old secret signs beside a new one.
	oldTime = 24 * time.Hour
	// pageSize is the number of deliveries on a page.
	pageSize = 50
)

// Config configures a Service; every field is required but Allowed.
type Config struct {
	Store   Store
	Box     Box
	Audit   *audit.Log
	Sender  *Sender
	Allowed []netip.Prefix // private networks that may be reached
	Clock   func() time.Time
	Random  io.Reader
}

// Service manages webhooks for admins.
type Service struct{ c Config }

// New returns a Service.
func New(c Config) *Service { return &Service{c} }

// List returns all webhooks, the oldest first.
func (s *Service) List(ctx context.Context) ([]Webhook, error) {
	stored, err := s.c.Store.ListWebhooks(ctx)
	if err != nil {
		return nil, fault.Wrap("list webhooks", err)
	}
	list := make([]Webhook, len(stored))
	for i, w := range stored {
		t, err := openTarget(s.c.Box, w)
		if err != nil {
			return nil, err
		}
		list[i] = webhookOf(w, t)
	}
	return list, nil
}

func webhookOf(w Stored, t target) Webhook {
	hook := Webhook{
		ID: w.ID, URL: t.URL, State: w.State, CreatedAt: w.CreatedAt, CreatedBy: w.CreatedBy,
		Waiting: w.Waiting, Failed: w.Failed,
	}
	if t.Old != nil {
		hook.OldUntil = time.Unix(t.OldUntil, 0).UTC()
	}
	for _, name := range strings.Fields(w.Types) {
		hook.Types = append(hook.Types, Type(name))
	}
	return hook
}

// Get returns a webhook, or fault.NotFound.
func (s *Service) Get(ctx context.Context, id string) (Webhook, error) {
	stored, t, err := s.find(ctx, id)
	return webhookOf(stored, t), err
}

func (s *Service) find(ctx context.Context, id string) (Stored, target, error) {
	stored, err := s.c.Store.ListWebhooks(ctx)
	if err != nil {
		return Stored{}, target{}, fault.Wrap("list webhooks", err)
	}
	at := slices.IndexFunc(stored, func(w Stored) bool { return w.ID == id })
	if at < 0 {
		return Stored{}, target{}, fault.Of(fault.NotFound)
	}
	t, err := openTarget(s.c.Box, stored[at])
	return stored[at], t, err
}

// Add creates a webhook and returns its secret, which is shown only now. It reports all problems at
// once.
func (s *Service) Add(
	ctx context.Context, by, address string, types []string,
) (Webhook, Secret, error) {
	existing, err := s.List(ctx)
	if err != nil {
		return Webhook{}, nil, err
	}
	address, problems := s.check(existing, strings.TrimSpace(address), types)
	if err := fault.Fields(problems); err != nil {
		return Webhook{}, nil, err
	}
	now := s.c.Clock()
	id, err := seal.NewID(now, s.c.Random)
	if err != nil {
		return Webhook{}, nil, err
	}
	secret, err := newSecret(s.c.Random)
	if err != nil {
		return Webhook{}, nil, err
	}
	w := Stored{
		ID: id, Types: strings.Join(types, " "), State: Active, CreatedAt: now, CreatedBy: by,
	}
	t := target{URL: address, Secret: secret}
	if w.Sealed, err = sealTarget(s.c.Box, id, t); err != nil {
		return Webhook{}, nil, err
	}
	entry, err := s.entry(audit.WebhookAdded, by, id, t)
	if err != nil {
		return Webhook{}, nil, err
	}
	return webhookOf(w, t), secret, fault.Wrap("add a webhook", s.c.Store.AddWebhook(ctx, w, entry))
}

// check returns the URL as it is stored, and what is wrong with a new webhook.
func (s *Service) check(
	existing []Webhook, address string, types []string,
) (string, []fault.Problem) {
	var problems []fault.Problem
	add := func(field, words string) {
		problems = append(problems, fault.Problem{Code: fault.CodeInvalid, Field: field, Detail: words})
	}
	parsed, err := parseURL(address, s.c.Allowed)
	switch {
	case err != nil:
		add("url", err.Error())
	case slices.ContainsFunc(existing, func(w Webhook) bool { return w.URL == parsed }):
		add("url", "There is a webhook with this URL already.")
	case len(existing) >= maxWebhooks:
		add("url", "There can be up to 20 webhooks. Remove one first.")
	}
	if len(types) == 0 {
		add("types", "Choose at least one event.")
	}
	for _, t := range types {
		if !slices.Contains(Types(), Type(t)) {
			add("types", "Choose events from the list.")
			break
		}
	}
	return parsed, problems
}

// entry returns the audit event of a change. It names the host alone: a path may hold a secret.
func (s *Service) entry(kind audit.Kind, by, id string, t target) (audit.Entry, error) {
	host := ""
	if u, err := url.Parse(t.URL); err == nil {
		host = u.Host
	}
	return s.c.Audit.Entry(audit.Event{
		At: s.c.Clock(), Kind: kind, Actor: by, Subject: id, Detail: map[string]string{"name": host},
	})
}

// Pause stops sending. What happens meanwhile waits for a day.
func (s *Service) Pause(ctx context.Context, by, id string) error {
	return s.change(ctx, by, id, audit.WebhookPaused, func(w *Stored, _ *target) { w.State = Paused })
}

// Resume sends again, at once what waits.
func (s *Service) Resume(ctx context.Context, by, id string) error {
	return s.change(ctx, by, id, audit.WebhookResumed, func(w *Stored, _ *target) { w.State = Active })
}

// Rotate replaces the secret of a webhook and returns the new one. The old one signs too for a day.
func (s *Service) Rotate(ctx context.Context, by, id string) (Secret, error) {
	secret, err := newSecret(s.c.Random)
	if err != nil {
		return nil, err
	}
	err = s.change(ctx, by, id, audit.WebhookRotated, func(_ *Stored, t *target) {
		t.Old, t.OldUntil = t.Secret, s.c.Clock().Add(oldTime).Unix()
		t.Secret = secret
	})
	return secret, err
}

func (s *Service) change(
	ctx context.Context, by, id string, kind audit.Kind, do func(*Stored, *target),
) error {
	w, t, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	do(&w, &t)
	if w.Sealed, err = sealTarget(s.c.Box, id, t); err != nil {
		return err
	}
	entry, err := s.entry(kind, by, id, t)
	if err != nil {
		return err
	}
	return fault.Wrap("change a webhook", s.c.Store.ChangeWebhook(ctx, w, s.c.Clock(), entry))
}

// Remove deletes a webhook and its deliveries.
func (s *Service) Remove(ctx context.Context, by, id string) error {
	_, t, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	entry, err := s.entry(audit.WebhookRemoved, by, id, t)
	if err != nil {
		return err
	}
	return fault.Wrap("remove a webhook", s.c.Store.RemoveWebhook(ctx, id, entry))
}

// Recorder stores an audit event that belongs to no other change.
type Recorder func(ctx context.Context, event audit.Event) error

// Test sends one message now and returns what the receiver answered.
func (s *Service) Test(ctx context.Context, by, id string, record Recorder) (Answer, error) {
	_, t, err := s.find(ctx, id)
	if err != nil {
		return Answer{}, err
	}
	now := s.c.Clock()
	body, err := testBody(id, now)
	if err != nil {
		return Answer{}, err
	}
	messageID, err := seal.NewID(now, s.c.Random)
	if err != nil {
		return Answer{}, err
	}
	err = record(ctx, audit.Event{At: now, Kind: audit.WebhookTested, Actor: by, Subject: id})
	if err != nil {
		return Answer{}, fault.Wrap("store the event of a test", err)
	}
	return s.c.Sender.Send(ctx, message{t.URL, messageID, t.secrets(now), now, body}), nil
}

// Delivery is a message that was sent, or waits. Answer has the status 0 before the first try.
type Delivery struct {
	ID       string
	ShareID  string
	Type     Type
	Happened time.Time
	State    Outcome
	Tries    int
	TriedAt  time.Time
	NextAt   time.Time // of one that waits
	Answer   Answer
}

// Deliveries returns a page of deliveries, the newest first, and the after of the next page, 0 for
// none.
func (s *Service) Deliveries(
	ctx context.Context, id string, after int64,
) (list []Delivery, next int64, err error) {
	found, err := s.c.Store.Deliveries(ctx, id, after, pageSize+1)
	if err != nil {
		return nil, 0, fault.Wrap("list deliveries", err)
	}
	if len(found) > pageSize {
		found = found[:pageSize]
		next = found[pageSize-1].Place
	}
	for _, q := range found {
		words, err := openAnswer(s.c.Box, q)
		if err != nil {
			words = "The stored answer is damaged."
		}
		list = append(list, Delivery{
			ID: q.ID, ShareID: q.ShareID, Type: q.Type, Happened: q.Happened, State: q.State,
			Tries: q.Tries, TriedAt: q.TriedAt, NextAt: q.DueAt,
			Answer: Answer{q.Status, strings.TrimRight(words, " ")},
		})
	}
	return list, next, nil
}

// Resend sends a delivery again that was sent or given up, under the same ID.
func (s *Service) Resend(ctx context.Context, id, deliveryID string) error {
	now := s.c.Clock()
	err := s.c.Store.ResendDelivery(ctx, id, deliveryID, now, now.Add(retryTime))
	return fault.Wrap("send a delivery again", err)
}
