package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func listedCommunities(t *testing.T, w *Town) {
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
}

func communitySettings(t *testing.T, w *Town) {
	closed, ann := w.Community("tender", actors.AudienceMembers), w.Person("ann", "")
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
