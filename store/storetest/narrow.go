package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// narrowed closes a community and then looks whether anything of it is still for more
// people than it is, and whether anything else has changed.
func narrowed(t *testing.T, w *Town) {
	g, other := w.Community("parks", actors.AudiencePublic), w.Community("ponds", actors.AudiencePublic)
	author, member, stranger := w.Person("author", ""), w.Person("member", ""), w.Person("stranger", "")
	for _, who := range []actors.Actor{author, member} {
		w.Stands(g.ID, who.ID, actors.Joined)
	}
	open := w.Post(g.ID, author.ID, nil, actors.AudiencePublic, 1)
	said := w.Post(g.ID, author.ID, &open, actors.AudiencePublic, 2)
	aside := w.Post(g.ID, author.ID, &open, actors.AudienceMembers, 3)
	private := w.Post(g.ID, author.ID, &open, actors.AudienceOrganisation, 4)
	hidden := w.Post(g.ID, author.ID, nil, actors.AudienceNetwork, 5)
	untouched := w.Post(other.ID, author.ID, nil, actors.AudiencePublic, 6)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetStanding(ctx, hidden, content.Hidden); err != nil {
			return err
		}
		n, err := tx.NarrowCommunity(ctx, g.ID, actors.AudienceMembers)
		same(t, "narrowed", err, int64(3), n)
		if n, err = tx.NarrowCommunity(ctx, g.ID, actors.AudienceMembers); n != 0 {
			t.Errorf("%d were narrowed again", n)
		}
		return err
	})
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range []content.Post{open, said, aside, hidden} {
			now, err := tx.PostForRules(ctx, p.ID)
			same(t, "audience", err, actors.AudienceMembers, now.Audience)
		}
		now, err := tx.PostForRules(ctx, private.ID)
		same(t, "narrower", err, actors.AudienceOrganisation, now.Audience)
		now, err = tx.PostForRules(ctx, untouched.ID)
		same(t, "of another community", err, actors.AudiencePublic, now.Audience)
		start, err := tx.PostForRules(ctx, open.ID)
		same(t, "replies", err, 2, start.Replies)
		same(t, "last reply", nil, At(3), start.LastReply)
		v := actors.Viewer{Actor: member.ID, Local: true}
		n, err := tx.CountDiscussions(ctx, v, g.ID)
		same(t, "a member counts", err, 1, n)
		n, err = tx.CountDiscussions(ctx, actors.Viewer{}, g.ID)
		same(t, "anybody counts", err, 0, n)
		for _, v := range []actors.Viewer{{}, {Actor: stranger.ID, Local: true}} {
			for _, p := range []content.Post{open, said, aside, private, hidden} {
				if _, err := tx.Post(ctx, v, p.ID); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%+v reads %s: %v", v, p.ID, err)
				}
			}
		}
		return nil
	})
}

// audienceOfAPost: what answers an item is made narrower with it, in all depths, and
// nothing is made wider with it.
func audienceOfAPost(t *testing.T, w *Town) {
	g, author := w.Community("parks", actors.AudiencePublic), w.Person("author", "")
	root := w.Post(g.ID, author.ID, nil, actors.AudiencePublic, 1)
	left := w.Post(g.ID, author.ID, &root, actors.AudiencePublic, 2)
	deep := w.Post(g.ID, author.ID, &left, actors.AudiencePublic, 3)
	right := w.Post(g.ID, author.ID, &root, actors.AudiencePublic, 4)
	set := func(p content.Post, a actors.Audience) string {
		t.Helper()
		said := ""
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetAudience(ctx, p, a); err != nil {
				return err
			}
			for _, p := range []content.Post{root, left, deep, right} {
				now, err := tx.PostForRules(ctx, p.ID)
				if err != nil {
					return err
				}
				said += fmt.Sprintf("%.1s%d ", now.Audience, now.Replies)
			}
			return nil
		})
		return said
	}
	for _, step := range []struct {
		of   content.Post
		to   actors.Audience
		want string
	}{
		{left, actors.AudienceMembers, "p1 m0 m0 p0 "},
		{left, actors.AudiencePublic, "p2 p0 m0 p0 "},
		{root, actors.AudienceNetwork, "n2 n0 m0 n0 "},
		{root, actors.AudienceOrganisation, "o3 o0 o0 o0 "},
		{root, actors.AudiencePublic, "p0 o0 o0 o0 "},
	} {
		if got := set(step.of, step.to); got != step.want {
			t.Errorf("%s for %s: %q, want %q", step.of.ID, step.to, got, step.want)
		}
	}
}
