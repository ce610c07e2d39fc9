package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// Reader is the signature with which this node reads what a closed community
// elsewhere holds: that of one member who lives here, since closed communities
// are shared with people and not with servers (design.md section 4). The
// membership is looked up at each call; store.ErrNotFound when nobody here
// belongs to it, and then nothing of it may be read.
func (a *Actions) Reader(ctx context.Context, tx *store.Tx, group actors.ID) (sign.Signer, error) {
	member, err := tx.Reader(ctx, group)
	if err != nil {
		return sign.Signer{}, fmt.Errorf("find a member here: %w", err)
	}
	return a.Keys.SignerOf(ctx, tx, member)
}
