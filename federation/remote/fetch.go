package remote

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
)

var errIdentity = errors.New("document has the id of another address")

// document asks for an ActivityPub document, signed by the instance actor.
var document = question{
	accept: acceptActivity, types: isActivity, signed: true, redirects: maxRedirects, limit: maxDocument,
}

// Fetch reads the document at id and proves that its host speaks for it: the id
// in the body is the address it was read from. Where it is another address of
// the same origin, that one is read once instead, and what comes back has that
// id (protocol.md 4.2(3)). A fragment in id is not sent.
//
// 404 is ErrNotThere; 410 and a Tombstone are ErrGone; a host that the policy
// refuses is ErrForbidden; our own host is ErrOwnHost. Everything else is an
// Error with its code.
func (c *Client) Fetch(ctx context.Context, id actors.URI) ([]byte, error) {
	got, err := c.fetch(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	return got.raw, nil
}

// proved is a document whose id has been checked.
type proved struct {
	id  actors.URI
	raw []byte
	tag string
}

func (c *Client) fetch(ctx context.Context, id actors.URI) (proved, error) {
	return c.fetchUnless(ctx, id, "")
}

// fetchUnless is fetch, or ErrSame where the origin still has what has this tag.
func (c *Client) fetchUnless(ctx context.Context, id actors.URI, tag string) (proved, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	conditional := document
	conditional.tag = tag
	got, err := c.get(ctx, id, conditional)
	if err != nil && len(got.raw) > 0 {
		if _, why := c.prove(got, id); errors.Is(why, ErrGone) {
			return proved{raw: got.raw}, err
		}
	}
	if err != nil {
		return proved{}, err
	}
	claimed, err := c.prove(got, id)
	if claimed == "" || !errors.Is(err, errIdentity) || !claimed.SameOrigin(got.at) {
		return proved{claimed, got.raw, got.tag}, err
	}
	if got, err = c.get(ctx, claimed, document); err != nil {
		return proved{}, err
	}
	claimed, err = c.prove(got, claimed)
	return proved{claimed, got.raw, got.tag}, err
}

// prove compares the id in a document with its address, and returns that id. A
// fragment, which is never sent, may be part of the id only where it was asked
// for. What has gone is an error only once its id is right, so that nobody can
// declare another's work gone.
func (c *Client) prove(got answer, asked actors.URI) (actors.URI, error) {
	host := got.at.Host()
	text, kind, err := ap.Peek(got.raw)
	if err != nil {
		return "", refuse(CodeDocument, host, err)
	}
	claimed, err := c.Addresses.Parse(text)
	if err != nil {
		return "", refuse(CodeIdentity, host, err)
	}
	if claimed != got.at && (claimed != asked || claimed.WithoutFragment() != got.at) {
		return claimed, refuse(CodeIdentity, host, errIdentity)
	}
	if kind == "Tombstone" {
		return claimed, refuse(CodeStatus, host, ErrGone)
	}
	return claimed, nil
}

// Object reads an object such as a post. With ErrGone comes the Tombstone, where its
// origin has one.
func (c *Client) Object(ctx context.Context, id actors.URI) (ap.Object, []byte, error) {
	got, err := c.fetch(ctx, id)
	if errors.Is(err, ErrGone) && len(got.raw) > 0 {
		stone, unreadable := ap.ParseObject(got.raw)
		if unreadable == nil && stone.IsTombstone() {
			return stone, nil, fmt.Errorf("read object: %w", err)
		}
	}
	if err != nil {
		return ap.Object{}, nil, fmt.Errorf("read object: %w", err)
	}
	o, err := ap.ParseObject(got.raw)
	if err != nil {
		return ap.Object{}, nil, fmt.Errorf("read object: %w", refuse(CodeDocument, got.id.Host(), err))
	}
	return o, got.raw, nil
}

// Collection reads a collection or one page of one.
func (c *Client) Collection(ctx context.Context, id actors.URI) (ap.Collection, []byte, error) {
	list, got, err := c.collection(ctx, id, "")
	return list, got.raw, err
}

func (c *Client) collection(ctx context.Context, id actors.URI, tag string) (ap.Collection, proved, error) {
	got, err := c.fetchUnless(ctx, id, tag)
	if err != nil {
		return ap.Collection{}, proved{}, fmt.Errorf("read collection: %w", err)
	}
	list, err := ap.ParseCollection(got.raw)
	if err != nil {
		return ap.Collection{}, proved{}, fmt.Errorf("read collection: %w", refuse(CodeDocument, got.id.Host(), err))
	}
	return list, got, nil
}
