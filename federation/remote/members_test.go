package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
)

// desk is a Members over a town in which one host answers for a community.
type desk struct {
	*Members
	town   *town
	clock  *clock
	asked  atomic.Int32
	status atomic.Int32
	signed sync.Map // key ids
}

var tender = actors.Community{Actor: actors.Actor{URI: "https://" + peer + "/c/tender", Followers: "https://" + peer + "/c/tender/followers"}}

func newDesk() *desk {
	d := &desk{town: newTown(), clock: newClock()}
	d.status.Store(http.StatusOK)
	d.town.hosts[peer] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.asked.Add(1)
		d.signed.Store(r.Header.Get("Signature"), true)
		if r.URL.Query().Get("is_follower") == "" || !strings.HasSuffix(r.URL.Path, "/followers") {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		if d.status.Load() == http.StatusFound {
			w.Header().Set("Location", "https://"+peer+"/yes")
		}
		w.WriteHeader(int(d.status.Load()))
	})
	c := newClient(d.town)
	c.Now = d.clock.Now
	member := sign.Signer{KeyID: "https://own.example/u/bob#main-key", Key: keyPair(2)}
	d.Members = &Members{Now: d.clock.Now, Client: func(context.Context, actors.Community) (*Client, error) { return c.As(member), nil }}
	return d
}

func (d *desk) want(t *testing.T, who actors.URI, is bool, asked int32) {
	t.Helper()
	got, err := d.IsMember(t.Context(), tender, who)
	if got != is || err != nil {
		t.Errorf("%s: %v, %v, want %v", who, got, err, is)
	}
	if n := d.asked.Load(); n != asked {
		t.Errorf("asked %d times, want %d", n, asked)
	}
}

const cer = actors.URI("https://west.example/u/cer?x=1&y=2")

func TestC50_YesHoldsTenMinutesNoHoldsOne(t *testing.T) {
	t.Parallel()
	d := newDesk()
	d.want(t, cer, true, 1)
	d.status.Store(http.StatusNotFound)
	d.clock.pass(10*time.Minute - time.Second)
	d.want(t, cer, true, 1)
	d.clock.pass(time.Second)
	d.want(t, cer, false, 2)
	d.status.Store(http.StatusOK)
	d.clock.pass(time.Minute - time.Second)
	d.want(t, cer, false, 2)
	d.clock.pass(time.Second)
	d.want(t, cer, true, 3)
	d.signed.Range(func(header, _ any) bool {
		if !strings.Contains(header.(string), "/u/bob#main-key") {
			t.Errorf("not asked in the name of a member: %s", header)
		}
		return true
	})
}

func TestC50_NoAnswerIsANo(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusFound, http.StatusBadRequest, http.StatusUnauthorized, http.StatusBadGateway, http.StatusAccepted} {
		d := newDesk()
		d.status.Store(int32(status))
		if is, err := d.IsMember(t.Context(), tender, cer); is || err == nil {
			t.Errorf("%d: %v, %v", status, is, err)
		}
		n := d.asked.Load()
		d.status.Store(http.StatusOK)
		d.want(t, cer, false, n) // left alone for a minute
		d.clock.pass(time.Minute)
		d.want(t, cer, true, n+1)
	}
	d := newDesk()
	d.Client = func(context.Context, actors.Community) (*Client, error) { return nil, ErrNotThere }
	d.want(t, cer, false, 0)
}

func TestC50_QuestionsAreLimited(t *testing.T) {
	t.Parallel()
	d := newDesk()
	ask := func(host string, n int) (failed int) {
		for i := range n {
			_, err := d.IsMember(t.Context(), tender, actors.URI(fmt.Sprintf("https://%s/u/%d", host, i)))
			if errors.Is(err, ErrBudget) {
				failed++
			}
		}
		return failed
	}
	if n := ask("evil.example", 50); n != 50-asksPerHost {
		t.Errorf("of one host %d questions were not asked", n)
	}
	if n := ask("west.example", asksPerHost); n != 0 {
		t.Errorf("another host's people suffer: %d", n)
	}
	if n := ask("east.example", 1); n != 1 || d.asked.Load() != asksPerGroup {
		t.Errorf("the community was asked %d times", d.asked.Load())
	}
	d.clock.pass(time.Minute)
	if n := ask("north.example", 1); n != 0 {
		t.Error("still refused a minute later")
	}
}

func TestC50_OneQuestionForAllWhoWait(t *testing.T) {
	t.Parallel()
	d := newDesk()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if is, err := d.IsMember(t.Context(), tender, cer); !is || err != nil {
				t.Errorf("%v, %v", is, err)
			}
		})
	}
	all.Wait()
	if n := d.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A client in another name leaves the first as it was, and shares its limit.
func TestAsSharesTheLimit(t *testing.T) {
	t.Parallel()
	d := newDesk()
	limited := newClient(d.town).Limited(1)
	as := limited.As(sign.Signer{KeyID: "https://own.example/u/bob#main-key", Key: keyPair(2)})
	if _, err := as.Confirms(t.Context(), tender.Followers, map[string][]string{"is_follower": {"x"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := limited.Confirms(t.Context(), tender.Followers, nil); !errors.Is(err, ErrBudget) {
		t.Errorf("the first client still asks: %v", err)
	}
	signer, err := limited.Signer(t.Context())
	if err != nil || signer.KeyID == "https://own.example/u/bob#main-key" {
		t.Errorf("the first client signs as %s, %v", signer.KeyID, err)
	}
}
