package storetest

import (
	"context"
	"strconv"
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
	named := actors.URI("https://here.example/d/" + string(content.NewDocumentName(1)))
	open.HTML, closed.HTML = content.SafeHTML(`<p><a href="`+string(named)+`/v/1">it</a></p>`), content.SafeHTML(`<p>`+string(named)+`</p>`)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		here, there := store.Use{Document: p.ID, Month: 202610, Host: "here.example", Kind: store.UseRead}, store.Use{Document: p.ID, Month: 202610, Host: "there.example", Kind: store.UseDownloaded}
		for i, x := range []struct {
			store.Use
			reader string
		}{
			{here, "ann"}, {here, "bob"}, {here, "ann"}, {here, "bob"},
			{store.Use{Document: p.ID, Month: 202610, Kind: store.UseDownloaded}, "ann"}, {store.Use{Document: p.ID, Month: 202611, Kind: store.UseRead}, "ann"},
		} {
			same(t, "counted", tx.CountReader(ctx, x.Use, x.reader, []byte{byte(i)}), 0, 0)
			same(t, "counted a site", tx.CountSite(ctx, there), 0, 0)
		}
		got, err := tx.UseOf(ctx, p.ID, 202609, 202611)
		same(t, "whole months", err, []store.Use{
			{Document: p.ID, Month: 202610, Kind: store.UseDownloaded, Times: 1}, {Document: p.ID, Month: 202610, Host: "here.example", Kind: store.UseRead, Times: 2},
			{Document: p.ID, Month: 202610, Host: "there.example", Kind: store.UseDownloaded, Times: 1},
		}, got)
		left, key := readersLeft(ctx, t, tx, 202610)
		same(t, "readers of the month", nil, 3, left)
		same(t, "bob forgotten", tx.ForgetReader(ctx, "bob", 202610), 0, 0)
		left, _ = readersLeft(ctx, t, tx, 202610)
		same(t, "readers but bob", nil, 2, left)
		same(t, "the month is over", tx.ForgetReaders(ctx, 202611), 0, 0)
		left, gone := readersLeft(ctx, t, tx, 202610)
		same(t, "what is left of them", nil, 0, left)
		same(t, "key of the month, and then", nil, []bool{true, false}, []bool{key, gone})
		same(t, "readers of the next", nil, 1, firstValue(readersLeft(ctx, t, tx, 202611)))
		same(t, "forgotten", tx.ForgetUse(ctx, 202611), 0, 0)
		got, err = tx.UseOf(ctx, p.ID, 0, 202700)
		same(t, "what is left", err, []store.Use{{Document: p.ID, Month: 202611, Kind: store.UseRead, Times: 1}}, got)
		for _, x := range []content.Post{open, closed} {
			same(t, "added", tx.AddPost(ctx, x, nil), 0, 0)
		}
		list, err := tx.Naming(ctx, actors.Viewer{Actor: ann.ID, Local: true}, named, 10)
		if err != nil || len(list) != 1 || list[0].ID != open.ID {
			t.Errorf("what names it, to whom may not read all of it: %v %+v", err, list)
		}
		open.HTML = "<p>no more</p>"
		same(t, "edited", tx.EditPost(ctx, open, nil), 0, 0)
		list, err = tx.Naming(ctx, actors.Viewer{Actor: ann.ID, Local: true}, named, 10)
		same(t, "what names it after an edit", err, 0, len(list))
		open.HTML = closed.HTML
		same(t, "edited back", tx.EditPost(ctx, open, nil), 0, 0)
		same(t, "withdrawn", tx.MarkPostGone(ctx, open, At(9)), 0, 0)
		same(t, "restored", tx.RestorePost(ctx, open, nil), 0, 0)
		list, err = tx.Naming(ctx, actors.Viewer{Actor: ann.ID, Local: true}, named, 10)
		same(t, "what names it once restored", err, 1, len(list))
		return nil
	})
	same(t, "month", nil, 202701, store.MonthOf(time.Date(2027, 1, 1, 0, 30, 0, 0, time.UTC)))
}

// readersLeft counts the pseudonyms of a month, and says whether there is a key for them.
func readersLeft(ctx context.Context, t *testing.T, tx *store.Tx, month int) (n int, key bool) {
	t.Helper()
	at := strconv.Itoa(month)
	if err := tx.Dump(ctx, func(table string, row map[string]string) {
		switch {
		case table == "document_reader" && row["month"] == at:
			n++
		case table == "setting" && row["name"] == "use-key-"+at:
			key = true
		}
	}, "document_reader", "setting"); err != nil {
		t.Fatal(err)
	}
	return n, key
}

func firstValue(n int, _ bool) int { return n }
