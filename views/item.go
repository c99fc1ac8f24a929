package views

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
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

// textPart is a part of a text: a link where it is a web address.
type textPart struct{ Text, Address string }

var webAddress = regexp.MustCompile(`https?://[^\s<>"\x60]+`)

// textParts splits a text at its web addresses. What ends a sentence is no part of an address, and what
// stands within a word is none.
func textParts(text string) (parts []textPart) {
	end := 0
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		address := strings.TrimRight(text[at[0]:at[1]], ".,;:!?'*_")
		if !strings.Contains(address, "(") {
			address = strings.TrimRight(address, ").,;:!?")
		}
		inside := at[0] > 0 && !strings.ContainsAny(text[at[0]-1:at[0]], " \t\n\r(<[{\"',;>|=")
		if siteHref(address) == "" || inside {
			continue
		}
		if at[0] > end {
			parts = append(parts, textPart{Text: text[end:at[0]]})
		}
		parts = append(parts, textPart{Text: address, Address: address})
		end = at[0] + len(address)
	}
	if end < len(text) {
		parts = append(parts, textPart{Text: text[end:]})
	}
	return parts
}

// linkedText is a text whose web addresses are links. It is no template, which would put blanks between
// the parts: what is copied is the text alone.
func linkedText(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var out strings.Builder
		for _, part := range textParts(text) {
			words := templ.EscapeString(part.Text)
			if part.Address == "" {
				out.WriteString(words)
				continue
			}
			fmt.Fprintf(
				&out,
				`<a href="%s" target="_blank" rel="noopener noreferrer" `+
					`aria-label="%s (opens in a new tab)">%s</a>`,
				templ.EscapeString(siteHref(part.Address)), words, words,
			)
		}
		_, err := io.WriteString(w, out.String())
		return err
	})
}
