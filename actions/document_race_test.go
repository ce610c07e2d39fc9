package actions_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// TestDOC3_TwoVersionsAtOnceLoseNothing: the second is told of the first, keeps its file,
// and follows when its sender asks again.
func TestDOC3_TwoVersionsAtOnceLoseNothing(t *testing.T) {
	ctx := context.Background()
	onEach(t, func(t *testing.T, h *house) {
		p := h.share(t, pondDraft())
		var files [2]store.Upload
		h.write(t, func(tx *store.Tx) error {
			files[0], files[1] = h.sent(t, tx, "Clay and straw"), h.sent(t, tx, "Clay and sand")
			return nil
		})
		share := func(file store.Upload, follows int) func(*store.Tx) error {
			d := content.DocumentDraft{Note: "Clay and more", Confirmed: true, Document: content.Document{Stage: content.InDraft, Number: follows}}
			return func(tx *store.Tx) error {
				paper, err := tx.Paper(ctx, actors.Viewer{Actor: h.ann.ID, Local: true}, p.ID)
				if err == nil {
					_, err = h.a.ShareVersion(ctx, tx, h.ann, paper.Post, d, file, "")
				}
				return err
			}
		}
		came := h.atOnce(t, share(files[0], 1), share(files[1], 1))
		lost := 0
		if came[0] == nil {
			lost = 1
		}
		problems, ok := errors.AsType[content.Problems](came[lost])
		if came[1-lost] != nil || !ok || !strings.HasPrefix(problems["file"], "Someone added version 2 meanwhile.") {
			t.Fatalf("one came to %v, the other to %v", came[1-lost], came[lost])
		}
		h.write(t, func(tx *store.Tx) error {
			still, err := tx.Upload(ctx, h.ann.ID, files[lost].ID)
			if err != nil {
				return err
			}
			return share(still, 2)(tx)
		})
		h.read(t, func(tx *store.Tx) error {
			versions, err := tx.Versions(ctx, p.ID)
			if err != nil || len(versions) != 3 || versions[0].File.Digest != files[lost].Digest {
				t.Errorf("versions: %v %+v", err, versions)
			}
			return nil
		})
	})
}

// TestChangesAtOnceAreAllKept: a new title stays when a version is added at the same time.
func TestChangesAtOnceAreAllKept(t *testing.T) {
	ctx := context.Background()
	onEach(t, func(t *testing.T, h *house) {
		p := h.share(t, pondDraft())
		var file store.Upload
		h.write(t, func(tx *store.Tx) error { file = h.sent(t, tx, "Clay and straw"); return nil })
		renamed := pondDraft()
		renamed.Title, renamed.Related = "Ponds of clay", nil
		renamed.Licence, renamed.Classification = content.OGL, content.Official
		came := h.atOnce(t, func(tx *store.Tx) error {
			return h.a.EditDocument(ctx, tx, h.ann, p, renamed)
		}, func(tx *store.Tx) error {
			_, err := h.a.ShareVersion(ctx, tx, h.ann, p, content.DocumentDraft{Note: "Straw", Confirmed: true, Document: content.Document{Stage: content.InDraft}}, file, "")
			return err
		})
		if came[0] != nil || came[1] != nil {
			t.Fatal(came)
		}
		h.read(t, func(tx *store.Tx) error {
			now, err := tx.Paper(ctx, actors.Viewer{}, p.ID)
			if err != nil || now.Title != renamed.Title || now.Doc.Number != 2 {
				t.Errorf("%q, version %d: %v", now.Title, now.Doc.Number, err)
			}
			return nil
		})
	})
}
