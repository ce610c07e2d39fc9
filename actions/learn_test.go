package actions_test

import (
	"context"
	"fmt"
	"testing"

	"moothall/actors"
	"moothall/store"
)

// heardOf is what a community elsewhere says of itself.
type heardOf struct {
	approves bool
	term     string // moothall:audience as it stands in the document; empty for none
}

// learn takes a community's word, and says for whom it is here from then on.
func (h *house) learn(t *testing.T, name string, said heardOf) (a actors.Audience) {
	t.Helper()
	ctx := context.Background()
	uri := actors.URI("https://south.example/c/" + name)
	who := actors.Actor{
		URI: uri, Kind: actors.Group, Name: name, Host: "south.example", Approves: said.approves,
		Inbox: uri + "/inbox", Outbox: uri + "/outbox", Followers: uri + "/followers",
	}
	term := ""
	if said.term != "" {
		term = `,"moothall:audience":` + said.term
	}
	raw := fmt.Sprintf(`{"type":"Group","id":%q,"inbox":%q,"manuallyApprovesFollowers":%v%s}`, uri, who.Inbox, said.approves, term)
	h.write(t, func(tx *store.Tx) error {
		got, err := h.a.Learn(ctx, tx, who, []byte(raw), false)
		if err != nil {
			return err
		}
		c, err := tx.Community(ctx, got.ID)
		a = c.Audience
		return err
	})
	return a
}

// What a community elsewhere says of itself has its widest reading only where
// every word agrees, and is never widened afterwards (protocol.md 8.1).
func TestC48_ClosedUnlessEveryWordAgrees(t *testing.T) {
	h := newHouse(t)
	said := []struct {
		heardOf
		want actors.Audience
	}{
		{heardOf{false, ""}, actors.AudiencePublic},
		{heardOf{false, `"public"`}, actors.AudiencePublic},
		{heardOf{false, `null`}, actors.AudiencePublic},
		{heardOf{true, `"network"`}, actors.AudienceNetwork},
		{heardOf{true, ""}, actors.AudienceMembers}, // Lemmy's private community, and anybody's
		{heardOf{true, `"members"`}, actors.AudienceMembers},
		{heardOf{true, `"public"`}, actors.AudienceMembers},
		{heardOf{true, `"Network"`}, actors.AudienceMembers},
		{heardOf{true, `["network"]`}, actors.AudienceMembers},
		{heardOf{true, `{"id":"network"}`}, actors.AudienceMembers},
		{heardOf{false, `"network"`}, actors.AudienceMembers},
		{heardOf{false, `"organisation"`}, actors.AudienceMembers},
	}
	for i, first := range said {
		if got := h.learn(t, fmt.Sprintf("new_%d", i), first.heardOf); got != first.want {
			t.Errorf("%+v: met as %q, want %q", first.heardOf, got, first.want)
		}
		for j, then := range said {
			name := fmt.Sprintf("again_%d_%d", i, j)
			h.learn(t, name, first.heardOf)
			want := first.want
			if want.WiderThan(then.want) {
				want = then.want
			}
			if got := h.learn(t, name, then.heardOf); got != want {
				t.Errorf("%+v, then %+v: %q, want %q", first.heardOf, then.heardOf, got, want)
			}
		}
	}
}
