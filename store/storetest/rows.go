package storetest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

func same[T any](t *testing.T, what string, err error, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%s: %v %s", what, err, d)
	}
}

func isErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func actorRows(t *testing.T, w *Town) {
	ann := w.Person("Ann", "")
	full := actors.Actor{ID: w.ID(), URI: "https://peer.example/u/bob", Kind: actors.Person, Name: "Bob", Host: "peer.example",
		Title: "Bob", Summary: "<p>x</p>", Source: "x", URL: "https://peer.example/@bob", Inbox: "https://peer.example/u/bob/inbox",
		SharedInbox: "https://peer.example/inbox", Outbox: "https://peer.example/u/bob/outbox", Followers: "https://peer.example/u/bob/followers",
		Featured: "https://peer.example/f", Moderators: "https://peer.example/m", KeyID: "https://peer.example/u/bob#main-key", PublicKey: "PEM",
		Ed25519KeyID: "https://peer.example/u/bob#ed25519-key", Ed25519Key: "z6Mk", Organisation: "North", JobTitle: "Planner", Approves: true, Discoverable: true, Indexable: true,
		Published: At(1), Updated: At(2), Fetched: At(3)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddActor(ctx, full, []byte("raw\x00bytes")); err != nil {
			return err
		}
		for what, read := range map[string]func() (actors.Actor, error){
			"Actor":                 func() (actors.Actor, error) { return tx.Actor(ctx, full.ID) },
			"ActorByURI":            func() (actors.Actor, error) { return tx.ActorByURI(ctx, full.URI) },
			"ActorByKey":            func() (actors.Actor, error) { return tx.ActorByKey(ctx, full.KeyID) },
			"ActorByKey of Ed25519": func() (actors.Actor, error) { return tx.ActorByKey(ctx, full.Ed25519KeyID) },
			"ActorByHandle":         func() (actors.Actor, error) { return tx.ActorByHandle(ctx, "bOB", "peer.example") },
			"ActorOfKind":           func() (actors.Actor, error) { return tx.ActorOfKind(ctx, full.Kind, "bOB", "peer.example") },
		} {
			got, err := read()
			same(t, what, err, full, got)
		}
		raw, err := tx.ActorRaw(ctx, full.ID)
		same(t, "ActorRaw", err, []byte("raw\x00bytes"), raw)
		local, err := tx.LocalActor(ctx, "aNN")
		same(t, "LocalActor", err, ann, local)
		many, err := tx.ActorsByID(ctx, []actors.ID{ann.ID, full.ID, 7, ann.ID})
		same(t, "ActorsByID", err, map[actors.ID]actors.Actor{ann.ID: ann, full.ID: full}, many)
		_, err = tx.LocalActor(ctx, "bob")
		isErr(t, "a remote actor is no local one", err, store.ErrNotFound)
		taken := actors.Actor{ID: w.ID(), URI: "https://here.example/c/ann", Kind: actors.Group, Name: "ANN", Host: "here.example", Local: true}
		isErr(t, "a name that is taken", tx.Try(ctx, func() error { return tx.AddActor(ctx, taken, nil) }), store.ErrConflict)
		renamed := ann
		renamed.Name, renamed.Title = "free", "Ann B."
		if err := tx.SaveActor(ctx, renamed, nil); err != nil {
			return err
		}
		renamed.Name = ann.Name // a local name is never given up
		got, err := tx.Actor(ctx, ann.ID)
		same(t, "SaveActor", err, renamed, got)
		isErr(t, "SaveActor of nobody", tx.SaveActor(ctx, actors.Actor{ID: 5}, nil), store.ErrNotFound)
		if err := tx.AddSecrets(ctx, ann.ID, store.Secrets{RSA: "r", Ed25519: "e"}); err != nil {
			return err
		}
		keys, err := tx.Secrets(ctx, ann.ID)
		same(t, "Secrets", err, store.Secrets{RSA: "r", Ed25519: "e"}, keys)
		if err := tx.AddSecrets(ctx, full.ID, store.Secrets{RSA: "r"}); err == nil {
			t.Error("half a pair of keys was stored")
		}
		if err := tx.MarkActorGone(ctx, ann.ID, At(9)); err != nil {
			return err
		}
		gone, err := tx.Actor(ctx, ann.ID)
		if err != nil || !gone.IsGone() || gone.Title != "" {
			t.Errorf("a tombstone: %+v, %v", gone, err)
		}
		isErr(t, "gone twice", tx.MarkActorGone(ctx, ann.ID, At(10)), store.ErrNotFound)
		isErr(t, "the name of the gone", tx.Try(ctx, func() error { return tx.AddActor(ctx, taken, nil) }), store.ErrConflict)
		return nil
	})
}

func communityRows(t *testing.T, w *Town) {
	open, closed := w.Community("open_roads", actors.AudiencePublic), w.Community("tender", actors.AudienceMembers)
	inside := w.Community("inside", actors.AudienceOrganisation)
	remote := w.community(w.Actor(actors.Group, "roads", "peer.example"), actors.AudiencePublic)
	hidden := w.Actor(actors.Group, "hidden", "")
	hidden.Discoverable = false
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveActor(ctx, hidden, nil) })
	secret := w.community(hidden, actors.AudienceMembers)
	ann, bob := w.Person("ann", ""), w.Person("bob", "peer.example")
	w.Stands(secret.ID, ann.ID, actors.Asked)
	w.Stands(open.ID, ann.ID, actors.Joined)
	w.Post(open.ID, ann.ID, nil, actors.AudiencePublic, 50)
	w.Post(remote.ID, ann.ID, nil, actors.AudiencePublic, 60)
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		for _, tt := range []struct {
			what string
			v    actors.Viewer
			f    store.CommunityFilter
			want []actors.ID
		}{
			{"the public", actors.Viewer{}, store.CommunityFilter{}, []actors.ID{remote.ID, open.ID}},
			{"a local person", actors.Viewer{Actor: ann.ID, Local: true}, store.CommunityFilter{}, []actors.ID{remote.ID, open.ID, secret.ID, inside.ID, closed.ID}},
			{"a remote person", actors.Viewer{Actor: bob.ID}, store.CommunityFilter{}, []actors.ID{remote.ID, open.ID, closed.ID}},
			{"only here", actors.Viewer{}, store.CommunityFilter{Local: true}, []actors.ID{open.ID}},
			{"mine", actors.Viewer{Actor: ann.ID, Local: true}, store.CommunityFilter{Mine: true}, []actors.ID{open.ID}},
			{"by words", actors.Viewer{}, store.CommunityFilter{Words: " OPEN_ro"}, []actors.ID{open.ID}},
			{"a word with a sign", actors.Viewer{}, store.CommunityFilter{Words: "%"}, nil},
		} {
			list, err := tx.Communities(ctx, tt.v, tt.f, store.Page{})
			var got []actors.ID
			for _, c := range list {
				got = append(got, c.ID)
			}
			same(t, tt.what, err, tt.want, got)
			n, err := tx.CountCommunities(ctx, tt.v, tt.f)
			same(t, "count for "+tt.what, err, len(tt.want), n)
		}
		return nil
	})
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		closed.Audience, closed.Joining, closed.Posting, closed.ThreadType, closed.Language =
			actors.AudienceNetwork, actors.JoinRequest, actors.PostModerators, "Article", "cy"
		if err := tx.SaveCommunity(ctx, closed); err != nil {
			return err
		}
		if err := tx.SetHistory(ctx, closed.ID, actors.HistoryPartial, "some is missing"); err != nil {
			return err
		}
		closed.History, closed.HistoryNote = actors.HistoryPartial, "some is missing"
		got, err := tx.CommunityByURI(ctx, closed.URI)
		same(t, "CommunityByURI", err, closed, got)
		_, err = tx.Community(ctx, ann.ID)
		isErr(t, "a person is no community", err, store.ErrNotFound)
		return nil
	})
}

func membershipRows(t *testing.T, w *Town) {
	g, remote := w.Community("roads", actors.AudiencePublic), w.community(w.Actor(actors.Group, "far", "peer.example"), actors.AudiencePublic)
	ann, bob, cat := w.Person("ann", ""), w.Person("bob", "peer.example"), w.Person("cat", "")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		none, err := tx.Membership(ctx, g.ID, ann.ID)
		same(t, "never asked", err, actors.Membership{Group: g.ID, Actor: ann.ID}, none)
		list := []actors.Membership{
			{Group: g.ID, Actor: ann.ID, Role: actors.Owner, Standing: actors.Joined, Since: At(4), Appointed: At(4)},
			{Group: g.ID, Actor: bob.ID, Role: actors.Member, Standing: actors.Joined, Follow: "https://peer.example/f/1", Since: At(5)},
			{Group: g.ID, Actor: cat.ID, Role: actors.Moderator, Standing: actors.Joined, Since: At(3), Appointed: At(6)},
			{Group: remote.ID, Actor: ann.ID, Role: actors.Member, Standing: actors.Asked, Follow: "https://here.example/a/1", Since: At(2)},
		}
		for _, m := range list {
			if err := tx.SetMembership(ctx, m); err != nil {
				return err
			}
			got, err := tx.Membership(ctx, m.Group, m.Actor)
			same(t, "Membership", err, m, got)
		}
		got, err := tx.MembershipByFollow(ctx, "https://peer.example/f/1")
		same(t, "MembershipByFollow", err, list[1], got)
		_, err = tx.MembershipByFollow(ctx, "")
		isErr(t, "a Follow without id", err, store.ErrNotFound)
		of, err := tx.MembershipsOf(ctx, ann.ID)
		if err != nil || len(of) != 2 {
			t.Errorf("MembershipsOf: %v, %v", of, err)
		}
		members, err := tx.Members(ctx, g.ID, actors.Joined, store.Page{})
		var order []actors.ID
		for _, m := range members {
			order = append(order, m.Actor.ID)
		}
		same(t, "Members", err, []actors.ID{ann.ID, cat.ID, bob.ID}, order)
		mods, err := tx.Moderators(ctx, g.ID)
		same(t, "Moderators", err, []actors.Actor{ann, cat}, mods)
		// Who has been a facilitator for longest comes first, not who joined first.
		removed := actors.Membership{
			Group: remote.ID, Actor: cat.ID, Role: actors.Member, Standing: actors.Banned, Since: At(7), Until: At(9), Note: "advertises",
		}
		if err := tx.SetMembership(ctx, removed); err != nil {
			return err
		}
		back, err := tx.Membership(ctx, remote.ID, cat.ID)
		same(t, "a removal", err, removed, back)
		removed.Standing, removed.Until, removed.Note = actors.Invited, time.Time{}, ""
		if err := tx.SetMembership(ctx, removed); err != nil {
			return err
		}
		back, err = tx.Membership(ctx, remote.ID, cat.ID)
		same(t, "an invitation after it", err, removed, back)
		n, err := tx.CountFollowers(ctx, g.ID)
		same(t, "CountFollowers", err, 3, n)
		n, err = tx.CountFollowing(ctx, ann.ID)
		same(t, "CountFollowing", err, 1, n)
		here, err := tx.HasLocalMember(ctx, g.ID)
		same(t, "HasLocalMember", err, true, here)
		here, err = tx.HasLocalMember(ctx, remote.ID)
		same(t, "HasLocalMember where one has only asked", err, false, here)
		hosts, err := tx.Organisations(ctx, g.ID)
		same(t, "Organisations", err, []store.HostCount{{Host: "here.example", Count: 2}, {Host: "peer.example", Count: 1}}, hosts)
		spread, followers, err := tx.Spread(ctx, g.ID)
		same(t, "Spread", err, [2]int{1, 1}, [2]int{spread, followers})
		n, err = tx.CountMembers(ctx, g.ID, actors.Joined)
		same(t, "CountMembers", err, 3, n)
		n, err = tx.CountMembers(ctx, remote.ID, actors.Asked)
		same(t, "CountMembers who ask", err, 1, n)
		open, err := tx.UnansweredFollows(ctx, At(3), 10)
		same(t, "UnansweredFollows", err, list[3:], open)
		open, err = tx.UnansweredFollows(ctx, At(2), 10)
		same(t, "UnansweredFollows of now", err, nil, open)
		return nil
	})
}

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

func moderatedPosts(t *testing.T, w *Town) {
	g, ann := w.Community("roads", actors.AudiencePublic), w.Person("ann", "")
	start := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 5)
	reply := w.Post(g.ID, ann.ID, &start, actors.AudiencePublic, 6)
	below := w.Post(g.ID, ann.ID, &reply, actors.AudiencePublic, 7)
	beside := w.Post(g.ID, ann.ID, &start, actors.AudiencePublic, 8)
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

		if err := tx.HidePost(ctx, beside, "off topic"); err != nil {
			return err
		}
		got, err := tx.PostForRules(ctx, beside.ID)
		if err != nil || got.Standing != content.Hidden || got.HiddenWhy != "off topic" {
			t.Errorf("HidePost: %+v, %v", got, err)
		}
		hidden, err := tx.HiddenBy(ctx, g.ID, beside.Author, 10)
		same(t, "HiddenBy", err, ids(beside), ids(hidden...))
		if err := tx.SetStanding(ctx, beside, content.Accepted); err != nil {
			return err
		}
		if got, err = tx.PostForRules(ctx, beside.ID); err != nil || got.HiddenWhy != "" {
			t.Errorf("the reason stays: %+v, %v", got, err)
		}
		hidden, err = tx.HiddenBy(ctx, g.ID, beside.Author, 10)
		same(t, "HiddenBy, once it is back", err, 0, len(hidden))

		for host, want := range map[string]int{"": 4, g.Host: 4, "other.example": 0} {
			list, err := tx.AcceptedAt(ctx, ann.ID, host, 10)
			same(t, "AcceptedAt "+host, err, want, len(list))
		}
		isErr(t, "what was never deleted", tx.RestorePost(ctx, below, nil), store.ErrNotFound)
		if err := tx.MarkPostGone(ctx, below, At(9)); err != nil {
			return err
		}
		forged := below
		forged.Author = g.ID
		isErr(t, "words by another", tx.RestorePost(ctx, forged, nil), store.ErrNotFound)
		below.Updated = At(10)
		if err := tx.RestorePost(ctx, below, []byte(`{"raw":2}`)); err != nil {
			return err
		}
		got, err = tx.PostForRules(ctx, below.ID)
		same(t, "RestorePost", err, below, got)
		root, err := tx.PostForRules(ctx, start.ID)
		if err != nil || root.Replies != 3 {
			t.Errorf("%d replies are counted: %v", root.Replies, err)
		}
		return nil
	})
}

func reactions(t *testing.T, w *Town) {
	g, ann, bob := w.Community("roads", actors.AudiencePublic), w.Person("ann", ""), w.Person("bob", "peer.example")
	p := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 5)
	reply := w.Post(g.ID, ann.ID, &p, actors.AudiencePublic, 6)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i, want := range []bool{true, false} {
			isNew, err := tx.AddUseful(ctx, reply.ID, bob.ID, actors.URI("https://peer.example/like/"+string(rune('1'+i))), At(i))
			same(t, "AddUseful", err, want, isNew)
		}
		uri, err := tx.Useful(ctx, reply.ID, bob.ID)
		same(t, "Useful", err, "https://peer.example/like/1", uri)
		post, actor, err := tx.ReactionByURI(ctx, "https://peer.example/like/1")
		same(t, "ReactionByURI", err, [2]actors.ID{reply.ID, bob.ID}, [2]actors.ID{post, actor})
		to, err := tx.UsefulTo(ctx, p.ID, bob.ID)
		same(t, "UsefulTo", err, map[actors.ID]bool{reply.ID: true}, to)
		for _, want := range []bool{true, false} {
			had, err := tx.DropUseful(ctx, reply.ID, bob.ID)
			same(t, "DropUseful", err, want, had)
		}
		var all []store.Notification
		for i, kind := range []string{"reply", "mention"} {
			n := store.Notification{ID: w.ID(), Actor: ann.ID, Kind: kind, Post: p.ID, Group: g.ID, By: bob.ID, At: At(i)}
			if err := tx.Notify(ctx, n); err != nil {
				return err
			}
			all = append([]store.Notification{n}, all...)
		}
		list, err := tx.Notifications(ctx, ann.ID, store.Page{})
		same(t, "Notifications", err, all, list)
		n, err := tx.CountUnseen(ctx, ann.ID)
		same(t, "CountUnseen", err, 2, n)
		if err := tx.MarkSeen(ctx, ann.ID, At(9)); err != nil {
			return err
		}
		n, err = tx.CountUnseen(ctx, ann.ID)
		same(t, "CountUnseen when seen", err, 0, n)
		return nil
	})
}

func policyAndAudit(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		rules := []actors.Rule{
			{Host: "a.example", Verdict: actors.Accept, Created: At(1)},
			{Host: "b.example", Verdict: actors.Hold, Exact: true, Reason: "new", By: 1 << 41, Created: At(2)},
			{Host: "c.example", Verdict: actors.Refuse, Created: At(3)},
		}
		for _, r := range append([]actors.Rule{{Host: "b.example", Verdict: actors.Accept}}, rules...) {
			if err := tx.SetRule(ctx, r); err != nil {
				return err
			}
		}
		got, err := tx.Rules(ctx)
		same(t, "Rules", err, rules, got)
		if err := tx.DropRule(ctx, "b.example"); err != nil {
			return err
		}
		isErr(t, "a rule dropped twice", tx.DropRule(ctx, "b.example"), store.ErrNotFound)
		for _, r := range []store.Refusals{
			{Host: "x.example", Code: "C1", Detail: "first", Times: 2, Last: At(1)},
			{Host: "x.example", Code: "C1", Detail: "second", Times: 3, Last: At(2)},
			{Host: "y.example", Code: "C2", Times: 1, Last: At(3)},
			{Host: "x.example", Code: "C1", Times: 1, Last: At(-200_000)}, // another day
		} {
			if err := tx.AddRefusals(ctx, r); err != nil {
				return err
			}
		}
		refused, err := tx.RefusalsSince(ctx, At(0), store.Page{})
		same(t, "RefusalsSince", err, []store.Refusals{
			{Host: "y.example", Code: "C2", Times: 1, Last: At(3)}, {Host: "x.example", Code: "C1", Detail: "second", Times: 5, Last: At(2)},
		}, refused)
		n, err := tx.CountRefusals(ctx, At(0))
		same(t, "CountRefusals", err, 6, n)
		n, err = tx.CountRefusals(ctx, At(4))
		same(t, "CountRefusals of nothing", err, 0, n)
		first := store.Audit{ID: w.ID(), By: 1 << 41, Action: "rule", Target: "a.example", Detail: "accept", At: At(1)}
		second := store.Audit{ID: w.ID(), Action: "rule", At: At(2)}
		for _, a := range []store.Audit{first, second} {
			if err := tx.AddAudit(ctx, a); err != nil {
				return err
			}
		}
		if err := tx.AddAudit(ctx, store.Audit{ID: w.ID()}); err == nil {
			t.Error("a note of nothing was stored")
		}
		audits, err := tx.Audits(ctx, store.Page{})
		same(t, "Audits", err, []store.Audit{second, first}, audits)
		third := store.Audit{ID: w.ID(), Group: 1 << 42, Action: "lock", At: At(3)}
		if err := tx.AddAudit(ctx, third); err != nil {
			return err
		}
		audits, err = tx.AuditsOf(ctx, third.Group, store.Page{})
		same(t, "AuditsOf", err, []store.Audit{third}, audits)
		n, err = tx.CountAuditsOf(ctx, third.Group)
		same(t, "CountAuditsOf", err, 1, n)
		n, err = tx.CountAuditsOf(ctx, 0)
		same(t, "CountAuditsOf none", err, 0, n)
		return nil
	})
}

func historyJobs(t *testing.T, w *Town) {
	g := w.community(w.Actor(actors.Group, "far", "peer.example"), actors.AudiencePublic)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, j := range []store.HistoryJob{{Group: g.ID, Stage: "start"}, {Group: g.ID, Stage: "outbox", Place: "page 3", Attempts: 2, NextTry: At(5)}} {
			if err := tx.SaveHistoryJob(ctx, j); err != nil {
				return err
			}
			got, err := tx.HistoryJob(ctx, g.ID)
			same(t, "HistoryJob", err, j, got)
		}
		next, err := tx.NextHistoryJob(ctx)
		same(t, "NextHistoryJob", err, At(5), next)
		jobs, err := tx.HistoryJobs(ctx, At(4), 10)
		same(t, "HistoryJobs before their time", err, nil, jobs)
		jobs, err = tx.HistoryJobs(ctx, At(5), 10)
		if err != nil || len(jobs) != 1 || jobs[0].Place != "page 3" {
			t.Errorf("HistoryJobs: %+v, %v", jobs, err)
		}
		for _, u := range []actors.URI{"https://peer.example/1", "https://peer.example/2", "https://peer.example/1"} {
			if err := tx.AddHistoryThread(ctx, g.ID, u); err != nil {
				return err
			}
		}
		n, err := tx.RetryHistoryThread(ctx, g.ID, "https://peer.example/1")
		same(t, "RetryHistoryThread", err, 1, n)
		threads, err := tx.HistoryThreads(ctx, g.ID, 10)
		same(t, "HistoryThreads", err, []actors.URI{"https://peer.example/2", "https://peer.example/1"}, threads)
		if err := tx.DropHistoryThread(ctx, g.ID, "https://peer.example/2"); err != nil {
			return err
		}
		threads, err = tx.HistoryThreads(ctx, g.ID, 10)
		same(t, "HistoryThreads, one done", err, []actors.URI{"https://peer.example/1"}, threads)
		if err := tx.SaveHistoryJob(ctx, store.HistoryJob{Group: g.ID, Stage: "done"}); err != nil {
			return err
		}
		next, err = tx.NextHistoryJob(ctx)
		same(t, "NextHistoryJob when done", err, true, next.IsZero())
		return nil
	})
}
