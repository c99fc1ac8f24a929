package views

import "itemshare/share"

// NewShareProps are the values of NewSharePage and of its fragment NewShare. Its ShareProps have no
// item.
type NewShareProps struct {
	ShareProps
	Title string
	Text  string
	Notes string
}

// unfoldTerms reports whether the terms differ from what is chosen at first, or have a problem.
func unfoldTerms(p NewShareProps) bool {
	for _, field := range []string{"access", "recipients", "expire_after", "one_time"} {
		if hasProblem(p.Problems, field) {
			return true
		}
	}
	return chosenAudience(p.ShareProps) != share.Anyone || p.Form.ExpireAfter != "" ||
		p.Form.OneTime
}
