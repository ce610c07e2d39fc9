package actions

import (
	"context"
	"fmt"

	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/federation/provenance"
	"moothall/store"
)

// Record is the signed record of a version of a document of this node (users.md 3.7).
// The caller has read the document as its reader; software is name and version of the
// program.
func (a *Actions) Record(ctx context.Context, tx *store.Tx, p store.Paper, v content.Version, software string) ([]byte, error) {
	node, err := tx.ActorByURI(ctx, a.Site.Instance())
	if err != nil {
		return nil, fmt.Errorf("find the node's own actor: %w", err)
	}
	keys, err := a.Keys.Of(ctx, tx, node.ID)
	if err != nil {
		return nil, err
	}
	r := provenance.Of(p.Doc, v, p.URI, node.URI)
	r.Title, r.Software = firstSaid(v.Title, p.Title), software
	r.Issuer.Domain = a.Site.Host
	by, err := tx.Actor(ctx, v.By)
	if err != nil {
		return nil, fmt.Errorf("find who shared %s: %w", v.URI, err)
	}
	r.SharedBy = provenance.Sharer{Role: by.JobTitle, Name: by.DisplayName()}
	related, err := tx.Related(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range related {
		if x.Relation == content.DerivedFrom {
			r.DerivedFrom = append(r.DerivedFrom, x.URI)
		}
	}
	return provenance.Write(r, proof.Signer{Method: ap.ProofKeyID(node.URI), Key: keys.Ed25519}, a.Now())
}

func firstSaid(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
