package main

import (
	"net"
	"net/netip"
	"testing"
)

// doorman is a listener that hands out connections which say where they are from.
type doorman struct{ from chan string }

func (d doorman) Accept() (net.Conn, error) {
	at, ok := <-d.from
	if !ok {
		return nil, net.ErrClosed
	}
	_, conn := net.Pipe()
	return guest{conn, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(at))}, nil
}

func (d doorman) Close() error   { return nil }
func (d doorman) Addr() net.Addr { return nil }

type guest struct {
	net.Conn
	at net.Addr
}

func (g guest) RemoteAddr() net.Addr { return g.at }

func TestS96_NobodyTakesAllPlaces(t *testing.T) {
	d := doorman{make(chan string, 2*perAddress)}
	c := newCrowd(d)
	take := func(at string, n int) (last net.Conn) {
		for range n {
			d.from <- at
			conn, err := c.Accept()
			if err != nil {
				t.Fatal(err)
			}
			last = conn
		}
		return last
	}
	one := take("192.0.2.1:1", perAddress)
	d.from <- "192.0.2.1:2" // is turned away, and the next comes in
	if next := take("192.0.2.2:1", 1); next.RemoteAddr().String() != "192.0.2.2:1" {
		t.Errorf("%s was let in", next.RemoteAddr())
	}
	one.Close()
	one.Close()
	if again := take("192.0.2.1:3", 1); again.RemoteAddr().String() != "192.0.2.1:3" {
		t.Errorf("a place that was given back is not free: %s", again.RemoteAddr())
	}
	take("127.0.0.1:1", perAddress+10)
	take("[2001:db8::1]:1", perAddress)
	d.from <- "[2001:db8::2]:1" // the same customer
	if next := take("[2001:db8:1::1]:1", 1); next.RemoteAddr().String() != "[2001:db8:1::1]:1" {
		t.Errorf("%s was let in", next.RemoteAddr())
	}
}
