package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/library"
	"moothall/store"
	"moothall/templates"
)

// openFile hands out the file of a version to whoever may read the document: its
// readers are looked up here and now (security.md S140). One from elsewhere is
// fetched first, for people who have signed in.
func (s *Server) openFile(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	if ready, err := s.hold(v, d); !ready || err != nil {
		return err
	}
	f := d.version.File
	begun, err := s.Files.Serve(v.w, v.r, f.Digest, blobs.Download{
		Name: f.Name, Format: extract.FormatOf(f.MediaType), ETag: f.Digest.String(), Modified: d.version.At,
		Public:  d.Local && d.isPublic() && d.Doc.Embargo.IsZero() && d.Doc.Classification != content.Sensitive,
		Now:     s.Now,
		MayRead: func(ctx context.Context) error { return s.mayStillRead(ctx, v, d.version.Number) },
	})
	if begun && v.r.Header.Get("Range") == "" {
		s.count(v, d, store.UseDownloaded)
	}
	switch {
	case begun && err != nil:
		s.Log.WarnContext(v.ctx(), "file broke off", slog.String("version", string(d.version.URI)), slog.Any("err", err))
		return nil
	case errors.Is(err, blobs.ErrNotHeld) && !d.Local:
		return s.showFileTrouble(v, d, library.ErrUnreachable, d.here()+"/file")
	case err != nil:
		return fmt.Errorf("hand out %s: %w", d.version.URI, err)
	}
	return nil
}

// mayStillRead is an error where whoever began to read a version may not begin again:
// they have signed out or left, or it was withdrawn.
func (s *Server) mayStillRead(ctx context.Context, v *visit, number int) error {
	again := &visit{w: v.w, r: v.r.WithContext(ctx)}
	if err := s.identify(again); err != nil {
		return err
	}
	d, err := s.readPaper(again)
	if err != nil {
		return err
	}
	if x, ok := d.numbered(number); !ok || x.IsWithdrawn() {
		return store.ErrNotFound
	}
	return nil
}

// hold makes sure that the file is here. Where it is not, it has answered.
func (s *Server) hold(v *visit, d paper) (ready bool, err error) {
	if d.Local {
		return true, nil
	}
	if !v.SignedIn() { // strangers do not make us fetch
		return false, s.askToSignIn(v)
	}
	err = s.Library.Hold(v.ctx(), v.actor.ID, d.Post, d.version)
	if err == nil {
		return true, nil
	}
	return false, s.showFileTrouble(v, d, err, d.here()+"/file")
}

// showFileTrouble says why a file from elsewhere was not opened (C60), and where to
// try again.
func (s *Server) showFileTrouble(v *visit, d paper, why error, again string) error {
	p := templates.FilePage{
		Base: s.base(v), Community: d.community, Title: d.title(), Path: d.here(), Again: again, URL: d.URL,
		Site: firstOf(d.Doc.Issuer, d.URI.Host()), Altered: errors.Is(why, library.ErrAltered), Unchecked: errors.Is(why, library.ErrNoDigest),
		Busy: errors.Is(why, library.ErrBusy),
	}
	status := http.StatusBadGateway
	if p.Busy {
		status = http.StatusServiceUnavailable
		v.w.Header().Set("Retry-After", "60")
	}
	if !p.Altered && !p.Unchecked && !p.Busy && !errors.Is(why, library.ErrUnreachable) {
		return why
	}
	v.w.Header().Set("X-Robots-Tag", "noindex")
	return s.render(v, status, p)
}

func isPicture(x content.Version) bool { return extract.FormatOf(x.File.MediaType).IsImage() }

// sendText sends a small file about a document, to be saved.
func (s *Server) sendText(v *visit, kind, name string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", blobs.Disposition(name))
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Add("Vary", "Cookie")
	v.w.WriteHeader(http.StatusOK)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) // a reader who has gone away is told nothing
	}
	return nil
}
