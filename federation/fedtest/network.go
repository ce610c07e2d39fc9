package fedtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// network carries requests from host to host as bytes, as a wire would.
type network struct {
	town *Town

	mu    sync.Mutex
	doors map[string]http.Handler
	cut   map[[2]string]bool
	broke map[string]error // by host
	lose  float64
	twice float64
	delay time.Duration
	log   []Exchange
}

// Exchange is one request that was made in the town.
type Exchange struct {
	From, To string
	Method   string
	URL      string
	Header   http.Header
	Body     []byte
	Status   int // zero when no answer came
}

var (
	errCut  = errors.New("no route to host")
	errLost = errors.New("connection reset by peer")
	errName = errors.New("no such host")
	errTLS  = errors.New("only https is spoken here")
)

func newNetwork(town *Town) *network {
	return &network{town: town, doors: map[string]http.Handler{}, cut: map[[2]string]bool{}}
}

func (n *network) put(host string, h http.Handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.doors[host] = h
}

// from is the network as one host has it.
func (n *network) from(host string) http.RoundTripper { return line{n, host} }

type line struct {
	net  *network
	host string
}

// RoundTrip carries a request to the host that it names.
func (l line) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.net.carry(l.host, r)
	if l.net.town.dies(l.host) {
		return nil, errDead
	}
	return resp, err
}

// dies counts a request by a node of the town and says whether it ends it.
func (town *Town) dies(host string) bool {
	for _, h := range town.halls {
		if h.host == host {
			return h.count()
		}
	}
	return false
}

func (n *network) carry(from string, r *http.Request) (*http.Response, error) {
	to := r.URL.Host
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	e := Exchange{From: from, To: to, Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone(), Body: body}
	resp, err := n.exchange(e, r)
	if resp != nil {
		e.Status = resp.StatusCode
	}
	n.mu.Lock()
	n.log = append(n.log, e)
	n.mu.Unlock()
	return resp, err
}

func (n *network) exchange(e Exchange, r *http.Request) (*http.Response, error) {
	door, fate, err := n.fate(e, r.URL.Scheme)
	if err != nil {
		return nil, err
	}
	if fate.lostGoing {
		return nil, errLost
	}
	resp, err := n.ask(door, e, r)
	if err == nil && fate.twice {
		resp, err = n.ask(door, e, r)
	}
	if fate.lostComing {
		return nil, errLost
	}
	return resp, err
}

// fate is what becomes of one request.
type fate struct{ lostGoing, lostComing, twice bool }

func (n *network) fate(e Exchange, scheme string) (http.Handler, fate, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	door, ok := n.doors[e.To]
	switch {
	case scheme != "https":
		return nil, fate{}, errTLS
	case !ok:
		return nil, fate{}, errName
	case n.broke[e.To] != nil:
		return nil, fate{}, n.broke[e.To]
	case n.cut[pair(e.From, e.To)]:
		return nil, fate{}, errCut
	}
	if n.delay > 0 {
		n.town.Clock.Move(n.delay)
	}
	f := fate{twice: e.Method == http.MethodPost && n.chance(n.twice)}
	if n.chance(n.lose) {
		f.lostGoing = n.town.Chaos.IntN(2) == 0
		f.lostComing = !f.lostGoing
	}
	return door, f, nil
}

func (n *network) chance(p float64) bool { return p > 0 && n.town.Chaos.Float64() < p }

// ask writes the request as bytes, reads it as a server does and lets the door
// answer.
func (n *network) ask(door http.Handler, e Exchange, r *http.Request) (*http.Response, error) {
	var wire bytes.Buffer
	out := r.Clone(r.Context())
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(e.Body)), int64(len(e.Body))
	if len(e.Body) == 0 {
		out.Body = nil
	}
	if err := out.Write(&wire); err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	in, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	in.RemoteAddr = addressOf(e.From) + ":40000"
	// A server knows nothing of its client's context but that it hung up.
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	defer context.AfterFunc(r.Context(), hangUp)()
	w := httptest.NewRecorder()
	door.ServeHTTP(w, in.WithContext(ctx))
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// visit is a request of somebody at home: nothing goes wrong on their way.
func (n *network) visit(host string, r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	door := n.doors[host]
	n.mu.Unlock()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	return n.ask(door, Exchange{From: "at home", To: host, Body: body}, r)
}

// addressOf is where a host's requests come from: the same for the same host.
func addressOf(host string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(host)) // a hash never fails
	sum := h.Sum32()
	return fmt.Sprintf("100.%d.%d.%d", sum>>16&0xff, sum>>8&0xff, sum&0xff)
}

func pair(a, b string) [2]string {
	if a > b {
		a, b = b, a
	}
	return [2]string{a, b}
}

// Partition cuts the network between two hosts.
func (town *Town) Partition(a, b string) { town.net.setCut(a, b, true) }

// Heal joins what Partition cut.
func (town *Town) Heal(a, b string) { town.net.setCut(a, b, false) }

// Breaks has every request to a host fail in one way before it gets there.
func (town *Town) Breaks(host string, err error) {
	n := town.net
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.broke == nil {
		n.broke = map[string]error{}
	}
	n.broke[host] = err
}

func (n *network) setCut(a, b string, cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut[pair(a, b)] = cut
}

// Lose loses a share of all requests or their answers, from 0 to 1.
func (town *Town) Lose(share float64) { town.net.lose = share }

// Duplicate brings a share of all activities twice.
func (town *Town) Duplicate(share float64) { town.net.twice = share }

// Delay makes every request take time, which passes for the whole town.
func (town *Town) Delay(d time.Duration) { town.net.delay = d }

// Exchanges lists the requests made so far.
func (town *Town) Exchanges() []Exchange {
	town.net.mu.Lock()
	defer town.net.mu.Unlock()
	return append([]Exchange(nil), town.net.log...)
}

// Arrivals lists what the activities of a kind that a host accepted are about,
// in the order in which they arrived: the innermost object's address.
func (town *Town) Arrivals(host, kind string) []string {
	var out []string
	for _, e := range town.Exchanges() {
		if e.To != host || e.Method != http.MethodPost || e.Status < 200 || e.Status > 299 {
			continue
		}
		var doc struct {
			Type   string
			Object json.RawMessage
		}
		if json.Unmarshal(e.Body, &doc) == nil && doc.Type == kind {
			out = append(out, innermost(doc.Object))
		}
	}
	return out
}

// innermost follows objects inside objects to the address of the last.
func innermost(raw json.RawMessage) string {
	var uri string
	if json.Unmarshal(raw, &uri) == nil {
		return uri
	}
	var doc struct {
		ID     string
		Object json.RawMessage
	}
	if json.Unmarshal(raw, &doc) != nil {
		return ""
	}
	if len(doc.Object) > 0 {
		return innermost(doc.Object)
	}
	return doc.ID
}
