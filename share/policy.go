package share

import (
	"maps"
	"slices"
	"time"
)

// Policy limits sharing. The zero value forbids everything; Default is the documented one. Durations are
// whole seconds; MaxViews 0 and an empty AllowedDomains are unlimited; FilesMaxSize is in bytes of one file,
// 0 unlimited up to the installation's own bound.
type Policy struct {
	MaxExpiry             time.Duration
	DefaultExpiry         time.Duration
	MaxViews              int
	AllowedTypes          []Type
	AllowedRecipientTypes []RecipientKind
	AllowedDomains        []string // canonical
	FilesAllowed          bool
	FilesMaxSize          int64
	// NoDomains forbids every domain: the result of narrowing lists that have none in
	// common. It is never stored.
	NoDomains bool
}

// Type is a link type, by the SDK's names.
type Type string

// The types: links for recipients, links for anyone.
const (
	Authenticated Type = "Authenticated"
	Public        Type = "Public"
)

// typeOf returns the link type of an audience.
func typeOf(a Audience) Type {
	if a == Recipients {
		return Authenticated
	}
	return Public
}

// Default returns the policy of an account that has set none: links expire after 7 days by
// default, 30 days at most, and nothing is forbidden.
func Default() Policy {
	return Policy{
		MaxExpiry: ThirtyDays.Time(), DefaultExpiry: SevenDays.Time(),
		AllowedTypes:          []Type{Authenticated, Public},
		AllowedRecipientTypes: []RecipientKind{Email, Domain},
		FilesAllowed:          true,
	}
}

// Narrow returns the stricter of two policies in every field.
func (p Policy) Narrow(q Policy) Policy {
	n := Policy{
		MaxExpiry:             min(p.MaxExpiry, q.MaxExpiry),
		MaxViews:              int(narrower(int64(p.MaxViews), int64(q.MaxViews))),
		AllowedTypes:          common(p.AllowedTypes, q.AllowedTypes),
		AllowedRecipientTypes: common(p.AllowedRecipientTypes, q.AllowedRecipientTypes),
		FilesAllowed:          p.FilesAllowed && q.FilesAllowed,
		FilesMaxSize:          narrower(p.FilesMaxSize, q.FilesMaxSize),
		NoDomains:             p.NoDomains || q.NoDomains,
	}
	n.DefaultExpiry = min(p.DefaultExpiry, q.DefaultExpiry, n.MaxExpiry)
	switch {
	case len(p.AllowedDomains) == 0:
		n.AllowedDomains = common(q.AllowedDomains, q.AllowedDomains)
	case len(q.AllowedDomains) == 0:
		n.AllowedDomains = common(p.AllowedDomains, p.AllowedDomains)
	default:
		n.AllowedDomains = common(p.AllowedDomains, q.AllowedDomains)
		n.NoDomains = n.NoDomains ||
			len(n.AllowedDomains) == 0 // an empty list alone would mean any
	}
	if n.NoDomains {
		n.AllowedDomains = nil
	}
	return n
}

// narrower returns the smaller of two limits, of which 0 is none.
func narrower(a, b int64) int64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// common returns the values that are in both lists, sorted, each once.
func common[T ~string](a, b []T) []T {
	var values []T
	for _, value := range a {
		if slices.Contains(b, value) {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// Sharing reports whether anything can be shared.
func (p Policy) Sharing() bool { return len(p.AllowedTypes) > 0 }

// allowsDomain reports whether a domain is allowed.
func (p Policy) allowsDomain(domain string) bool {
	return !p.NoDomains && (len(p.AllowedDomains) == 0 || slices.Contains(p.AllowedDomains, domain))
}

// Origin is who set a field of an effective policy: Account, Vault, or the name of
// the vault's own account, such as "1Password".
type Origin string

// The origins of this server's own policies.
const (
	Account Origin = "account"
	Vault   Origin = "vault"
)

// Effective is the policy for sharing from one vault: in every field the strictest of the
// account's, the vault's and, for one item, that of the vault's own account.
type Effective struct {
	Policy
	origins  map[string]Origin
	upstream *upstream // nil where the vault's own account has no policy
	version  string    // of the stored policies that it combines
	maxFile  int64     // bytes of the largest file that this server shares, 0 for MaxFileSize
	unseen   bool      // for somebody who may not reveal what they share, to outsiders alone
	// outsiders are the recipients that were looked up and have no account here.
	outsiders map[Recipient]bool
}

// upstream is the policy of the vault's own account for one item.
type upstream struct {
	by    Origin
	plain Policy
	files Policy // for links with files: as strict or stricter
}

// Combine returns the account's policy narrowed by a vault's, nil where it has none.
func Combine(account Policy, own *Policy) Effective {
	e := Effective{Policy: account.Narrow(account)} // its default may be above its maximum
	if own != nil {
		e = e.Narrowed(*own, Vault)
	}
	return e
}

// Narrowed returns the policy narrowed by another one, whose origin is stored for
// each field in which it is stricter.
func (e Effective) Narrowed(by Policy, origin Origin) Effective {
	n := e
	n.Policy, n.origins = e.Policy.Narrow(by), maps.Clone(e.origins)
	if n.origins == nil {
		n.origins = map[string]Origin{}
	}
	for field, differs := range map[string]bool{
		"max_expiry":              n.MaxExpiry != e.MaxExpiry,
		"default_expiry":          n.DefaultExpiry != e.DefaultExpiry,
		"max_views":               n.MaxViews != e.MaxViews,
		"allowed_types":           len(n.AllowedTypes) != len(e.AllowedTypes),
		"allowed_recipient_types": len(n.AllowedRecipientTypes) != len(e.AllowedRecipientTypes),
		"allowed_domains":         n.NoDomains != e.NoDomains || !slices.Equal(n.AllowedDomains, e.AllowedDomains),
		"files_allowed":           n.FilesAllowed != e.FilesAllowed,
		"files_max_size":          n.FilesMaxSize != e.FilesMaxSize,
	} {
		if differs {
			n.origins[field] = origin
		}
	}
	return n
}

// WithFiles returns the policy for links with files, for which the vault's own account may
// be stricter.
func (e Effective) WithFiles() Effective {
	if e.upstream == nil {
		return e
	}
	return e.Narrowed(e.upstream.files, e.upstream.by)
}

// OriginOf returns who set a field, by its form name ("max_expiry").
func (e Effective) OriginOf(field string) Origin {
	if origin, ok := e.origins[field]; ok {
		return origin
	}
	return Account
}

// setter names who set a field, as the start of a sentence.
func (e Effective) setter(field string) string {
	switch origin := e.OriginOf(field); origin {
	case Account:
		return "The account policy"
	case Vault:
		return "This vault's policy"
	default:
		return "Your " + string(origin) + " account"
	}
}
