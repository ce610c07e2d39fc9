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

var audiences = []actors.Audience{
	actors.AudiencePublic, actors.AudienceNetwork, actors.AudienceMembers, actors.AudienceOrganisation,
}

var standings = []actors.Standing{
	actors.NoStanding, actors.Asked, actors.Joined, actors.Refused, actors.Left, actors.Banned,
}

// readableIsMayRead compares the two forms of the rule of invariant I4 over all
// there is: audience, standing, kind of viewer, and whether it is their own.
func readableIsMayRead(t *testing.T, w *Town) {
	other := w.Person("other", "")
	checked := 0
	for i, s := range standings {
		group := w.Community(fmt.Sprintf("group_%d", i), actors.AudiencePublic)
		elsewhere := w.Community(fmt.Sprintf("elsewhere_%d", i), actors.AudiencePublic)
		me := w.Person(fmt.Sprintf("me_%d", i), "")
		if s != actors.NoStanding {
			w.Stands(group.ID, me.ID, s)
		}
		w.Stands(elsewhere.ID, me.ID, actors.Joined) // a member of another community is a stranger here
		w.Stands(group.ID, other.ID, actors.Joined)
		for _, a := range audiences {
			for _, author := range []actors.Actor{me, other} {
				p := w.Post(group.ID, author.ID, nil, a, i)
				for _, v := range []actors.Viewer{{}, {Actor: me.ID, Local: true}, {Actor: me.ID}, {Local: true}, {Admin: true}, {Host: "peer.example"}} {
					checked++
					w.Read(func(ctx context.Context, tx *store.Tx) error {
						m := actors.Membership{}
						if v.Actor != 0 {
							var err error
							if m, err = tx.Membership(ctx, group.ID, v.Actor); err != nil {
								return err
							}
						}
						_, err := tx.Post(ctx, v, p.ID)
						if err != nil && !errors.Is(err, store.ErrNotFound) {
							return err
						}
						if got, want := err == nil, v.MayRead(a, author.ID, m); got != want {
							t.Errorf("%s, %q, own %v, viewer %+v: query says %v, rule says %v", a, s, author.ID == me.ID, v, got, want)
						}
						return nil
					})
				}
			}
		}
	}
	if checked != 6*4*2*6 {
		t.Errorf("checked %d combinations", checked)
	}
}

// listsAskReadable puts a post that some may read into every list, and a post
// that nobody else may.
func listsAskReadable(t *testing.T, w *Town) {
	g := w.Community("tender", actors.AudiencePublic)
	author, member, stranger := w.Person("author", ""), w.Person("member", ""), w.Person("stranger", "")
	w.Stands(g.ID, author.ID, actors.Joined)
	w.Stands(g.ID, member.ID, actors.Joined)
	closed := w.Post(g.ID, author.ID, nil, actors.AudienceMembers, 10)
	open := w.Post(g.ID, author.ID, nil, actors.AudiencePublic, 20)
	reply := w.Post(g.ID, author.ID, &open, actors.AudienceMembers, 30)
	onItsWay := w.Draft(g.ID, author.ID, nil, actors.AudiencePublic, 40)
	onItsWay.Standing = content.Sent
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PinPost(ctx, closed.ID, true); err != nil {
			return err
		}
		if err := tx.AddPost(ctx, onItsWay, nil); err != nil {
			return err
		}
		n, err := tx.CountPinned(ctx, g.ID)
		same(t, "CountPinned", err, 1, n)
		taken, err := tx.AcceptedBy(ctx, g.ID, author.ID, 2)
		same(t, "AcceptedBy", err, ids(closed, open), ids(taken...))
		return nil
	})
	as := func(a actors.Actor) actors.Viewer { return actors.Viewer{Actor: a.ID, Local: true} }
	for _, tt := range []struct {
		who                           string
		v                             actors.Viewer
		list, latest, thread, feature []actors.ID
		replies, count                int
	}{
		{"anonymous", actors.Viewer{}, ids(open), ids(open), ids(open), nil, 0, 1},
		{"stranger", as(stranger), ids(open), nil, ids(open), nil, 0, 1},
		{"member", as(member), ids(closed, open), ids(open, closed), ids(open, reply), ids(closed), 1, 2},
		{"author", as(author), ids(closed, onItsWay, open), ids(onItsWay, open, closed), ids(open, reply), ids(closed), 1, 2},
		{"member elsewhere", actors.Viewer{Actor: member.ID}, ids(closed, open), ids(open, closed), ids(open, reply), ids(closed), 1, 2},
	} {
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			check := func(what string, got []content.Post, err error, want []actors.ID) {
				t.Helper()
				if err != nil {
					t.Errorf("%s: %s: %v", tt.who, what, err)
				}
				if g := ids(got...); fmt.Sprint(g) != fmt.Sprint(want) {
					t.Errorf("%s: %s: got %v, want %v", tt.who, what, g, want)
				}
			}
			list, err := tx.Discussions(ctx, tt.v, g.ID, store.Page{})
			check("Discussions", list, err, tt.list)
			latest, err := tx.Latest(ctx, tt.v, store.Page{})
			check("Latest", latest, err, tt.latest)
			thread, err := tx.Thread(ctx, tt.v, open.ID)
			check("Thread", thread, err, tt.thread)
			featured, err := tx.Featured(ctx, tt.v, g.ID)
			check("Featured", featured, err, tt.feature)
			replies, err := tx.Replies(ctx, tt.v, open, store.Page{})
			if err != nil || len(replies) != tt.replies {
				t.Errorf("%s: Replies: %v, %v", tt.who, replies, err)
			}
			n, err := tx.CountDiscussions(ctx, tt.v, g.ID)
			if err != nil || n != tt.count {
				t.Errorf("%s: CountDiscussions = %d, %v, want %d", tt.who, n, err, tt.count)
			}
			by, err := tx.PostsBy(ctx, tt.v, author.ID, store.Page{})
			want := len(tt.list) + tt.replies
			if err != nil || len(by) != want {
				t.Errorf("%s: PostsBy gave %d, %v, want %d", tt.who, len(by), err, want)
			}
			communities, err := tx.Communities(ctx, tt.v, store.CommunityFilter{}, store.Page{})
			if err != nil || len(communities) != 1 || communities[0].DiscussionCnt != tt.count {
				t.Errorf("%s: Communities: %+v, %v", tt.who, communities, err)
			}
			return nil
		})
	}
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		hidden, err := tx.Thread(ctx, actors.Viewer{}, closed.ID)
		if err != nil || len(hidden) != 0 {
			t.Errorf("a closed thread shows %v, %v", hidden, err)
		}
		n, err := tx.CountLocalPosts(ctx)
		if err != nil || n != 1 {
			t.Errorf("CountLocalPosts = %d, %v", n, err)
		}
		deep, err := tx.Discussions(ctx, actors.Viewer{}, g.ID, store.Page{Number: 1001})
		if err != nil || len(deep) != 0 {
			t.Errorf("a page beyond the last shows %v, %v", deep, err)
		}
		return nil
	})
}

func ids(posts ...content.Post) []actors.ID {
	var out []actors.ID
	for _, p := range posts {
		out = append(out, p.ID)
	}
	return out
}
