package inbox_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/foreign"
	"moothall/federation/inbox"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

// bench is a node's inbox with one community, and a stranger who may post there.
type bench struct {
	in     *inbox.Inbox
	db     *store.DB
	group  actors.Community
	writer actors.Actor
	key    *rsa.PrivateKey
	serial atomic.Int64
}

func newBench(tb testing.TB) *bench {
	tb.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(tb.TempDir(), "a.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	now := time.Now
	site := actions.NewSite("north.example", "North", false)
	a := &actions.Actions{Site: site, Now: now, IDs: actors.NewIDs(now, nil), Keys: actions.NewKeyring()}
	b := &bench{db: db}
	keys, err := actions.NewKeyPair(nil)
	if err != nil {
		tb.Fatal(err)
	}
	b.key = keys.RSA
	pem, err := sign.EncodePublicKey(&keys.RSA.PublicKey)
	if err != nil {
		tb.Fatal(err)
	}
	b.writer = actors.Actor{
		URI: "https://south.example/u/bob", Kind: actors.Person, Name: "bob", Host: "south.example",
		Inbox: "https://south.example/u/bob/inbox", SharedInbox: "https://south.example/inbox",
		KeyID: "https://south.example/u/bob#main-key", PublicKey: pem,
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		ann, err := a.CreatePerson(ctx, tx, actions.NewPerson{Name: "ann", Email: "ann@north.example", Role: actors.AccountMember}, "", keys)
		if err != nil {
			return err
		}
		b.group, err = a.StartCommunity(ctx, tx, ann, actions.Charter{
			Name: "parks", Title: "Parks", Audience: actors.AudiencePublic, Joining: actors.JoinOpen}, keys)
		if err != nil {
			return err
		}
		b.writer, err = a.Learn(ctx, tx, b.writer, nil, false)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	open := func(string, actors.Purpose) actors.Decision { return actors.Decision{Verdict: actors.Accept} }
	b.in = &inbox.Inbox{
		DB: db, Site: site, Actions: a, Show: foreign.Reader{When: time.Time.String}.Read, Decide: open, IDs: a.IDs, Now: now,
		Log: slog.New(slog.DiscardHandler), Remote: &remote.Client{},
		Keys: &remote.Keys{Client: &remote.Client{Addresses: site.Addresses, Decide: open, OwnHost: site.Host, Now: now}, Now: now,
			Known: func(ctx context.Context, id string) (x actors.Actor, ok bool, err error) {
				err = db.Read(ctx, func(tx *store.Tx) error { x, err = tx.ActorByKey(ctx, id); return err })
				return x, err == nil, nil
			}},
	}
	return b
}

// request makes a signed Create of a new discussion.
func (b *bench) request(tb testing.TB) *http.Request {
	n := b.serial.Add(1)
	at := time.Now().UTC().Format(time.RFC3339)
	body := fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":"https://south.example/a/%d","type":"Create",`+
		`"actor":%q,"to":["https://www.w3.org/ns/activitystreams#Public",%q],"cc":[],"audience":%q,`+
		`"object":{"id":"https://south.example/p/%d","type":"Page","attributedTo":%q,`+
		`"to":["https://www.w3.org/ns/activitystreams#Public",%q],"cc":[],"audience":%q,"name":"Planting %d",`+
		`"content":"<p>We planted <strong>400</strong> trees along the ring road last winter and lost a third of them in May. `+
		`Has anyone used <a href=\"https://example.org/bags\">watering bags</a>, and who filled them?</p>","published":%q}}`,
		n, b.writer.URI, b.group.URI, b.group.URI, n, b.writer.URI, b.group.URI, b.group.URI, n, at)
	r := httptest.NewRequest(http.MethodPost, "https://north.example/inbox", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/activity+json")
	if err := (sign.Signer{KeyID: b.writer.KeyID, Key: b.key}).Sign(r, body, time.Now()); err != nil {
		tb.Fatal(err)
	}
	return r
}

// answer is the status with which the door answers.
func (b *bench) answer(r *http.Request) int {
	w := httptest.NewRecorder()
	b.in.ServeHTTP(w, r)
	return w.Code
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkInboxCreate measures a signed Create from the door to the durable
// answer, with its Announce in the log, 32 at once. cpu-ms/op is the processor
// time of the whole program, which is what peers are compared by.
func BenchmarkInboxCreate(b *testing.B) {
	x := newBench(b)
	requests := make([]*http.Request, b.N)
	for i := range requests {
		requests[i] = x.request(b)
	}
	var next atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	before := cpu()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w := httptest.NewRecorder()
			x.in.ServeHTTP(w, requests[next.Add(1)-1])
			if w.Code != http.StatusAccepted {
				b.Errorf("answered %d: %s", w.Code, w.Body)
				return
			}
		}
	})
	b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

func TestSignedCreateIsAnnounced(t *testing.T) {
	x := newBench(t)
	w := httptest.NewRecorder()
	x.in.ServeHTTP(w, x.request(t))
	if w.Code != http.StatusAccepted {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	ctx := context.Background()
	if err := x.db.Read(ctx, func(tx *store.Tx) error {
		posts, err := tx.Discussions(ctx, actors.Viewer{}, x.group.ID, store.Page{})
		if err != nil {
			return err
		}
		if len(posts) != 1 || posts[0].Title != "Planting 1" {
			t.Errorf("stored %+v, want the one discussion", posts)
		}
		if _, err := tx.LastEntry(ctx, x.group.ID, actors.ChainPublic); err != nil {
			t.Errorf("no entry in the log: %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
