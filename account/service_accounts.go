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

// tokenPrefix starts every token, so that people and secret scanners recognize it.
const tokenPrefix = "itemshare_"

// longestLifetime is ten years. A token meant to last longer does not expire.
const longestLifetime = 3650 * 24 * time.Hour

// NewServiceAccount holds what AddServiceAccount needs.
type NewServiceAccount struct {
	Name       string
	Vaults     []string // ids, at least one unless it may read events or manage people
	NoReveal   bool     // withholds concealed values
	ShareItems bool
	EditItems  bool
	ReadEvents bool // of the audit log
	// people, groups and who may do what in vaults, as admins do
	ManagePeople bool
	Lifetime     time.Duration // 0: never expires
	Grantor      *Identity     // whose own rights bound those of the account; nil for the command line
	RequestKey   string        // a request sent again with the same key adds no second account; "" for none
}

// AddServiceAccount adds a service account and returns its token, which cannot be read again. All
// problems are reported at once. A RequestKey that was used before is fault.Conflict
// already_created, with CreatedID the earlier account.
func (s *Service) AddServiceAccount(
	ctx context.Context,
	by string,
	n NewServiceAccount,
) (ServiceAccount, Token, error) {
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
	entry, err := s.entry(audit.ServiceAccountAdded, by, a.ID, addedDetail(a, n)...)
	if err != nil {
		return ServiceAccount{}, "", err
	}
	err = s.c.Programs.AddServiceAccount(ctx, a, sha256.Sum256([]byte(token)), entry)
	if fault.KindOf(err) == fault.Conflict {
		again := fault.New(
			fault.Conflict,
			fault.CodeAlreadyCreated,
			"This service account was already created. If you didn't copy its token, revoke it and create another.",
		)
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
	a := ServiceAccount{
		Name:      strings.TrimSpace(n.Name),
		CreatedAt: s.c.Clock().UTC().Truncate(time.Second),
		Events:    n.ReadEvents,
		People:    n.ManagePeople,
	}
	if !isName(a.Name) {
		problems = append(problems, nameProblem())
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(n.Vaults))) {
		a.Grants = append(a.Grants, Grant{
			VaultID: id, View: true, NoReveal: n.NoReveal, Share: n.ShareItems, Edit: n.EditItems,
		})
	}
	problems = append(problems, checkGrants(a, n.Grantor)...)
	if n.Lifetime < 0 || n.Lifetime > longestLifetime {
		problems = append(
			problems,
			fault.Problem{
				Code:   fault.CodeInvalid,
				Field:  "lifetime",
				Detail: "Choose an expiry of 1 to 3650 days, or never.",
			},
		)
	} else if n.Lifetime > 0 {
		a.ExpiresAt = a.CreatedAt.Add(n.Lifetime)
	}
	return a, fault.Fields(problems)
}

// checkGrants rejects grants beyond those of the grantor: an admin sees only items that they have a
// grant for, and must not see more through a program.
func checkGrants(a ServiceAccount, grantor *Identity) []fault.Problem {
	grants := a.Grants
	beyond := func(may func(Identity, string) bool) bool {
		return grantor != nil &&
			slices.ContainsFunc(grants, func(g Grant) bool { return !may(*grantor, g.VaultID) })
	}
	var field, words string
	switch {
	case a.People && grantor != nil && !grantor.Admin():
		field, words = "manage_people",
			"Clear this option: only admins can let a service account manage people."
	case len(grants) == 0 && (a.Events || a.People):
		return nil
	case len(grants) == 0:
		field, words = "vaults", "Choose at least one vault."
	case grants[0].NoReveal && grants[0].Edit:
		field, words = "edit_items",
			"Clear this option, or let it see concealed values: editing shows them."
	case beyond(Identity.MayView):
		field, words = "vaults", "Choose only vaults whose items you can view."
	case !grants[0].NoReveal && beyond(Identity.MayReveal):
		field, words = "vaults", "Choose only vaults whose items you can view and reveal."
	case grants[0].Share && beyond(Identity.MayShare):
		field, words = "share_items",
			"Clear this option, or choose only vaults that you can share from."
	case grants[0].Edit && beyond(Identity.MayEdit):
		field, words = "edit_items",
			"Clear this option, or choose only vaults whose items you can edit."
	default:
		return nil
	}
	return []fault.Problem{{Code: fault.CodeInvalid, Field: field, Detail: words}}
}

// serviceAccountID returns a new ID. The same user and request key return the same one again.
func (s *Service) serviceAccountID(by, requestKey string, now time.Time) (string, error) {
	if requestKey == "" {
		return seal.NewID(now, s.c.Random)
	}
	return seal.NewID(
		time.UnixMilli(0),
		bytes.NewReader(s.c.Keyring.MAC(seal.Addresses, "service account", by, requestKey)),
	)
}

func (s *Service) newToken() (Token, error) {
	var raw [32]byte
	if _, err := io.ReadFull(s.c.Random, raw[:]); err != nil {
		return "", fmt.Errorf("make a service account's token: %w", err)
	}
	return Token(tokenPrefix + base64.RawURLEncoding.EncodeToString(raw[:])), nil
}

func addedDetail(a ServiceAccount, n NewServiceAccount) []string {
	vaults := make([]string, len(a.Grants))
	for i, g := range a.Grants {
		vaults[i] = g.VaultID
	}
	detail := []string{
		"name",
		a.Name,
		"vaults",
		strings.Join(vaults, " "),
		"share",
		strconv.FormatBool(n.ShareItems),
		"edit",
		strconv.FormatBool(n.EditItems),
		"reveal",
		strconv.FormatBool(a.Reveals()),
		"events",
		strconv.FormatBool(n.ReadEvents),
		"people",
		strconv.FormatBool(n.ManagePeople),
	}
	if !a.ExpiresAt.IsZero() {
		detail = append(detail, "expires_at", a.ExpiresAt.Format(time.RFC3339))
	}
	return detail
}

var errServiceToken = errors.New("not a service account's token")

// AuthenticateToken returns the service account behind a token. A token that is unknown, revoked or
// expired is the same fault.Unauthenticated.
func (s *Service) AuthenticateToken(ctx context.Context, token string) (Identity, error) {
	if !isTokenShaped(token) {
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
	// A full disk must not stop programs from reading.
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return Identity{}, err
	}
	return a.identity(), nil
}

// isTokenShaped reports whether a text may be a token. The database is not asked about others.
func isTokenShaped(token string) bool {
	text, ok := strings.CutPrefix(token, tokenPrefix)
	return ok && len(text) == base64.RawURLEncoding.EncodedLen(32)
}

// RevokeServiceAccount ends an account's token permanently, from the next request on. Revoking it
// again changes nothing. An unknown ID is fault.NotFound.
func (s *Service) RevokeServiceAccount(ctx context.Context, by, id string) error {
	entry, err := s.entry(audit.ServiceAccountRevoked, by, id)
	if err != nil {
		return err
	}
	return s.c.Programs.RevokeServiceAccount(ctx, id, s.c.Clock(), entry)
}

// ServiceAccounts returns all service accounts by name, including revoked ones.
func (s *Service) ServiceAccounts(ctx context.Context) ([]ServiceAccount, error) {
	return s.c.Programs.ListServiceAccounts(ctx)
}
