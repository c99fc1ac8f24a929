package views

import "itemshare/fault"

// errorWording is what an error page says.
type errorWording struct{ Icon, Heading, Text string }

// errorWords chooses the words by status, and by code where one status has
// several meanings.
func errorWords(p ErrorProps) errorWording {
	switch p.Status {
	case 400:
		return errorWording{"triangle-alert", "The request could not be read", "Something on the way changed it. Go back, reload the page and try again."}
	case 401:
		return errorWording{"lock", "You are signed out", "Sign in again to go on. Nothing was changed."}
	case 403:
		return errorWording{"lock", "You may not do this", forbiddenText(p)}
	case 404:
		return errorWording{"search", "Nothing is here", "It does not exist, or it is not yours to see. Check the address, or ask whoever gave it to you."}
	case 405:
		return errorWording{"ban", "This address does not take that", "Go back and use the buttons of the page."}
	case 409:
		if p.Code == fault.CodeAlreadyCreated {
			return errorWording{"link", "This link was made already", "The form was sent twice. The first one made the link, which was shown once. If you did not copy it, revoke it and make another."}
		}
		if words := detailOf(p); words != "" {
			return errorWording{"ban", "Nothing was done", words}
		}
		return errorWording{"rotate-cw", "Somebody was faster", "This was changed in the meantime. Reload the page to see how it stands, then decide again."}
	case 413:
		return errorWording{"box", "This is too large", "It is more than this server takes in one go. Send less, or leave files out."}
	case 421:
		return errorWording{"globe", "This is the wrong address", "This server answers under another name."}
	case 422:
		return errorWording{"triangle-alert", "Something does not fit", "Nothing was changed. Go back and correct it."}
	case 429:
		return errorWording{"clock", "Too many tries", "Wait " + waitWords(p) + ", then try again."}
	case 503:
		return unavailableWords(p)
	}
	if p.Code == fault.CodeDamaged && len(p.Problems) > 0 {
		return errorWording{"triangle-alert", "This item is damaged", p.Problems[0].Detail}
	}
	return errorWording{"triangle-alert", "Something broke on this server", "It is not your fault, and the details are in the server’s log. Try again; if it happens again, tell whoever runs the server and name the request."}
}

func forbiddenText(p ErrorProps) string {
	if words := detailOf(p); words != "" {
		return words
	}
	return "Your account does not allow it. An admin can change that."
}

// detailOf is the first sentence that came with an error.
func detailOf(p ErrorProps) string {
	for _, problem := range p.Problems {
		if problem.Detail != "" {
			return problem.Detail
		}
	}
	return ""
}

func unavailableWords(p ErrorProps) errorWording {
	if p.Code == fault.CodeLinkUnknown {
		return errorWording{"triangle-alert", "There may be a link that nobody has seen", detailOf(p)}
	}
	if words := detailOf(p); words != "" {
		return errorWording{"unlink", "This cannot be done right now", words + " Nothing is lost. Try again in " + waitWords(p) + "."}
	}
	if p.Vault {
		return errorWording{"unlink", "The vault does not answer", "Nothing is lost, and nothing was changed. Try again in " + waitWords(p) + "."}
	}
	return errorWording{"unlink", "The server cannot do this right now", "Nothing was lost. Try again in " + waitWords(p) + "."}
}

func waitWords(p ErrorProps) string {
	if p.RetryAfter <= 0 {
		return "a moment"
	}
	return seconds(p.RetryAfter)
}

func errorCode(p ErrorProps) fault.Code {
	if p.Code != "" {
		return p.Code
	}
	return fault.CodeInternal
}
