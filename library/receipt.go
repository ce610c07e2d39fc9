package library

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/content"
	"moothall/store"
)

// confirmEvery is how soon it is looked again whether something has been carried out.
const confirmEvery = 2 * time.Second

// confirmNext deletes the files of what was withdrawn elsewhere, and confirms it when
// nothing is left of it in the search index either. later is when to look again; zero for
// when something comes in.
func (l *Library) confirmNext(ctx context.Context) (moved bool, later time.Time, err error) {
	if l.Confirm == nil {
		return false, later, nil
	}
	var d store.ReceiptDue
	done := false
	err = l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if d, err = tx.NextReceiptDue(ctx); err == nil && !d.Next.After(l.Now()) {
			done, err = tx.IsCarriedOut(ctx, d)
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, later, nil
	case err != nil:
		return false, later, fmt.Errorf("look what is to be confirmed: %w", err)
	case d.Next.After(l.Now()):
		return false, d.Next, nil
	}
	if !done {
		later = l.Now().Add(confirmEvery)
		err = l.DB.Write(ctx, func(tx *store.Tx) error { return tx.ReceiptLater(ctx, d.About, later) })
		return false, later, err
	}
	if err := l.deleteFilesOf(ctx, d); err != nil {
		return false, later, fmt.Errorf("delete what %s asks for: %w", d.About, err)
	}
	err = l.DB.Write(ctx, func(tx *store.Tx) error { return l.Confirm(ctx, tx, d.About) })
	if err != nil {
		return false, later, fmt.Errorf("confirm %s: %w", d.About, err)
	}
	return true, later, nil
}

func (l *Library) deleteFilesOf(ctx context.Context, d store.ReceiptDue) error {
	if d.Post == 0 || d.State != "" {
		return nil
	}
	var list []content.Digest
	err := l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.ForgetFilesOf(ctx, d)
		return err
	})
	for _, digest := range list {
		err = errors.Join(err, l.Files.Delete(ctx, digest))
	}
	return err
}
