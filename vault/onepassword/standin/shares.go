package standin

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"
)

// shares implements the SDK's ItemsSharesAPI.
type shares struct{ account *Account }

var (
	errFiles = errors.New(
		"cannot share items with files. Consult your 1Password admin to review account policies",
	)
	errRecipient = errors.New(
		"recipient list contained recipients that are not permitted by account policy",
	)
	errFormat = errors.New("couldn't parse item share recipient. recipient had invalid format")
	errTerms  = errors.New(
		"bad input passed by the user: the share does not fit the account's policy",
	)
	errDenied = errors.New(
		"you do not have the right permissions to perform this action: share items",
	)
)

// GetAccountPolicy returns the account's policy.
func (s *shares) GetAccountPolicy(
	ctx context.Context,
	vaultID, itemID string,
) (sdk.ItemShareAccountPolicy, error) {
	end, err := s.account.begin(ctx, "Shares.GetAccountPolicy")
	if err != nil {
		return sdk.ItemShareAccountPolicy{}, err
	}
	defer end()
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	if _, err := s.shareable(vaultID, itemID); err != nil {
		return sdk.ItemShareAccountPolicy{}, err
	}
	return s.account.policy, nil
}

func (s *shares) shareable(vaultID, itemID string) (*sdk.Item, error) {
	b, item, err := s.account.find(vaultID, itemID)
	if err == nil && b.barred {
		return nil, errDenied
	}
	return item, err
}

// ValidateRecipients returns the recipients by type, or an error where one is refused.
// Which one it does not say.
func (s *shares) ValidateRecipients(
	ctx context.Context,
	_ sdk.ItemShareAccountPolicy,
	recipients []string,
) ([]sdk.ValidRecipient, error) {
	end, err := s.account.begin(ctx, "Shares.ValidateRecipients")
	if err != nil {
		return nil, err
	}
	defer end()
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	var valid []sdk.ValidRecipient
	for _, text := range recipients {
		recipient, err := parse(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(
			s.account.policy.AllowedRecipientTypes,
			sdk.AllowedRecipientType(recipient.Type),
		) {
			return nil, errRecipient
		}
		valid = append(valid, recipient)
	}
	return valid, nil
}

func parse(text string) (sdk.ValidRecipient, error) {
	if strings.Contains(text, "@") {
		address, err := mail.ParseAddress(text)
		if err != nil || address.Address != text || !domain(text[strings.LastIndex(text, "@")+1:]) {
			return sdk.ValidRecipient{}, errFormat
		}
		return sdk.NewValidRecipientTypeVariantEmail(
			&sdk.ValidRecipientEmailInner{Email: text},
		), nil
	}
	if !domain(text) {
		return sdk.ValidRecipient{}, errFormat
	}
	return sdk.NewValidRecipientTypeVariantDomain(&sdk.ValidRecipientDomainInner{Domain: text}), nil
}

func domain(text string) bool {
	labels := strings.Split(text, ".")
	return len(labels) > 1 && !slices.Contains(labels, "") && !strings.ContainsAny(text, " /:<>@")
}

// Create creates a link if the account's current policy allows the terms, whatever policy the caller
// passes.
func (s *shares) Create(
	ctx context.Context,
	item sdk.Item,
	_ sdk.ItemShareAccountPolicy,
	params sdk.ItemShareParams,
) (string, error) {
	end, err := s.account.begin(ctx, "Shares.Create")
	if err != nil {
		return "", err
	}
	defer end()
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	stored, err := s.shareable(item.VaultID, item.ID)
	if err != nil {
		return "", err
	}
	expiry, err := s.account.check(*stored, params)
	if err != nil {
		return "", err
	}
	link := Link{
		URL:     s.account.address(),
		ItemID:  item.ID,
		Expiry:  expiry,
		OneTime: params.OneTimeOnly,
	}
	for _, recipient := range params.Recipients {
		link.Recipients = append(link.Recipients, text(recipient))
	}
	s.account.links = append(s.account.links, link)
	return link.URL, nil
}

// address returns a new link in the form of 1Password's.
func (a *Account) address() string {
	var secret [32]byte
	if _, err := io.ReadFull(a.random, secret[:]); err != nil {
		panic("standin: no randomness: " + err.Error())
	}
	return "https://share.1password.com/s#" + base64.RawURLEncoding.EncodeToString(secret[:])
}

func text(r sdk.ValidRecipient) string {
	if r.Type == sdk.ValidRecipientTypeVariantDomain {
		return r.Domain().Domain
	}
	return r.Email().Email
}

// rule returns the policy for one item, which is narrower for items with files.
func (a *Account) rule(item sdk.Item) (sdk.ItemShareAccountPolicy, error) {
	rule, all := a.policy, filesOf(item)
	if len(all) == 0 {
		return rule, nil
	}
	if !rule.Files.Allowed {
		return rule, errFiles
	}
	for _, file := range all {
		if file.Size > rule.Files.MaxSize {
			return rule, errFiles
		}
	}
	if rule.Files.MaxExpiry != nil {
		rule.MaxExpiry = *rule.Files.MaxExpiry
	}
	if rule.Files.DefaultExpiry != nil {
		rule.DefaultExpiry = *rule.Files.DefaultExpiry
	}
	if rule.Files.AllowedTypes != nil {
		rule.AllowedTypes = rule.Files.AllowedTypes
	}
	if rule.Files.AllowedRecipientTypes != nil {
		rule.AllowedRecipientTypes = rule.Files.AllowedRecipientTypes
	}
	return rule, nil
}

func (a *Account) check(item sdk.Item, params sdk.ItemShareParams) (time.Duration, error) {
	rule, err := a.rule(item)
	if err != nil {
		return 0, err
	}
	expiry := lengthOf(rule.DefaultExpiry)
	if params.ExpireAfter != nil {
		expiry = lengthOf(*params.ExpireAfter)
	}
	kind := sdk.AllowedTypePublic
	if len(params.Recipients) > 0 {
		kind = sdk.AllowedTypeAuthenticated
	}
	if expiry == 0 || expiry > lengthOf(rule.MaxExpiry) ||
		!slices.Contains(rule.AllowedTypes, kind) {
		return 0, errTerms
	}
	for _, recipient := range params.Recipients {
		if !slices.Contains(rule.AllowedRecipientTypes, sdk.AllowedRecipientType(recipient.Type)) {
			return 0, errRecipient
		}
	}
	return expiry, nil
}

func lengthOf(name sdk.ItemShareDuration) time.Duration {
	switch name {
	case sdk.ItemShareDurationOneHour:
		return time.Hour
	case sdk.ItemShareDurationOneDay:
		return 24 * time.Hour
	case sdk.ItemShareDurationSevenDays:
		return 7 * 24 * time.Hour
	case sdk.ItemShareDurationFourteenDays:
		return 14 * 24 * time.Hour
	case sdk.ItemShareDurationThirtyDays:
		return 30 * 24 * time.Hour
	}
	return 0
}
