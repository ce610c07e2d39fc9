package actions_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
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

// TestS138_FilesSentAtOnceShareTheSpace: there is room for one of several. A file that is
// refused leaves nothing.
func TestS138_FilesSentAtOnceShareTheSpace(t *testing.T) {
	ctx := context.Background()
	for name, space := range map[string]actions.Space{
		"You have used all the space": {Person: 100},
		"This community has used all": {Group: 100},
	} {
		onEach(t, func(t *testing.T, h *house) {
			h.a.Space = space
			var ben actors.Actor
			h.write(t, func(tx *store.Tx) (err error) {
				if ben, err = h.a.CreatePerson(ctx, tx, actions.NewPerson{
					Name: "ben", Title: "Ben", Email: "ben@north.example", Role: actors.AccountMember}, "", h.keys); err != nil {
					return err
				}
				_, err = h.a.Join(ctx, tx, ben, h.parks)
				return err
			})
			if space.Person != 0 {
				ben = h.ann
			}
			var sent []func(*store.Tx) error
			for i := range 6 {
				by := []actors.Actor{h.ann, ben}[i%2]
				sent = append(sent, func(tx *store.Tx) error {
					_, err := h.a.Receive(ctx, tx, by, h.parks, store.Upload{
						Name: "a.txt", Format: extract.TXT, Digest: content.DigestOf([]byte{byte(i)}), Size: 60})
					return err
				})
			}
			came := h.atOnce(t, sent...)
			refused := 0
			for _, err := range came {
				if problems, ok := errors.AsType[content.Problems](err); ok && strings.HasPrefix(problems["file"], name) {
					refused++
				} else if err != nil {
					t.Error(err)
				}
			}
			h.read(t, func(tx *store.Tx) error {
				kept, err := tx.SharedIn(ctx, h.parks.ID)
				if err != nil || kept != 60 || refused != len(sent)-1 {
					t.Errorf("%s: %d refused, %d bytes kept: %v", name, refused, kept, err)
				}
				return nil
			})
		})
	}
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
