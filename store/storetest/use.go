package storetest

import (
	"context"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

func documentUse(t *testing.T, w *Town) {
	ann, bob := w.Person("Ann", ""), w.Person("Bob", "")
	g := w.Community("g", actors.AudiencePublic)
	p, _ := w.Document(g.ID, ann.ID, actors.AudiencePublic, 1)
	open, closed := w.Draft(g.ID, bob.ID, nil, actors.AudiencePublic, 2), w.Draft(g.ID, bob.ID, nil, actors.AudienceMembers, 3)
	open.HTML, closed.HTML = content.SafeHTML(`<p><a href="`+string(p.URI)+`/v/1">it</a></p>`), content.SafeHTML(`<p>`+string(p.URI)+`</p>`)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, u := range []store.Use{
			{Document: p.ID, Month: 202610, Host: "here.example", Kind: store.UseRead}, {Document: p.ID, Month: 202610, Host: "here.example", Kind: store.UseRead},
			{Document: p.ID, Month: 202610, Kind: store.UseDownloaded}, {Document: p.ID, Month: 202611, Kind: store.UseRead},
		} {
			same(t, "counted", tx.CountUse(ctx, u), 0, 0)
		}
		got, err := tx.UseOf(ctx, p.ID, 202609, 202611)
		same(t, "whole months", err, []store.Use{
			{Document: p.ID, Month: 202610, Kind: store.UseDownloaded, Times: 1}, {Document: p.ID, Month: 202610, Host: "here.example", Kind: store.UseRead, Times: 2},
		}, got)
		same(t, "forgotten", tx.ForgetUse(ctx, 202611), 0, 0)
		got, err = tx.UseOf(ctx, p.ID, 0, 202700)
		same(t, "what is left", err, []store.Use{{Document: p.ID, Month: 202611, Kind: store.UseRead, Times: 1}}, got)
		for _, x := range []content.Post{open, closed} {
			same(t, "added", tx.AddPost(ctx, x, nil), 0, 0)
		}
		list, err := tx.Naming(ctx, actors.Viewer{Actor: ann.ID, Local: true}, p.URI, 10)
		if err != nil || len(list) != 1 || list[0].ID != open.ID {
			t.Errorf("what names it, to whom may not read all of it: %v %+v", err, list)
		}
		return nil
	})
	same(t, "month", nil, 202701, store.MonthOf(time.Date(2027, 1, 1, 0, 30, 0, 0, time.UTC)))
}
