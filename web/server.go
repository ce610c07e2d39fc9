package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
	"moothall/templates"
)

// Server answers people. It must not be copied once in use.
type Server struct {
	DB      *store.DB
	Site    actions.Site
	Actions *actions.Actions
	Pages   *templates.Set
	Remote  *remote.Client // finds communities elsewhere
	// Decide says what the rules say about a host.
	Decide func(host string, p actors.Purpose) actors.Decision
	// Release lets a held activity through. nil: held activities can be refused only.
	Release func(ctx context.Context, id actors.ID) error
	Mode    actors.Mode // for hosts that no rule names, until an admin chooses
	Now     func() time.Time
	Log     *slog.Logger
	IDs     *actors.IDs
	Version string // of the program, for administrators
	// Development serves plain HTTP: cookies are not marked Secure.
	Development bool
	// TrustedProxies are believed when they say for whom they ask (security.md S150).
	TrustedProxies []netip.Prefix

	hashing slots
}

// access says who may use a route.
type access int

const (
	program  access = iota // answers programs: cookies and form tokens are not looked at (security.md S240)
	anyone                 // strangers too
	signedIn               // people with an account here
	admin                  // those who run this node
	proved                 // the same, with a password given a short while ago (security.md S169)
)

// handler answers one visit, or says in an error why it cannot.
type handler func(v *visit) error

// route is one line of the map.
type route struct {
	method string
	path   string
	needs  access
	run    handler
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes is the whole map. GET never writes (security.md S147).
func (s *Server) routes() []route {
	return []route{
		// signin.go
		{get, "/sign-in", anyone, s.signInPage},
		{post, "/sign-in", anyone, s.signIn},
		{get, "/sign-out", anyone, s.signOutPage},
		{post, "/sign-out", anyone, s.signOut},
		{get, "/forgotten-password", anyone, s.forgottenPassword},
		// info.go
		{get, "/help", anyone, s.help},
		{get, "/contact", anyone, s.contact},
		{get, "/accessibility", anyone, s.accessibility},
		{get, "/privacy", anyone, s.privacy},
		{get, "/cookies", anyone, s.cookies},
		{get, "/complain", anyone, s.complain},
	}
}

// Routes is everything this package answers. What it does not know is a page
// that says so.
func (s *Server) Routes() http.Handler {
	s.hashing.open()
	r := chi.NewRouter()
	r.Use(s.guard, s.clientAddress(), middleware.GetHead)
	r.Handle(templates.AssetsPath+"*", assets(templates.Assets()))
	for _, x := range s.routes() {
		r.Method(x.method, x.path, s.page(x.needs, x.run))
	}
	r.NotFound(s.page(anyone, func(*visit) error { return store.ErrNotFound }))
	r.MethodNotAllowed(s.page(program, func(v *visit) error { return s.wrongMethod(v, r) }))
	return r
}
