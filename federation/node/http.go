package node

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// requestIDHeader carries the name of a request to whoever reports a problem,
// and inside the node to the page that shows it.
const requestIDHeader = "X-Request-Id"

// entrance is what every request passes through before anything else sees it.
type entrance struct {
	next        http.Handler
	host        string
	development bool
	proxies     Proxies
	now         func() time.Time
	requestID   func() string
	log         *slog.Logger
}

// ServeHTTP names the request, bounds what may be asked, answers for panics and
// writes one line of log.
func (e *entrance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start, id := e.now(), e.requestID()
	r.RemoteAddr = e.proxies.client(r)
	e.secure(w.Header())
	w.Header().Set(requestIDHeader, id)
	out := &recorder{ResponseWriter: w}
	defer func() {
		if p := recover(); p != nil {
			e.panicked(out, r, id, p)
		}
		e.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", out.Status()),
			slog.Int64("ms", e.now().Sub(start).Milliseconds()), slog.String("request_id", id))
	}()
	if status, words := e.refuses(r); status != 0 {
		w.Header().Set("Allow", "GET, HEAD, POST, OPTIONS")
		http.Error(out, words, status)
		return
	}
	e.next.ServeHTTP(out, r)
}

// secure sets what every response says to browsers (security.md S239). A page
// replaces the content policy by one that lets it have its own style.
func (e *entrance) secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	if !e.development {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// refuses says with which status a request is turned away, zero for none. No
// header and no field changes the method (security.md S244).
func (e *entrance) refuses(r *http.Request) (status int, words string) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
	default:
		return http.StatusMethodNotAllowed, "method not allowed"
	}
	if !e.answersFor(r.Host) && r.URL.Path != healthPath {
		return http.StatusMisdirectedRequest, "this is " + e.host + " and nothing else; a proxy in front of it must pass the Host header on"
	}
	return 0, ""
}

// answersFor keeps requests out that were meant for another name, such as one
// that somebody points at this address to get at its cookies.
func (e *entrance) answersFor(host string) bool {
	if strings.EqualFold(host, e.host) {
		return true
	}
	name := host
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		name = host[:i]
	}
	return e.development && isLoopback(name)
}

// panicked answers a bug: the visitor learns only the name of the request
// (security.md S243).
func (e *entrance) panicked(w *recorder, r *http.Request, id string, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	e.log.ErrorContext(r.Context(), "panic in a request", "request_id", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.status != 0 {
		return
	}
	http.Error(w, "Sorry, there is a problem with the service. Request "+id, http.StatusInternalServerError)
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the status on.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write is an answer with status 200 when no other was given.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Status is that of the answer; a handler that wrote nothing said 200.
func (w *recorder) Status() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
