package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/federation/provenance"
	"moothall/store"
)

// writeRecord signs where a version is from with the node's own key, and stores it
// (users.md 3.7). It says what was so when the version was shared, and stays so.
func (a *Actions) writeRecord(ctx context.Context, tx *store.Tx, by actors.Actor, paper ap.Paper, p content.Post, read extract.Reading) error {
	node, err := tx.ActorByURI(ctx, a.Site.Instance())
	if err != nil {
		return fmt.Errorf("find the node's own actor: %w", err)
	}
	keys, err := a.Keys.Of(ctx, tx, node.ID)
	if err != nil {
		return err
	}
	r := provenance.Of(paper.Document, paper.Version, p.URI, node.URI)
	r.Issuer.Domain, r.SharedBy = a.Site.Host, provenance.Sharer{Role: by.JobTitle, Name: by.DisplayName()}
	r.Check, r.Software = checkSummary(read), a.Software
	for _, other := range paper.Related {
		if other.Relation == content.DerivedFrom {
			r.DerivedFrom = append(r.DerivedFrom, other.URI)
		}
	}
	if r.ReceivedFrom, err = copiedFrom(ctx, tx, by, paper); err != nil {
		return err
	}
	body, err := provenance.Write(r, proof.Signer{Method: ap.ProofKeyID(node.URI), Key: keys.Ed25519}, a.Now())
	if err != nil {
		return err
	}
	if err := tx.AddProvenance(ctx, p.ID, r.Version, body); err != nil {
		return fmt.Errorf("store the record of %s: %w", r.ID, err)
	}
	return nil
}

// checkSummary says what kinds of things the check found: never how many or where,
// and never why the file was shared all the same.
func checkSummary(r extract.Reading) string {
	var kinds []string
	for _, f := range r.Findings {
		kinds = append(kinds, f.Code)
	}
	if len(kinds) == 0 {
		return "nothing found"
	}
	slices.Sort(kinds)
	return "found: " + strings.Join(slices.Compact(kinds), ", ")
}

// copiedFrom is the version of another document that has the same file, among those
// from which a document says that it derives. Of one that by may not read it says
// nothing: who names an address learns nothing about what is there (security.md S144).
func copiedFrom(ctx context.Context, tx *store.Tx, by actors.Actor, paper ap.Paper) (actors.URI, error) {
	for _, other := range paper.Related {
		if other.Relation != content.DerivedFrom {
			continue
		}
		v, err := tx.VersionByURI(ctx, other.URI)
		if err == nil {
			_, err = tx.Paper(ctx, actors.Viewer{Actor: by.ID, Local: true}, v.Document)
		}
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return "", err
		case v.File.Digest == paper.Version.File.Digest && !v.IsWithdrawn():
			return v.URI, nil
		}
	}
	return "", nil
}
