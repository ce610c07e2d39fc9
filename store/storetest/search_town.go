package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/search"
	"moothall/store"
)

// Index writes the words of everything that waits for it.
func (w *Town) Index() {
	w.Helper()
	for {
		n, _, err := w.DB.IndexDue(context.Background())
		if err != nil {
			w.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// Search gives what a viewer finds.
func (w *Town) Search(v actors.Viewer, typed string, f search.Filter) (found store.Found) {
	w.Helper()
	w.Read(func(ctx context.Context, tx *store.Tx) (err error) {
		found, err = tx.Search(ctx, v, search.Parse(typed), f, At(1000))
		return err
	})
	return found
}

func (w *Town) results(v actors.Viewer, typed string, ids []actors.ID) (list []store.Result) {
	w.Helper()
	w.Read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Results(ctx, v, search.Parse(typed), ids)
		return err
	})
	return list
}

// Paper is a document to store: what a test wants to say of it.
type Paper struct {
	Title, Language string
	Doc             content.Document
	Pages           []string // text of its file
}

// AddPaper stores a document with what was read in its file.
func (w *Town) AddPaper(group, author actors.ID, a actors.Audience, at int, x Paper) content.Post {
	w.Helper()
	p := w.Draft(group, author, nil, a, at)
	p.Kind, p.Type, p.Title, p.Language, p.HTML = content.KindDocument, "Article", x.Title, x.Language, ""
	v := w.Version(p, 1)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddPost(ctx, p, nil); err != nil {
			return err
		}
		if err := tx.AddDocument(ctx, p, x.Doc); err != nil {
			return err
		}
		if err := tx.AddVersion(ctx, v); err != nil {
			return err
		}
		return tx.AddReading(ctx, v.File.Digest, Reading(x.Pages...), At(at))
	})
	return p
}

// Reading is what was read in a file with these pages.
func Reading(pages ...string) []byte {
	r := extract.Reading{Format: "pdf", Pages: len(pages)}
	for i, text := range pages {
		r.Blocks = append(r.Blocks, extract.Block{Kind: extract.Paragraph, Page: i + 1, Text: text})
	}
	body, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return body
}

func (w *Town) say(group, author actors.ID, parent *content.Post, a actors.Audience, at int, title, html string) content.Post {
	w.Helper()
	p := w.Draft(group, author, parent, a, at)
	p.Title, p.HTML = title, content.SafeHTML(html)
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, p, nil) })
	return p
}

func (w *Town) finds(t *testing.T, v actors.Viewer, typed string, f search.Filter, want ...content.Post) {
	t.Helper()
	got := w.Search(v, typed, f).IDs
	if g, x := fmt.Sprint(got), fmt.Sprint(ids(want...)); g != x {
		t.Errorf("%s %+v: found %s, want %s", typed, f, g, x)
	}
}
