package delivery

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
)

// ask wants a partner tried at once, as another process does: through the
// database, and without a word to this one.
func (h *hall) ask(host string) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Serve(ctx, host); err != nil {
			return err
		}
		return tx.AskRecheck(ctx, host, 0, h.at)
	})
}

func (h *hall) recheck(host string) (r store.Recheck) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = tx.Recheck(ctx, host)
		return err
	})
	return r
}

func (h *hall) setbacks(host string) (list []store.Setback) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Setbacks(ctx, host)
		return err
	})
	return list
}

func TestAskedPartnerIsServedWithoutWaiting(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	var read []actors.URI
	h.d.Reread = func(_ context.Context, host string, inbox actors.URI) (actors.URI, error) {
		read = append(read, inbox)
		return actors.URI("https://" + host + "/u/ann"), nil
	}
	h.status(peerA, http.StatusServiceUnavailable)
	h.say("one", h.toFollowers())
	h.until(h.at.Add(6 * time.Hour))
	h.status(peerA, http.StatusAccepted)
	h.say("two", h.toFollowers())
	h.settle()
	if n := len(h.taken); n != 0 {
		t.Fatalf("%d deliveries before their time", n)
	}
	h.ask(peerA)
	h.settle()
	if len(h.taken) != 2 || h.taken[0].Body != "one" {
		t.Errorf("it was sent %v", h.taken)
	}
	r := h.recheck(peerA)
	if r.Sent != 2 || r.SendNo != "" || r.Site != "" || r.Account != "https://a.example/u/ann" || !r.Ended.Equal(h.at) {
		t.Errorf("what came of it: %+v", r)
	}
	if len(read) != 1 || read[0] != "https://a.example/inbox" {
		t.Errorf("read again: %v", read)
	}
}

func TestAskedPartnerThatStillFails(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.d.Reread = func(context.Context, string, actors.URI) (actors.URI, error) {
		return "https://a.example/u/ann", &remote.Error{Code: remote.CodeStatus, Host: peerA, Status: 502}
	}
	h.lives = func(string) error { return &remote.Error{Code: remote.CodeTLS, Host: peerA} }
	h.status(peerA, http.StatusServiceUnavailable)
	h.say("one", h.toFollowers())
	h.settle()
	waits := h.cursor(peerA).NextTry
	h.ask(peerA)
	h.settle()
	if n := len(h.mail); n != 2 {
		t.Fatalf("it was tried %d times", n)
	}
	r := h.recheck(peerA)
	if r.Site != "tls_failed" || r.AccountNo != "status 502" || r.Sent != 0 || r.SendNo != "status 503" || r.Ended.IsZero() {
		t.Errorf("what came of it: %+v", r)
	}
	if c := h.cursor(peerA); c.Failures != 2 || !c.NextTry.After(waits) {
		t.Errorf("cursor %+v", c)
	}
	list := h.setbacks(peerA)
	if len(list) != 1 || list[0].Times != 2 || list[0].Status != 503 || list[0].Type != "Announce" || list[0].GivenUp {
		t.Errorf("setbacks %+v", list)
	}
	h.settle()
	if n := len(h.mail); n != 2 {
		t.Errorf("asking once tried it %d times", n)
	}
}

func TestAskedPartnerThatWasGivenUp(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.silence(peerA)
	h.lives = func(string) error { return errSilent }
	h.say("one", h.toFollowers())
	h.until(h.at.Add(9 * 24 * time.Hour))
	if h.cursor(peerA).Dead.IsZero() {
		t.Fatal("it is not given up")
	}
	h.ask(peerA)
	h.settle()
	if r := h.recheck(peerA); r.Site != "network_failed" || r.Ended.IsZero() {
		t.Errorf("still silent: %+v", r)
	}
	h.lives = func(string) error { return nil }
	h.status(peerA, http.StatusAccepted)
	h.pass(time.Minute)
	h.ask(peerA)
	h.settle()
	if c := h.cursor(peerA); !c.Dead.IsZero() || c.LastError != "" {
		t.Errorf("it is back: %+v", c)
	}
	if r := h.recheck(peerA); r.Site != "" || r.Ended.IsZero() {
		t.Errorf("it is back: %+v", r)
	}
	h.say("two", h.toFollowers())
	h.settle()
	if len(h.taken) != 1 || h.taken[0].Body != "two" {
		t.Errorf("it was sent %v", h.taken)
	}
}

func TestAskedPartnerToWhomNothingWasEverOwed(t *testing.T) {
	h := newHall(t)
	h.ask("new.example")
	h.settle()
	if r := h.recheck("new.example"); r.Ended.IsZero() || r.Sent != 0 || r.SendNo != "" {
		t.Errorf("what came of it: %+v", r)
	}
}

// Where several processes serve one database, one of them tries, whichever was told.
func TestAskedPartnerIsTriedByOneProcess(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.status(peerA, http.StatusServiceUnavailable)
	one, two := newOther(h, "one"), newOther(h, "two")
	h.say("hello", h.toFollowers())
	h.stepOf(one)
	h.stepOf(two)
	h.status(peerA, http.StatusAccepted)
	h.forget()
	h.ask(peerA)
	h.stepOf(two)
	h.stepOf(one)
	if len(h.mail) != 1 || h.recheck(peerA).Sent != 1 {
		t.Errorf("sent %v, %+v", h.mail, h.recheck(peerA))
	}
}

// Asking while a request is under way is not lost.
func TestAskDuringATurn(t *testing.T) {
	b := newBoard(1, func() {})
	now := time.Now()
	b.due("a.example")
	l := b.take(now)[0]
	b.ask("a.example")
	b.finish(l, turn{next: now.Add(time.Hour), slow: true})
	b.slot(l).end()
	if l := b.first(now); l == nil || !l.asks {
		t.Errorf("the lane waits: %+v", l)
	}
}

func TestAskWakesALaneThatWaits(t *testing.T) {
	b := newBoard(4, func() {})
	now := time.Now()
	for i, host := range []string{"a.example", "b.example", "c.example"} {
		b.resume(host, now.Add(time.Duration(i+1)*time.Hour), true)
	}
	b.ask("b.example")
	if l := b.first(now); l == nil || l.host != "b.example" || !l.asks {
		t.Errorf("first is %+v", l)
	}
	if l := b.first(now); l != nil {
		t.Errorf("%s was not asked for", l.host)
	}
	if next := b.nextTime(); !next.Equal(now.Add(time.Hour)) {
		t.Errorf("the next is due at %s", next)
	}
}

func TestSetbacksOfA401AndWhatIsGivenUp(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.answer(peerA, func(mail) (remote.Response, error) { return remote.Response{Status: 401}, errors.New("401") })
	h.say("one", h.toFollowers())
	h.settle()
	if list := h.setbacks(peerA); len(list) != 1 || list[0].Status != 401 || list[0].GivenUp {
		t.Fatalf("after the first: %+v", list)
	}
	h.until(h.at.Add(2 * time.Hour))
	list := h.setbacks(peerA)
	if len(list) != 2 || !list[0].GivenUp || list[1].GivenUp || list[0].Type != "Announce" {
		t.Errorf("after the second: %+v", list)
	}
}
