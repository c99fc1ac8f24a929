package share

import (
	"slices"

	"itemshare/fault"
)

// loosens returns where a vault's policy allows what the account's does not, each with
// the account's limit. An empty limit of the vault adds none, and loosens nothing.
func (p Policy) loosens(account Policy) []fault.Problem {
	var r policyReader
	limits := Effective{Policy: account}
	if p.MaxExpiry > account.MaxExpiry {
		r.problem("max_expiry", limits.expiryLimit())
	}
	if limit := min(account.DefaultExpiry, account.MaxExpiry); p.DefaultExpiry > limit {
		r.problem(
			"default_expiry",
			"The default of the account policy is "+Span(
				limit,
			)+", and a vault's can only be shorter.",
		)
	}
	if account.MaxViews > 0 && p.MaxViews > account.MaxViews {
		r.problem("max_views", limits.viewLimit())
	}
	if extra := without(p.AllowedTypes, account.AllowedTypes); len(extra) > 0 {
		r.problem("allowed_types", "The account policy doesn't allow "+extra[0].words()+".")
	}
	if extra := without(p.AllowedRecipientTypes, account.AllowedRecipientTypes); len(extra) > 0 {
		r.problem(
			"allowed_recipient_types",
			"The account policy doesn't allow "+extra[0].words()+".",
		)
	}
	if extra := without(p.AllowedDomains, account.AllowedDomains); len(extra) > 0 &&
		len(account.AllowedDomains) > 0 {
		r.problem("allowed_domains", limits.domainLimit())
	}
	if p.FilesAllowed && !account.FilesAllowed {
		r.problem("files_allowed", limits.filesReason([]int64{0}, true))
	}
	if account.FilesMaxSize > 0 && p.FilesMaxSize > account.FilesMaxSize {
		r.problem(
			"files_max_size",
			"The account policy allows files up to "+Size(account.FilesMaxSize)+".",
		)
	}
	return r.problems
}

// Forbids returns why a vault's policy can't have a value in a field of the form, with the
// account's policy p, and "" where it can.
func (p Policy) Forbids(field, value string) string {
	var own Policy // a limit in every other field loosens nothing
	var r policyReader
	switch field {
	case "max_expiry":
		own.MaxExpiry = r.duration(field, value)
	case "default_expiry":
		own.DefaultExpiry = r.duration(field, value)
	case "max_views":
		own.MaxViews = int(r.limit(field, value, maxPolicyViews))
	case "allowed_types":
		own.AllowedTypes = []Type{Type(value)}
	case "allowed_recipient_types":
		own.AllowedRecipientTypes = names(&r, field, []string{value}, recipientKinds())
	case "allowed_domains":
		own.AllowedDomains = []string{value}
	case "files_allowed":
		own.FilesAllowed = value != ""
	case "files_max_size":
		own.FilesMaxSize = r.limit(field, value, MaxFileSize)
	}
	for _, problem := range own.loosens(p) {
		return problem.Detail
	}
	return ""
}

// Within returns the policy with each limit that is looser than the account's, as one may be
// that was set before, replaced by the account's.
func (p Policy) Within(account Policy) Policy {
	p.MaxExpiry = min(p.MaxExpiry, account.MaxExpiry)
	p.DefaultExpiry = min(p.DefaultExpiry, account.DefaultExpiry, p.MaxExpiry)
	if p.MaxViews > 0 {
		p.MaxViews = int(narrower(int64(p.MaxViews), int64(account.MaxViews)))
	}
	p.AllowedTypes = common(p.AllowedTypes, account.AllowedTypes)
	p.AllowedRecipientTypes = common(p.AllowedRecipientTypes, account.AllowedRecipientTypes)
	p.FilesAllowed = p.FilesAllowed && account.FilesAllowed
	if p.FilesMaxSize > 0 {
		p.FilesMaxSize = narrower(p.FilesMaxSize, account.FilesMaxSize)
	}
	return p
}

// without returns the values of a list that are not in another.
func without[T comparable](list, other []T) []T {
	return slices.DeleteFunc(
		slices.Clone(list),
		func(value T) bool { return slices.Contains(other, value) },
	)
}
