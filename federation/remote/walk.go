package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
)

// ErrMore says that a walk ended at its limit, not at the end of the collection.
var ErrMore = errors.New("there is more in the collection")

var errLoop = errors.New("pages of the collection lead in a circle")

// Walk calls do for each item of a collection in its order, through at most
// maxPages pages and maxItems items. All pages must be of the collection's own
// origin, and none is read twice (security.md S100). It returns ErrMore when a
// limit ended the walk, and the error of do when that is not nil.
//
// Items that stand in the collection itself are walked; its pages only where
// there are none, since servers that give both repeat themselves (protocol.md 2).
func (c *Client) Walk(ctx context.Context, id actors.URI, maxPages, maxItems int, do func(item json.RawMessage) error) error {
	_, err := c.WalkUnless(ctx, id, "", maxPages, maxItems, do)
	return err
}

// WalkUnless is Walk, or ErrSame where the origin still has the collection that
// had this tag. It returns the tag of a collection whose items all stood in it:
// that of one on pages says nothing about them. The tag counts only if the walk
// ended without an error.
func (c *Client) WalkUnless(ctx context.Context, id actors.URI, tag string, maxPages, maxItems int, do func(item json.RawMessage) error) (string, error) {
	top, got, err := c.collection(ctx, id, tag)
	if err != nil {
		return "", err
	}
	tag = got.tag
	if len(top.Items) == 0 || !top.Next.IsZero() {
		tag = ""
	}
	return tag, c.walk(ctx, id, top, maxPages, maxItems, do)
}

func (c *Client) walk(ctx context.Context, id actors.URI, top ap.Collection, maxPages, maxItems int, do func(item json.RawMessage) error) error {
	w := walk{client: c, origin: id, pages: maxPages, items: maxItems, do: do, seen: map[actors.URI]bool{}}
	if len(top.Items) > 0 || top.First.IsZero() {
		return w.from(ctx, top)
	}
	page, err := w.page(ctx, top.First)
	if err != nil {
		return err
	}
	return w.from(ctx, page)
}

type walk struct {
	client       *Client
	origin       actors.URI
	pages, items int // left
	do           func(json.RawMessage) error
	seen         map[actors.URI]bool
}

// from walks the page and all that follow it.
func (w *walk) from(ctx context.Context, page ap.Collection) error {
	for {
		for _, item := range page.Items {
			if w.items--; w.items < 0 {
				return ErrMore
			}
			if err := w.do(item); err != nil {
				return err
			}
		}
		if page.Next.IsZero() {
			return nil
		}
		var err error
		if page, err = w.page(ctx, page.Next); err != nil {
			return err
		}
	}
}

// page is the page that link names or is.
func (w *walk) page(ctx context.Context, link ap.Inner) (ap.Collection, error) {
	if w.pages--; w.pages < 0 {
		return ap.Collection{}, ErrMore
	}
	host := w.origin.Host()
	if link.Embedded() {
		page, err := link.AsCollection()
		if err != nil {
			return ap.Collection{}, fmt.Errorf("read page: %w", refuse(CodeDocument, host, err))
		}
		return page, nil
	}
	at, err := w.client.Addresses.Parse(link.ID())
	if err != nil {
		return ap.Collection{}, fmt.Errorf("read page: %w", refuse(CodeAddress, host, err))
	}
	if !at.SameOrigin(w.origin) {
		return ap.Collection{}, fmt.Errorf("read page: %w", refuse(CodeIdentity, host, errIdentity))
	}
	if w.seen[at] {
		return ap.Collection{}, fmt.Errorf("read page: %w", refuse(CodeDocument, host, errLoop))
	}
	w.seen[at] = true
	page, _, err := w.client.Collection(ctx, at)
	return page, err
}
