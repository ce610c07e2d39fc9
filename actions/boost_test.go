package actions_test

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// A plain boost is made only when a follower's server has a use for it, and a
// new follower is seen at once.
func TestC33_BoostForThoseWhoNeedIt(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	post := func() (boosts int) {
		t.Helper()
		h.write(t, func(tx *store.Tx) error {
			last, err := tx.LastOutbound(ctx)
			if err != nil {
				return err
			}
			if _, _, err = h.a.Publish(ctx, tx, h.ann, h.parks, nil, content.Draft{Kind: content.Discussion, Title: "Trees", Source: "Elm"}); err != nil {
				return err
			}
			after, err := tx.LastOutbound(ctx)
			boosts = int(after-last) - 2 // the Announce and the author's own followers
			return err
		})
		return boosts
	}
	follower := func(host, software string) {
		h.write(t, func(tx *store.Tx) error {
			who, err := h.a.Learn(ctx, tx, actors.Actor{
				URI: actors.URI("https://" + host + "/u/bo"), Kind: actors.Person, Name: "bo", Host: host,
				Inbox: actors.URI("https://" + host + "/inbox"),
			}, nil, false)
			if err != nil {
				return err
			}
			if err := tx.DescribeInstance(ctx, host, software, "", ""); err != nil {
				return err
			}
			return h.a.Admit(ctx, tx, who, h.parks, who.URI+"#follow")
		})
	}
	if n := post(); n != 0 {
		t.Errorf("%d boosts for nobody", n)
	}
	follower("lemmy.example", "lemmy")
	if n := post(); n != 0 {
		t.Errorf("%d boosts for those who read wrapped activities", n)
	}
	follower("mastodon.example", "mastodon")
	if n := post(); n != 1 {
		t.Errorf("%d boosts with a follower who needs one, want 1", n)
	}
}
