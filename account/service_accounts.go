package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// tokenPrefix begins every token, so that people and scanners of leaks know one.
const tokenPrefix = "itemshare_"

// longestLifetime is ten years; what shall last longer has no end.
const longestLifetime = 3650 * 24 * time.Hour

// NewServiceAccount is a service account to be added.
type NewServiceAccount struct {
	Name       string
	Vaults     []string      // ids, at least one
	ShareItems bool          // else it reads only
	Lifetime   time.Duration // 0: never expires
	Grantor    *Identity     // whose own grants bound those of the account; nil for the command line
	RequestKey string        // a request sent again with the same key adds no second account; "" for none
}

// AddServiceAccount adds a service account and gives its token, this once, or says
// everything that is wrong with it at once. Once used before is fault.Conflict
// already_created, its Subject the earlier account.
func (s *Service) AddServiceAccount(ctx context.Context, by string, n NewServiceAccount) (ServiceAccount, Token, error) {
	a, err := s.checkServiceAccount(n)
	if err != nil {
		return ServiceAccount{}, "", err
	}
	if a.ID, err = s.serviceAccountID(by, n.RequestKey, a.CreatedAt); err != nil {
		return ServiceAccount{}, "", err
	}
	for i := range a.Grants {
		a.Grants[i].UserID = a.ID
	}
	token, err := s.newToken()
	if err != nil {
		return ServiceAccount{}, "", err
	}
	a.CreatedBy = by
	entry, err := s.entry(audit.ServiceAccountAdded, by, a.ID, addedDetail(a, n.ShareItems)...)
	if err != nil {
		return ServiceAccount{}, "", err
	}
	err = s.c.Programs.AddServiceAccount(ctx, a, sha256.Sum256([]byte(token)), entry)
	if fault.KindOf(err) == fault.Conflict {
		again := fault.New(fault.Conflict, fault.CodeAlreadyCreated, "This service account is there already, and its token was shown then.")
		again.CreatedID = a.ID
		return ServiceAccount{}, "", again
	}
	if err != nil {
		return ServiceAccount{}, "", err
	}
	return a, token, nil
}

func (s *Service) checkServiceAccount(n NewServiceAccount) (ServiceAccount, error) {
	var problems []fault.Problem
	a := ServiceAccount{Name: strings.TrimSpace(n.Name), CreatedAt: s.c.Clock().UTC().Truncate(time.Second)}
	if !nameable(a.Name) {
		problems = append(problems, nameProblem())
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(n.Vaults))) {
		a.Grants = append(a.Grants, Grant{VaultID: id, View: true, Share: n.ShareItems})
	}
	problems = append(problems, checkGrants(a.Grants, n.Grantor)...)
	if n.Lifetime < 0 || n.Lifetime > longestLifetime {
		problems = append(problems, fault.Problem{Code: fault.CodeInvalid, Field: "lifetime", Detail: "Choose a lifetime of 1 to 3650 days, or none."})
	} else if n.Lifetime > 0 {
		a.ExpiresAt = a.CreatedAt.Add(n.Lifetime)
	}
	return a, fault.Fields(problems)
}

// checkGrants keeps an admin, who sees items only where granted, from seeing more
// through a program.
func checkGrants(grants []Grant, within *Identity) []fault.Problem {
	beyond := func(may func(Identity, string) bool) bool {
		return within != nil && slices.ContainsFunc(grants, func(g Grant) bool { return !may(*within, g.VaultID) })
	}
	switch {
	case len(grants) == 0:
		return []fault.Problem{{Code: fault.CodeInvalid, Field: "vaults", Detail: "Choose at least one vault."}}
	case beyond(Identity.MayView):
		return []fault.Problem{{Code: fault.CodeInvalid, Field: "vaults", Detail: "Choose only vaults that you may view yourself."}}
	case grants[0].Share && beyond(Identity.MayShare):
		return []fault.Problem{{Code: fault.CodeInvalid, Field: "share_items", Detail: "Leave this out, or choose only vaults from which you may share yourself."}}
	}
	return nil
}

// serviceAccountID makes an id; what is sent once more gets the same one.
func (s *Service) serviceAccountID(by, once string, now time.Time) (string, error) {
	if once == "" {
		return seal.NewID(now, s.c.Random)
	}
	return seal.NewID(time.UnixMilli(0), bytes.NewReader(s.c.Keyring.MAC(seal.Addresses, "service account", by, once)))
}

func (s *Service) newToken() (Token, error) {
	var raw [32]byte
	if _, err := io.ReadFull(s.c.Random, raw[:]); err != nil {
		return "", fmt.Errorf("make a service account's token: %w", err)
	}
	return Token(tokenPrefix + base64.RawURLEncoding.EncodeToString(raw[:])), nil
}

func addedDetail(a ServiceAccount, share bool) []string {
	vaults := make([]string, len(a.Grants))
	for i, g := range a.Grants {
		vaults[i] = g.VaultID
	}
	detail := []string{"name", a.Name, "vaults", strings.Join(vaults, " "), "share", strconv.FormatBool(share)}
	if !a.ExpiresAt.IsZero() {
		detail = append(detail, "expires_at", a.ExpiresAt.Format(time.RFC3339))
	}
	return detail
}

var errServiceToken = errors.New("not a service account's token")

// AuthenticateToken tells which service account a token belongs to. One that is
// unknown, revoked or expired is fault.Unauthenticated, all alike.
func (s *Service) AuthenticateToken(ctx context.Context, token string) (Identity, error) {
	if !tokenShaped(token) {
		return Identity{}, fault.Because(fault.Unauthenticated, errServiceToken)
	}
	a, err := s.c.Programs.FindServiceAccount(ctx, sha256.Sum256([]byte(token)))
	now := s.c.Clock()
	if fault.KindOf(err) == fault.NotFound || err == nil && a.State(now) != TokenLive {
		return Identity{}, fault.Because(fault.Unauthenticated, errServiceToken)
	}
	if err != nil {
		return Identity{}, err
	}
	if now.Sub(a.LastUsed) >= touchEvery {
		err = s.c.Programs.TouchServiceAccount(ctx, a.ID, now)
	}
	// A full disk must not keep programs from reading.
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return Identity{}, err
	}
	return a.identity(), nil
}

// tokenShaped spares the database what cannot be a token.
func tokenShaped(token string) bool {
	text, ok := strings.CutPrefix(token, tokenPrefix)
	return ok && len(text) == base64.RawURLEncoding.EncodedLen(32)
}

// RevokeServiceAccount ends an account's token for good, from the next request on. One
// that is revoked already stays so; none of this id is fault.NotFound.
func (s *Service) RevokeServiceAccount(ctx context.Context, by, id string) error {
	entry, err := s.entry(audit.ServiceAccountRevoked, by, id)
	if err != nil {
		return err
	}
	return s.c.Programs.RevokeServiceAccount(ctx, id, s.c.Clock(), entry)
}

// ServiceAccounts gives all service accounts by name, the revoked ones too.
func (s *Service) ServiceAccounts(ctx context.Context) ([]ServiceAccount, error) {
	return s.c.Programs.ListServiceAccounts(ctx)
}
