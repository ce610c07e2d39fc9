package web

import (
	"net/http"
	"net/netip"

	"github.com/go-chi/chi/v5/middleware"
)

// clientAddress finds out where a request comes from. X-Forwarded-For is read
// from the right and only where a trusted proxy asks, so nobody can choose the
// address they are counted under (security.md S150).
func (s *Server) clientAddress() func(http.Handler) http.Handler {
	if len(s.TrustedProxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	prefixes := make([]string, len(s.TrustedProxies))
	for i, p := range s.TrustedProxies {
		prefixes[i] = p.String()
	}
	return middleware.ClientIPFromXFF(prefixes...)
}

// addressOf is what a visit is counted under: an IPv4 address, or the half of an
// IPv6 address that one customer of a network has.
func addressOf(r *http.Request) string {
	at, err := netip.ParseAddr(middleware.GetClientIP(r.Context()))
	if err != nil {
		return "unknown"
	}
	at = at.Unmap().WithZone("")
	if at.Is4() {
		return at.String()
	}
	half, err := at.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return half.String()
}
