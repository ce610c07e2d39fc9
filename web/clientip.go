package web

import (
	"net/http"
	"net/netip"
)

// addressOf is what a visit is counted under: an IPv4 address, or the half of an
// IPv6 address that one customer of a network has. The entrance of the node has
// put the visitor's address in the place of a trusted proxy's; headers are not
// read here, so nobody can choose the address they are counted under (security.md S150).
func addressOf(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	at := from.Addr().Unmap().WithZone("")
	if at.Is4() {
		return at.String()
	}
	half, err := at.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return half.String()
}
