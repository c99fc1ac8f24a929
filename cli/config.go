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

	"itemshare/seal"
)

// settings say where an installation keeps its data. The commands that talk to a server
// leave them alone, and so does their help.
type settings struct {
	Data      string `group:"place" default:"./data" placeholder:"FOLDER" help:"Data folder, made 0700 (default: ./data)."`
	Database  string `group:"place" placeholder:"URL" help:"Where the database is: sqlite:PATH or postgres://… (default: sqlite:{data}/itemshare.db)."`
	MasterKey string `group:"place" placeholder:"KEY" help:"Base64 of 32 bytes (default: the file {data}/master.key, made 0600 at the first start). Set the variable rather than the flag: others can see flags."`
	OPToken   string `group:"place" name:"op-service-account-token" env:"OP_SERVICE_ACCOUNT_TOKEN" placeholder:"TOKEN" help:"Serve a 1Password account's vaults with this service account's token (default: the embedded vault). Set the variable rather than the flag: others can see flags."`
}

// databaseURL is the configured database or the usual one in the data folder.
func (s settings) databaseURL() string {
	if s.Database != "" {
		return s.Database
	}
	return "sqlite:" + filepath.Join(s.Data, "itemshare.db")
}

// databaseFile is the path of a SQLite database, "" for another engine.
func (s settings) databaseFile() string {
	path, ok := strings.CutPrefix(s.databaseURL(), "sqlite:")
	if !ok {
		return ""
	}
	return path
}

// afresh tells where a demo is kept and how to begin again. An address may hold a
// password: it is not shown.
func (s settings) afresh() string {
	switch {
	case s.databaseFile() == "":
		return "in PostgreSQL   name an empty database to start afresh"
	case s.Database != "":
		return s.databaseFile() + "   delete it to start afresh"
	}
	return s.Data + "   delete it to start afresh"
}

func (s settings) databaseExists() bool {
	_, err := os.Stat(s.databaseFile())
	return s.databaseFile() != "" && err == nil
}

func (s settings) keyFile() string { return filepath.Join(s.Data, "master.key") }

// errNoKey says that there is no key file and none in the environment.
var errNoKey = errors.New("there is no master key")

// readKey gives the configured key or the file's, errNoKey where there is neither.
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

// masterKey gives the key, and makes a key file where the database is new: a key
// made beside a database that has one would open nothing.
func (s settings) masterKey(random io.Reader) (seal.MasterKey, error) {
	key, err := s.readKey()
	if !errors.Is(err, errNoKey) {
		return key, err
	}
	if s.databaseFile() == "" {
		return key, errors.New("set ITEMSHARE_MASTER_KEY to base64 of 32 random bytes: a database elsewhere needs a key that you keep yourself")
	}
	if s.databaseExists() {
		return key, fmt.Errorf("the database %s is there but its master key %s is gone: put the key file back or set ITEMSHARE_MASTER_KEY", s.databaseFile(), s.keyFile())
	}
	return seal.CreateMasterKey(s.keyFile(), random)
}

// makeFolder makes the data folder, and refuses one that others may enter.
func (s settings) makeFolder() error {
	info, err := os.Stat(s.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(s.Data, 0o700); err != nil {
			return fmt.Errorf("the data folder cannot be made: %w", err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("the data folder cannot be read: %w", err)
	case !info.IsDir():
		return fmt.Errorf("the data folder %s is a file: name a folder in ITEMSHARE_DATA", s.Data)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("the data folder %s can be read by others: run chmod 700 on it", s.Data)
	}
	return nil
}

// localhost is the one host for which http is good enough.
const localhost = "localhost"

var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9][A-Za-z0-9._~-]*)+$`)

// parseBaseURL reads the public address: https, or http on localhost, and a path
// of plain segments or none. It comes back without a slash at its end.
func parseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("ITEMSHARE_URL must be an address such as https://share.example.com, with a path or without")
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != localhost) {
		return nil, errors.New("ITEMSHARE_URL must begin with https:// unless it is http://localhost, since browsers decrypt nowhere else")
	}
	if u.Path != "" && (!plainPath.MatchString(u.Path) || u.RawPath != "") {
		return nil, errors.New("the path in ITEMSHARE_URL may have letters, digits, dots, dashes and underscores between its slashes")
	}
	if (u.Scheme == "https" && u.Port() == "443") || (u.Scheme == "http" && u.Port() == "80") {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u, nil
}

// loopback tells whether nobody but this machine can reach the listen address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == localhost || err == nil && ip.IsLoopback()
}

// parseProxies reads networks, a bare address being a network of one.
func parseProxies(texts []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range texts {
		text = strings.TrimSpace(text)
		prefix, err := netip.ParsePrefix(text)
		if ip, errIP := netip.ParseAddr(text); err != nil && errIP == nil {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return nil, errors.New("ITEMSHARE_TRUSTED_PROXIES must be networks such as 10.0.0.0/8, separated by commas")
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}
