package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/store"
)

// prove adds an integrity proof to what a local person does in a community, so
// that it can be believed whoever passes it on (protocol.md 3.5). Only what
// everyone may read gets one, in a community that everyone may read: a proof is
// evidence that can be shown to anybody (protocol.md 8).
func (a *Actions) prove(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, audience actors.Audience, body []byte) ([]byte, error) {
	if by.Kind != actors.Person || audience != actors.AudiencePublic || group.Audience != actors.AudiencePublic {
		return body, nil
	}
	keys, err := a.Keys.Of(ctx, tx, by.ID)
	if err != nil {
		return nil, err
	}
	signed, err := proof.Signer{Method: ap.ProofKeyID(by.URI), Key: keys.Ed25519}.Attach(body, a.Now())
	if err != nil {
		return nil, fmt.Errorf("prove what %s does: %w", by.URI, err)
	}
	return signed, nil
}

// recordProved records what a local facilitator does in a community, with a proof
// where everyone may read it: who did it is then not for the community to say.
func (a *Actions) recordProved(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, audience actors.Audience, act *actors.Activity) (err error) {
	if act.Body, err = a.prove(ctx, tx, by, group, audience, act.Body); err != nil {
		return err
	}
	return a.record(ctx, tx, *act)
}
