package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/sign"
)

const (
	maxHandleName = 128 // characters of a preferredUsername
	maxProfile    = 200 // characters of a line of a profile
)

var (
	errElsewhere = errors.New("part of the actor is on another host")
	errNoName    = errors.New("actor has no name")
	errNoKey     = errors.New("actor has no key that can be used")
	errKeyOwner  = errors.New("key belongs to another actor")
)

// Actor reads an actor and checks that it speaks only for itself: inbox,
// outbox, followers and keys are of its own origin, the key is its own and
// strong enough (security.md S29, S69, S70). The host is the one that was asked
// for, also after a redirect (S61). Names and texts are cleaned. Whether the
// handle leads back is for CheckHandle.
//
// The second value is the document as it came.
func (c *Client) Actor(ctx context.Context, id actors.URI) (actors.Actor, []byte, error) {
	got, err := c.fetch(ctx, id)
	if err != nil {
		return actors.Actor{}, nil, fmt.Errorf("read actor: %w", err)
	}
	if !got.id.SameOrigin(id) {
		return actors.Actor{}, nil, fmt.Errorf("read actor: %w", refuse(CodeIdentity, id.Host(), errIdentity))
	}
	a, err := c.actor(ctx, got, "")
	if err != nil {
		return actors.Actor{}, nil, fmt.Errorf("read actor: %w", err)
	}
	return a, got.raw, nil
}

// actor makes an actor of a document whose id is proved. Of several keys of a
// kind it takes the one named keyID, or the first that can be used. What the
// document says of its server is noted.
func (c *Client) actor(ctx context.Context, got proved, keyID string) (actors.Actor, error) {
	host := got.id.Host()
	doc, err := ap.ParseActor(got.raw)
	if err != nil {
		return actors.Actor{}, refuse(CodeDocument, host, err)
	}
	a := actors.Actor{
		URI: got.id, Host: host, Kind: kindOf(doc.Type),
		Approves: doc.Approves, Discoverable: doc.Discoverable, Indexable: doc.Indexable,
		Published: doc.Published.Time, Updated: doc.Updated.Time, Fetched: c.Now(),
	}
	if err := c.setAddresses(&a, doc); err != nil {
		return actors.Actor{}, refuse(CodeActor, host, err)
	}
	if err := c.setKeys(&a, doc, keyID); err != nil {
		return actors.Actor{}, refuse(CodeKey, host, err)
	}
	if err := setWords(&a, doc); err != nil {
		return actors.Actor{}, refuse(CodeActor, host, err)
	}
	c.Styles.claimed(ctx, host, doc.Implements)
	return a, nil
}

func kindOf(t string) actors.Kind {
	switch t {
	case "Group":
		return actors.Group
	case "Application":
		return actors.Application
	default:
		return actors.Person // Service and Organization too
	}
}

// setAddresses takes what must be of the actor's own origin and refuses the
// actor if it is not; what may be left out is dropped instead.
func (c *Client) setAddresses(a *actors.Actor, doc ap.Actor) error {
	for _, part := range []struct {
		to   *actors.URI
		link ap.Link
	}{{&a.Inbox, doc.Inbox}, {&a.Outbox, doc.Outbox}, {&a.Followers, doc.Followers}} {
		if part.link == "" {
			continue
		}
		if *part.to = c.ownPart(a.URI, part.link); *part.to == "" {
			return errElsewhere
		}
	}
	a.SharedInbox = c.ownPart(a.URI, doc.SharedInbox)
	a.Featured = c.ownPart(a.URI, doc.Featured)
	if a.Kind == actors.Group {
		a.Moderators = c.ownPart(a.URI, doc.Moderators)
	}
	a.URL = string(a.URI)
	if page, err := c.Addresses.Parse(string(doc.URL)); err == nil {
		a.URL = string(page)
	}
	return nil
}

// ownPart is link if it is of the same origin as id, and empty if not.
func (c *Client) ownPart(id actors.URI, link ap.Link) actors.URI {
	u, err := c.Addresses.Parse(string(link))
	if err != nil || !u.SameOrigin(id) {
		return ""
	}
	return u
}

// setKeys takes a key for requests and, where there is one, a key for
// integrity proofs. One key of somebody else spoils the actor.
func (c *Client) setKeys(a *actors.Actor, doc ap.Actor, keyID string) error {
	weak := errNoKey
	for _, k := range doc.PublicKeys {
		if k.Owner != doc.ID || c.ownPart(a.URI, ap.Link(k.ID)) == "" {
			return errKeyOwner
		}
		pub, err := sign.ParsePublicKey(k.PEM)
		if err != nil {
			weak = err
			continue
		}
		if a.KeyID != "" && k.ID != keyID {
			continue
		}
		if a.PublicKey, err = sign.EncodePublicKey(pub); err != nil {
			return err
		}
		a.KeyID = k.ID
	}
	if a.KeyID == "" {
		return weak
	}
	c.setEd25519(a, doc, keyID)
	return nil
}

// setEd25519 takes a key of assertionMethod, which is the actor's own (FEP-521a).
func (c *Client) setEd25519(a *actors.Actor, doc ap.Actor, keyID string) {
	for _, k := range doc.AssertionMethod {
		if k.Controller != doc.ID || c.ownPart(a.URI, ap.Link(k.ID)) == "" || k.ID == a.KeyID {
			continue
		}
		if a.Ed25519KeyID != "" && k.ID != keyID {
			continue
		}
		if _, err := sign.ParseMultikey(k.PublicKeyMultibase); err == nil {
			a.Ed25519KeyID, a.Ed25519Key = k.ID, k.PublicKeyMultibase
		}
	}
}

func setWords(a *actors.Actor, doc ap.Actor) error {
	a.Name = handleName(doc.PreferredUsername)
	if a.Name == "" && a.Kind == actors.Application {
		a.Name = a.Host
	}
	if a.Name == "" {
		return errNoName
	}
	a.Title = content.PlainName(doc.Name, content.MaxName)
	a.Summary = string(content.Clean(doc.Summary))
	if a.Kind != actors.Person {
		return nil
	}
	for _, p := range doc.Properties {
		value := content.PlainName(content.PlainText(p.Value), maxProfile)
		switch strings.ToLower(strings.TrimSpace(p.Name)) {
		case "organisation", "organization":
			a.Organisation = value
		case "role", "job title":
			a.JobTitle = value
		}
	}
	return nil
}

// handleName is a preferredUsername without what would make its handle look
// like that of another host (security.md S66).
func handleName(s string) string {
	keep := func(r rune) rune {
		if strings.ContainsRune(`@/\:?#&<>"'`+" \t\u00a0", r) {
			return -1
		}
		return r
	}
	return content.PlainName(strings.Map(keep, s), maxHandleName)
}
