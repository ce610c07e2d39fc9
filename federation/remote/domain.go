package remote

import (
	"net"
	"net/netip"

	"golang.org/x/net/publicsuffix"
)

// Domain is the part of a host's name that somebody has registered:
// water.gov.uk for news.water.gov.uk, since gov.uk is a public suffix. Whoever
// holds a domain can name any number of hosts in it, so limits are kept by domain,
// or each name would begin with a limit of its own (security.md S105). An address
// or a name of one part is its own domain.
func Domain(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return host
	}
	return domain
}
