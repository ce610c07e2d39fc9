package actions

import (
	"context"
	"fmt"
	"io"

	"moothall/store"
)

// CountReader counts that somebody used a document, once in each month (DOC-6): reader is
// store.Reader of a person with an account, or any other name for who has none.
func (a *Actions) CountReader(ctx context.Context, tx *store.Tx, u store.Use, reader string) error {
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(a.random(), fresh); err != nil {
		return fmt.Errorf("make a key for the month: %w", err)
	}
	return tx.CountReader(ctx, u, reader, fresh)
}
