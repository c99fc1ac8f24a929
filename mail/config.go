package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// parseServer parses the URL of a mail server. Its host becomes A-labels (RFC 5890). The error
// names no part of the password but the one character that is wrong.
func parseServer(text string) (*url.URL, error) {
	if char := needsEncoding(text); char != "" {
		return nil, fmt.Errorf("the user name or password in the mail server's URL contains %s: "+
			"special characters must be percent-encoded, here as %s", named(char), percentEncoded(char))
	}
	server, err := url.Parse(text)
	if err != nil || server.Hostname() == "" ||
		server.Scheme != "smtp" && server.Scheme != "smtps" ||
		strings.Trim(server.Path, "/") != "" || server.RawQuery != "" || server.Fragment != "" {
		return nil, errors.New(
			"the mail server must be smtp://user:password@host:port or smtps://user:password@host:port",
		)
	}
	host, err := asciiHost(server.Hostname())
	if err != nil {
		return nil, errors.New("the mail server's host is not a valid host name")
	}
	port := server.Port()
	if server.Host = host; strings.Contains(host, ":") {
		server.Host = "[" + host + "]"
	}
	if port != "" {
		server.Host += ":" + port
	}
	return server, nil
}

// needsEncoding returns the first character of a URL's user information that must be
// percent-encoded (RFC 3986, section 3.2.1), or "". The information ends at the last "@": what
// stands there unencoded may look like a host, a path, a query or a fragment.
func needsEncoding(text string) string {
	_, rest, ok := strings.Cut(text, "://")
	at := strings.LastIndex(rest, "@")
	if !ok || at < 0 {
		return ""
	}
	info := rest[:at]
	for i, r := range info {
		switch {
		case r == '%' && !isEscape(info[i:]):
			return "%"
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9',
			strings.ContainsRune("-._~!$&'()*+,;=:%@", r):
		default:
			return string(r)
		}
	}
	return ""
}

func isEscape(text string) bool {
	if len(text) < 3 {
		return false
	}
	_, err := strconv.ParseUint(text[1:3], 16, 8)
	return err == nil
}

// named returns a character as a sentence shows it.
func named(char string) string {
	r := []rune(char)[0]
	switch {
	case r == ' ':
		return "a space"
	case r == '\n', r == '\r':
		return "a line break"
	case !unicode.IsGraphic(r), unicode.IsSpace(r):
		return fmt.Sprintf("the character %U", r)
	}
	return "“" + char + "”"
}

func percentEncoded(char string) string {
	var out strings.Builder
	for _, b := range []byte(char) {
		fmt.Fprintf(&out, "%%%02X", b)
	}
	return out.String()
}

// asciiHost returns a host name in A-labels. One in ASCII stays as it is: local names may have
// characters such as "_" that no domain has.
func asciiHost(host string) (string, error) {
	if strings.IndexFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return host, nil
	}
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false),
		idna.StrictDomainName(true), idna.VerifyDNSLength(true))
	return profile.ToASCII(host)
}

// parseSender parses the sender, an address with or without a name. Its domain becomes A-labels, so
// that mail servers without SMTPUTF8 accept it.
func parseSender(text string) (*netmail.Address, error) {
	from, err := netmail.ParseAddress(text)
	if err != nil {
		return nil, errors.New("the sender must be an email address such as itemshare@example.com")
	}
	local, domain, _ := cutLast(from.Address, "@")
	for _, r := range local {
		if r > unicode.MaxASCII {
			return nil, errors.New("the sender's address can contain other letters than those " +
				"of English only after the @")
		}
	}
	if !strings.HasPrefix(domain, "[") {
		if domain, err = asciiHost(domain); err != nil {
			return nil, errors.New("the sender's domain is not a valid host name")
		}
	}
	from.Address = local + "@" + domain
	return from, nil
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// helloName matches a host name, loosely: local ones may be of one label or hold "_".
var helloName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$`)

// parseHelo returns the name in EHLO: a host name in A-labels, or an address literal such as
// [192.0.2.1] (RFC 5321, section 4.1.1.1). An IP address becomes a literal.
func parseHelo(name string) (string, error) {
	if ip := net.ParseIP(strings.Trim(name, "[]")); ip != nil {
		if ip.To4() == nil {
			return "[IPv6:" + ip.String() + "]", nil
		}
		return "[" + ip.String() + "]", nil
	}
	if strings.HasPrefix(name, "[IPv6:") && strings.HasSuffix(name, "]") &&
		net.ParseIP(name[len("[IPv6:"):len(name)-1]) != nil {
		return name, nil
	}
	ascii, err := asciiHost(name)
	if err != nil || !helloName.MatchString(ascii) {
		return "", errors.New("the name in EHLO must be a host name such as share.example.com")
	}
	return ascii, nil
}

// optionsOf turns the URL into options. A password is sent only over an encrypted connection,
// unless the server is this machine.
func optionsOf(server *url.URL, roots *x509.CertPool) ([]gomail.Option, error) {
	port, policy := 25, gomail.TLSOpportunistic
	options := []gomail.Option{
		gomail.WithTimeout(stepTime),
		gomail.WithTLSConfig(
			&tls.Config{
				ServerName: server.Hostname(),
				RootCAs:    roots,
				MinVersion: tls.VersionTLS12,
			},
		),
	}
	if user := server.User; user != nil {
		port = 587
		password, _ := user.Password()
		options = append(
			options,
			gomail.WithUsername(user.Username()),
			gomail.WithPassword(password),
		)
		if isLoopback(server.Hostname()) {
			options = append(
				options,
				gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
			)
		} else {
			policy = gomail.TLSMandatory
			options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
		}
	}
	if server.Scheme == "smtps" {
		port = 465
		options = append(options, gomail.WithSSL())
	}
	if text := server.Port(); text != "" {
		given, err := strconv.ParseUint(text, 10, 16)
		if err != nil || given == 0 {
			return nil, errors.New("the mail server's port must be a number from 1 to 65535")
		}
		port = int(given)
	}
	return append(options, gomail.WithPort(port), gomail.WithTLSPolicy(policy)), nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
