package views

import (
	"slices"
	"strings"

	"itemshare/fault"
	"itemshare/share"
)

// maybeMade tells that there may be a link already.
func maybeMade(p ShareRetryProps) bool {
	return slices.ContainsFunc(p.Problems, func(problem fault.Problem) bool { return problem.Code == fault.CodeLinkUnknown })
}

func retryHead(p ShareRetryProps) string {
	if maybeMade(p) {
		return "There may be a link that nobody has seen"
	}
	return "The link was not made yet"
}

func againWords(p ShareRetryProps) string {
	if maybeMade(p) {
		return "Make another link"
	}
	return makeWords(p.Native)
}

// retryWords say why a link could not be made now.
func retryWords(p fault.Problem) string {
	if p.Detail != "" {
		return p.Detail
	}
	return "The vault does not answer. Nothing is lost."
}

// chosenWords repeat what a form holds that is not shown.
func chosenWords(f ShareInput) string {
	who := "Anyone with the link"
	if f.Access == share.Recipients {
		who = "Only " + clip(joined(strings.Fields(strings.Join(f.Recipients, " "))), 300)
	}
	length := "for the usual time"
	for _, d := range durations() {
		if d.Name == f.ExpireAfter {
			length = "for " + d.Words
		}
	}
	often := ", any number of times"
	if f.OneTime {
		often = ", once"
	}
	return who + ", " + length + often + "."
}

// switchedOn are the names of the form's switches that are on.
func switchedOn(f ShareInput) []string {
	var all []string
	for _, s := range []struct {
		name string
		on   bool
	}{{"one_time", f.OneTime}, {"files", f.Files}, {"totp", f.TOTP}, {"replace", f.Replace}} {
		if s.on {
			all = append(all, s.name)
		}
	}
	return all
}
