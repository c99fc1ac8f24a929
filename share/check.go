package share

import (
	"slices"
	"time"

	"itemshare/fault"
)

// wish is what a request asks to share, as far as a policy judges it.
type wish struct {
	audience   Audience // "" when it could not be parsed
	expiry     time.Duration
	recipients []Recipient
	files      []int64 // sizes in bytes
	whole      bool    // a native link's: no bytes pass through this server
}

// check returns every violation at once, each with what is allowed and by whom.
func (e Effective) check(w wish) []fault.Problem {
	var all []fault.Problem
	for _, predicate := range []func(wish) []fault.Problem{
		e.checkAccess, e.checkExpiry, e.checkKinds, e.checkDomains, e.checkFiles,
	} {
		all = append(all, predicate(w)...)
	}
	return all
}

func (e Effective) checkAccess(w wish) []fault.Problem {
	if w.audience == "" {
		return nil
	}
	return violation(fault.CodePolicyAccess, "access", e.audienceReason(w.audience))
}

func (e Effective) checkExpiry(w wish) []fault.Problem {
	if w.expiry <= e.MaxExpiry {
		return nil
	}
	return violation(fault.CodePolicyExpiry, "expire_after", e.expiryLimit())
}

func (e Effective) checkKinds(w wish) []fault.Problem {
	for _, r := range w.recipients {
		if !slices.Contains(e.AllowedRecipientTypes, r.Kind) {
			return violation(fault.CodePolicyRecipientType, "recipients", e.kindLimit())
		}
	}
	return nil
}

func (e Effective) checkDomains(w wish) []fault.Problem {
	return violation(fault.CodePolicyDomain, "recipients", e.domainReason(w.recipients))
}

func (e Effective) checkFiles(w wish) []fault.Problem {
	return violation(fault.CodePolicyFiles, "files", e.filesReason(w.files, w.whole))
}

// checkViews judges the view limit of an existing share. New ones get the policy's.
func (e Effective) checkViews(maxViews int) []fault.Problem {
	if e.MaxViews == 0 || maxViews > 0 && maxViews <= e.MaxViews {
		return nil
	}
	return violation(fault.CodePolicyViews, "max_views", e.viewLimit())
}

// violation is a problem with its reason, none where the reason is "".
func violation(code fault.Code, field, reason string) []fault.Problem {
	if reason == "" {
		return nil
	}
	return []fault.Problem{{Code: code, Field: field, Detail: reason}}
}

// audienceReason says why there can be no link for an audience, "" where there can.
func (e Effective) audienceReason(a Audience) string {
	setter := e.setter("allowed_types")
	switch {
	case slices.Contains(e.AllowedTypes, typeOf(a)):
		return ""
	case len(e.AllowedTypes) == 0:
		return setter + " doesn't allow sharing."
	default:
		return setter + " doesn't allow " + typeOf(a).words() + "."
	}
}

func (e Effective) expiryLimit() string {
	return e.setter("max_expiry") + " allows " + Span(e.MaxExpiry) + " at most."
}

func (e Effective) viewLimit() string {
	return e.setter("max_views") + " allows " + count(e.MaxViews, "view") + " at most."
}

func (e Effective) kindLimit() string {
	setter := e.setter("allowed_recipient_types")
	if len(e.AllowedRecipientTypes) == 0 {
		return setter + " doesn't allow any recipients."
	}
	return setter + " only allows " + e.AllowedRecipientTypes[0].words() + "."
}

// domainReason names the domains that are not allowed and those that are.
func (e Effective) domainReason(recipients []Recipient) string {
	var outside []string
	for _, r := range recipients {
		if !e.allowsDomain(r.domain()) && !slices.Contains(outside, r.domain()) {
			outside = append(outside, r.domain())
		}
	}
	switch len(outside) {
	case 0:
		return ""
	case 1:
		return outside[0] + " isn't allowed. " + e.domainLimit()
	default:
		return listed(outside, "and") + " aren't allowed. " + e.domainLimit()
	}
}

func (e Effective) domainLimit() string {
	if e.NoDomains {
		return "The account policy and the vault policy have no allowed domain in common."
	}
	return e.setter("allowed_domains") + " only allows " + listed(e.AllowedDomains, "and") + "."
}

// filesReason says why files of these sizes can't be shared, "" where they can.
func (e Effective) filesReason(sizes []int64, native bool) string {
	if len(sizes) == 0 {
		return ""
	}
	if !e.FilesAllowed {
		return e.setter("files_allowed") + " doesn't allow files."
	}
	limit, setter := e.FilesMaxSize, e.setter("files_max_size")
	if !native && (limit == 0 || limit > MaxFileSize) {
		limit, setter = MaxFileSize, "This server"
	}
	if limit == 0 || slices.Max(sizes) <= limit {
		return ""
	}
	return setter + " allows files up to " + Size(limit) + "."
}
