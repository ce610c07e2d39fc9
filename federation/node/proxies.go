package node

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses that are believed when they say for whom they ask.
type Proxies []netip.Prefix

// ParseProxies reads addresses and prefixes separated by commas.
func ParseProxies(text string) (Proxies, error) {
	var list Proxies
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			addr, err := netip.ParseAddr(part)
			if err != nil {
				return nil, fmt.Errorf("%q is neither an address nor a prefix", part)
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

func (list Proxies) contain(addr netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// client is the address that a request came from: that of the connection, or
// where a trusted proxy asks, the last one in X-Forwarded-For that is not
// itself a trusted proxy's. Nobody else can choose their address (security.md
// S10, X11).
func (list Proxies) client(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !list.contain(at.Addr().Unmap()) {
		return r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return r.RemoteAddr
		}
		if addr = addr.Unmap(); !list.contain(addr) {
			return net.JoinHostPort(addr.String(), "0")
		}
	}
	return r.RemoteAddr
}
