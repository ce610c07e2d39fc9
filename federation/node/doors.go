package node

import (
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"moothall/federation/remote"
	"moothall/federation/serve"
	"moothall/federation/sign"
	"moothall/templates"
	"moothall/web"
)

const healthPath = "/healthz"

// How many member tokens may be asked for in a minute. A node needs one for each
// community and host that it reads from, every eight minutes.
const (
	tokensPerPerson = 60
	tokensPerHost   = 300
)

// doors puts everything that answers requests behind one entrance.
func (n *Node) doors(pages *templates.Set) error {
	proxies, err := ParseProxies(n.Config.Proxies)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	for _, x := range n.own() {
		mux.Handle(strings.TrimSpace(x.Method+" "+x.Pattern), x.run)
	}
	documents := &serve.Serve{
		DB: n.DB, Site: n.Site, Keys: n.Actions.Keys, Files: n.Files, Decide: n.policy.Decide, Verify: n.whoSigned, IsMember: n.members.IsMember,
		MayAsk:  (&remote.Gate{PerPerson: tokensPerPerson, PerHost: tokensPerHost, Now: n.now}).Admit,
		Version: n.Config.Version, Now: n.now, IDs: n.Actions.IDs, AuthorizedFetch: n.Config.AuthorizedFetch,
	}
	people := n.people(pages)
	routes := documents.Routes(people)
	n.documents = routes
	n.pages, _ = people.(chi.Routes)
	mux.Handle("/", routes)
	n.handler = &entrance{
		next: mux, host: n.Site.Host, development: n.Config.Development, now: n.now, log: n.Log,
		proxies: proxies, requestID: func() string { return n.Actions.IDs.Next().String() },
	}
	return nil
}

// Route is one line of the map of a node.
type Route struct {
	Method  string // empty for all
	Pattern string
}

type ownRoute struct {
	Route
	run http.Handler
}

// own is what the node answers itself.
func (n *Node) own() []ownRoute {
	return []ownRoute{
		{Route{"", healthPath}, http.HandlerFunc(n.health)},
		{Route{http.MethodPost, "/inbox"}, n.inbox},
		{Route{http.MethodPost, "/u/{name}/inbox"}, n.inbox},
		{Route{http.MethodPost, "/c/{name}/inbox"}, n.inbox},
	}
}

// Routes are all that the node answers, as its routers have them, for whoever wants
// to ask for each.
func (n *Node) Routes() (list []Route, err error) {
	for _, x := range n.own() {
		list = append(list, x.Route)
	}
	for _, r := range []chi.Routes{n.documents, n.pages} {
		if r == nil {
			continue
		}
		err = errors.Join(err, chi.Walk(r, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
			list = append(list, Route{method, pattern})
			return nil
		}))
	}
	return list, err
}

// people is the door for people and their programs. The entrance has found out
// already for whom a proxy asks.
func (n *Node) people(pages *templates.Set) http.Handler {
	if pages == nil {
		return http.NotFoundHandler()
	}
	s := &web.Server{
		DB: n.DB, Site: n.Site, Actions: n.Actions, Pages: pages, Remote: n.Remote, Files: n.Files, Library: n.Library,
		Decide: n.policy.Decide, Release: n.Release, Mode: n.Config.Mode, Now: n.now, Log: n.Log, IDs: n.Actions.IDs, Version: n.Config.Version,
		Development: n.Config.Development,
	}
	return s.Routes()
}

// health says whether the node can do its work, to whatever starts and watches it.
func (n *Node) health(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if err := n.DB.Ping(r.Context()); err != nil {
		n.Log.ErrorContext(r.Context(), "database does not answer", "err", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // whoever asked has gone: nothing to be done
}

// whoSigned says who signed a request, and with what.
func (n *Node) whoSigned(r *http.Request, body []byte) (serve.Signature, error) {
	claim, err := sign.Parse(r, body, n.Site.Base, n.now())
	if err != nil {
		return serve.Signature{}, err
	}
	source, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		source = r.RemoteAddr
	}
	key, err := n.Keys.From(source).Key(r.Context(), claim.KeyID())
	if err != nil {
		return serve.Signature{}, err
	}
	proved, err := claim.Prove(key)
	if err != nil {
		return serve.Signature{}, err
	}
	n.styles.Heard(r.Context(), proved.Signer().Host(), proved.Style())
	return serve.Signature{By: proved.Signer(), Key: proved.Thumbprint(), Token: proved.Covers("authorization")}, nil
}
