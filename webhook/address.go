package webhook

import (
	"net/netip"
	"net/url"
	"syscall"
)

// maxURL is the length of a URL in bytes.
const maxURL = 500

// problem is what is wrong with a URL, in words for the form.
type problem string

func (p problem) Error() string { return string(p) }

// The problems.
const (
	errURL      problem = "Enter a URL such as https://example.com/hooks."
	errUser     problem = "Leave out the user name and password: requests are signed instead."
	errPlainURL problem = "Enter a URL that starts with https://."
	errLongURL  problem = "Enter a URL of at most 500 characters."
	errPrivate  problem = "This server may not connect to that private address. " +
		"ITEMSHARE_WEBHOOK_NETWORKS can allow it."
)

// parseURL returns a URL that requests can go to. Where no private network is allowed it must be
// https, and an address in place of a name must be a public one.
func parseURL(text string, allowed []netip.Prefix) (string, error) {
	u, err := url.Parse(text)
	switch {
	case len(text) > maxURL:
		return "", errLongURL
	case err != nil || u.Hostname() == "" || u.Opaque != "" || u.Fragment != "":
		return "", errURL
	case u.User != nil:
		return "", errUser
	case u.Scheme != "https" && (u.Scheme != "http" || len(allowed) == 0):
		return "", errPlainURL
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !mayReach(ip, allowed) {
		return "", errPrivate
	}
	return u.String(), nil
}

// notPublic are the networks that are nobody's on the internet, beside those that package netip
// knows, and those that hold another address within.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by providers
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), // examples, as the next two
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("3fff::/20"),
}

// global6 are the only addresses of IPv6 that are given out on the internet.
var global6 = netip.MustParsePrefix("2000::/3")

func isPublic(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Is6() && !global6.Contains(ip) {
		return false
	}
	return !within(notPublic, ip)
}

func within(networks []netip.Prefix, ip netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// mayReach reports whether a request may go to an address.
func mayReach(ip netip.Addr, allowed []netip.Prefix) bool {
	ip = ip.Unmap().WithZone("")
	return isPublic(ip) || within(allowed, ip)
}

// refuse returns the Control of a dialer, which sees the address that a name stands for just before
// the connection: a name that changes its address between a check and its use changes nothing.
// Without TLS only the allowed networks are reached.
func refuse(allowed []netip.Prefix, plain bool) func(_, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return errPrivate
		}
		ip := to.Addr().Unmap().WithZone("")
		if within(allowed, ip) || !plain && isPublic(ip) {
			return nil
		}
		return errPrivate
	}
}
