package inbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

// unauthorised is the one answer to every signature that is not believed: the
// sender learns nothing of which check failed.
func unauthorised(err error) *answer {
	no := &answer{status: http.StatusUnauthorized, code: "signature", detail: err.Error()}
	var failure *sign.Failure
	if errors.As(err, &failure) {
		no.code = failure.Code
	}
	return no
}

func keyAnswer(err error, body []byte) *answer {
	switch {
	case (errors.Is(err, remote.ErrGone) || errors.Is(err, remote.ErrNotThere)) && deletesItself(body):
		// Mastodon sends these by the thousand, to everyone (C53).
		return &answer{status: http.StatusAccepted, code: "unknown_actor"}
	case errors.Is(err, remote.ErrForbidden):
		return &answer{status: http.StatusForbidden, code: "policy", detail: err.Error()}
	case errors.Is(err, remote.ErrBudget):
		return &answer{status: http.StatusTooManyRequests, code: "key_budget", detail: err.Error(), retryAfter: "60"}
	}
	var failure *sign.Failure
	if errors.As(err, &failure) {
		return unauthorised(err)
	}
	// Lemmy, Mbin and others never try again after a 401.
	return &answer{status: http.StatusServiceUnavailable, code: "key_unreachable", detail: err.Error(), retryAfter: "300"}
}

// isFarewell says whether the body claims that an actor is no more of whom nobody
// here has heard. There is nothing to prove or to do, and no key to be fetched.
func (in *Inbox) isFarewell(ctx context.Context, body []byte) bool {
	if !bytes.Contains(body, []byte(`"Delete"`)) || !deletesItself(body) {
		return false
	}
	act, err := ap.ParseActivity(body)
	if err != nil {
		return false
	}
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.ActorByURI(ctx, actors.URI(act.Actor))
		return err
	})
	return errors.Is(err, store.ErrNotFound)
}

// deletesItself says whether the body claims that its actor is no more. The
// claim is not proved: it only decides how an unknown key is answered.
func deletesItself(body []byte) bool {
	act, err := ap.ParseActivity(body)
	return err == nil && act.Type == "Delete" && act.Object.ID() == act.Actor
}

var words = map[int]string{
	http.StatusBadRequest:            "This is not an activity that can be read.",
	http.StatusUnauthorized:          "The signature was not accepted.",
	http.StatusForbidden:             "This server does not exchange with yours.",
	http.StatusNotFound:              "There is no such inbox.",
	http.StatusMethodNotAllowed:      "Send activities with POST.",
	http.StatusRequestEntityTooLarge: "The activity is too large.",
	http.StatusUnsupportedMediaType:  "Send application/activity+json, not compressed.",
	http.StatusTooManyRequests:       "Too many requests. Try again later.",
	http.StatusServiceUnavailable:    "Try again later.",
}

func respond(w http.ResponseWriter, no *answer) {
	if no.status == http.StatusAccepted {
		w.WriteHeader(no.status)
		return
	}
	if no.retryAfter != "" {
		w.Header().Set("Retry-After", no.retryAfter)
	}
	if no.status == http.StatusUnauthorized {
		w.Header().Set("Accept-Signature", sign.AcceptSignature)
	}
	if no.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(no.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": no.status, "title": words[no.status]})
}

// source is the network address that a request came from.
func source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// refusals counts what was turned away, until it is written down. A flood
// becomes a number, not rows.
type refusals struct {
	mu     sync.Mutex
	counts map[[2]string]store.Refusals
}

const (
	maxRefusalKinds = 500
	unproved        = "(not proved)"
	otherHosts      = "(others)"
)

func (rs *refusals) count(no *answer, now time.Time) {
	host := no.host
	if host == "" {
		host = unproved
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.counts == nil {
		rs.counts = map[[2]string]store.Refusals{}
	}
	key := [2]string{host, no.code}
	if _, ok := rs.counts[key]; !ok && len(rs.counts) >= maxRefusalKinds {
		key[0], host = otherHosts, otherHosts
	}
	r := rs.counts[key]
	r.Host, r.Code, r.Detail, r.Last = host, no.code, clip(no.detail, 300), now
	r.Times++
	rs.counts[key] = r
}

func (rs *refusals) take() []store.Refusals {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	out := make([]store.Refusals, 0, len(rs.counts))
	for _, r := range rs.counts {
		out = append(out, r)
	}
	rs.counts = nil
	return out
}

// FlushRefusals writes down what was turned away since the last time, for
// admins to read (invariant I5).
func (in *Inbox) FlushRefusals(ctx context.Context) error {
	list := in.refusals.take()
	if len(list) == 0 {
		return nil
	}
	err := in.DB.Write(ctx, func(tx *store.Tx) error {
		for _, r := range list {
			if err := tx.AddRefusals(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		in.refusals.putBack(list)
	}
	return err
}

// putBack keeps for the next time what could not be written down.
func (rs *refusals) putBack(list []store.Refusals) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.counts == nil {
		rs.counts = map[[2]string]store.Refusals{}
	}
	for _, r := range list {
		key := [2]string{r.Host, r.Code}
		if now, ok := rs.counts[key]; ok {
			r.Detail, r.Last, r.Times = now.Detail, now.Last, r.Times+now.Times
		}
		rs.counts[key] = r
	}
}

// clip shortens a text to n bytes that every database takes.
func clip(s string, n int) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), n)], ""), "\x00", "")
}
