package node

import (
	"net/http"
	"testing"
)

func TestS10_S150_OnlyATrustedProxySaysForWhomItAsks(t *testing.T) {
	for _, x := range []struct {
		name, proxies, from string
		forwarded           []string
		want                string
	}{
		{"no proxy", "", "192.0.2.1:5", []string{"198.51.100.1"}, "192.0.2.1:5"},
		{"not from the proxy", "10.0.0.0/8", "192.0.2.1:5", []string{"198.51.100.1"}, "192.0.2.1:5"},
		{"from the proxy", "10.0.0.0/8", "10.0.0.1:5", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1:0"},
		{"in two headers", "10.0.0.0/8", "10.0.0.1:5", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1:0"},
		{"through two", "10.0.0.0/8", "10.0.0.1:5", []string{"203.0.113.9, 198.51.100.1, 10.9.9.9"}, "198.51.100.1:0"},
		{"IPv6", "2001:db8::1", "[2001:db8::1]:5", []string{"2001:db8:9::9"}, "[2001:db8:9::9]:0"},
		{"no address", "10.0.0.1", "10.0.0.1:5", []string{"198.51.100.1, unknown"}, "10.0.0.1:5"},
		{"nothing said", "10.0.0.1", "10.0.0.1:5", nil, "10.0.0.1:5"},
	} {
		t.Run(x.name, func(t *testing.T) {
			list, err := ParseProxies(x.proxies)
			if err != nil {
				t.Fatal(err)
			}
			r := &http.Request{RemoteAddr: x.from, Header: http.Header{
				"X-Forwarded-For": x.forwarded, "X-Real-Ip": {"198.51.100.99"}, "Forwarded": {"for=198.51.100.99"},
			}}
			if got := list.client(r); got != x.want {
				t.Errorf("counted under %s, want %s", got, x.want)
			}
		})
	}
}
