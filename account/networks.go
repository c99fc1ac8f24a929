package account

import "net/netip"

// Caller is where an attempt to sign in comes from.
type Caller struct {
	Addr netip.Addr
	// Shared says that Addr is a proxy's, which everybody behind it shares. No count of such an
	// address refuses a right password.
	Shared  bool
	Browser string // the token of NewSession.Browser that the browser sent, "" for none
	Device  string // browser and system in coarse words, "" if unknown
}

// Network returns the network that an address is counted by: an IPv4 address itself, and the /64 of
// an IPv6 address, which one household or server has to itself. Of no address it is "".
func Network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	switch {
	case !addr.IsValid():
		return ""
	case addr.Is4():
		return addr.String()
	}
	return prefix(addr, 64)
}

func prefix(addr netip.Addr, bits int) string {
	return netip.PrefixFrom(addr, bits).Masked().String()
}

// A network's size decides how much it may try.
type network struct {
	name       string
	perAccount int // free attempts at one account
	free       int // free attempts altogether
	most       int // attempts in line at once
}

// networks returns the networks that contain an address, the smallest first. Providers hand out
// IPv6 as /64, /56 or /48.
func networks(addr netip.Addr) []network {
	smallest := network{Network(addr), 5, 100, 8}
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return []network{smallest}
	}
	return []network{smallest, {prefix(addr, 56), 15, 200, 12}, {prefix(addr, 48), 45, 400, 16}}
}
