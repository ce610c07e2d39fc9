package delivery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
)

func TestOneRowReachesEachInboxOnce(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.follower(peerA, "abe", true)
	h.follower(peerB, "bob", false)
	h.follower(peerB, "bea", false)
	h.say("hello", h.toFollowers())
	if next := h.settle(); !next.IsZero() {
		t.Errorf("there is more to do at %s, want nothing", next)
	}
	want := []mail{
		{"https://a.example/inbox", "hello", ourBase + "/c/roads#main-key"},
		{"https://b.example/u/bea/inbox", "hello", ourBase + "/c/roads#main-key"},
		{"https://b.example/u/bob/inbox", "hello", ourBase + "/c/roads#main-key"},
	}
	if diff := cmp.Diff(want, h.mail); diff != "" {
		t.Error(diff)
	}
	for _, host := range []string{peerA, peerB} {
		if c := h.cursor(host); c.Position != 1 || c.Part != 0 {
			t.Errorf("%s is served to %d, part %d, want 1, 0", host, c.Position, c.Part)
		}
	}
}

func TestSameActivityForTwoReasonsIsSentOnce(t *testing.T) {
	h := newHall(t)
	ann := h.follower(peerA, "ann", true)
	h.say("hello", h.toFollowers(), store.ToInbox(ann))
	h.say("and again", h.toFollowers())
	h.settle()
	if diff := cmp.Diff([]string{"hello", "and again"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}

// The shape of C57 and I8: whatever fails and whenever the program ends, each
// partner gets each row at least once, and never an earlier one for the first
// time after a later one.
func TestC57_OrderIsKeptWhateverFails(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			orderUnderFailures(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func orderUnderFailures(t *testing.T, random *rand.Rand) {
	h := newHall(t)
	hosts := []string{peerA, peerB, "c.example"}
	for _, host := range hosts {
		for i := range 3 { // the second host has an inbox for each
			h.follower(host, fmt.Sprint("p", i), host != peerB)
		}
		h.answer(host, func(mail) (remote.Response, error) { return mood(random) })
	}
	var want []string
	for i := range 60 {
		text := fmt.Sprintf("n%02d", i)
		h.say(text, h.toFollowers())
		want = append(want, text)
		if random.IntN(3) == 0 {
			h.stepOrCrash(random)
		}
	}
	for _, host := range hosts {
		h.answers[host] = nil
	}
	h.until(h.at.Add(24 * time.Hour))
	for inbox, got := range h.firsts() {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", inbox, diff)
		}
	}
	if n := len(h.firsts()); n != 5 {
		t.Errorf("%d inboxes were reached, want 5", n)
	}
}

// mood is a partner that now and then cannot, but never says no.
func mood(random *rand.Rand) (remote.Response, error) {
	switch random.IntN(6) {
	case 0:
		return remote.Response{Status: 503}, nil
	case 1:
		return remote.Response{Status: 429, RetryAfter: 7 * time.Second}, nil
	case 2:
		return remote.Response{}, errSilent
	}
	return remote.Response{Status: 202}, nil
}

// stepOrCrash works for a while. Half of the time the program ends in the
// middle: with a request under way, whose answer is never saved.
func (h *hall) stepOrCrash(random *rand.Rand) {
	if random.IntN(2) == 0 {
		h.settle()
		h.pass(time.Duration(random.IntN(5)) * time.Second)
		return
	}
	left := random.IntN(6)
	working := h.d.Post
	h.d.Post = func(ctx context.Context, inbox actors.URI, body []byte, s signer, sync string) (remote.Response, error) {
		r, err := working(ctx, inbox, body, s, sync)
		if left--; left < 0 {
			panic(errCrash) // nothing after this line is saved
		}
		return r, err
	}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(errCrash) {
				panic(p)
			}
		}()
		h.settle()
	}()
	h.restart()
}

var errCrash = errors.New("crash")

// firsts lists what each inbox took in, leaving out what it had before, as a
// partner does by the id.
func (h *hall) firsts() map[actors.URI][]string {
	out := make(map[actors.URI][]string)
	seen := make(map[mail]bool)
	for _, m := range h.taken {
		if !seen[m] {
			seen[m] = true
			out[m.Inbox] = append(out[m.Inbox], m.Body)
		}
	}
	return out
}

func TestS227_CrashBeforeTheCursorIsSavedSendsAgain(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.say("one", h.toFollowers())
	h.d.Post = func(ctx context.Context, inbox actors.URI, body []byte, s signer, sync string) (remote.Response, error) {
		r, err := h.post(ctx, inbox, body, s, sync)
		if err == nil && r.Status == 202 {
			panic(errCrash)
		}
		return r, err
	}
	func() {
		defer func() { _ = recover() }()
		h.settle()
	}()
	h.restart()
	h.settle()
	h.settle()
	if diff := cmp.Diff([]string{"one", "one"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
	if h.mail[0] != h.mail[1] {
		t.Errorf("sent again as %v, want %v", h.mail[1], h.mail[0])
	}
}

func TestC57_DeadPartnerDelaysNoOther(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.follower(peerB, "bob", true)
	h.silence(peerA)
	for _, text := range texts("n", 50) {
		h.say(text, h.toFollowers())
	}
	h.settle()
	if diff := cmp.Diff(texts("n", 50), h.got(peerB)); diff != "" {
		t.Error(diff)
	}
	if n := len(h.got(peerA)); n != 1 {
		t.Errorf("the silent partner was tried %d times, want once", n)
	}
}

// What others behind an inbox were sent must not hide what is still due.
func TestRowIsFinishedAfterTheFirstOfItLeaves(t *testing.T) {
	h := newHall(t)
	first := h.follower(peerA, "p0", false)
	h.follower(peerA, "p1", false)
	h.follower(peerA, "p2", false)
	h.answer(peerA, func(m mail) (remote.Response, error) {
		if m.Inbox == first.Inbox {
			return remote.Response{Status: 202}, nil
		}
		return remote.Response{Status: 503}, nil
	})
	h.say("one", h.toFollowers())
	h.settle()
	if c := h.cursor(peerA); c.Part == 0 || c.Position != 0 {
		t.Fatalf("cursor is at %d, part %d: want in the middle of the first row", c.Position, c.Part)
	}
	h.leave(first)
	h.restart()
	h.answers[peerA] = nil
	h.forget()
	h.until(h.at.Add(time.Minute))
	if diff := cmp.Diff([]string{"one", "one"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}

func TestInboxesOfARowThatAreDoneAreNotSentItAgain(t *testing.T) {
	h := newHall(t)
	for i := range 3 {
		h.follower(peerA, fmt.Sprint("p", i), false)
	}
	h.answer(peerA, func(m mail) (remote.Response, error) {
		if m.Inbox == "https://a.example/u/p2/inbox" {
			return remote.Response{Status: 503}, nil
		}
		return remote.Response{Status: 202}, nil
	})
	h.say("one", h.toFollowers())
	h.settle()
	h.restart()
	h.answers[peerA] = nil
	h.forget()
	h.until(h.at.Add(time.Minute))
	want := []mail{{"https://a.example/u/p2/inbox", "one", ourBase + "/c/roads#main-key"}}
	if diff := cmp.Diff(want, h.mail); diff != "" {
		t.Error(diff)
	}
}

func TestRowWithMoreInboxesThanABatch(t *testing.T) {
	h := newHall(t)
	const n = 3*batch + 7
	for i := range n {
		h.follower(peerA, fmt.Sprintf("p%03d", i), false)
	}
	h.say("one", h.toFollowers())
	h.say("two", h.toFollowers())
	h.settle()
	first := h.firsts()
	if len(first) != n || len(h.mail) != 2*n {
		t.Errorf("%d inboxes got %d deliveries, want %d and %d", len(first), len(h.mail), n, 2*n)
	}
	for inbox, got := range first {
		if diff := cmp.Diff([]string{"one", "two"}, got); diff != "" {
			t.Errorf("%s:\n%s", inbox, diff)
		}
	}
}

func TestS237_NothingIsSentWithoutAKey(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.sayAs(h.keylessActor("empty"), "unsigned", h.toFollowers())
	h.say("signed", h.toFollowers())
	h.settle()
	if diff := cmp.Diff([]string{"signed"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
	if l := h.letters(peerA); len(l) != 1 || l[0].Reason != string(remote.CodeSign) {
		t.Errorf("dead letters %v, want one for the missing key", l)
	}
}

func TestThousandPartnersCostOneRow(t *testing.T) {
	h := newHall(t)
	const n = 1000
	h.partners(n)
	h.say("hello", h.toFollowers())
	h.settle()
	if got := len(h.firsts()); got != n || len(h.mail) != n {
		t.Errorf("%d partners got %d deliveries, want %d of each", got, len(h.mail), n)
	}
	h.read(func(ctx context.Context, tx *store.Tx) error {
		last, err := tx.LastOutbound(ctx)
		if last != 1 {
			t.Errorf("the log has %d rows, want 1", last)
		}
		return err
	})
}

// partners makes n hosts with a follower each.
func (h *hall) partners(n int) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			host := fmt.Sprintf("p%04d.example", i)
			a := actors.Actor{
				ID: h.ids.Next(), URI: actors.URI("https://" + host + "/u/x"), Kind: actors.Person, Name: "x", Host: host,
				Inbox: actors.URI("https://" + host + "/inbox"), Published: h.at,
			}
			if err := tx.AddActor(ctx, a, nil); err != nil {
				return err
			}
			if err := tx.SetMembership(ctx, h.membership(a, actors.Joined)); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestLeaseKeepsASecondProcessOut(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.d.Process = "one"
	other := newOther(h, "two")
	h.say("n0", h.toFollowers())
	h.answer(peerA, func(mail) (remote.Response, error) {
		// while this request is under way, the other process looks as well
		if _, _, err := other.Step(context.Background()); err != nil {
			t.Error(err)
		}
		return remote.Response{Status: 202}, nil
	})
	h.settle()
	if diff := cmp.Diff([]string{"n0"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
	// the first process has given the lane back
	h.answers[peerA] = nil
	h.say("n1", h.toFollowers())
	h.pass(leaseTime / 2)
	h.stepOf(other)
	if diff := cmp.Diff([]string{"n0", "n1"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}
