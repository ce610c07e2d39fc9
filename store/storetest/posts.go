package storetest

import (
	"bytes"
	"context"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

func postRows(t *testing.T, w *Town) {
	g, ann := w.Community("roads", actors.AudiencePublic), w.Person("ann", "")
	p := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 5)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.PostForRules(ctx, p.ID)
		same(t, "PostForRules", err, p, got)
		got, err = tx.PostByURI(ctx, p.URI)
		same(t, "PostByURI", err, p, got)
		raw, err := tx.PostRaw(ctx, p.ID)
		if err != nil || !bytes.Equal(raw, []byte(`{"raw":1}`)) {
			t.Errorf("PostRaw: %q, %v", raw, err)
		}
		again := p
		again.ID = w.ID()
		isErr(t, "an address that is taken", tx.Try(ctx, func() error { return tx.AddPost(ctx, again, nil) }), store.ErrConflict)
		p.Title, p.HTML, p.Source, p.Link, p.Language, p.Kind, p.Updated = "New", "<p>n</p>", "n", "https://l.example/", "en", content.Question, At(7)
		if err := tx.EditPost(ctx, p, nil); err != nil {
			return err
		}
		got, err = tx.PostForRules(ctx, p.ID)
		same(t, "EditPost", err, p, got)
		forged := p
		forged.Author = g.ID
		isErr(t, "an edit by another", tx.EditPost(ctx, forged, nil), store.ErrNotFound)
		missing, err := tx.MissingURIs(ctx, []actors.URI{"https://x.example/1", p.URI, "https://x.example/2"})
		same(t, "MissingURIs", err, []actors.URI{"https://x.example/1", "https://x.example/2"}, missing)
		if err := tx.MarkPostGone(ctx, p, At(8)); err != nil {
			return err
		}
		got, err = tx.Post(ctx, actors.Viewer{}, p.ID)
		if err != nil || !got.IsGone() || got.Title+string(got.HTML)+got.Source+got.Link != "" {
			t.Errorf("a tombstone: %+v, %v", got, err)
		}
		isErr(t, "an edit of a tombstone", tx.EditPost(ctx, p, nil), store.ErrNotFound)
		isErr(t, "a standing for nothing", tx.SetStanding(ctx, content.Post{ID: 5}, content.Hidden), store.ErrNotFound)
		return nil
	})
}

// branches is a discussion with two replies, of which one was answered.
func (w *Town) branches() (start, reply, below, beside content.Post) {
	w.Helper()
	g, ann := w.Community("roads", actors.AudiencePublic), w.Person("ann", "")
	start = w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 5)
	reply = w.Post(g.ID, ann.ID, &start, actors.AudiencePublic, 6)
	below = w.Post(g.ID, ann.ID, &reply, actors.AudiencePublic, 7)
	beside = w.Post(g.ID, ann.ID, &start, actors.AudiencePublic, 8)
	return start, reply, below, beside
}

func lockedPosts(t *testing.T, w *Town) {
	start, reply, below, beside := w.branches()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		over := func(p, want content.Post) {
			t.Helper()
			got, err := tx.LockOver(ctx, p.ID)
			if want.ID == 0 {
				isErr(t, "a lock where there is none", err, store.ErrNotFound)
			} else if err != nil || got.ID != want.ID || got.LockedWhy != "settled" {
				t.Errorf("LockOver: %+v, %v", got, err)
			}
		}
		over(below, content.Post{})
		if err := tx.LockPost(ctx, reply.ID, "settled", At(50)); err != nil {
			return err
		}
		over(below, reply)
		over(reply, reply)
		over(beside, content.Post{})
		over(start, content.Post{})
		if err := tx.LockPost(ctx, start.ID, "settled", At(40)); err != nil {
			return err
		}
		over(below, reply)
		over(beside, start)
		for _, tt := range []struct {
			over content.Post
			at   int
			want bool
		}{{below, 40, false}, {below, 41, true}, {beside, 41, true}, {beside, 39, false}} {
			locked, err := tx.LockedBefore(ctx, tt.over.ID, At(tt.at))
			same(t, "LockedBefore", err, tt.want, locked)
		}
		isErr(t, "a lock on nothing", tx.LockPost(ctx, 5, "", At(1)), store.ErrNotFound)
		if err := tx.UnlockPost(ctx, start.ID); err != nil {
			return err
		}
		over(beside, content.Post{})
		locked, err := tx.LockedBefore(ctx, beside.ID, At(99))
		same(t, "LockedBefore when it was opened again", err, false, locked)
		return nil
	})
}

func hiddenPosts(t *testing.T, w *Town) {
	_, _, _, beside := w.branches()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.HidePost(ctx, beside, "off topic"); err != nil {
			return err
		}
		got, err := tx.PostForRules(ctx, beside.ID)
		if err != nil || got.Standing != content.Hidden || got.HiddenWhy != "off topic" {
			t.Errorf("HidePost: %+v, %v", got, err)
		}
		hidden, err := tx.HiddenBy(ctx, beside.Group, beside.Author, 10)
		same(t, "HiddenBy", err, ids(beside), ids(hidden...))
		if err := tx.SetStanding(ctx, beside, content.Accepted); err != nil {
			return err
		}
		if got, err = tx.PostForRules(ctx, beside.ID); err != nil || got.HiddenWhy != "" {
			t.Errorf("the reason stays: %+v, %v", got, err)
		}
		hidden, err = tx.HiddenBy(ctx, beside.Group, beside.Author, 10)
		same(t, "HiddenBy, once it is back", err, 0, len(hidden))

		for host, want := range map[string]int{"": 4, "here.example": 4, "other.example": 0} {
			list, err := tx.AcceptedAt(ctx, beside.Author, host, 10)
			same(t, "AcceptedAt "+host, err, want, len(list))
		}
		return nil
	})
}

func restoredPosts(t *testing.T, w *Town) {
	start, _, below, _ := w.branches()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		isErr(t, "what was never deleted", tx.RestorePost(ctx, below, nil), store.ErrNotFound)
		if err := tx.MarkPostGone(ctx, below, At(9)); err != nil {
			return err
		}
		forged := below
		forged.Author = below.Group
		isErr(t, "words by another", tx.RestorePost(ctx, forged, nil), store.ErrNotFound)
		below.Updated = At(10)
		if err := tx.RestorePost(ctx, below, []byte(`{"raw":2}`)); err != nil {
			return err
		}
		got, err := tx.PostForRules(ctx, below.ID)
		same(t, "RestorePost", err, below, got)
		root, err := tx.PostForRules(ctx, start.ID)
		if err != nil || root.Replies != 3 {
			t.Errorf("%d replies are counted: %v", root.Replies, err)
		}
		return nil
	})
}
