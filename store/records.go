package store

import (
	"context"

	"moothall/actors"
)

// AddProvenance stores the signed record of one version of a document of this node.
func (t *Tx) AddProvenance(ctx context.Context, document actors.ID, number int, body []byte) error {
	_, err := t.exec(ctx, `INSERT INTO record (document_id, number, body) VALUES ($1, $2, $3)`, document, number, string(body))
	return err
}

// Provenance reads the signed record of one version (users.md 3.7); ErrNotFound when
// there is none, as for one that is withdrawn or from elsewhere. The caller has read
// the document as its viewer (decision 0031).
func (t *Tx) Provenance(ctx context.Context, document actors.ID, number int) ([]byte, error) {
	body, err := one(ctx, t, scanValue[string], `SELECT body FROM record WHERE document_id = $1 AND number = $2`, document, number)
	return []byte(body), err
}

// dropProvenance forgets the record of one version, or with number 0 of all.
func (t *Tx) dropProvenance(ctx context.Context, document actors.ID, number int) error {
	_, err := t.exec(ctx, `DELETE FROM record WHERE document_id = $1 AND (number = $2 OR $2 = 0)`, document, number)
	return err
}
