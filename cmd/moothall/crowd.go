package main

import (
	"net"
	"net/netip"
	"sync"
)

// perAddress is how many connections one network address may hold open
// (security.md S96). Addresses of this machine and of private networks, where
// proxies are, are not counted.
const perAddress = 200

// crowd is a listener that lets nobody take all places.
type crowd struct {
	net.Listener

	mu   sync.Mutex
	open map[netip.Addr]int
}

func newCrowd(l net.Listener) *crowd { return &crowd{Listener: l, open: map[netip.Addr]int{}} }

// Accept returns the next connection of somebody who does not hold too many.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := addressOf(conn.RemoteAddr())
		if !addr.IsValid() || addr.IsLoopback() || addr.IsPrivate() {
			return conn, nil
		}
		if c.enter(addr) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { c.leave(addr) })}, nil
		}
		conn.Close() // nothing was said on it yet
	}
}

func (c *crowd) enter(addr netip.Addr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[addr] >= perAddress {
		return false
	}
	c.open[addr]++
	return true
}

func (c *crowd) leave(addr netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[addr]--; c.open[addr] <= 0 {
		delete(c.open, addr)
	}
}

// addressOf counts the half of an IPv6 address that one customer has as one.
func addressOf(a net.Addr) netip.Addr {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is4() || addr.IsLoopback() || addr.IsPrivate() {
		return addr
	}
	half, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return half.Addr()
}

// counted is a connection that gives its place back when it is closed.
type counted struct {
	net.Conn
	leave func()
}

// Close ends the connection.
func (c *counted) Close() error {
	c.leave()
	return c.Conn.Close()
}
