package remote

import (
	"context"

	"moothall/actors"
	"moothall/federation/sign"
)

// Author reads an actor whose words somebody else passes on, and gives it to learn,
// so that the keys of its integrity proofs are known. It asks within the limits for
// keys of requests, and fails as KeyFor does. The actor has proved nothing yet: of
// its key for requests, another than the known one must not be taken.
func (k *Keys) Author(ctx context.Context, id actors.URI, source string, learn func(context.Context, actors.Actor, []byte) error) error {
	if err := k.Client.admit(id, actors.ToFetch); err != nil {
		return failure(err)
	}
	if err := k.remembered(string(id)); err != nil {
		return failure(err)
	}
	_, err := k.fly(ctx, "author "+string(id), func(ctx context.Context) (sign.Key, error) {
		return sign.Key{}, k.readAuthor(ctx, wanted{id: id, source: network(source)}, learn)
	})
	return failure(err)
}

func (k *Keys) readAuthor(ctx context.Context, w wanted, learn func(context.Context, actors.Actor, []byte) error) error {
	if err := k.spend(w); err != nil {
		return err
	}
	found, raw, err := k.Client.Actor(ctx, w.id)
	if err != nil {
		k.remember(string(w.id), err)
		return err
	}
	return learn(ctx, found, raw)
}
