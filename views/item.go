package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"itemshare/vault"
)

// siteHref is where a website's link leads: http and https alone, "" for all else.
func siteHref(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	if scheme := strings.ToLower(u.Scheme); scheme != "http" && scheme != "https" {
		return ""
	}
	return u.String()
}

func siteLabel(site vault.Website) string {
	if site.Label != "" {
		return site.Label
	}
	return "Website"
}

func fieldLabel(f ItemField) string {
	if f.Label != "" {
		return f.Label
	}
	if f.Type == vault.FieldTOTP {
		return "One-time password"
	}
	return "Unnamed field"
}

func revealVerb(f ItemField) string {
	if f.Type == vault.FieldTOTP {
		return "Show"
	}
	return "Reveal"
}

// wholeSeconds is a length of time for a script.
func wholeSeconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// replaceWords are on the button beside a link of an older version. A native one
// cannot be ended here.
func replaceWords(l ItemLink) string {
	if l.Native != "" {
		return "Create new link"
	}
	return "Replace link"
}
