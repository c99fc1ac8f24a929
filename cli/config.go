package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"itemshare/address"
	"itemshare/seal"
)

// settings say where an installation is. Commands that talk to a server do not use them, and leave
// them out of their help.
type settings struct {
	Data      string `group:"place" default:"./data" placeholder:"FOLDER" help:"${settings_data}"`
	Database  string `group:"place" placeholder:"URL" help:"${settings_database}"`
	MasterKey string `group:"place" placeholder:"KEY" help:"${settings_master_key}"`
	// OPServiceAccountToken is the token of the 1Password account to serve, "" for the embedded vault.
	OPServiceAccountToken string `group:"place" env:"OP_SERVICE_ACCOUNT_TOKEN" placeholder:"TOKEN" help:"${op_token}"`
}

// databaseURL returns the URL of the database, by default a file in the data folder.
func (s settings) databaseURL() string {
	if s.Database != "" {
		return s.Database
	}
	return "sqlite:" + filepath.Join(s.Data, "itemshare.db")
}

// databaseFile returns the path of a SQLite database, or "" for another engine.
func (s settings) databaseFile() string {
	path, ok := strings.CutPrefix(s.databaseURL(), "sqlite:")
	if !ok {
		return ""
	}
	return path
}

// engine names the kind of database.
func (s settings) engine() string {
	if s.databaseFile() == "" {
		return "PostgreSQL"
	}
	return "SQLite"
}

// dataHint says where a demo's data is and how to start over. It leaves out the URL of PostgreSQL,
// which may hold a password.
func (s settings) dataHint() string {
	switch {
	case s.databaseFile() == "":
		return "in PostgreSQL   use an empty database to start over"
	case s.Database != "":
		return s.databaseFile() + "   delete it to start over"
	}
	return s.Data + "   delete it to start over"
}

func (s settings) databaseExists() bool {
	_, err := os.Stat(s.databaseFile())
	return s.databaseFile() != "" && err == nil
}

func (s settings) keyFile() string { return filepath.Join(s.Data, "master.key") }

// errNoKey means that there is neither a key file nor ITEMSHARE_MASTER_KEY.
var errNoKey = errors.New("there is no master key")

// readKey returns the configured key or that of the key file, or errNoKey.
func (s settings) readKey() (seal.MasterKey, error) {
	if s.MasterKey != "" {
		key, err := seal.ParseMasterKey(s.MasterKey)
		if err != nil {
			return key, fmt.Errorf("ITEMSHARE_MASTER_KEY cannot be used: %w", err)
		}
		return key, nil
	}
	key, err := seal.ReadMasterKey(s.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return key, errNoKey
	}
	return key, err
}

// masterKey returns the key. If the database does not exist yet, it creates a key file; the rows of
// an existing database would not open with a new key.
func (s settings) masterKey(random io.Reader) (seal.MasterKey, error) {
	key, err := s.readKey()
	if !errors.Is(err, errNoKey) {
		return key, err
	}
	if s.databaseFile() == "" {
		return key, errors.New("set ITEMSHARE_MASTER_KEY to base64 of 32 random bytes: " +
			"with PostgreSQL you store the key yourself")
	}
	if s.databaseExists() {
		return key, fmt.Errorf("the database %s exists but its master key %s is missing: "+
			"put the key file back or set ITEMSHARE_MASTER_KEY", s.databaseFile(), s.keyFile())
	}
	return seal.CreateMasterKey(s.keyFile(), random)
}

// localhost is the only host that may be served over http.
const localhost = "localhost"

var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9][A-Za-z0-9._~-]*)+$`)

// parseBaseURL parses the public URL: https, or http on localhost, with or without a path of plain
// segments. The result has no slash at its end.
func parseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" ||
		u.Fragment != "" {
		return nil, errors.New(
			"ITEMSHARE_URL must be a URL such as https://share.example.com, with or without a path",
		)
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if err := encodeHost(u); err != nil {
		return nil, errors.New("the host in ITEMSHARE_URL is not a valid host name")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != localhost) {
		return nil, errors.New(
			"ITEMSHARE_URL must start with https://, or http://localhost: browsers decrypt only there",
		)
	}
	if u.Path != "" && (!plainPath.MatchString(u.Path) || u.RawPath != "") {
		return nil, errors.New(
			"the path in ITEMSHARE_URL can contain letters, digits, dots, dashes and underscores between slashes",
		)
	}
	if (u.Scheme == "https" && u.Port() == "443") || (u.Scheme == "http" && u.Port() == "80") {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u, nil
}

// encodeHost puts a host of another script into A-labels, as browsers send it.
func encodeHost(u *url.URL) error {
	if strings.IndexFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return nil
	}
	host, err := address.Domain(u.Hostname())
	if err != nil {
		return fmt.Errorf("encode a host name: %w", err)
	}
	if port := u.Port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	u.Host = host
	return nil
}

// isLoopback reports whether only this machine can reach the listen address.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == localhost || err == nil && ip.IsLoopback()
}

// parseNetworks parses the networks of a variable. A single address is a network of one.
func parseNetworks(variable string, texts []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range texts {
		text = strings.TrimSpace(text)
		prefix, err := netip.ParsePrefix(text)
		if ip, errIP := netip.ParseAddr(text); err != nil && errIP == nil {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("%s must be networks such as 10.0.0.0/8, separated by commas", variable)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}
