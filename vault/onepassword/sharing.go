package onepassword

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
	"itemshare/vault"
)

// Account returns the name of the account's provider.
func (b *Backend) Account() string { return "1Password" }

// Limits returns the account's rules for sharing an item, as of Config.Fresh ago at most.
func (b *Backend) Limits(ctx context.Context, vaultID, itemID string) (vault.Limits, error) {
	rules, err := b.policies.get(ctx, vaultID, itemID)
	if err != nil {
		return vault.Limits{}, err
	}
	return limitsOf(rules.policy)
}

// policies caches the account's rules for items: a page, its checks of recipients and its link need
// the same rules, and each request counts against the account's rate limits. The account enforces
// its rules in any case.
type policies struct {
	config Config
	calls  *calls

	mu    sync.Mutex
	rules map[itemKey]*rules
}

type itemKey struct{ vault, item string }

// maxRules is the number of items whose rules are cached.
const maxRules = 1000

func newPolicies(c Config, calls *calls) *policies {
	return &policies{config: c, calls: calls, rules: map[itemKey]*rules{}}
}

// get returns the account's rules for sharing an item, Config.Fresh old at most.
func (p *policies) get(ctx context.Context, vaultID, itemID string) (*rules, error) {
	if !isID(vaultID) || !isID(itemID) {
		return nil, fault.Of(fault.NotFound)
	}
	key := itemKey{vaultID, itemID}
	p.mu.Lock()
	old, ok := p.rules[key]
	p.mu.Unlock()
	if ok && p.config.Clock().Sub(old.at) < p.config.Fresh {
		return old, nil
	}
	at := p.config.Clock()
	policy, err := ask(ctx, p.calls, readPolicy,
		func(ctx context.Context, c Client) (sdk.ItemShareAccountPolicy, error) {
			return c.Items().Shares().GetAccountPolicy(ctx, vaultID, itemID)
		})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rules) >= maxRules {
		clear(p.rules)
	}
	p.rules[key] = &rules{policy: policy, at: at, allowed: map[string]bool{}}
	return p.rules[key], nil
}

// limitsOf converts a policy. An unknown duration is an error, since it cannot be enforced.
func limitsOf(p sdk.ItemShareAccountPolicy) (l vault.Limits, err error) {
	l = vault.Limits{
		MaxViews: number(p.MaxViews), AllowedTypes: names(p.AllowedTypes),
		AllowedRecipientTypes: names(p.AllowedRecipientTypes),
		Files: vault.FileLimits{
			Allowed: p.Files.Allowed, MaxSize: int64(p.Files.MaxSize), MaxViews: number(p.Files.MaxViews),
			AllowedTypes:          names(p.Files.AllowedTypes),
			AllowedRecipientTypes: names(p.Files.AllowedRecipientTypes),
		},
	}
	for _, length := range []struct {
		to   *time.Duration
		name *sdk.ItemShareDuration
	}{
		{&l.MaxExpiry, &p.MaxExpiry},
		{&l.DefaultExpiry, &p.DefaultExpiry},
		{&l.Files.MaxExpiry, p.Files.MaxExpiry},
		{&l.Files.DefaultExpiry, p.Files.DefaultExpiry},
	} {
		if length.name == nil {
			continue
		}
		ok := false
		if *length.to, ok = durations[*length.name]; !ok {
			return l, fault.Because(
				fault.Unavailable,
				fmt.Errorf("%s: an unknown duration", readPolicy),
			)
		}
	}
	return l, nil
}

var durations = map[sdk.ItemShareDuration]time.Duration{
	sdk.ItemShareDurationOneHour:      time.Hour,
	sdk.ItemShareDurationOneDay:       24 * time.Hour,
	sdk.ItemShareDurationSevenDays:    7 * 24 * time.Hour,
	sdk.ItemShareDurationFourteenDays: 14 * 24 * time.Hour,
	sdk.ItemShareDurationThirtyDays:   30 * 24 * time.Hour,
}

func number(n *uint32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

func names[T ~string](from []T) (all []string) {
	for _, name := range from {
		all = append(all, string(name))
	}
	return all
}

// MakeLink has the account create a link, in the SDK's four steps.
func (b *Backend) MakeLink(
	ctx context.Context,
	vaultID, itemID string,
	terms vault.LinkTerms,
) (vault.Link, error) {
	link, err := b.makeLink(ctx, vaultID, itemID, terms)
	if fault.KindOf(err) == fault.Unavailable && fault.CodeOf(err) != fault.CodeLinkUnknown {
		err = errors.Join(err, vault.ErrNotMade)
	}
	return link, err
}

func (b *Backend) makeLink(
	ctx context.Context,
	vaultID, itemID string,
	terms vault.LinkTerms,
) (vault.Link, error) {
	length := sdk.ItemShareDuration(terms.ExpireAfter)
	if _, ok := durations[length]; !ok {
		return vault.Link{}, fault.Field(
			"expire_after",
			fault.CodeInvalid,
			"Choose an expiry of 1 hour, or of 1, 7, 14 or 30 days.",
		)
	}
	item, err := b.item(ctx, vaultID, itemID)
	if err != nil {
		return vault.Link{}, err
	}
	rules, err := b.policies.get(ctx, vaultID, itemID)
	if err != nil {
		return vault.Link{}, err
	}
	params := sdk.ItemShareParams{ExpireAfter: &length, OneTimeOnly: terms.OneTime}
	if len(terms.Recipients) > 0 {
		if params.Recipients, err = b.validate(ctx, rules.policy, terms.Recipients); err != nil {
			return vault.Link{}, err
		}
		// A link without recipients would be open to anyone.
		if len(params.Recipients) != len(terms.Recipients) {
			return vault.Link{}, explain(checkRecipients, badRecipient, "")
		}
	}
	url, err := ask(ctx, b.calls, makeLink, func(ctx context.Context, c Client) (string, error) {
		return c.Items().Shares().Create(ctx, item, rules.policy, params)
	})
	if err == nil && !strings.HasPrefix(url, "https://") {
		err = doubtful(makeLink, unknown, explain(makeLink, unknown, "the answer is not a link"))
	}
	if err != nil {
		return vault.Link{}, err
	}
	return vault.Link{URL: url, ItemVersion: item.Version}, nil
}
