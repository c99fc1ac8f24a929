package views

import (
	"slices"
	"strings"

	"itemshare/fault"
	"itemshare/share"
)

// maybeCreated reports whether the account may have created the link already: trying again
// may create another.
func maybeCreated(p ShareRetryProps) bool { return retryHas(p, fault.CodeLinkUnknown) }

// maybeSaved reports whether this server may have created the link already: trying again
// tells, and creates no other.
func maybeSaved(p ShareRetryProps) bool { return retryHas(p, fault.CodeUnknownOutcome) }

func retryHas(p ShareRetryProps, code fault.Code) bool {
	return slices.ContainsFunc(
		p.Problems, func(problem fault.Problem) bool { return problem.Code == code },
	)
}

func retryHead(p ShareRetryProps) string {
	if maybeCreated(p) || maybeSaved(p) {
		return "A link may have been created"
	}
	return "The link hasn't been created yet"
}

func againWords(p ShareRetryProps) string {
	if maybeCreated(p) {
		return "Create another link"
	}
	if maybeSaved(p) {
		return "Try again"
	}
	return createWords(p.Native)
}

// retryWords says why the link wasn't created.
func retryWords(p fault.Problem) string {
	if p.Detail != "" {
		return p.Detail
	}
	if p.Code == fault.CodeUnknownOutcome {
		return "We don't know whether the link was created. " +
			"Check the history or try again: this form creates one link at most."
	}
	return "Can't reach the vault."
}

// chosenWords sums up the choices of a form that isn't shown.
func chosenWords(f ShareInput) string {
	who := "Anyone with the link"
	if f.Access == share.Recipients {
		who = "Only " + truncate(listOf(strings.Fields(strings.Join(f.Recipients, " "))), 300)
	}
	expiry := "Default expiry"
	if d, ok := share.ParseDuration(f.ExpireAfter); ok {
		expiry = "Expires after " + d.Words()
	}
	if f.OneTime {
		expiry += ". " + capitalize(viewLimitWords(1, f.Access))
	}
	return who + ". " + expiry + "."
}

// switchedOn returns the names of the form's checkboxes that are on.
func switchedOn(f ShareInput) []string {
	var all []string
	for _, s := range []struct {
		name string
		on   bool
	}{
		{"chosen", f.Chosen},
		{"one_time", f.OneTime},
		{"files", f.Files},
		{"totp", f.TOTP},
		{"replace", f.Replace},
		{"tell", f.Tell},
	} {
		if s.on {
			all = append(all, s.name)
		}
	}
	return all
}
