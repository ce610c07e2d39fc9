package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

const contactSetting = "contact"

// Contact is the e-mail address of those who run this node; empty until an admin
// has given one.
func Contact(ctx context.Context, tx *store.Tx) (string, error) {
	address, err := tx.Setting(ctx, contactSetting)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the contact address: %w", err)
	}
	return address, nil
}

// SetContact says whom people write to. by is the admin.
func (a *Actions) SetContact(ctx context.Context, tx *store.Tx, by actors.ID, address string) error {
	if !ValidEmail(address) {
		return content.Problems{"contact": "Enter an email address in the correct format, like name@example.com"}
	}
	if err := a.MayRun(ctx, tx, by); err != nil {
		return err
	}
	if err := tx.SetSetting(ctx, contactSetting, address); err != nil {
		return fmt.Errorf("set the contact address: %w", err)
	}
	return a.audit(ctx, tx, by, "contact", address, "")
}
