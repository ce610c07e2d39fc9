package remote

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
)

// Why an actor cannot move to an address.
var (
	ErrNotNamed = errors.New("the new address does not name the old one")
	ErrMovedOn  = errors.New("the new address has moved on itself")
)

// Destination reads the actor to which old wants to move. It must name old among its
// own earlier addresses and not have moved itself (FEP-7628), or the error is
// ErrNotNamed or ErrMovedOn.
func (c *Client) Destination(ctx context.Context, at, old actors.URI) (actors.Actor, []byte, error) {
	next, raw, err := c.Actor(ctx, at)
	if err != nil {
		return next, raw, err
	}
	said, err := ap.ParseActor(raw)
	switch {
	case err != nil:
		return next, raw, fmt.Errorf("read actor: %w", refuse(CodeDocument, next.Host, err))
	case !said.AlsoKnownAs.Has(string(old)):
		return next, raw, ErrNotNamed
	case said.MovedTo != "":
		return next, raw, ErrMovedOn
	}
	return next, raw, nil
}
