package node

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/store"
)

const (
	baseSetting = "base"
	nameSetting = "name"
)

// claim binds the data to a host for ever at the first start, and finds out at
// later ones which it is. Addresses that others keep begin with it.
func claim(ctx context.Context, db *store.DB, c Config) (Config, error) {
	if c.Host != "" {
		if err := CheckHost(c.Host, c.Development); err != nil {
			return c, err
		}
	}
	base, err := recorded(ctx, db, baseSetting)
	if err != nil {
		return c, err
	}
	switch {
	case base == "" && c.Host == "":
		return c, ErrNoHost
	case base == "":
		return named(ctx, db, c, record(ctx, db, baseSetting, c.base()))
	case c.Host != "" && base != c.base():
		return c, fmt.Errorf("%w: this data belongs to %s and cannot serve %s, because every address given out so far begins with the former", ErrHost, base, c.base())
	}
	scheme, host, _ := strings.Cut(base, "://")
	c.Host, c.Development = host, scheme == "http"
	return named(ctx, db, c, nil)
}

// named settles what the organisation calls itself: what is asked for now, or
// what was asked for before.
func named(ctx context.Context, db *store.DB, c Config, err error) (Config, error) {
	if err != nil {
		return c, err
	}
	before, err := recorded(ctx, db, nameSetting)
	switch {
	case err != nil:
		return c, err
	case c.Name == "":
		c.Name = before
	case c.Name != before:
		return c, record(ctx, db, nameSetting, c.Name)
	}
	return c, nil
}

func recorded(ctx context.Context, db *store.DB, name string) (value string, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		value, err = tx.Setting(ctx, name)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return value, err
}

func record(ctx context.Context, db *store.DB, name, value string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(ctx, name, value) })
}
