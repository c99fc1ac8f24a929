package views

import "itemshare/fault"

// The lines of a proxy's configuration that pass on the Host header.
const (
	NginxHost  = "proxy_set_header Host $http_host;"
	ApacheHost = "ProxyPreserveHost On"
)

// errorWording is the text of an error page.
type errorWording struct{ Icon, Heading, Text string }

// errorWords returns the text for an error's status, and for its code where one status has
// several meanings.
func errorWords(p ErrorProps) errorWording {
	switch p.Status {
	case 400:
		return errorWording{
			"triangle-alert", "This request couldn't be read",
			"Go back, reload the page and try again.",
		}
	case 401:
		return errorWording{"lock", "You've been signed out", "Sign in to continue."}
	case 403:
		return errorWording{"lock", "You don't have permission", forbiddenText(p)}
	case 404:
		return errorWording{
			"search", "Page not found", "It doesn't exist or you don't have access.",
		}
	case 405:
		return errorWording{
			"ban", "This action isn't available", "Go back and use the buttons on the page.",
		}
	case 409:
		if p.Code == fault.CodeAlreadyCreated {
			return errorWording{
				"link", "Link already created",
				"If you didn't copy it, revoke it and create a new one.",
			}
		}
		if words := detailOf(p); words != "" {
			return errorWording{"ban", "Nothing was changed", words}
		}
		return errorWording{"rotate-cw", "Someone else changed this", "Reload and try again."}
	case 413:
		return errorWording{"box", "This request is too large", "Send less, or leave out files."}
	case 421:
		return errorWording{"globe", "Wrong address", "This server uses a different address."}
	case 422:
		return errorWording{
			"triangle-alert", "Check your entries",
			"Nothing was changed. Go back and fix the problem.",
		}
	case 429:
		return errorWording{"clock", "Too many attempts", "Try again in " + waitWords(p) + "."}
	case 503:
		return unavailableWords(p)
	}
	if p.Code == fault.CodeDamaged && len(p.Problems) > 0 {
		return errorWording{"triangle-alert", "This item is damaged", p.Problems[0].Detail}
	}
	return errorWording{
		"triangle-alert", "Server error",
		"Try again. If it keeps happening, contact your administrator and mention the request ID.",
	}
}

func forbiddenText(p ErrorProps) string {
	if words := detailOf(p); words != "" {
		return words
	}
	return "Ask an admin for access."
}

// detailOf returns the first sentence that came with an error.
func detailOf(p ErrorProps) string {
	for _, problem := range p.Problems {
		if problem.Detail != "" {
			return problem.Detail
		}
	}
	return ""
}

func unavailableWords(p ErrorProps) errorWording {
	switch p.Code {
	case fault.CodeLinkUnknown:
		return errorWording{"triangle-alert", "A link may have been created", detailOf(p)}
	case fault.CodeUnknownOutcome:
		return errorWording{
			"triangle-alert", "This may have been saved",
			"We don't know whether this was saved. Check on the page before trying again.",
		}
	}
	if words := detailOf(p); words != "" {
		return errorWording{
			"unlink", "Not available right now", words + " Try again in " + waitWords(p) + ".",
		}
	}
	if p.Vault {
		return errorWording{
			"unlink", "Can't reach the vault",
			"Nothing was changed. Try again in " + waitWords(p) + ".",
		}
	}
	return errorWording{
		"unlink", "Not available right now",
		"Nothing was changed. Try again in " + waitWords(p) + ".",
	}
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
