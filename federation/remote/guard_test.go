package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// Each range is tried at both ends; its neighbours are public.
func TestS78_SpecialIPv4RangesAreRefusedAndTheirNeighboursAreNot(t *testing.T) {
	t.Parallel()
	tests := []struct{ before, first, last, after string }{
		{"", "0.0.0.0", "0.255.255.255", "1.0.0.0"},
		{"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
		{"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
		{"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
		{"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
		{"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
		{"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
		{"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
		{"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
		{"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
		{"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
		{"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
		{"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
		{"223.255.255.255", "224.0.0.0", "239.255.255.255", ""},
		{"", "240.0.0.0", "255.255.255.255", ""},
	}
	for _, tt := range tests {
		for _, s := range []string{tt.first, tt.last} {
			if err := (Guard{}).Allow(netip.MustParseAddr(s)); !errors.Is(err, ErrBlockedAddress) {
				t.Errorf("%s is let through: %v", s, err)
			}
		}
		for _, s := range []string{tt.before, tt.after} {
			if s == "" {
				continue
			}
			if err := (Guard{}).Allow(netip.MustParseAddr(s)); err != nil {
				t.Errorf("%s is public but refused: %v", s, err)
			}
		}
	}
}

func TestS78_AddressesThatAreNotPublicAreRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.171",
		"192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
		"64:ff9b:1::a00:1", "100::1", "1fff:ffff::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1",
		"2001:1ff:ffff::1", "2001:db8::1", "2001:db8:ffff::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
		"3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0",
		"fec0::1", "ff02::1", "ff0e::1",
	} {
		if err := (Guard{}).Allow(netip.MustParseAddr(s)); !errors.Is(err, ErrBlockedAddress) {
			t.Errorf("%s is let through: %v", s, err)
		}
	}
	if err := (Guard{}).Allow(netip.Addr{}); !errors.Is(err, ErrBlockedAddress) {
		t.Errorf("the zero address is let through: %v", err)
	}
	for _, s := range []string{
		"8.8.8.8", "1.1.1.1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2001:ffff::1", "2003::1",
		"2606:4700::1", "2a00:1450::1", "3ffe:ffff::1", "3fff:1000::1",
	} {
		if err := (Guard{}).Allow(netip.MustParseAddr(s)); err != nil {
			t.Errorf("%s is public but refused: %v", s, err)
		}
	}
}

func TestS78_DevelopmentAdmitsLoopbackAndNothingElsePrivate(t *testing.T) {
	t.Parallel()
	g := Guard{Development: true}
	for _, s := range []string{"127.0.0.1", "127.9.9.9", "::1", "8.8.8.8"} {
		if err := g.Allow(netip.MustParseAddr(s)); err != nil {
			t.Errorf("%s refused in development: %v", s, err)
		}
	}
	for _, s := range []string{
		"10.0.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "::", "::ffff:127.0.0.1", "fd00::1", "fe80::1%lo", "::1%lo",
	} {
		if err := g.Allow(netip.MustParseAddr(s)); !errors.Is(err, ErrBlockedAddress) {
			t.Errorf("%s admitted in development: %v", s, err)
		}
	}
}

func TestS83_OnlyPort443IsDialled(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"8.8.8.8:443": true, "[2606:4700::1]:443": true,
		"8.8.8.8:22": false, "8.8.8.8:80": false, "8.8.8.8:6379": false, "8.8.8.8:8443": false,
		"127.0.0.1:443": false, "[::1]:443": false, "[fe80::1%eth0]:443": false, "example.org:443": false,
		"8.8.8.8": false, "": false,
	} {
		if err := (Guard{}).control("tcp4", address, nil); (err == nil) != ok {
			t.Errorf("control(%q) = %v", address, err)
		}
	}
	for _, network := range []string{"udp4", "unix", "tcp", "ip4", ""} {
		if err := (Guard{}).control(network, "8.8.8.8:443", nil); !errors.Is(err, ErrBlockedAddress) {
			t.Errorf("network %q: %v", network, err)
		}
	}
}

// The first lookup of a name gives a public address and all later ones
// loopback, where a server listens. It must not be reached: what the guard
// checks is what is dialled, lookup by lookup.
func TestS79_TheCheckedAddressIsTheDialledAddress(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())

	var checked []string
	dns := &rebinding{answers: [][4]byte{{8, 8, 8, 8}, {127, 0, 0, 1}}}
	d := &net.Dialer{Resolver: dns.resolver()}
	d.Control = func(network, address string, c syscall.RawConn) error {
		checked = append(checked, address)
		return Guard{}.control(network, address, c)
	}
	for range 3 {
		conn, err := dialer(Guard{}, d)(t.Context(), "tcp4", "rebind.example:"+port)
		if err == nil {
			conn.Close()
		}
		if !errors.Is(err, ErrBlockedAddress) {
			t.Fatalf("dial: %v", err)
		}
	}
	want := []string{"8.8.8.8:" + port, "127.0.0.1:" + port, "127.0.0.1:" + port}
	if !slices.Equal(checked, want) {
		t.Errorf("checked %v, want %v", checked, want)
	}
	if hits.Load() != 0 || dns.asked.Load() != 3 {
		t.Errorf("server reached %d times after %d lookups", hits.Load(), dns.asked.Load())
	}
}

// A name in front of loopback is refused by the transport itself.
func TestS80_ANameForLoopbackIsNotDialled(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, host := range []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+":"+port+"/", nil)
		_, err := NewTransport(Guard{}).RoundTrip(r)
		if !errors.Is(err, ErrBlockedAddress) || networkCode(err) != CodeBlocked {
			t.Errorf("%s: %v", host, err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the server was reached %d times", hits.Load())
	}
}

func TestDevelopmentNamesUnderLocalhostAreLoopback(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Seen-Host", r.Host)
	}))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	tr := NewTransport(Guard{Development: true})
	defer tr.CloseIdleConnections()
	for _, host := range []string{"localhost", "north.localhost", "a.b.localhost"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+":"+port+"/", nil)
		resp, err := tr.RoundTrip(r)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Seen-Host"); got != host+":"+port {
			t.Errorf("%s: server saw %q", host, got)
		}
	}
}

func TestX4_TransportHasNoProxyAndNoOldTLS(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	tr := NewTransport(Guard{})
	if tr.Proxy != nil {
		t.Error("the transport asks for a proxy")
	}
	if tr.TLSClientConfig.MinVersion < tls.VersionTLS12 || tr.TLSClientConfig.InsecureSkipVerify {
		t.Error("the transport accepts weak TLS")
	}
}

func TestS91_BadTLSFailsWithAReason(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain.Config.ErrorLog = quiet()
	plain.Start()
	defer plain.Close()
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ErrorLog = quiet()
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	for name, url := range map[string]string{
		"self-signed": s.URL, "no TLS at all": strings.Replace(plain.URL, "http:", "https:", 1), "TLS 1.1": old.URL,
	} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if _, err := NewTransport(Guard{Development: true}).RoundTrip(r); networkCode(err) != CodeTLS {
			t.Errorf("%s: code %q for %v", name, networkCode(err), err)
		}
	}
}

// rebinding is a name server, on a pipe, that gives each answer once and the
// last one for ever.
type rebinding struct {
	answers [][4]byte
	asked   atomic.Int64
}

func (r *rebinding) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go r.serve(theirs)
		return ours, ours.SetDeadline(time.Now().Add(time.Minute))
	}}
}

// serve answers one question in the form of DNS over TCP, which Go's resolver
// speaks on anything that is no packet connection.
func (r *rebinding) serve(conn net.Conn) {
	defer conn.Close()
	size := make([]byte, 2)
	if _, err := conn.Read(size); err != nil {
		return
	}
	buf := make([]byte, int(size[0])<<8|int(size[1]))
	if _, err := conn.Read(buf); err != nil {
		return
	}
	var m dnsmessage.Message
	if m.Unpack(buf) != nil || len(m.Questions) != 1 {
		return
	}
	m.Response, m.Authoritative, m.RecursionAvailable, m.Additionals = true, true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		n := min(int(r.asked.Add(1)), len(r.answers))
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: r.answers[n-1]},
		}}
	}
	out, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = conn.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...))
}
