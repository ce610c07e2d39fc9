package inbox_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/proof"
	"moothall/federation/sign"
	"moothall/store"
)

// elsewhere adds a community on another host that someone here belongs to, and an
// author on a third host whose keys are known.
func (b *bench) elsewhere(tb testing.TB) (group, author actors.Actor, by proof.Signer) {
	tb.Helper()
	ctx := context.Background()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	like := func(kind actors.Kind, at actors.URI, name string) actors.Actor {
		return actors.Actor{
			URI: at, Kind: kind, Name: name, Host: at.Host(), Inbox: at + "/inbox",
			KeyID: string(at) + "#main-key", PublicKey: b.writer.PublicKey,
		}
	}
	group = like(actors.Group, "https://south.example/c/soil", "soil")
	author = like(actors.Person, "https://west.example/u/vic", "vic")
	by = proof.Signer{Method: string(author.URI) + "#ed25519-key", Key: key}
	raw := fmt.Appendf(nil, `{"id":%q,"type":"Person","preferredUsername":"vic","inbox":%q,"publicKey":{"id":%q,"owner":%q,"publicKeyPem":%q},`+
		`"assertionMethod":[{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}]}`,
		author.URI, author.Inbox, author.KeyID, author.URI, author.PublicKey,
		by.Method, author.URI, sign.EncodeMultikey(key.Public().(ed25519.PublicKey)))
	err = b.db.Write(ctx, func(tx *store.Tx) (err error) {
		if group, err = b.in.Actions.Learn(ctx, tx, group, nil, false); err != nil {
			return err
		}
		if author, err = b.in.Actions.Learn(ctx, tx, author, raw, false); err != nil {
			return err
		}
		ann, err := tx.LocalActor(ctx, "ann")
		if err != nil {
			return err
		}
		return tx.SetMembership(ctx, actors.Membership{
			Group: group.ID, Actor: ann.ID, Role: actors.Member, Standing: actors.Joined, Since: time.Now(),
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return group, author, by
}

// relayed is a signed Announce of the n-th Create by an author; with sign, it
// carries their proof.
func (b *bench) relayed(tb testing.TB, n int64, group, author actors.Actor, by *proof.Signer) *http.Request {
	tb.Helper()
	host, at := author.Host, time.Now().UTC().Format(time.RFC3339)
	create := fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],`+
		`"id":"https://%s/a/%d","type":"Create","actor":%q,"to":["https://www.w3.org/ns/activitystreams#Public",%q],"cc":[],"audience":%q,`+
		`"object":{"id":"https://%s/p/%d","type":"Page","attributedTo":%q,"to":["https://www.w3.org/ns/activitystreams#Public",%q],"cc":[],"audience":%q,`+
		`"name":"Planting %d","content":"<p>We planted <strong>400</strong> trees along the ring road last winter and lost a third of them in May. `+
		`Has anyone used <a href=\"https://example.org/bags\">watering bags</a>, and who filled them?</p>","published":%q}}`,
		host, n, author.URI, group.URI, group.URI, host, n, author.URI, group.URI, group.URI, n, at)
	if by != nil {
		var err error
		if create, err = by.Attach(create, time.Now()); err != nil {
			tb.Fatal(err)
		}
	}
	body := fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":"https://%s/x/%s/%d/%d","type":"Announce","actor":%q,`+
		`"to":["https://www.w3.org/ns/activitystreams#Public"],"cc":[],"object":%s}`, group.Host, host, n, b.serial.Add(1), group.URI, create)
	r := httptest.NewRequest(http.MethodPost, "https://north.example/inbox", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/activity+json")
	if err := (sign.Signer{KeyID: group.KeyID, Key: b.key}).Sign(r, body, time.Now()); err != nil {
		tb.Fatal(err)
	}
	return r
}

// BenchmarkInboxRelayed measures a signed Announce of a Create from the door to
// the durable answer, one after the other: of the community's own host, which needs
// no proof; of a third host, with its author's proof; and of what is stored already.
// cpu-us/op is the processor time of the whole program.
func BenchmarkInboxRelayed(b *testing.B) {
	for _, name := range []string{"own", "proof", "stored"} {
		b.Run(name, func(b *testing.B) {
			x := newBench(b)
			group, author, by := x.elsewhere(b)
			signer, one := &by, int64(0)
			switch name {
			case "own":
				author, signer = x.writer, nil
			case "stored":
				one = 1
				if got := x.answer(x.relayed(b, one, group, author, signer)); got != http.StatusAccepted {
					b.Fatalf("answered %d", got)
				}
			}
			requests := make([]*http.Request, b.N)
			for i := range requests {
				requests[i] = x.relayed(b, max(one, int64(i)*(1-one)), group, author, signer)
			}
			b.ResetTimer()
			before := cpu()
			for _, r := range requests {
				if got := x.answer(r); got != http.StatusAccepted {
					b.Fatalf("answered %d", got)
				}
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/op")
			b.StopTimer()
			x.holdsRelayed(b, group, max(1, int(1-one)*b.N))
		})
	}
}

// holdsRelayed fails unless the community has so many posts.
func (b *bench) holdsRelayed(tb testing.TB, group actors.Actor, want int) {
	tb.Helper()
	err := b.db.Read(context.Background(), func(tx *store.Tx) error {
		n, err := tx.CountDiscussions(context.Background(), actors.Viewer{}, group.ID)
		if err == nil && n != want {
			tb.Errorf("%d posts are stored, want %d", n, want)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}
