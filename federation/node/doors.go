package node

import (
	"net/http"
)

const healthPath = "/healthz"

// doors puts everything that answers requests behind one entrance.
func (n *Node) doors() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+healthPath, n.health)
	n.handler = &entrance{
		next: mux, host: n.Site.Host, development: n.Config.Development, now: n.now, log: n.Log,
		requestID: func() string { return n.Actions.IDs.Next().String() },
	}
}

// health says whether the node can do its work, to whatever starts and watches it.
func (n *Node) health(w http.ResponseWriter, r *http.Request) {
	if err := n.DB.Ping(r.Context()); err != nil {
		n.Log.ErrorContext(r.Context(), "database does not answer", "err", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // whoever asked has gone: nothing to be done
}
