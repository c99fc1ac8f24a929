package views

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"itemshare/vault"
)

// siteHref returns the address of a website's link, "" for all but http and https.
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

// wholeSeconds returns a length of time in seconds, for a script.
func wholeSeconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// replaceWords is the label of the button beside a link of an older version. A native link can't
// be revoked here.
func replaceWords(l ItemLink) string {
	if l.Native != "" {
		return "Create new link"
	}
	return "Replace link"
}

// historyOf is the address of the history, filtered by the item.
func historyOf(p ItemProps) string {
	return p.Shell.Paths.History(HistoryFilter{Vault: p.Item.VaultID, Text: p.Item.Title})
}

// exactText returns an attribute with the value for the script that copies it, if the text of an
// element would not be the value: HTML has no NUL and makes a line feed of CR LF.
func exactText(value string) templ.Attributes {
	if !strings.ContainsAny(value, "\r\x00") {
		return nil
	}
	text, _ := json.Marshal(value)
	return templ.Attributes{"data-exact": string(text)}
}
