package store

import (
	"context"
	"time"

	"moothall/actors"
)

// Organisation is a body that this node is home to.
type Organisation struct {
	ID      actors.ID
	Name    string
	Created time.Time
}

// LocalOrganisations lists the bodies that this node is home to, the oldest first.
func (t *Tx) LocalOrganisations(ctx context.Context) ([]Organisation, error) {
	return collect(ctx, t, func(s scanner) (o Organisation, err error) {
		err = s.Scan(&o.ID, &o.Name, timeOf{&o.Created})
		return o, err
	}, `SELECT id, name, created_at FROM organisation ORDER BY id`)
}

// AddOrganisation stores a body that this node is home to.
func (t *Tx) AddOrganisation(ctx context.Context, o Organisation) error {
	_, err := t.exec(ctx, `INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)`, o.ID, o.Name, micros(o.Created))
	return err
}

// RenameOrganisation changes its name.
func (t *Tx) RenameOrganisation(ctx context.Context, id actors.ID, name string) error {
	return t.execOne(ctx, `UPDATE organisation SET name = $2 WHERE id = $1`, id, name)
}
