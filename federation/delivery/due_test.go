package delivery

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
)

func TestC30_C51_LeaverGetsNothingThatWasQueued(t *testing.T) {
	h := newHall(t)
	ann := h.follower(peerA, "ann", false)
	h.follower(peerA, "abe", false)
	h.silence(peerA)
	h.say("one", h.toFollowers())
	h.say("two", h.toFollowers())
	h.settle()
	h.leave(ann)
	h.answers[peerA] = nil
	h.forget()
	h.until(h.at.Add(time.Minute))
	want := []mail{
		{"https://a.example/u/abe/inbox", "one", ourBase + "/c/roads#main-key"},
		{"https://a.example/u/abe/inbox", "two", ourBase + "/c/roads#main-key"},
	}
	if diff := cmp.Diff(want, h.mail); diff != "" {
		t.Error(diff)
	}
}

// The batch was read when Ann was a member; she leaves while it is being sent.
func TestS184_LeaverGetsNothingOfTheBatchUnderWay(t *testing.T) {
	h := newHall(t)
	ann := h.follower(peerA, "ann", true)
	for _, text := range texts("n", 10) {
		h.say(text, h.toFollowers())
	}
	h.answer(peerA, func(m mail) (remote.Response, error) {
		if m.Body == "n3" {
			h.leave(ann)
		}
		return remote.Response{Status: 202}, nil
	})
	h.settle()
	if diff := cmp.Diff(texts("n", 4), h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}

func TestNewPartnerStartsWhereItJoined(t *testing.T) {
	h := newHall(t)
	h.follower(peerB, "bob", true)
	h.say("before", h.toFollowers())
	ann := h.follower(peerA, "ann", true)
	h.say("accept", store.ToInbox(ann))
	h.say("after", h.toFollowers())
	h.settle()
	if diff := cmp.Diff([]string{"accept", "after"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}

func TestS206_ChangedPolicyAppliesToWhatIsOwed(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.silence(peerA)
	const n = 5000
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for range n {
			if _, err := h.record(ctx, tx, h.group, "x", h.toFollowers()); err != nil {
				return err
			}
		}
		return nil
	})
	h.settle()
	h.policy = actors.NewPolicy(actors.ModeOpen, []actors.Rule{{Host: peerA, Verdict: actors.Refuse}})
	h.forget()
	h.until(h.at.Add(time.Minute))
	if len(h.mail) != 0 {
		t.Errorf("%d deliveries to a blocked host", len(h.mail))
	}
	if c := h.cursor(peerA); c.Position != n {
		t.Errorf("cursor is at %d, want %d", c.Position, n)
	}
	noted := 0
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		noted, err = tx.CountDeadLetters(ctx, "https://a.example/inbox", 0, time.Time{})
		return err
	})
	if noted != n || h.letters(peerA)[0].Reason != "policy: rule for a.example" {
		t.Errorf("%d refusals are noted, the last as %q", noted, h.letters(peerA)[0].Reason)
	}
}

func TestErasedActivityIsNotSent(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	id := h.say("secret", h.toFollowers())
	h.say("delete", h.toFollowers())
	h.write(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Activity(ctx, id)
		if err != nil {
			return err
		}
		return tx.EraseFromLog(ctx, a.Object)
	})
	h.settle()
	if diff := cmp.Diff([]string{"delete"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}

func TestBoostGoesToThoseWhoNeedIt(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.follower(peerB, "bob", true)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MeetInstance(ctx, peerA, h.at); err != nil {
			return err
		}
		return tx.DescribeInstance(ctx, peerA, "lemmy", "", "A")
	})
	h.say("wrapped", h.toFollowers())
	h.say("boost", store.Recipient{FollowersOf: h.group, Form: store.FormBoost})
	h.settle()
	if diff := cmp.Diff([]string{"wrapped"}, h.got(peerA)); diff != "" {
		t.Errorf("Lemmy:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"wrapped", "boost"}, h.got(peerB)); diff != "" {
		t.Errorf("unknown software:\n%s", diff)
	}
}

// TestSkippedBoostIsNotDelivered: what an inbox had no use for in one form it is
// still sent for another reason.
func TestSkippedBoostIsNotDelivered(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MeetInstance(ctx, peerA, h.at); err != nil {
			return err
		}
		return tx.DescribeInstance(ctx, peerA, "lemmy", "", "A")
	})
	h.say("change", store.Recipient{FollowersOf: h.group, Form: store.FormBoost}, h.toFollowers())
	h.settle()
	if diff := cmp.Diff([]string{"change"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
}
