package remote

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// ErrBlockedAddress says that a host name led to an address this node does not connect to.
var ErrBlockedAddress = errors.New("address is not on the public internet")

// Guard decides to which network addresses this node connects. It is asked
// with the very address about to be dialled, after the name was looked up.
type Guard struct {
	// Development admits loopback as well, and any port. Nothing else private is admitted.
	Development bool
}

// httpsPort is the only port dialled outside development (security.md S83).
const httpsPort = 443

// Allow returns nil when addr is an ordinary public address, and an error that
// wraps ErrBlockedAddress when it is not (security.md S78, X6).
func (g Guard) Allow(addr netip.Addr) error {
	switch {
	case !addr.IsValid():
		return fmt.Errorf("%w: no address", ErrBlockedAddress)
	case addr.Zone() != "":
		return fmt.Errorf("%w: %s has a zone", ErrBlockedAddress, addr)
	case addr.Is4In6():
		return fmt.Errorf("%w: %s is IPv4 inside IPv6", ErrBlockedAddress, addr)
	case g.Development && addr.IsLoopback():
		return nil
	case addr.Is4():
		return outside(addr, special4)
	case !unicast6.Contains(addr):
		return fmt.Errorf("%w: %s is outside %s", ErrBlockedAddress, addr, unicast6)
	default:
		return outside(addr, special6)
	}
}

// control is a net.Dialer.Control: no packet has been sent when it refuses.
func (g Guard) control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: network %s", ErrBlockedAddress, network)
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: not an address and port", ErrBlockedAddress)
	}
	if !g.Development && ap.Port() != httpsPort {
		return fmt.Errorf("%w: port %d", ErrBlockedAddress, ap.Port())
	}
	return g.Allow(ap.Addr())
}

func outside(addr netip.Addr, special []netip.Prefix) error {
	for _, p := range special {
		if p.Contains(addr) {
			return fmt.Errorf("%w: %s is in %s", ErrBlockedAddress, addr, p)
		}
	}
	return nil
}

// unicast6 is all of IPv6 that has been given out as global unicast (RFC 4291
// 2.4). Listing what is allowed keeps out NAT64, unique local, link local,
// multicast, IPv4-compatible and whatever is assigned next.
var unicast6 = netip.MustParsePrefix("2000::/3")

// special6 is what the IANA special-purpose registry takes out of unicast6.
var special6 = prefixes(
	"2001::/23",     // protocol assignments: Teredo, benchmarking, ORCHID
	"2001:db8::/32", // documentation
	"2002::/16",     // 6to4 carries an IPv4 address, which may be private
	"3fff::/20",     // documentation
)

// special4 is the IANA IPv4 special-purpose registry, with multicast and what
// is reserved.
var special4 = prefixes(
	"0.0.0.0/8",       // this network; Linux connects to itself
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared by carriers
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link local, metadata services
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarking
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}
