package store

import "context"

// Setting reads a setting that the node keeps for itself; ErrNotFound when unset.
func (t *Tx) Setting(ctx context.Context, name string) (string, error) {
	return one(ctx, t, scanValue[string], `SELECT value FROM setting WHERE name = $1`, name)
}

// SetSetting writes a setting.
func (t *Tx) SetSetting(ctx context.Context, name, value string) error {
	_, err := t.exec(ctx, `
		INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
