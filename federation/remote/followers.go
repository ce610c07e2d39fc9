package remote

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
)

var errLongList = errors.New("the list is on pages, or names things that are no ids")

// Followers reads a list of followers that a host shows to ours (FEP-8fcf). The
// list counts by where it stands: what id it gives itself does not matter, since
// several servers give it that of the whole collection. All of it must be in one
// document, in the collection or in a page that stands in it or is named by it.
func (c *Client) Followers(ctx context.Context, at actors.URI) ([]actors.URI, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	list, err := c.listAt(ctx, at)
	if err == nil && len(list.Items) == 0 && !list.First.IsZero() {
		if list.First.Embedded() {
			list, err = list.First.AsFollowers()
		} else if first, badAddress := c.Addresses.Parse(list.First.ID()); badAddress == nil && first.SameOrigin(at) {
			list, err = c.listAt(ctx, first)
		} else {
			err = refuse(CodeIdentity, at.Host(), errIdentity)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read followers: %w", err)
	}
	if ids := list.ItemIDs(); list.Next.IsZero() && len(ids) == len(list.Items) {
		uris := make([]actors.URI, len(ids))
		for i, id := range ids {
			uris[i] = actors.URI(id)
		}
		return uris, nil
	}
	return nil, fmt.Errorf("read followers: %w", refuse(CodeDocument, at.Host(), errLongList))
}

func (c *Client) listAt(ctx context.Context, at actors.URI) (ap.Collection, error) {
	got, err := c.get(ctx, at, document)
	if err != nil {
		return ap.Collection{}, err
	}
	if !got.at.SameOrigin(at) {
		return ap.Collection{}, refuse(CodeIdentity, at.Host(), errIdentity)
	}
	list, err := ap.ParseFollowers(got.raw)
	if err != nil {
		return ap.Collection{}, refuse(CodeDocument, at.Host(), err)
	}
	return list, nil
}
