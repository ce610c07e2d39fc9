package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
	"moothall/store"
)

// told has the other host offer the text of a document.
func (d *desk) told(words string) content.Post {
	p := d.Draft(d.group.ID, d.Person("Bob"+words, "peer.example").ID, nil, actors.AudiencePublic, 1)
	p.Kind, p.Local, p.URI = content.KindDocument, false, actors.URI("https://peer.example/d/"+p.ID.String())
	v := d.Version(p, 1)
	v.File.Digest, v.File.Text = content.DigestOf([]byte("one file")), string(v.URI)+"/text"
	d.Write(func(ctx context.Context, tx *store.Tx) error {
		err := errors.Join(tx.AddPost(ctx, p, nil), tx.AddDocument(ctx, p, content.Document{}), tx.AddVersion(ctx, v))
		if err != nil {
			return err
		}
		return tx.ExpectText(ctx, store.ToldText{Document: p.ID, Number: 1, Host: "peer.example"}, d.now)
	})
	return p
}

func (d *desk) texts(t *testing.T) (steps int) {
	t.Helper()
	for {
		moved, _, err := d.lib.StepText(d.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !moved {
			return steps
		}
		steps++
	}
}

func (d *desk) matching(typed string) (ids []actors.ID) {
	d.Index()
	return d.Search(actors.Viewer{}, typed, search.Filter{}).IDs
}

// TestTextFromElsewhereCountsForItsDocumentOnly: another site's word for what is in
// some bytes is nobody else's.
func TestTextFromElsewhereCountsForItsDocumentOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	evil := d.told("evil")
	_, v := d.Document(d.group.ID, d.ann.ID, actors.AudiencePublic, 2)
	v.Number, v.URI, v.File.Digest = 2, v.URI+"x", content.DigestOf([]byte("one file")) // the same bytes
	d.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddVersion(ctx, v) })
	d.hands = "<script>alert(1)</script>\x00\u202e\r\n\tbentonite \u202e<b>\x00\n"
	if d.texts(t) != 1 || d.asked != 1 {
		t.Errorf("asked %d times", d.asked)
	}
	if ids := d.matching("bentonite"); len(ids) != 1 || ids[0] != evil.ID {
		t.Errorf("found %v, and not %s alone", ids, evil.ID)
	}
	if words := d.reading(t, v.File.Digest); words != "" {
		t.Errorf("read in the bytes: %s", words)
	}
	d.Read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Results(ctx, actors.Viewer{}, search.Parse("bentonite"), []actors.ID{evil.ID})
		if err != nil || len(list) != 1 {
			t.Errorf("%v: %+v", err, list)
		}
		if shown := shownAs(t, list); strings.ContainsAny(shown, "\x00\u202e") {
			t.Errorf("shown: %s", shown)
		}
		return nil
	})
	d.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.WithdrawDocument(ctx, evil.ID, content.Withdrawal{}, d.now)
	})
	if ids := d.matching("bentonite"); len(ids) != 0 {
		t.Errorf("withdrawn, and found: %v", ids)
	}
}

func shownAs(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHostileTextsAreNotTaken: what is too large, deep or no text at all, once.
func TestHostileTextsAreNotTaken(t *testing.T) {
	t.Parallel()
	for name, hands := range map[string]string{
		"too large": strings.Repeat("bentonite ", 1<<16),
		"no UTF-8":  "bentonite \xff",
		"nothing":   "\x00\n\u202e\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.told("evil")
			d.hands = hands
			for range 10 {
				d.texts(t)
				d.now = d.now.Add(2 * time.Hour)
			}
			if len(d.matching("bentonite")) != 0 || d.asked > 3 {
				t.Errorf("found %d; asked %d times", len(d.matching("bentonite")), d.asked)
			}
		})
	}
}

// TestHostThatFailsIsLeftAlone: three tries for a text, and for an hour none for any.
func TestHostThatFailsIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, name := range []string{"a", "b", "c"} {
		d.told(name)
	}
	d.status = 503
	if d.texts(t); d.asked != 1 {
		t.Errorf("asked %d times, want once", d.asked)
	}
	d.now = d.now.Add(61 * time.Minute)
	d.status, d.hands = 0, "bentonite"
	if d.texts(t); d.asked != 4 || len(d.matching("bentonite")) != 3 {
		t.Errorf("asked %d times, found %d", d.asked, len(d.matching("bentonite")))
	}
	d.told("d")
	d.status = 503
	for range 10 {
		d.texts(t)
		d.now = d.now.Add(61 * time.Minute)
	}
	if d.asked != 7 {
		t.Errorf("asked %d times, want 3 more", d.asked-4)
	}
}
