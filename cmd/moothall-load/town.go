package main

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moothall/federation/ap"
)

// town is all the other servers: many host names that lead to one listener.
// Each has one actor, its reader, who may also write.
type town struct {
	keys   keys
	rsaPEM string
	quick  string // in PEM, like rsaPEM
	port   int
	server *http.Server
	client *http.Client

	asleep   atomic.Bool // inboxes ask to be left alone for an hour
	met      sync.Map    // hosts that were asked what they are
	received atomic.Int64
	wanted   atomic.Pointer[expected]
}

// expected waits until a number of hosts have been sent a text.
type expected struct {
	text  string
	left  atomic.Int64
	hosts sync.Map
	all   chan struct{}
}

func newTown() (*town, error) {
	k, err := newKeys()
	if err != nil {
		return nil, err
	}
	t := &town{keys: k, client: &http.Client{Transport: loopback(64), Timeout: time.Minute}}
	if t.rsaPEM, err = publicPEM(k.rsa); err != nil {
		return nil, err
	}
	if t.quick, err = publicPEM(k.quick); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the town: %w", err)
	}
	t.port = l.Addr().(*net.TCPAddr).Port
	t.server = &http.Server{Handler: t.routes(), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = t.server.Serve(l) }() // ends with close
	return t, nil
}

func (t *town) close() error { return t.server.Close() }

// host is the name of the n-th server of a street, which is a lane of its own.
func (t *town) host(street string, n int) string {
	return fmt.Sprintf("%s%d.localhost:%d", street, n, t.port)
}

// quickStreet is where those live who sign with Ed25519, newerStreet where those
// do who say that they read it.
const (
	quickStreet = "quick"
	newerStreet = "newer"
)

func (t *town) penOf(host string) pen {
	var key crypto.Signer = t.keys.rsa
	if strings.HasPrefix(host, quickStreet) {
		key = t.keys.quick
	}
	return pen{keyID: actorOf(host) + "#main-key", key: key}
}

func actorOf(host string) string { return "http://" + host + "/u/reader" }

// addressOf is where a host says its requests come from, to be told apart.
func addressOf(n int) string { return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255) }

func (t *town) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /u/reader", t.actor)
	mux.HandleFunc("GET /.well-known/nodeinfo", t.nodeInfoLinks)
	mux.HandleFunc("GET /nodeinfo/2.1", t.nodeInfo)
	mux.HandleFunc("GET /.well-known/webfinger", t.webFinger)
	mux.HandleFunc("POST /inbox", t.inbox)
	return mux
}

func (t *town) actor(w http.ResponseWriter, r *http.Request) {
	id, key := actorOf(r.Host), t.rsaPEM
	if strings.HasPrefix(r.Host, quickStreet) {
		key = t.quick
	}
	doc := map[string]any{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       id, "type": "Person", "preferredUsername": "reader", "name": "A reader of " + r.Host,
		"inbox": "http://" + r.Host + "/inbox", "outbox": id + "/outbox",
		"endpoints": map[string]string{"sharedInbox": "http://" + r.Host + "/inbox"},
		"publicKey": map[string]string{"id": id + "#main-key", "owner": id, "publicKeyPem": key},
	}
	if strings.HasPrefix(r.Host, newerStreet) {
		doc["generator"] = map[string]any{"type": "Application", "implements": []map[string]string{{"href": ap.ImplementsEd25519}}}
	}
	reply(w, activityType, doc)
}

func (t *town) nodeInfoLinks(w http.ResponseWriter, r *http.Request) {
	reply(w, "application/json", map[string]any{"links": []map[string]string{{
		"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": "http://" + r.Host + "/nodeinfo/2.1",
	}}})
}

// nodeInfo says Lemmy, as do most who follow communities: it is sent each post
// once, and not again as a bare boost.
func (t *town) nodeInfo(w http.ResponseWriter, r *http.Request) {
	t.met.Store(r.Host, true)
	reply(w, "application/json", map[string]any{
		"version": "2.1", "software": map[string]string{"name": "lemmy", "version": "0.19.12"},
		"protocols": []string{"activitypub"}, "services": map[string][]string{"inbound": {}, "outbound": {}},
		"openRegistrations": false, "usage": map[string]any{"users": map[string]int{}}, "metadata": map[string]any{},
	})
}

func (t *town) webFinger(w http.ResponseWriter, r *http.Request) {
	reply(w, "application/jrd+json", map[string]any{
		"subject": "acct:reader@" + r.Host,
		"links":   []map[string]string{{"rel": "self", "type": activityType, "href": actorOf(r.Host)}},
	})
}

func reply(w http.ResponseWriter, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	_ = json.NewEncoder(w).Encode(v) // whoever asked has gone
}

func (t *town) inbox(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	case t.asleep.Load():
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	t.received.Add(1)
	if e := t.wanted.Load(); e != nil && strings.Contains(string(body), e.text) {
		e.note(r.Host)
	}
	w.WriteHeader(http.StatusAccepted)
}

func (e *expected) note(host string) {
	if _, before := e.hosts.LoadOrStore(host, true); !before && e.left.Add(-1) == 0 {
		close(e.all)
	}
}

// expect begins to wait for a text at a number of hosts.
func (t *town) expect(text string, hosts int) *expected {
	e := &expected{text: text, all: make(chan struct{})}
	e.left.Store(int64(hosts))
	t.wanted.Store(e)
	return e
}

func (e *expected) wait(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-e.all:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d hosts have not been reached: %w", e.left.Load(), ctx.Err())
	}
}

// activity is a document of a stranger's.
func (t *town) activity(host string, serial int64, kind string, more map[string]any) ([]byte, error) {
	doc := map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "type": kind, "actor": actorOf(host),
		"id": fmt.Sprintf("http://%s/a/%d", host, serial),
	}
	for k, v := range more {
		doc[k] = v
	}
	return json.Marshal(doc)
}

var serial atomic.Int64

// post is a signed Create: a discussion in a community, or an answer to a post.
func (t *town) post(h *hall, community, host, answers, from string) (*http.Request, string, error) {
	n := serial.Add(1)
	id, group := fmt.Sprintf("http://%s/p/%d", host, n), h.url("/c/"+community)
	to := []string{"https://www.w3.org/ns/activitystreams#Public", group}
	object := map[string]any{
		"id": id, "type": "Page", "attributedTo": actorOf(host), "to": to, "cc": []string{}, "audience": group,
		"name": fmt.Sprintf("Planting along the ring road, part %d", n), "content": words,
		"published": time.Now().UTC().Format(time.RFC3339),
	}
	if answers != "" {
		delete(object, "name")
		object["type"], object["inReplyTo"] = "Note", answers
	}
	body, err := t.activity(host, n, "Create", map[string]any{"to": to, "cc": []string{}, "audience": group, "object": object})
	if err != nil {
		return nil, "", err
	}
	r, err := t.penOf(host).request(h.url("/inbox"), body, from)
	return r, id, err
}

// words are as long as posts are.
const words = `<p>We planted <strong>400</strong> trees along the ring road last winter and lost a third of them in May. ` +
	`Has anyone used <a href="https://example.org/bags">watering bags</a>, and who filled them?</p><p>Our contractor quotes for ` +
	`two visits a week from April to September, which is more than the trees cost. The parish has offered volunteers with a ` +
	`bowser, but insurance wants a trained driver. If you have a risk assessment for that, or a clause that worked in your ` +
	`grounds contract, please share it here: we must decide before the budget goes to committee in January.</p>`

// join makes hosts follow a community. The node reads the actor of each.
func (t *town) join(h *hall, community string, hosts []string) error {
	group := h.url("/c/" + community)
	var requests []*http.Request
	for i, host := range hosts {
		body, err := t.activity(host, serial.Add(1), "Follow", map[string]any{"object": group, "to": []string{group}})
		if err != nil {
			return err
		}
		r, err := t.penOf(host).request(h.url("/inbox"), body, addressOf(i))
		if err != nil {
			return err
		}
		requests = append(requests, r)
	}
	_, err := pour(t.client, requests, 8, http.StatusAccepted)
	if err != nil {
		return fmt.Errorf("follow %s: %w", community, err)
	}
	return nil
}

func (t *town) hosts(street string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = t.host(street, i)
	}
	return list
}

// beMet waits until the node has asked each host what it is.
func (t *town) beMet(ctx context.Context, hosts []string) error {
	for end := time.Now().Add(meetPatience); time.Now().Before(end); {
		left := 0
		for _, host := range hosts {
			if _, ok := t.met.Load(host); !ok {
				left++
			}
		}
		if left == 0 {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the node does not ask all its new partners what they are")
}

const meetPatience = 2 * time.Minute
