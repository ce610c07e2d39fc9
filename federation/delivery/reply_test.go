package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
)

func TestC55_WhatAnswersMean(t *testing.T) {
	t.Parallel()
	for fate, statuses := range map[fate][]int{
		delivered: {200, 201, 202, 204},
		dropped:   {400, 402, 403, 405, 406, 409, 413, 415, 418, 422, 451},
		unknown:   {401},
		missing:   {404},
		gone:      {410},
		again:     {301, 302, 307, 308, 408, 425, 429, 500, 501, 502, 503, 504, 599},
	} {
		for _, s := range statuses {
			if got := judge(remote.Response{Status: s}, nil); got.fate != fate || got.status != s {
				t.Errorf("%d is judged %v, want fate %v", s, got, fate)
			}
		}
	}
	for code, want := range map[remote.Code]fate{
		remote.CodeAddress: dropped, remote.CodeOwnHost: dropped, remote.CodePolicy: dropped, remote.CodeSign: dropped,
		remote.CodeDNS: again, remote.CodeTLS: again, remote.CodeTimeout: again, remote.CodeNetwork: again,
		remote.CodeBlocked: again, remote.CodeBudget: again,
	} {
		err := fmt.Errorf("post: %w", &remote.Error{Code: code, Host: peerA})
		if got := judge(remote.Response{}, err); got.fate != want || got.reason != string(code) {
			t.Errorf("%s is judged %v, want fate %v", code, got, want)
		}
	}
}

func TestS90_RedirectIsTriedLaterAndNeverFollowed(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.answer(peerA, func(mail) (remote.Response, error) {
		return remote.Response{Status: 307}, &remote.Error{Code: remote.CodeRedirect, Host: peerA, Status: 307}
	})
	h.say("one", h.toFollowers())
	h.settle()
	if c := h.cursor(peerA); len(h.mail) != 1 || c.LastError != "redirect_refused 307" || c.Failures != 1 {
		t.Errorf("%d requests, cursor %+v", len(h.mail), c)
	}
}

func TestC55_RetryAfterIsObeyed(t *testing.T) {
	for name, c := range map[string]struct{ asked, want time.Duration }{
		"seconds":   {90 * time.Second, 90 * time.Second},
		"too long":  {72 * time.Hour, 24 * time.Hour},
		"too short": {time.Millisecond, time.Second},
		"nothing":   {0, 1250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			h.follower(peerA, "ann", true)
			h.answer(peerA, func(mail) (remote.Response, error) {
				return remote.Response{Status: 429, RetryAfter: c.asked}, nil
			})
			h.say("one", h.toFollowers())
			if got := h.settle().Sub(h.at); got != c.want {
				t.Errorf("waits %s, want %s", got, c.want)
			}
			h.answers[peerA] = nil
			h.pass(c.want - time.Microsecond)
			h.settle()
			if len(h.mail) != 1 {
				t.Errorf("%d requests before the time, want 1", len(h.mail))
			}
			h.restart() // the wait is not only in memory
			h.settle()
			h.pass(time.Microsecond)
			h.settle()
			if len(h.mail) != 2 {
				t.Errorf("%d requests at the time, want 2", len(h.mail))
			}
		})
	}
}

func TestC55_RefusedItemIsNotRetriedAndNoted(t *testing.T) {
	for _, status := range []int{400, 403, 406, 413, 415, 422} {
		h := newHall(t)
		h.follower(peerA, "ann", true)
		h.answer(peerA, func(m mail) (remote.Response, error) {
			if m.Body == "bad" {
				return remote.Response{Status: status}, nil
			}
			return remote.Response{Status: 202}, nil
		})
		id := h.say("bad", h.toFollowers())
		h.say("good", h.toFollowers())
		h.settle()
		if diff := cmp.Diff([]string{"bad", "good"}, h.got(peerA)); diff != "" {
			t.Errorf("%d:\n%s", status, diff)
		}
		l := h.letters(peerA)
		if len(l) != 1 || l[0].Activity != id || l[0].Status != status || l[0].Inbox != "https://a.example/inbox" {
			t.Errorf("%d: dead letters %+v", status, l)
		}
	}
}

func TestUnreadableKeyIsRetriedOnceAfterAnHour(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.status(peerA, 401)
	h.say("one", h.toFollowers())
	h.say("two", h.toFollowers())
	if wait := h.settle().Sub(h.at); wait != time.Hour || len(h.mail) != 1 {
		t.Fatalf("%d requests, waits %s; want 1 and an hour", len(h.mail), wait)
	}
	h.restart()
	h.until(h.at.Add(time.Hour))
	h.settle()
	if diff := cmp.Diff([]string{"one", "one", "two"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
	if n := len(h.letters(peerA)); n != 2 {
		t.Errorf("%d dead letters, want 2", n)
	}
	h.pass(time.Minute)
	h.say("three", h.toFollowers()) // had no hour of its own
	if wait := h.settle().Sub(h.at); wait != time.Hour {
		t.Errorf("a later delivery waits %s, want an hour", wait)
	}
	h.answers[peerA] = nil
	h.forget()
	h.until(h.at.Add(2 * time.Hour))
	if diff := cmp.Diff([]string{"three"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
	if c := h.cursor(peerA); c.LastError != "" || !c.NextTry.IsZero() {
		t.Errorf("after success the cursor still says %+v", c)
	}
}

func TestC56_GoneInboxRemovesOneFollower(t *testing.T) {
	h := newHall(t)
	ann := h.follower(peerA, "ann", false)
	abe := h.follower(peerA, "abe", false)
	h.isGone = func(a actors.URI) (bool, error) { return a == ann.URI, nil }
	h.answer(peerA, func(m mail) (remote.Response, error) {
		if m.Inbox == ann.Inbox {
			return remote.Response{Status: 410}, nil
		}
		return remote.Response{Status: 202}, nil
	})
	h.say("one", h.toFollowers())
	h.say("two", h.toFollowers())
	h.settle()
	if s := h.standing(ann); s != actors.Left {
		t.Errorf("the one who is gone is %q, want left", s)
	}
	if s := h.standing(abe); s != actors.Joined {
		t.Errorf("the other on that host is %q, want joined", s)
	}
	want := []mail{
		{abe.Inbox, "one", ourBase + "/c/roads#main-key"},
		{ann.Inbox, "one", ourBase + "/c/roads#main-key"},
		{abe.Inbox, "two", ourBase + "/c/roads#main-key"},
	}
	if diff := cmp.Diff(want, h.mail); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]actors.URI{ann.URI}, h.asked); diff != "" {
		t.Errorf("actors read again:\n%s", diff)
	}
	if c := h.cursor(peerA); !c.Dead.IsZero() || c.Failures != 0 {
		t.Errorf("the host is marked: %+v", c)
	}
}

func TestC56_InboxThatLiesRemovesNobody(t *testing.T) {
	for name, isGone := range map[string]func(actors.URI) (bool, error){
		"actor lives":    func(actors.URI) (bool, error) { return false, nil },
		"actor not read": func(actors.URI) (bool, error) { return false, errSilent },
	} {
		h := newHall(t)
		ann := h.follower(peerA, "ann", true)
		h.isGone = isGone
		h.status(peerA, 410)
		for _, text := range texts("n", 20) {
			h.say(text, h.toFollowers())
		}
		h.settle()
		if s := h.standing(ann); s != actors.Joined {
			t.Errorf("%s: the follower is %q, want joined", name, s)
		}
		if len(h.asked) != 1 {
			t.Errorf("%s: %d actors read for 20 refusals, want 1", name, len(h.asked))
		}
		if n := len(h.letters(peerA)); n != 20 {
			t.Errorf("%s: %d dead letters, want 20", name, n)
		}
	}
}

func TestManyMissingDeliveriesRemoveAFollower(t *testing.T) {
	h := newHall(t)
	ann := h.follower(peerA, "ann", false)
	h.isGone = func(actors.URI) (bool, error) { return true, nil }
	h.status(peerA, http.StatusNotFound)
	for i, text := range texts("n", missingMost) {
		if s := h.standing(ann); s != actors.Joined {
			t.Fatalf("after %d missing deliveries the follower is %q", i, s)
		}
		h.say(text, h.toFollowers())
		h.settle()
		h.pass(time.Hour)
	}
	if s := h.standing(ann); s != actors.Left {
		t.Errorf("the follower is %q, want left", s)
	}
}

func TestS106_SilentPartnerIsGivenUpAfterAWeekAndResumesAtTheNewest(t *testing.T) {
	h := newHall(t)
	ann := h.follower(peerA, "ann", true)
	h.silence(peerA)
	alive, probes := false, 0
	h.lives = func(string) error {
		probes++
		if alive {
			return nil
		}
		return errSilent
	}
	h.say("n0", h.toFollowers())
	h.until(h.at.Add(9 * 24 * time.Hour))
	if c := h.cursor(peerA); c.Dead.IsZero() || c.Dead.Sub(c.FailingSince) < actors.DeadAfter {
		t.Fatalf("after nine days the cursor is %+v, want dead", c)
	}
	tries := len(h.mail)
	h.say("n1", h.toFollowers())
	h.restart()
	h.until(h.at.Add(5 * 24 * time.Hour))
	if len(h.mail) != tries || probes < 5 || probes > 7 {
		t.Errorf("%d payloads while dead, %d probes in about six days", len(h.mail)-tries, probes)
	}
	alive = true
	h.answers[peerA] = nil
	h.forget()
	h.until(h.at.Add(25 * time.Hour))
	h.say("n2", h.toFollowers())
	h.settle()
	if diff := cmp.Diff([]string{"n2"}, h.got(peerA)); diff != "" {
		t.Error(diff)
	}
	if l := h.letters(peerA); len(l) != 1 || l[0].Reason != "silent since 2026-03-01, 2 deliveries not made (rows 1 to 2)" {
		t.Errorf("the gap is noted as %+v", l)
	}
	if s := h.standing(ann); s != actors.Joined {
		t.Errorf("the follower is %q, want joined", s)
	}
}

func TestStuckItemIsPassedAfterTwoDays(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.InstanceSucceeded(ctx, peerA, h.at) })
	h.answer(peerA, func(m mail) (remote.Response, error) {
		if m.Body == "bad" {
			return remote.Response{Status: 500}, nil
		}
		return remote.Response{Status: 202}, nil
	})
	start := h.at
	id := h.say("bad", h.toFollowers())
	h.say("good", h.toFollowers())
	h.until(start.Add(stuckAfter - time.Minute))
	if got := h.got(peerA); got[len(got)-1] != "bad" {
		t.Fatal("passed before two days")
	}
	h.until(start.Add(3 * 24 * time.Hour))
	if got := h.got(peerA); got[len(got)-1] != "good" {
		t.Error("not passed after three days")
	}
	if l := h.letters(peerA); len(l) != 1 || l[0].Activity != id || l[0].Status != 500 {
		t.Errorf("dead letters %+v", l)
	}
}

func TestItemIsNotPassedWhileTheWholeHostIsDown(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.status(peerA, 502)
	h.lives = func(string) error { return errors.New("502") }
	h.say("one", h.toFollowers())
	h.until(h.at.Add(4 * 24 * time.Hour))
	h.answers[peerA] = nil
	h.until(h.at.Add(24 * time.Hour))
	if l := h.letters(peerA); len(l) != 0 {
		t.Errorf("given up: %+v", l)
	}
	if c := h.cursor(peerA); c.Position != 1 || c.Failures != 0 {
		t.Errorf("cursor %+v, want served", c)
	}
}

func TestHostThatFailsAtEverythingDies(t *testing.T) {
	h := newHall(t)
	h.follower(peerA, "ann", true)
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.InstanceSucceeded(ctx, peerA, h.at) })
	h.status(peerA, 500)
	died := false
	h.lives = func(string) error { return nil }
	for _, text := range texts("n", 100) {
		h.say(text, h.toFollowers())
	}
	for range 20 {
		h.until(h.at.Add(12 * time.Hour))
		died = died || !h.cursor(peerA).Dead.IsZero()
	}
	if n := len(h.letters(peerA)); !died || n > 5 {
		t.Errorf("died %v with %d dead letters, want death and a few", died, n)
	}
}
