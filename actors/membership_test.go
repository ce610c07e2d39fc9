package actors

import (
	"testing"
	"time"
)

func TestC44_RemovalEndsByItself(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		m     Membership
		wants Standing
	}{
		{"without a date", Membership{Standing: Banned}, Banned},
		{"until later", Membership{Standing: Banned, Until: now.Add(time.Second)}, Banned},
		{"until now", Membership{Standing: Banned, Until: now, Note: "adverts"}, Left},
		{"a member", Membership{Standing: Joined, Until: now}, Joined},
	} {
		got := tt.m.At(now)
		if got.Standing != tt.wants || got.Standing == Left && (got.Note != "" || !got.Until.IsZero()) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestS51_Outranks(t *testing.T) {
	early, late := time.Unix(1000, 0), time.Unix(2000, 0)
	is := func(id ID, r Role, at time.Time) Membership {
		return Membership{Actor: id, Role: r, Standing: Joined, Appointed: at}
	}
	owner, senior, junior, member := is(1, Owner, late), is(2, Moderator, early), is(3, Moderator, late), is(4, Member, time.Time{})
	gone := is(5, Moderator, early)
	gone.Standing = Left
	order := []Membership{owner, senior, junior, member}
	for i, a := range order {
		for j, b := range order {
			if want := i < j; a.Outranks(b) != want {
				t.Errorf("%s %d outranks %s %d: %v", a.Role, a.Actor, b.Role, b.Actor, !want)
			}
		}
		if gone.Outranks(a) {
			t.Errorf("one who has left outranks %s", a.Role)
		}
	}
	if twin := is(9, Moderator, late); twin.Outranks(junior) || !junior.Outranks(twin) {
		t.Error("of two appointed at one moment not exactly one comes first")
	}
}
