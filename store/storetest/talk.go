package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// threadJobs: one for each discussion, claimed by one process, and one for each
// host at a time.
func threadJobs(t *testing.T, w *Town) {
	type where struct {
		group, root actors.ID
		host        string
	}
	var all []where
	for _, host := range []string{"a.example", "a.example", "b.example"} {
		g := w.community(w.Actor(actors.Group, fmt.Sprint("g", len(all)), host), actors.AudiencePublic)
		author := w.Person(fmt.Sprint("p", len(all)), host)
		all = append(all, where{g.ID, w.Post(g.ID, author.ID, nil, actors.AudiencePublic, 1).ID, host})
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.ThreadJob(ctx, all[0].root); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("before there is a job: %v", err)
		}
		for i, x := range all {
			j := store.ThreadJob{Root: x.root, Group: x.group, Host: x.host, State: store.ThreadDue, NextTry: At(i)}
			if err := tx.SaveThreadJob(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
	claim := func(now time.Time) (roots []actors.ID) {
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			jobs, err := tx.ClaimThreadJobs(ctx, now, At(100), 10)
			for _, j := range jobs {
				roots = append(roots, j.Root)
			}
			return err
		})
		return roots
	}
	if got := claim(At(10)); !cmp.Equal(got, []actors.ID{all[0].root, all[2].root}) {
		t.Errorf("claimed %v, want one of each host", got)
	}
	if got := claim(At(10)); !cmp.Equal(got, []actors.ID{all[1].root}) {
		t.Errorf("then %v, want what is left", got)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		want := store.ThreadJob{
			Root: all[1].root, Group: all[1].group, Host: "a.example", State: store.ThreadPartial, Steps: 3, Found: 7,
			ETag: `"x"`, NextTry: At(5), Ran: At(4),
		}
		if err := tx.SaveThreadJob(ctx, want); err != nil {
			return err
		}
		got, err := tx.ThreadJob(ctx, want.Root)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if err != nil {
			return err
		}
		next, err := tx.NextThreadJob(ctx)
		if !next.Equal(At(100)) {
			t.Errorf("the next is at %v, want when the claims run out", next)
		}
		if err != nil {
			return err
		}
		n, err := tx.CountThreadsDue(ctx, all[0].group)
		if n != 1 {
			t.Errorf("%d are due in the first community", n)
		}
		return err
	})
}

// revisions: every change of a discussion that others can see gives it another
// number, and nothing gives it an earlier one.
func revisions(t *testing.T, w *Town) {
	g := w.Community("parks", actors.AudiencePublic)
	ann, bob := w.Person("ann", "a.example"), w.Person("bob", "b.example")
	root := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 1)
	reply := w.Post(g.ID, bob.ID, &root, actors.AudiencePublic, 2)
	deep := w.Post(g.ID, ann.ID, &reply, actors.AudiencePublic, 3)
	at := int64(-1)
	changed := func(name string, f func(ctx context.Context, tx *store.Tx) error) {
		t.Helper()
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := f(ctx, tx); err != nil {
				return err
			}
			now, err := tx.Revision(ctx, root.ID)
			if now <= at {
				t.Errorf("%s: revision %d after %d", name, now, at)
			}
			at = now
			return err
		})
	}
	same := func(name string, f func(ctx context.Context, tx *store.Tx) error) {
		t.Helper()
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			before, err := tx.PostForRules(ctx, root.ID)
			if err == nil {
				err = f(ctx, tx)
			}
			if err != nil {
				return err
			}
			now, err := tx.Revision(ctx, root.ID)
			if err != nil {
				return err
			}
			after, err := tx.PostForRules(ctx, root.ID)
			if d := cmp.Diff(before, after); now != at || d != "" {
				t.Errorf("%s: revision %d after %d, %s", name, now, at, d)
			}
			return err
		})
	}
	changed("start", func(context.Context, *store.Tx) error { return nil })
	changed("like", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddUseful(ctx, deep.ID, bob.ID, "https://b.example/l", At(4))
		return err
	})
	changed("no like any more", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.DropUseful(ctx, deep.ID, bob.ID)
		return err
	})
	changed("edit of a reply", func(ctx context.Context, tx *store.Tx) error {
		reply.Updated = At(5)
		return tx.EditPost(ctx, reply, nil)
	})
	changed("edit of the start", func(ctx context.Context, tx *store.Tx) error {
		root.Updated = At(6)
		return tx.EditPost(ctx, root, nil)
	})
	changed("reply hidden", func(ctx context.Context, tx *store.Tx) error { return tx.SetStanding(ctx, reply, content.Hidden) })
	changed("reply back", func(ctx context.Context, tx *store.Tx) error { return tx.SetStanding(ctx, reply, content.Accepted) })
	changed("reply withdrawn", func(ctx context.Context, tx *store.Tx) error { return tx.MarkPostGone(ctx, deep, At(7)) })
	changed("reply", func(ctx context.Context, tx *store.Tx) error {
		return tx.AddPost(ctx, w.Draft(g.ID, ann.ID, &reply, actors.AudiencePublic, 8), nil)
	})
	aside := w.Draft(g.ID, bob.ID, &root, actors.AudienceMembers, 9)
	same("aside", func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, aside, nil) })
	same("edit of an aside", func(ctx context.Context, tx *store.Tx) error {
		aside.Updated = At(10)
		return tx.EditPost(ctx, aside, nil)
	})
	same("like of an aside", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddUseful(ctx, aside.ID, ann.ID, "https://a.example/l", At(11))
		return err
	})
	same("aside hidden", func(ctx context.Context, tx *store.Tx) error { return tx.SetStanding(ctx, aside, content.Hidden) })
	same("aside back", func(ctx context.Context, tx *store.Tx) error { return tx.SetStanding(ctx, aside, content.Accepted) })
	same("aside withdrawn", func(ctx context.Context, tx *store.Tx) error { return tx.MarkPostGone(ctx, aside, At(12)) })
}

// followerDigests: whatever comes and goes, the digest is that of those who are
// there (FEP-8fcf).
func followerDigests(t *testing.T, w *Town) {
	g := w.Community("parks", actors.AudiencePublic)
	one, two, far := w.Person("one", "testing.example.org"), w.Person("two", "testing.example.org"), w.Person("far", "far.example")
	check := func(host string, want ...actors.Actor) {
		t.Helper()
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			d, err := tx.FollowerDigest(ctx, g.ID, host)
			if err != nil {
				return err
			}
			list, err := tx.FollowersFrom(ctx, g.ID, host, 100)
			if err != nil {
				return err
			}
			var uris []actors.URI
			for _, a := range want {
				uris = append(uris, a.URI)
			}
			if !cmp.Equal(list, uris) || d != (store.FollowerDigest{Followers: len(want), Digest: store.DigestOf(uris)}) {
				t.Errorf("%s has %v and %v, want %v", host, list, d, uris)
			}
			return nil
		})
	}
	check("testing.example.org")
	for _, a := range []actors.Actor{one, two, far} {
		w.Stands(g.ID, a.ID, actors.Joined)
	}
	w.Stands(g.ID, one.ID, actors.Joined) // a second time changes nothing
	check("testing.example.org", one, two)
	check("far.example", far)
	w.Stands(g.ID, one.ID, actors.Left)
	w.Stands(g.ID, far.ID, actors.Asked)
	check("testing.example.org", two)
	check("far.example")
	w.Stands(g.ID, two.ID, actors.Banned)
	check("testing.example.org")
	w.Stands(g.ID, one.ID, actors.Joined)
	check("testing.example.org", one)

	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.FillFollowerDigests(ctx) })
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.FillFollowerDigests(ctx) })
	check("testing.example.org", one)
	check("far.example")
}
