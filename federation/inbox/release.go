package inbox

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// Release applies a held activity, because an admin lets it through: the policy
// that held it is not asked again, every other rule is. store.ErrNotFound when it
// is not held. When what it needs cannot be fetched now it stays held, and the
// error says what is missing.
func (in *Inbox) Release(ctx context.Context, id actors.ID) error {
	var line actors.Activity
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		line, err = tx.Activity(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("read a held activity: %w", err)
	}
	if line.State != actors.Held {
		return store.ErrNotFound
	}
	act, err := ap.ParseActivity(line.Body)
	if err != nil {
		return fmt.Errorf("read a held activity: %w", err)
	}
	docs := newDocuments()
	docs.released = true
	client := in.Remote.Limited(fetchBudget)
	for range fetchRounds {
		done, err := in.round(ctx, act, &line, docs)
		if done || err != nil {
			return err
		}
		if err := in.fetch(ctx, client, docs.missing, docs); err != nil {
			return fmt.Errorf("fetch %s for a held activity: %w", docs.missing.uri, err)
		}
	}
	return fmt.Errorf("release %s: it needs too much fetched", line.URI)
}
