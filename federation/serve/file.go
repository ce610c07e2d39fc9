package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// handout is a file that is answered in place of a document.
type handout struct {
	digest content.Digest
	as     blobs.Download
	use    store.Use // what is counted once it is handed out; no Host: nothing
}

// file hands out the file of a version to those who sign: other nodes, for their
// readers (users.md 3.9). Whoever does not sign is a browser, which has a page.
func (s *Serve) file(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return reply{}, refusal{http.StatusGone, "withdrawn"}
	}
	v, err := q.tx.Version(q.ctx, p.ID, q.number)
	if err != nil {
		return reply{}, err
	}
	if v.IsWithdrawn() {
		return reply{}, refusal{http.StatusGone, "withdrawn"}
	}
	public := p.Audience == actors.AudiencePublic && p.Standing == content.Accepted
	use := store.Use{Document: p.ID, Month: store.MonthOf(s.Now()), Kind: store.UseDownloaded}
	if host := q.from.Host(); s.Decide != nil && s.Decide(host, actors.ToServe).OK() {
		use.Host = host
	}
	return reply{file: &handout{v.File.Digest, blobs.Download{
		Name: v.File.Name, Format: extract.FormatOf(v.File.MediaType), Modified: v.At, Public: public, Now: s.Now,
	}, use}}, nil
}

// sendFile hands out a file whose reader has been found to be one.
func (s *Serve) sendFile(w http.ResponseWriter, r *http.Request, f *handout) {
	begun, err := s.Files.Serve(w, r, f.digest, f.as)
	if begun {
		if err == nil {
			err = s.countFetch(r, f.use)
		}
		if err != nil {
			slog.ErrorContext(r.Context(), "hand out a file", "digest", f.digest, "error", err)
		}
		return
	}
	if errors.Is(err, blobs.ErrNotHeld) {
		err = errors.Join(errors.New("the bytes of a shared file are missing: "+f.digest.String()), err)
	}
	fail(w, r, err)
}

// countFetch notes that a partner took a file for its people (DOC-6).
func (s *Serve) countFetch(r *http.Request, u store.Use) error {
	if u.Host == "" || r.Method != http.MethodGet || r.Header.Get("Range") != "" {
		return nil
	}
	ctx := context.WithoutCancel(r.Context())
	if err := s.DB.Write(ctx, func(tx *store.Tx) error { return tx.CountSite(ctx, u) }); err != nil {
		return fmt.Errorf("count a fetched file: %w", err)
	}
	return nil
}
