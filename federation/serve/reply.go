package serve

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"moothall/federation/sign"
	"moothall/store"
)

// activityJSON is sent exactly so: Lemmy accepts no other spelling (protocol.md 1.4).
const activityJSON = "application/activity+json"

// reply is an answer that has been found.
type reply struct {
	status int // zero is 200
	body   []byte
	kind   string   // media type of body; empty for ActivityStreams
	tag    string   // entity tag; empty for the digest of body
	file   *handout // in place of body
	// reading is what was read in a file, as it is stored, of which body is to be the text.
	reading []byte
	same    bool // the one who asks has it already, so there is no body

	private bool // for this viewer, and nobody may keep it
}

// refusal is an answer that says why there is none.
type refusal struct {
	status int
	words  string
}

func (e refusal) Error() string { return e.words }

var (
	errUnsigned = refusal{http.StatusUnauthorized, "this server answers signed requests only"}
	errBlocked  = refusal{http.StatusForbidden, "this server does not answer yours"}
)

// Who may keep an answer, and for how long.
const (
	cachePublic   = "public, no-cache" // kept, but asked for again: a post may be withdrawn
	cachePrivate  = "private, no-store"
	cacheBriefly  = "public, max-age=60"
	varyDocuments = "Accept, Signature, Authorization"
)

// send writes an answer without a tag of its own.
func send(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	sendReply(w, r, kind, reply{status: status, body: body})
}

// sendReply writes an answer. The ETag is compared last, after it has been decided
// that the one who asks may read (security.md S193).
func sendReply(w http.ResponseWriter, r *http.Request, kind string, found reply) {
	h, status, body := w.Header(), found.status, found.body
	guard(h)
	if status == http.StatusOK && h.Get("Cache-Control") != cachePrivate {
		if found.tag == "" {
			found.tag = etag(body)
		}
		h.Set("ETag", found.tag)
		if found.same || matches(r.Header.Values("If-None-Match"), found.tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // a reader who has gone away is told nothing
	}
}

// guard keeps an answer from being run, framed or read as something else in a
// browser (security.md S239).
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// matches says whether an If-None-Match header names the tag; weak tags are
// compared like strong ones (RFC 9110 13.1.2).
func matches(headers []string, tag string) bool {
	for _, header := range headers {
		for one := range strings.SplitSeq(header, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}

// fail answers with an error. A thing that is not there and one that must not be
// seen have one answer, byte for byte.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	var why refusal
	switch {
	case errors.As(err, &why):
	case errors.Is(err, store.ErrNotFound):
		why = refusal{http.StatusNotFound, "not found"}
	case errors.Is(err, context.Canceled):
		return // nobody waits for the answer
	default:
		slog.ErrorContext(r.Context(), "serve a document", "route", r.Pattern, "error", err)
		w.Header().Set("Retry-After", "60")
		why = refusal{http.StatusServiceUnavailable, "try again later"}
	}
	w.Header().Set("Cache-Control", cachePrivate)
	if why.status == http.StatusUnauthorized {
		w.Header().Set("Accept-Signature", sign.AcceptSignatureOfRead)
	}
	body, _ := json.Marshal(map[string]string{"error": why.words}) // text always has a JSON form
	send(w, r, why.status, "application/json", body)
}

func notAllowed(allow string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		fail(w, r, refusal{http.StatusMethodNotAllowed, "method not allowed"})
	}
}
