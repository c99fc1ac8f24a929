package onepassword

import (
	"context"
	"slices"
	"sync"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
	"itemshare/vault"
)

// rules hold the account's policy for one item as of a time, and which recipients it allows.
type rules struct {
	policy sdk.ItemShareAccountPolicy
	at     time.Time

	mu      sync.Mutex
	allowed map[string]bool // of the recipients that the account was asked about
}

// maxVerdicts is the number of recipients from which on those of an item are forgotten.
const maxVerdicts = 1000

// unchecked returns the recipients that the account has not been asked about.
func (r *rules) unchecked(recipients []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.allowed) >= maxVerdicts {
		clear(r.allowed)
	}
	var rest []string
	for _, recipient := range recipients {
		if _, ok := r.allowed[recipient]; !ok && !slices.Contains(rest, recipient) {
			rest = append(rest, recipient)
		}
	}
	return rest
}

// record stores the account's verdict about recipients.
func (r *rules) record(recipients []string, allowed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, recipient := range recipients {
		r.allowed[recipient] = allowed
	}
}

// refusals returns a refusal for each of the recipients that the account does not allow.
func (r *rules) refusals(recipients []string) (refusals []vault.Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, recipient := range recipients {
		if !r.allowed[recipient] {
			refusals = append(refusals, vault.Refusal{Recipient: recipient, Problem: fault.Problem{
				Code: fault.CodeRecipientInvalid, Field: "recipients",
				Detail: "1Password doesn't allow sharing with “" + recipient + "”.",
			}})
		}
	}
	return refusals
}

// CheckRecipients asks the account about recipients, once about each while its rules for the item
// are cached: a form checks all of its recipients each time one is added.
func (b *Backend) CheckRecipients(
	ctx context.Context, vaultID, itemID string, recipients []string,
) ([]vault.Refusal, error) {
	rules, err := b.policies.get(ctx, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	if err := b.checkAll(ctx, rules, rules.unchecked(recipients)); err != nil {
		return nil, err
	}
	return rules.refusals(recipients), nil
}

// checkAll asks about all recipients at once. If the account rejects them, which it does without
// saying whom, checkAll asks about each half, until the rejected ones are found.
func (b *Backend) checkAll(ctx context.Context, rules *rules, recipients []string) error {
	if len(recipients) == 0 {
		return nil
	}
	_, err := b.validate(ctx, rules.policy, recipients)
	switch {
	case err == nil:
		rules.record(recipients, true)
		return nil
	case fault.KindOf(err) != fault.Invalid:
		return err
	case len(recipients) == 1:
		rules.record(recipients, false)
		return nil
	}
	half := len(recipients) / 2
	if err := b.checkAll(ctx, rules, recipients[:half]); err != nil {
		return err
	}
	return b.checkAll(ctx, rules, recipients[half:])
}

func (b *Backend) validate(
	ctx context.Context, policy sdk.ItemShareAccountPolicy, recipients []string,
) ([]sdk.ValidRecipient, error) {
	return ask(ctx, b.calls, checkRecipients,
		func(ctx context.Context, c Client) ([]sdk.ValidRecipient, error) {
			return c.Items().Shares().ValidateRecipients(ctx, policy, recipients)
		})
}
