package store

import (
	"context"

	"moothall/actors"
)

// Epoch is the number of times that proofs of membership in a community have lost
// their worth; of a community elsewhere the newest that it has signed.
func (t *Tx) Epoch(ctx context.Context, group actors.ID) (int64, error) {
	return one(ctx, t, scanValue[int64], `SELECT epoch FROM community WHERE actor_id = $1`, group)
}

// SeeEpoch notes an epoch that a community elsewhere has signed. An earlier one
// changes nothing.
func (t *Tx) SeeEpoch(ctx context.Context, group actors.ID, epoch int64) error {
	_, err := t.exec(ctx, `
		UPDATE community SET epoch = $2
		WHERE actor_id = $1 AND epoch < $2 AND EXISTS (SELECT 1 FROM actor a WHERE a.id = actor_id AND NOT a.local)`, group, epoch)
	return err
}

// BeginEpochs takes their worth from all proofs of membership that people of other
// hosts have in communities of this node: whom it deals with has changed.
func (t *Tx) BeginEpochs(ctx context.Context) error {
	return t.beginEpochs(ctx, `SELECT group_id FROM follower_inbox`)
}

// beginEpochs starts an epoch in those of some communities that live here.
func (t *Tx) beginEpochs(ctx context.Context, groups string, args ...any) error {
	_, err := t.exec(ctx, `
		UPDATE community SET epoch = epoch + 1
		WHERE actor_id IN (`+groups+`) AND EXISTS (SELECT 1 FROM actor a WHERE a.id = actor_id AND a.local)`, args...)
	return err
}

// SetMemberToken says where the home of a community elsewhere gives out member
// tokens; empty for nowhere.
func (t *Tx) SetMemberToken(ctx context.Context, group actors.ID, at actors.URI) error {
	return t.execOne(ctx, `UPDATE community SET member_token = $2 WHERE actor_id = $1`, group, at)
}
