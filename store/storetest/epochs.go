package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

// epochs: what takes their worth from proofs of membership, and what does not.
func epochs(t *testing.T, w *Town) {
	x := w.roads(t)
	other := w.Community("parks", actors.AudiencePublic)
	is := func(what string, roads, parks, far int64) {
		t.Helper()
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			for _, c := range []struct {
				name  string
				group actors.Community
				want  int64
			}{{"roads", x.g, roads}, {"parks", other, parks}, {"far", x.remote, far}} {
				got, err := tx.Epoch(ctx, c.group.ID)
				same(t, what+": "+c.name, err, c.want, got)
				whole, err := tx.Community(ctx, c.group.ID)
				same(t, what+": "+c.name+" as a whole", err, c.want, whole.Epoch)
			}
			return nil
		})
	}
	do := func(f func(ctx context.Context, tx *store.Tx) error) { t.Helper(); w.Write(f) }

	is("in the beginning", 0, 0, 0)
	w.Stands(x.g.ID, x.bob.ID, actors.Joined)
	is("nobody has left", 0, 0, 0)
	w.Stands(x.g.ID, x.cat.ID, actors.Banned)
	is("one was removed", 1, 0, 0)
	w.Stands(x.remote.ID, x.ann.ID, actors.Joined)
	w.Stands(x.remote.ID, x.ann.ID, actors.Left)
	is("one left a community elsewhere", 1, 0, 0)
	do(func(ctx context.Context, tx *store.Tx) error { return tx.BeginEpochs(ctx) })
	is("the node deals with others, and has one from there in roads", 2, 0, 0)
	for _, epoch := range []int64{7, 5} {
		do(func(ctx context.Context, tx *store.Tx) error { return tx.SeeEpoch(ctx, x.remote.ID, epoch) })
		is("a signed epoch, then an older one", 2, 0, 7)
	}
	do(func(ctx context.Context, tx *store.Tx) error { return tx.SeeEpoch(ctx, x.g.ID, 9) })
	is("nobody signs for what lives here", 2, 0, 7)

	const at = "https://peer.example/c/far/member-token"
	do(func(ctx context.Context, tx *store.Tx) error { return tx.SetMemberToken(ctx, x.remote.ID, at) })
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.CommunityByURI(ctx, x.remote.URI)
		same(t, "where tokens are given out", err, actors.URI(at), c.MemberToken)
		return nil
	})
}
