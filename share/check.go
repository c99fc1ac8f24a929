package share

import (
	"cmp"
	"slices"
	"time"

	"itemshare/fault"
)

// proposal is what a request asks to share, as far as a policy judges it.
type proposal struct {
	audience   Audience // "" when it could not be parsed
	expiry     time.Duration
	recipients []Recipient
	files      []int64 // sizes in bytes
	native     bool    // no bytes pass through this server
}

// check returns every violation at once, each with what is allowed and by whom.
func (e Effective) check(p proposal) []fault.Problem {
	var all []fault.Problem
	for _, predicate := range []func(proposal) []fault.Problem{
		e.checkAccess, e.checkExpiry, e.checkKinds, e.checkDomains, e.checkInsiders, e.checkFiles,
	} {
		all = append(all, predicate(p)...)
	}
	return all
}

func (e Effective) checkAccess(p proposal) []fault.Problem {
	if p.audience == "" {
		return nil
	}
	return violation(fault.CodePolicyAccess, "access", e.audienceReason(p.audience))
}

func (e Effective) checkExpiry(p proposal) []fault.Problem {
	if p.expiry <= e.MaxExpiry {
		return nil
	}
	return violation(fault.CodePolicyExpiry, "expire_after", e.expiryLimit())
}

func (e Effective) checkKinds(p proposal) []fault.Problem {
	for _, r := range p.recipients {
		if !slices.Contains(e.AllowedRecipientTypes, r.Kind) {
			return violation(fault.CodePolicyRecipientType, "recipients", e.kindLimit())
		}
	}
	return nil
}

func (e Effective) checkDomains(p proposal) []fault.Problem {
	return violation(fault.CodePolicyDomain, "recipients", e.domainReason(p.recipients))
}

func (e Effective) checkFiles(p proposal) []fault.Problem {
	return violation(fault.CodePolicyFiles, "files", e.filesReason(p.files, p.native))
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
	case e.OriginOf("allowed_types") == Unseen && len(e.AllowedTypes) == 0:
		return unseenNobodyWords
	case e.OriginOf("allowed_types") == Unseen:
		return unseenAnyoneWords
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
		return joined(outside, "and") + " aren't allowed. " + e.domainLimit()
	}
}

func (e Effective) domainLimit() string {
	if e.NoDomains {
		return "The account policy and the vault policy have no allowed domain in common."
	}
	return e.setter("allowed_domains") + " only allows " + joined(e.AllowedDomains, "and") + "."
}

// filesReason says why files of these sizes can't be shared, "" where they can.
func (e Effective) filesReason(sizes []int64, native bool) string {
	if len(sizes) == 0 {
		return ""
	}
	if !e.FilesAllowed {
		return e.setter("files_allowed") + " doesn't allow files."
	}
	limit, setter := e.fileLimit(native)
	if limit == 0 || slices.Max(sizes) <= limit {
		return ""
	}
	return setter + " allows files up to " + Size(limit) + "."
}

// FileLimit returns the size in bytes of the largest file that can be shared by this server.
func (e Effective) FileLimit() int64 {
	limit, _ := e.fileLimit(false)
	return limit
}

// fileLimit returns the size of the largest file in bytes, 0 for any size, and who sets it.
func (e Effective) fileLimit(native bool) (limit int64, setter string) {
	limit, setter = e.FilesMaxSize, e.setter("files_max_size")
	if most := cmp.Or(e.maxFile, MaxFileSize); !native && (limit == 0 || limit > most) {
		limit, setter = most, "This server"
	}
	return limit, setter
}
