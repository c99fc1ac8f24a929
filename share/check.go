package share

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"itemshare/fault"
)

// wish is what somebody wants to share, as far as a policy judges it.
type wish struct {
	audience   Audience // "" when it could not be read
	expiry     time.Duration
	recipients []Recipient
	files      []int64 // sizes in bytes
	whole      bool    // a native link's: no bytes go through this server
}

// check gives every violation at once, each with what is allowed and who set it.
func (e Effective) check(w wish) []fault.Problem {
	var all []fault.Problem
	for _, predicate := range []func(wish) []fault.Problem{e.checkAccess, e.checkExpiry, e.checkKinds, e.checkDomains, e.checkFiles} {
		all = append(all, predicate(w)...)
	}
	return all
}

func (e Effective) checkAccess(w wish) []fault.Problem {
	if w.audience == "" || slices.Contains(e.AllowedTypes, typeOf(w.audience)) {
		return nil
	}
	detail := "Sharing is turned off"
	switch {
	case slices.Contains(e.AllowedTypes, Public):
		detail = "Only links for anyone who has them are allowed, no named people"
	case slices.Contains(e.AllowedTypes, Authenticated):
		detail = "Only named people may be given access"
	}
	return violation(fault.CodePolicyAccess, "access", detail, e.setBy("allowed_types"))
}

func (e Effective) checkExpiry(w wish) []fault.Problem {
	if w.expiry <= e.MaxExpiry {
		return nil
	}
	return violation(fault.CodePolicyExpiry, "expire_after", "A link may last "+Span(e.MaxExpiry)+" at most", e.setBy("max_expiry"))
}

func (e Effective) checkKinds(w wish) []fault.Problem {
	for _, r := range w.recipients {
		if !slices.Contains(e.AllowedRecipientTypes, r.Kind) {
			detail := "Recipients cannot be named"
			switch {
			case slices.Contains(e.AllowedRecipientTypes, Email):
				detail = "Only people's addresses are allowed, no whole domains"
			case slices.Contains(e.AllowedRecipientTypes, Domain):
				detail = "Only whole domains are allowed, no single people"
			}
			return violation(fault.CodePolicyRecipientType, "recipients", detail, e.setBy("allowed_recipient_types"))
		}
	}
	return nil
}

func (e Effective) checkDomains(w wish) []fault.Problem {
	var outside []string
	for _, r := range w.recipients {
		if !e.allowsDomain(r.domain()) && !slices.Contains(outside, r.domain()) {
			outside = append(outside, r.domain())
		}
	}
	if len(outside) == 0 {
		return nil
	}
	if e.NoDomains {
		return []fault.Problem{{Code: fault.CodePolicyDomain, Field: "recipients", Detail: "No domain is allowed: the account's list and this vault's have none in common."}}
	}
	verb := " is not allowed: only "
	if len(outside) > 1 {
		verb = " are not allowed: only "
	}
	return violation(fault.CodePolicyDomain, "recipients", listed(outside, "and")+verb+listed(e.AllowedDomains, "and"), e.setBy("allowed_domains"))
}

func (e Effective) checkFiles(w wish) []fault.Problem {
	if len(w.files) == 0 {
		return nil
	}
	if !e.FilesAllowed {
		return violation(fault.CodePolicyFiles, "files", "Files may not be shared", e.setBy("files_allowed"))
	}
	limit, by := e.FilesMaxSize, e.setBy("files_max_size")
	if w.whole && limit == 0 {
		return nil
	}
	if !w.whole && (limit == 0 || limit > MaxFileSize) {
		limit, by = MaxFileSize, "as much as this server takes"
	}
	if slices.Max(w.files) <= limit {
		return nil
	}
	return violation(fault.CodePolicyFiles, "files", "A file may have "+size(limit)+" at most", by)
}

// violation is one problem whose sentence ends with who set the rule.
func violation(code fault.Code, field, detail, by string) []fault.Problem {
	return []fault.Problem{{Code: code, Field: field, Detail: detail + ", " + by + "."}}
}

// listed joins names as a sentence does: "a, b and c", the many cut short.
func listed(names []string, and string) string {
	if len(names) > 10 {
		names = append(slices.Clone(names[:10]), fmt.Sprintf("%d more", len(names)-10))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// size says a number of bytes in the largest unit that fits it, to one decimal.
func size(bytes int64) string {
	for _, unit := range []struct {
		name string
		of   int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if bytes >= unit.of {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(bytes)/float64(unit.of)), ".0") + " " + unit.name
		}
	}
	return count(int(bytes), "byte")
}

// Expiries are the durations of the share form, each with why it is not allowed.
func (e Effective) Expiries() []ExpiryChoice {
	var all []ExpiryChoice
	for _, d := range Durations() {
		choice := ExpiryChoice{Duration: d, Allowed: true, Default: d.Time() == e.DefaultExpiry}
		if problems := e.checkExpiry(wish{expiry: d.Time()}); problems != nil {
			choice.Allowed, choice.Reason = false, problems[0].Detail
		}
		all = append(all, choice)
	}
	return all
}

// ExpiryChoice is one duration of the share form. Where it is not allowed, Reason
// says what is and who set it.
type ExpiryChoice struct {
	Duration Duration
	Allowed  bool
	Default  bool
	Reason   string
}

// checkViews judges a share that was made before: new ones get the limit by themselves.
func (e Effective) checkViews(maxViews int) []fault.Problem {
	if e.MaxViews == 0 || maxViews > 0 && maxViews <= e.MaxViews {
		return nil
	}
	return violation(fault.CodePolicyViews, "max_views", "A link may be opened "+times(e.MaxViews)+" at most", e.setBy("max_views"))
}
