package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
	"moothall/templates"
)

// visit is one request: who asks, and where the answer goes.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	session actors.Session // zero for strangers
	account actors.Account
	actor   actors.Actor // the person; zero for strangers
	secret  string       // of the session, or of the stranger's form cookie
	unread  int          // notifications not yet looked at
	reports int          // that wait for a decision of theirs
	file    *sentFile    // that the form holds, for routes of senders; nil for none
}

// SignedIn says whether somebody with an account here asks.
func (v *visit) SignedIn() bool { return v.actor.ID != 0 }

// isAdmin says whether the one who asks runs this node.
func (v *visit) isAdmin() bool { return v.SignedIn() && v.account.Role == actors.AccountAdmin }

// viewer is who asks, as the store wants to know it.
func (v *visit) viewer() actors.Viewer {
	return actors.Viewer{Actor: v.actor.ID, Local: v.SignedIn(), Admin: v.isAdmin()}
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// param is a part of the path.
func (v *visit) param(name string) string { return chi.URLParam(v.r, name) }

// failure is an error that has a page of its own.
type failure struct {
	status  int
	because string // for people: what is needed
	expired bool   // a link that worked once or for some time
}

func (f failure) Error() string { return http.StatusText(f.status) + ": " + f.because }

// page makes a handler of ours one for HTTP: it finds out who asks, keeps others'
// forms out, and shows a page for an error.
func (s *Server) page(need access, run handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r}
		if err := s.answer(v, need, run); err != nil {
			s.fail(v, err)
		}
	}
}

func (s *Server) answer(v *visit, need access, run handler) error {
	if need == program {
		return run(v)
	}
	if err := s.recognise(v); err != nil {
		return err
	}
	if isWrite(v.r) {
		if err := v.readForm(need, s.Now); err != nil {
			return err
		}
		if err := s.checkOrigin(v); err != nil {
			return err
		}
	}
	if need > anyone && !v.SignedIn() {
		return s.askToSignIn(v)
	}
	if need >= admin && !v.isAdmin() {
		return failure{status: http.StatusForbidden, because: "Only administrators of this site can use this page."}
	}
	if need == proved && isWrite(v.r) {
		if ok, err := s.prove(v); !ok || err != nil {
			return err
		}
	}
	return run(v)
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// fail shows the page for an error. What a viewer may not read looks like what
// does not exist (invariant I4): both are store.ErrNotFound.
func (s *Server) fail(v *visit, err error) {
	p := templates.ErrorPage{Base: s.base(v)}
	var mine failure
	var refusal *actions.Refusal
	if left, ok := errors.AsType[withdrawn](err); ok {
		s.showWithdrawn(v, left.page)
		return
	}
	switch {
	case errors.As(err, &mine):
		p.Status, p.Because, p.Expired = mine.status, mine.because, mine.expired
	case errors.Is(err, errBusy):
		p.Status = http.StatusTooManyRequests
	case errors.Is(err, store.ErrNotFound):
		p.Status = http.StatusNotFound
	case errors.As(err, &refusal):
		p.Status, p.Because = http.StatusForbidden, refusal.Words
	case errors.Is(err, actors.ErrForbidden):
		p.Status = http.StatusForbidden
	case v.ctx().Err() != nil:
		return // nobody waits for the answer
	default:
		p.Status, p.RequestID = http.StatusInternalServerError, s.requestID(v)
		s.Log.ErrorContext(v.ctx(), "page failed", slog.String("path", v.r.URL.Path),
			slog.String("request_id", p.RequestID), slog.Any("err", err))
	}
	s.showFault(v, p.Status, p)
}

// showFault shows the page for an error.
func (s *Server) showFault(v *visit, status int, p templates.Page) {
	if err := s.render(v, status, p); err != nil {
		s.Log.ErrorContext(v.ctx(), "error page failed", slog.String("path", v.r.URL.Path), slog.Any("err", err))
	}
}

const requestIDHeader = "X-Request-Id"

// requestID is the name the node gave the request, for whoever reports a problem.
func (s *Server) requestID(v *visit) string {
	if id := v.w.Header().Get(requestIDHeader); id != "" {
		return id
	}
	id := s.IDs.Next().String()
	v.w.Header().Set(requestIDHeader, id)
	return id
}

// wrongMethod says what an address can be asked. No header and no field changes
// the method (security.md S244).
func (s *Server) wrongMethod(v *visit, routes chi.Routes) error {
	var allow []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		if routes.Match(chi.NewRouteContext(), m, v.r.URL.Path) {
			allow = append(allow, m)
		}
	}
	if slices.Contains(allow, http.MethodGet) && !slices.Contains(allow, http.MethodHead) {
		allow = slices.Insert(allow, 1, http.MethodHead)
	}
	v.w.Header().Set("Allow", strings.Join(allow, ", "))
	return failure{status: http.StatusMethodNotAllowed}
}
