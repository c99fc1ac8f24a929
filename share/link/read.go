package link

import (
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const (
	maxText = 64 << 10 // bytes of a text that are searched for a link
	maxTail = 2 << 10  // bytes after the # that are searched for the secret

	secretLength = 43 // characters
	maxDecodings = 4  // of an encoding that becomes visible by decoding
)

// page matches a link up to its secret. The first group is the base URL.
var page = regexp.MustCompile(
	`([Hh][Tt][Tt][Pp][Ss]?://` +
		`(?:\[[0-9A-Fa-f:.]+\]|[^\x00-,/:-@\[-^\x60{-\x7f\x{fffd}]+)(?::[0-9]+)?` + // host
		`(?:/(?:[^\x00-\x20"#%':<>?\\^\x60{-}\x7f\x{fffd}]|%[0-9A-Fa-f]{2})*?)?)` + // path
		`/s/?(?:\?[^\x00-\x20#]*?)?` +
		`(?:#|%(?:25)*23)`)

// Parse finds the share link in a text and splits it into the server's base URL and the secret. The
// text may be a whole message: Parse reads what chat programs, mail programs and gateways make of a
// link, by the rules of "Reading a link" in docs/share-link-v1.md. Without a whole link it returns
// ErrIncomplete: a secret is never completed and never shortened. Whether the base URL can be
// trusted with a call is for the caller to decide.
func Parse(text string) (baseURL string, s Secret, err error) {
	text = clean(text[:min(len(text), maxText)])
	decoded := unescape(text)
	for _, form := range []string{text, joinLines(text), decoded, joinLines(decoded)} {
		if baseURL, s, ok := find(form); ok {
			return baseURL, s, nil
		}
	}
	return "", Secret{}, ErrIncomplete
}

// find returns the first whole link of a text.
func find(text string) (baseURL string, s Secret, ok bool) {
	for _, at := range page.FindAllStringSubmatchIndex(text, -1) {
		baseURL, tail := text[at[2]:at[3]], text[at[1]:]
		if s, ok := readSecret(tail); ok && isWebAddress(baseURL) {
			scheme, rest, _ := strings.Cut(baseURL, ":")
			return strings.ToLower(scheme) + ":" + rest, s, true
		}
	}
	return "", Secret{}, false
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Hostname() != ""
}

var (
	alphabet  = regexp.MustCompile(`^[A-Za-z0-9_-]*`)
	lineBreak = regexp.MustCompile(`^=? *\n[ >]*`) // with the marks of quoted-printable and quotes
	moreWords = regexp.MustCompile(`^ +[^ \n]`)
)

// readSecret reads the secret from the start of the text that follows a link's #. Line breaks may
// stand within it if nothing but the secret stands on its last line.
func readSecret(tail string) (s Secret, ok bool) {
	tail = tail[:min(len(tail), maxTail)]
	for range maxDecodings {
		tail = unescape(tail)
	}
	rest := strings.TrimLeft(tail, " \n#/>")
	secret := alphabet.FindString(rest)
	rest = rest[len(secret):]
	joined := false
	for len(secret) < secretLength {
		gap := lineBreak.FindString(rest)
		part := alphabet.FindString(rest[len(gap):])
		if gap == "" || part == "" {
			return Secret{}, false
		}
		secret, rest, joined = secret+part, rest[len(gap)+len(part):], true
	}
	if strings.HasPrefix(rest, "=") || joined && moreWords.MatchString(rest) {
		return Secret{}, false
	}
	return ParseSecret(secret)
}

// clean removes characters that do not show, and makes one blank of every kind of blank and one line
// break of every kind of line break.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0, r == '\u034f', '\ufe00' <= r && r <= '\ufe0f', unicode.Is(unicode.Cf, r):
			return -1
		case r == '\t', unicode.Is(unicode.Zs, r):
			return ' '
		case strings.ContainsRune("\n\v\f\r\u0085\u2028\u2029", r):
			return '\n'
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

var (
	breaks    = regexp.MustCompile(` *\n[ >]*`)
	emptyLine = regexp.MustCompile(`\n[ >]*\n`)
	escapes   = regexp.MustCompile(`%(?:25)*[0-9A-Fa-f]{2}`)
	hashes    = strings.NewReplacer("&#35;", "#", "&#x23;", "#", "&num;", "#")
)

// joinLines returns a text without its line breaks if they are its only white space and no line is
// empty: it may be nothing but a link. Otherwise it returns "".
func joinLines(text string) string {
	text = strings.Trim(text, " \n")
	joined := breaks.ReplaceAllString(text, "")
	if emptyLine.MatchString(text) || strings.Contains(joined, " ") {
		return ""
	}
	return joined
}

// unescape removes percent-encoding, however often a character was encoded, and decodes & and # of
// HTML.
func unescape(text string) string {
	if !strings.ContainsAny(text, "%&") {
		return text
	}
	text = hashes.Replace(strings.ReplaceAll(text, "&amp;", "&"))
	return clean(escapes.ReplaceAllStringFunc(text, func(escape string) string {
		raw, _ := hex.DecodeString(escape[len(escape)-2:])
		return string(raw)
	}))
}
