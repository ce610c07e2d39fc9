package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"moothall/actors"
)

const (
	maxJRD   = 128 << 10 // bytes
	maxLinks = 100
)

// finger asks WebFinger (protocol.md 1.1).
var finger = question{accept: "application/jrd+json, application/json", types: isJSON, redirects: 1, limit: maxJRD}

var (
	errHandle  = errors.New("handle does not lead back to the actor")
	errNoSelf  = errors.New("answer names no actor")
	errSubject = errors.New("answer is about no account")
	errLinks   = errors.New("answer has too many links")
)

// ResolveHandle finds the actor whom name@host names. An answer that speaks of
// another host, as subject or as address of the actor, counts only if that
// host says the same (security.md S65). Whether the actor exists and bears that
// name is seen only when it is read.
func (c *Client) ResolveHandle(ctx context.Context, name, host string) (actors.URI, error) {
	self, err := c.resolve(ctx, name, host)
	if err != nil {
		return "", fmt.Errorf("resolve handle: %w", err)
	}
	return self, nil
}

func (c *Client) resolve(ctx context.Context, name, host string) (actors.URI, error) {
	if _, err := c.Addresses.ParseHost(host); err != nil {
		return "", refuse(CodeAddress, "", err)
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	self, sName, sHost, err := c.finger(ctx, name, host)
	if err != nil {
		return "", err
	}
	for _, other := range slices.Compact([]string{sHost, self.Host()}) {
		if other == host {
			continue
		}
		again, _, _, err := c.finger(ctx, sName, other)
		if err != nil {
			return "", err
		}
		if again != self {
			return "", refuse(CodeHandle, host, errHandle)
		}
	}
	return self, nil
}

// CheckHandle asks the actor's own host whom its name belongs to: the answer
// must be the actor (protocol.md 2). Until then the handle is only a claim.
func (c *Client) CheckHandle(ctx context.Context, a actors.Actor) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	self, _, _, err := c.finger(ctx, a.Name, a.Host)
	if err == nil && self != a.URI {
		err = refuse(CodeHandle, a.Host, errHandle)
	}
	if err != nil {
		return fmt.Errorf("check handle: %w", err)
	}
	return nil
}

// finger makes one lookup and returns the actor with the name and host of the subject.
func (c *Client) finger(ctx context.Context, name, host string) (self actors.URI, sName, sHost string, err error) {
	resource := url.Values{"resource": {"acct:" + name + "@" + host}}
	at := actors.URI(c.scheme(host) + "://" + host + "/.well-known/webfinger?" + resource.Encode())
	got, err := c.get(ctx, at, finger)
	if err != nil {
		return "", "", "", err
	}
	doc, err := parseJRD(got.raw)
	if err != nil {
		return "", "", "", refuse(CodeDocument, host, err)
	}
	sName, sHost, ok := actors.SplitHandle(doc.Subject)
	if !ok || !strings.HasPrefix(doc.Subject, "acct:") {
		return "", "", "", refuse(CodeHandle, host, errSubject)
	}
	if _, err := c.Addresses.ParseHost(sHost); err != nil {
		return "", "", "", refuse(CodeHandle, host, err)
	}
	if self, err = c.Addresses.Parse(doc.self()); err != nil {
		return "", "", "", refuse(CodeHandle, host, err)
	}
	return self, sName, sHost, nil
}

// scheme is https, but for hosts that only exist in development.
func (c *Client) scheme(host string) string {
	name, _, hasPort := strings.Cut(host, ":")
	_, err := netip.ParseAddr(name)
	if c.Addresses.Development && (hasPort || isLocalhost(name) || err == nil) {
		return "http"
	}
	return "https"
}

// jrd is what is read of a JSON Resource Descriptor (RFC 7033 4.4).
type jrd struct {
	Subject string    `json:"subject"`
	Links   []jrdLink `json:"links"`
}

type jrdLink struct {
	Rel  string `json:"rel"`
	Type string `json:"type"`
	Href string `json:"href"`
}

func parseJRD(raw []byte) (jrd, error) {
	var doc jrd
	if err := json.Unmarshal(raw, &doc); err != nil {
		return jrd{}, err
	}
	if len(doc.Links) > maxLinks {
		return jrd{}, errLinks
	}
	if doc.self() == "" {
		return jrd{}, errNoSelf
	}
	return doc, nil
}

// self is the address of the first link that leads to an ActivityPub document.
func (d jrd) self() string {
	for _, l := range d.Links {
		if l.Rel == "self" && isActivity(l.Type) {
			return l.Href
		}
	}
	return ""
}
