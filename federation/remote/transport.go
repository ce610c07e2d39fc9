package remote

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	dialTimeout      = 5 * time.Second
	handshakeTimeout = 5 * time.Second
	idleTimeout      = 90 * time.Second
	keptHosts        = 1000 // partners with which connections are kept open
	connsPerHost     = 8
	maxHeaderBytes   = 64 << 10
)

// NewTransport returns a transport that connects only where g allows. It has
// no proxy, because a proxy would be the only address that the guard sees
// (security.md X4); TLS is 1.2 or newer and always verified; it follows no
// redirect and keeps no cookie. It may expand gzip: readers limit what comes
// out, not what goes in.
func NewTransport(g Guard) *http.Transport {
	d := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, Control: g.control}
	return &http.Transport{
		DialContext:            dialer(g, d),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshakeTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           2 * keptHosts,
		MaxIdleConnsPerHost:    2,
		MaxConnsPerHost:        connsPerHost,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

// dialer answers for *.localhost itself in development: RFC 6761 says that
// these names are loopback, but not every resolver knows.
func dialer(g Guard, d *net.Dialer) dial {
	if !g.Development {
		return d.DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && isLocalhost(host) {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return d.DialContext(ctx, network, address)
	}
}

func isLocalhost(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
