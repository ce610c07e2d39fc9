package library

import (
	"context"
	"errors"
	"fmt"

	"moothall/store"
)

// purgeNext takes away a little of what nobody here may read any more: the next step of a
// purge. Rows go before bytes, and a file is on the list of its purge until both are gone,
// so that a crash between them leaves nothing behind.
func (l *Library) purgeNext(ctx context.Context) (moved bool, err error) {
	var p store.Purge
	err = l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.NextPurge(ctx)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err == nil && p.AtFiles() {
		err = l.purgeFile(ctx, p)
	} else if err == nil {
		err = l.DB.PurgeStep(ctx, p)
	}
	if err != nil {
		return false, fmt.Errorf("take away what nobody may read: %w", err)
	}
	return true, nil
}

// purgeFile deletes the bytes of one file, unless somebody else here has it. Whoever sends
// the same bytes at this very moment is asked to send them again.
func (l *Library) purgeFile(ctx context.Context, p store.Purge) error {
	var next store.PurgedFile
	err := l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		next, err = tx.PurgeFile(ctx, p)
		return err
	})
	if err != nil || next.Done {
		return err
	}
	if next.Idle {
		if err := l.Files.Delete(ctx, next.Digest); err != nil {
			return err
		}
	}
	return l.DB.Write(ctx, func(tx *store.Tx) error { return tx.EndPurgedFile(ctx, p, next) })
}
