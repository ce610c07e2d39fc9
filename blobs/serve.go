package blobs

import (
	"context"
	"net/http"
	"strings"
	"time"

	"moothall/content"
	"moothall/extract"
)

// Download says how a file is handed out. Whether it may be is for the caller to
// have found out.
type Download struct {
	Name     string         // under which it is saved, as somebody wrote it; made safe here
	Format   extract.Format // as our own reading found it; another one than we know is sent as bytes
	ETag     string         // what stands between the quotes; empty for none
	Modified time.Time      // zero for unknown
	// Public lets everybody on the way keep the file for ever. It is for bytes that
	// everyone may read at an address whose bytes never change. Without it nobody
	// keeps them.
	Public bool
	// Now is the clock of the connection, by which a slow reader is given the time that
	// they need (security.md S96). nil leaves the limits of the server as they are.
	Now func() time.Time
	// MayRead is asked every few seconds while the file is sent; an error ends that
	// (security.md S188). nil asks nobody, nor is anybody asked without Now.
	MayRead func(ctx context.Context) error
}

// Serve answers with a file, or the ranges of it that were asked for: as something
// to save, of our own type, which runs nothing if it is opened all the same
// (security.md S133, S134, S140).
//
// Before it has begun, an error is the caller's to answer; it wraps ErrNotHeld where
// the bytes are not here. After that it is only there to be logged: fewer bytes than
// were promised make net/http break the connection.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, d content.Digest, as Download) (begun bool, err error) {
	file, err := s.reader(r.Context(), d)
	if err != nil {
		return false, err
	}
	defer file.Close()
	as.headers(w.Header())
	if as.Now != nil {
		p := newPace(w, as.Now)
		if as.MayRead != nil {
			defer p.ask(r.Context(), as.MayRead)()
		}
		w = p
	}
	http.ServeContent(w, oneRange(r), "", as.Modified, file)
	return true, file.err
}

func (as Download) headers(h http.Header) {
	h.Set("Content-Type", mediaType(as.Format))
	h.Set("Content-Disposition", Disposition(as.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	if as.Public {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if as.ETag != "" {
		h.Set("ETag", `"`+as.ETag+`"`)
	}
}

func mediaType(f extract.Format) string {
	if !f.Valid() {
		return "application/octet-stream"
	}
	return f.MediaType()
}

// oneRange passes over a wish for several ranges, as RFC 9110, 14.2 allows: each
// would be a request to S3 or Azure.
func oneRange(r *http.Request) *http.Request {
	if !strings.Contains(r.Header.Get("Range"), ",") {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Del("Range")
	return r
}
