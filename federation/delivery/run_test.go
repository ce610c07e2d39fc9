package delivery

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
)

// running starts Run in a bubble, where time passes only while all wait.
func running(t *testing.T, prepare func(h *hall)) (h *hall, stop func()) {
	h = newHall(t)
	h.at = time.Now()
	h.d.Now = time.Now
	prepare(h)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.d.Run(ctx) }()
	return h, func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestC57_HungPartnersDelayNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hung = 300
		start := time.Now()
		var reached []time.Duration
		h, stop := running(t, func(h *hall) {
			h.partners(hung)
			for i := range hung {
				h.answer(fmt.Sprintf("p%04d.example", i), func(mail) (remote.Response, error) {
					time.Sleep(10 * time.Second) // virtual
					return remote.Response{}, errSilent
				})
			}
			h.follower("z.example", "zoe", true)
			h.answer("z.example", func(mail) (remote.Response, error) {
				reached = append(reached, time.Since(start))
				return remote.Response{Status: 202}, nil
			})
		})
		for _, text := range texts("n", 5) {
			h.say(text, h.toFollowers())
			time.Sleep(time.Minute)
		}
		stop()
		if diff := cmp.Diff(texts("n", 5), h.got("z.example")); diff != "" {
			t.Fatal(diff)
		}
		if most := (hung/defaultLanes + 1) * patience; reached[0] > most {
			t.Errorf("the first took %s while nobody was known to hang, want %s at most", reached[0], most)
		}
		for i, at := range reached[1:] {
			if late := at - time.Duration(i+1)*time.Minute; late > 100*time.Millisecond {
				t.Errorf("delivery %d took %s", i+1, late)
			}
		}
	})
}

// The first hiccup of a good partner must not put it behind all who hang.
func TestC57_PartnerThatFailedOnceIsNotHeldUpByThoseWhoHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hung = 100
		tries := 0
		h, stop := running(t, func(h *hall) {
			h.d.Lanes = 16
			h.partners(hung)
			for i := range hung {
				h.answer(fmt.Sprintf("p%04d.example", i), func(mail) (remote.Response, error) {
					time.Sleep(10 * time.Second)
					return remote.Response{}, errSilent
				})
			}
		})
		h.say("old", h.toFollowers())
		time.Sleep(5 * time.Minute)
		zoe := h.follower("z.example", "zoe", true)
		h.answer("z.example", func(mail) (remote.Response, error) {
			if tries++; tries == 1 {
				return remote.Response{Status: 503}, nil
			}
			return remote.Response{Status: 202}, nil
		})
		h.say("new", store.ToInbox(zoe))
		time.Sleep(time.Minute)
		stop()
		if tries != 2 {
			t.Errorf("tried %d times within a minute, want 2", tries)
		}
	})
}

func TestS235_RequestUnderWayIsFinishedAndSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h, stop := running(t, func(h *hall) {
			h.follower(peerA, "ann", true)
			h.answer(peerA, func(mail) (remote.Response, error) {
				<-release
				return remote.Response{Status: 202}, nil
			})
			h.say("one", h.toFollowers())
			h.say("two", h.toFollowers())
		})
		synctest.Wait()
		go func() {
			time.Sleep(time.Second)
			close(release)
		}()
		stop()
		if diff := cmp.Diff([]string{"one"}, h.got(peerA)); diff != "" {
			t.Error(diff)
		}
		if c := h.cursor(peerA); c.Position != 1 {
			t.Errorf("cursor is at %d, want 1", c.Position)
		}
	})
}

func TestWhatAnotherProcessWritesIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop := running(t, func(h *hall) { h.follower(peerA, "ann", true) })
		synctest.Wait()
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := h.record(ctx, tx, h.group, "from the command line", h.toFollowers())
			return err
		})
		time.Sleep(2 * pollEvery)
		stop()
		if diff := cmp.Diff([]string{"from the command line"}, h.got(peerA)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLaneSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		h, stop := running(t, func(h *hall) {
			h.follower(peerA, "ann", true)
			h.follower(peerB, "bob", true)
			h.answer(peerA, func(mail) (remote.Response, error) {
				if calls++; calls == 1 {
					panic("a bug")
				}
				return remote.Response{Status: 202}, nil
			})
		})
		h.say("one", h.toFollowers())
		time.Sleep(time.Minute)
		stop()
		for _, host := range []string{peerA, peerB} {
			if diff := cmp.Diff([]string{"one"}, h.got(host)); diff != "" {
				t.Errorf("%s:\n%s", host, diff)
			}
		}
	})
}

func TestBoardForgetsThoseWhoAreServed(t *testing.T) {
	h := newHall(t)
	h.partners(50)
	h.silence("p0007.example")
	h.say("hello", h.toFollowers())
	h.settle()
	if n := len(h.d.board.lanes); n != 1 {
		t.Errorf("%d lanes are kept, want the one that fails", n)
	}
}

func TestSlotIsLentOnlyWithinBounds(t *testing.T) {
	b := newBoard(1, func() {})
	hosts := texts("h", 20)
	for _, h := range hosts {
		b.due(h)
	}
	now := time.Now()
	var slots []*slot
	for range hosts {
		for _, l := range b.take(now) {
			s := b.slot(l)
			s.lend()
			slots = append(slots, s)
		}
	}
	if want := overdueShare + 1; len(slots) != want {
		t.Errorf("%d lanes run at once, want %d", len(slots), want)
	}
	for _, s := range slots {
		s.end()
	}
	if b.overdue != 0 || b.free[steady] != 1 {
		t.Errorf("after all have ended %d are overdue and %d places free, want 0 and 1", b.overdue, b.free[steady])
	}
}

func TestPolicyIsAskedForTheHostOfTheLane(t *testing.T) {
	h := newHall(t)
	h.follower("x.blocked.example", "ann", true)
	h.policy = actors.NewPolicy(actors.ModeOpen, []actors.Rule{{Host: "blocked.example", Verdict: actors.Refuse}})
	h.say("one", h.toFollowers())
	h.settle()
	if len(h.mail) != 0 || len(h.letters("x.blocked.example")) != 1 {
		t.Errorf("%d deliveries to a host below one that is refused", len(h.mail))
	}
}

func TestSlowPartnersHavePlacesOfTheirOwn(t *testing.T) {
	b := newBoard(16, func() {})
	for _, h := range texts("bad", 50) {
		b.resume(h, time.Time{}, true)
	}
	b.due("good")
	taken := make(map[bool]int)
	for _, l := range b.take(time.Now()) {
		taken[l.slow]++
	}
	if taken[true] != 2 || taken[false] != 1 {
		t.Errorf("%d slow and %d steady lanes run, want 2 and 1", taken[true], taken[false])
	}
}

// The log grows after a lane has looked, and before its turn is over.
func TestWhatIsAddedDuringATurnIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, stop := running(t, func(h *hall) {
			h.follower(peerA, "ann", true)
			h.answer(peerA, func(m mail) (remote.Response, error) {
				if m.Body == "one" {
					h.say("two", h.toFollowers())
					time.Sleep(time.Second / 2) // the log is read meanwhile
				}
				return remote.Response{Status: 202}, nil
			})
		})
		h.say("one", h.toFollowers())
		time.Sleep(2 * time.Second)
		stop()
		if diff := cmp.Diff([]string{"one", "two"}, h.got(peerA)); diff != "" {
			t.Error(diff)
		}
	})
}
