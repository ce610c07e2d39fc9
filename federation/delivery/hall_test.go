package delivery

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

const (
	ourBase = "https://commons.example"
	peerA   = "a.example"
	peerB   = "b.example"
)

// hall is a node that delivers, with a clock that stands still until a test
// moves it, and partners that live in memory.
type hall struct {
	t     testing.TB
	path  string
	db    *store.DB
	d     *Delivery
	ids   *actors.IDs
	group actors.ID
	at    time.Time

	mu      sync.Mutex
	mail    []mail   // requests, whatever came of them
	taken   []mail   // those that were answered 2xx
	syncs   []string // what each request of mail said of followers
	answers map[string]func(m mail) (remote.Response, error)
	policy  actors.Policy
	lives   func(host string) error
	isGone  func(actor actors.URI) (bool, error)
	asked   []actors.URI // actors that were read again
}

// mail is one delivery as a partner got it.
type mail struct {
	Inbox actors.URI
	Body  string
	KeyID string
}

func newHall(t testing.TB) *hall {
	h := &hall{
		t: t, path: filepath.Join(t.TempDir(), "hall.db"), at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		answers: map[string]func(mail) (remote.Response, error){},
		policy:  actors.NewPolicy(actors.ModeOpen, nil),
		lives:   func(string) error { return nil },
	}
	h.ids = actors.NewIDs(h.now, nil)
	h.open()
	t.Cleanup(func() { h.db.Close() })
	h.group = h.localActor("roads")
	return h
}

func (h *hall) now() time.Time { return h.at }

// open starts the program: everything that was only in memory is new.
func (h *hall) open() {
	h.t.Helper()
	db, err := store.Open(context.Background(), "sqlite:"+h.path)
	if err != nil {
		h.t.Fatal(err)
	}
	h.db = db
	h.d = &Delivery{
		DB: db, Post: h.post, Keys: actions.NewKeyring(), IDs: h.ids, Now: h.now,
		Decide: func(host string, p actors.Purpose) actors.Decision { return h.policy.Decide(host, p) },
		Probe:  func(_ context.Context, host string) error { return h.lives(host) },
		Gone:   h.gone,
		Jitter: func() float64 { return 0.5 },
	}
}

func (h *hall) restart() {
	h.t.Helper()
	if err := h.db.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

func (h *hall) post(_ context.Context, inbox actors.URI, body []byte, s sign.Signer, sync string) (remote.Response, error) {
	m := mail{inbox, string(body), s.KeyID}
	h.mu.Lock()
	answer := h.answers[inbox.Host()]
	h.mu.Unlock()
	resp, err := remote.Response{Status: 202}, error(nil)
	if answer != nil {
		resp, err = answer(m)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mail, h.syncs = append(h.mail, m), append(h.syncs, sync)
	if err == nil && resp.Status/100 == 2 {
		h.taken = append(h.taken, m)
	}
	return resp, err
}

func (h *hall) gone(_ context.Context, actor actors.URI) (bool, error) {
	h.asked = append(h.asked, actor)
	if h.isGone == nil {
		return false, nil
	}
	return h.isGone(actor)
}

func (h *hall) write(f func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := context.Background()
	if err := h.db.Write(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) read(f func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := context.Background()
	if err := h.db.Read(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

var testKeys = sync.OnceValues(func() (*rsa.PrivateKey, ed25519.PrivateKey) {
	r, err := sign.GenerateRSA(nil)
	if err != nil {
		panic(err)
	}
	e, err := sign.GenerateEd25519(nil)
	if err != nil {
		panic(err)
	}
	return r, e
})

func testSecrets(t testing.TB) store.Secrets {
	t.Helper()
	r, e := testKeys()
	rsaPEM, err := sign.EncodePrivateKey(r)
	if err != nil {
		t.Fatal(err)
	}
	edPEM, err := sign.EncodePrivateKey(e)
	if err != nil {
		t.Fatal(err)
	}
	return store.Secrets{RSA: rsaPEM, Ed25519: edPEM}
}

func (h *hall) localActor(name string) actors.ID {
	h.t.Helper()
	a := h.keylessActor(name)
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddSecrets(ctx, a, testSecrets(h.t)) })
	return a
}

func (h *hall) keylessActor(name string) actors.ID {
	h.t.Helper()
	uri := actors.URI(ourBase + "/c/" + name)
	a := actors.Actor{
		ID: h.ids.Next(), URI: uri, Kind: actors.Group, Name: name, Host: "commons.example", Local: true,
		KeyID: string(uri) + "#main-key", Published: h.at,
	}
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddActor(ctx, a, nil) })
	return a.ID
}

// follower is a member on another host. With shared set, its host has one inbox
// for all.
func (h *hall) follower(host, name string, shared bool) actors.Actor {
	h.t.Helper()
	uri := actors.URI("https://" + host + "/u/" + name)
	a := actors.Actor{
		ID: h.ids.Next(), URI: uri, Kind: actors.Person, Name: name, Host: host,
		Inbox: uri + "/inbox", KeyID: string(uri) + "#main-key", Published: h.at,
	}
	if shared {
		a.SharedInbox = actors.URI("https://" + host + "/inbox")
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddActor(ctx, a, nil); err != nil {
			return err
		}
		return tx.SetMembership(ctx, h.membership(a, actors.Joined))
	})
	return a
}

func (h *hall) membership(a actors.Actor, s actors.Standing) actors.Membership {
	return actors.Membership{
		Group: h.group, Actor: a.ID, Role: actors.Member, Standing: s, Follow: a.URI + "#follow", Since: h.at,
	}
}

func (h *hall) leave(a actors.Actor) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetMembership(ctx, h.membership(a, actors.Left))
	})
}

func (h *hall) toFollowers() store.Recipient { return store.Recipient{FollowersOf: h.group} }

// say records an activity and owes it; its text is its body.
func (h *hall) say(text string, to ...store.Recipient) actors.ID {
	h.t.Helper()
	return h.sayAs(h.group, text, to...)
}

func (h *hall) sayAs(signer actors.ID, text string, to ...store.Recipient) (id actors.ID) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = h.record(ctx, tx, signer, text, to...)
		return err
	})
	h.d.Wake()
	return id
}

func (h *hall) record(ctx context.Context, tx *store.Tx, signer actors.ID, text string, to ...store.Recipient) (actors.ID, error) {
	id := h.ids.Next()
	uri := actors.URI(ourBase + "/a/" + id.String())
	a := actors.Activity{
		ID: id, URI: uri, Type: "Announce", Actor: ourBase + "/c/roads", Signer: ourBase + "/c/roads",
		Host: "commons.example", Object: uri + "/object", Direction: actors.Outbound, State: actors.Applied,
		Body: []byte(text), At: h.at,
	}
	if _, err := tx.Record(ctx, a); err != nil {
		return 0, err
	}
	return id, tx.Send(ctx, id, signer, h.at, to...)
}

// settle does all that is due now and says when there is more.
func (h *hall) settle() time.Time {
	h.t.Helper()
	for range 100_000 {
		moved, next, err := h.d.Step(context.Background())
		if err != nil {
			h.t.Fatal(err)
		}
		if !moved {
			return next
		}
	}
	h.t.Fatal("deliveries never settle")
	return time.Time{}
}

func (h *hall) pass(d time.Duration) { h.at = h.at.Add(d) }

// until lets time pass from one thing that is due to the next.
func (h *hall) until(end time.Time) {
	h.t.Helper()
	for {
		next := h.settle()
		if next.IsZero() || next.After(end) {
			h.at = end
			return
		}
		if next.After(h.at) {
			h.at = next
		}
	}
}

// got lists what a host was sent, in order.
func (h *hall) got(host string) (out []string) {
	for _, m := range h.mail {
		if m.Inbox.Host() == host {
			out = append(out, m.Body)
		}
	}
	return out
}

func (h *hall) forget() { h.mail, h.taken, h.syncs = nil, nil, nil }

func (h *hall) answer(host string, f func(m mail) (remote.Response, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers[host] = f
}

func (h *hall) status(host string, status int) {
	h.answer(host, func(mail) (remote.Response, error) { return remote.Response{Status: status}, nil })
}

func (h *hall) silence(host string) {
	h.answer(host, func(mail) (remote.Response, error) { return remote.Response{}, errSilent })
}

var errSilent = errors.New("no answer")

func (h *hall) letters(host string) (out []store.DeadLetter) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.DeadLetters(ctx, host, store.Page{})
		return err
	})
	return out
}

func (h *hall) cursor(host string) (c store.Cursor) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.Cursor(ctx, host)
		return err
	})
	return c
}

func (h *hall) standing(a actors.Actor) (s actors.Standing) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.Membership(ctx, h.group, a.ID)
		s = m.Standing
		return err
	})
	return s
}

func texts(prefix string, n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d", prefix, i))
	}
	return out
}

type signer = sign.Signer

// newOther is another process that serves the same database.
func newOther(h *hall, process string) *Delivery {
	return &Delivery{
		DB: h.db, Post: h.post, Keys: actions.NewKeyring(), IDs: h.ids, Now: h.now, Decide: h.d.Decide,
		Probe: h.d.Probe, Gone: h.gone, Jitter: h.d.Jitter, Process: process,
	}
}

func (h *hall) stepOf(d *Delivery) {
	h.t.Helper()
	d.Wake()
	if _, _, err := d.Step(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}
