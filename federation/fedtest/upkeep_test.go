package fedtest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/extract/specimen"
	"moothall/search"
	"moothall/store"
)

// reminders counts how often a person was told that a document is due for review.
func (p *Person) reminders() (n int) {
	p.town.T.Helper()
	for _, kind := range p.Told() {
		if kind == actions.NoticeReview {
			n++
		}
	}
	return n
}

// TestDOC7_RemindersOfTheReviewDay: a month before, on the day and a month after, each
// once, whatever happens to the node, and none when somebody has seen to it.
func TestDOC7_RemindersOfTheReviewDay(t *testing.T) {
	for name, end := range map[string]func(p *Person, guide Post){
		"nobody sees to it": nil,
		"withdrawn":         func(p *Person, guide Post) { p.Withdraws(guide, "Wrong") },
		"still current": func(p *Person, guide Post) {
			p.withPost(guide, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
				return p.hall().node.Actions.StillCurrent(ctx, tx, me, d, p.town.Clock.Now().AddDate(1, 0, 0))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			town := New(t, "north.example")
			ann := town.Person("ann@north.example")
			guide := ann.Shares(ann.Starts("parks"), "Pond lining guide")
			town.Settle()
			doc, _ := ann.Paper(guide)
			on := func(days, want int) {
				t.Helper()
				town.Pass(doc.Review.AddDate(0, 0, days).Add(time.Minute).Sub(town.Clock.Now()))
				town.Settle()
				if got := ann.reminders(); got != want {
					t.Errorf("%d days after the review day: told %d times, want %d", days, got, want)
				}
				town.Restart("north.example")
				town.Settle()
				if got := ann.reminders(); got != want {
					t.Errorf("%d days after the review day, started again: told %d times, want %d", days, got, want)
				}
			}
			on(-31, 0)
			on(-30, 1)
			on(-1, 1)
			on(0, 2)
			if end != nil {
				end(ann, guide)
				on(30, 2)
				on(60, 2)
				return
			}
			on(29, 2)
			on(30, 3)
			on(90, 3)
		})
	}
}

// TestDocumentsAreHandedOnByTheNode: without anybody asking for it.
func TestDocumentsAreHandedOnByTheNode(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob, dan := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("dan@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	dan.Joins(parks)
	town.Settle()
	guide := dan.Shares(parks, "Pond lining guide")
	town.Settle()
	ann.Appoints(parks, bob)
	town.Settle()
	ann.Removes(parks, dan, "Rude", time.Time{})
	town.Settle()
	town.Pass(2 * time.Minute)
	town.Settle()
	if told := bob.Told(); !slices.Contains(told, actions.NoticeHandedOver) {
		t.Errorf("the facilitator with an account there was told %v", told)
	}
	if doc, _ := dan.Paper(guide); doc.Owner != bob.id() {
		t.Errorf("%s looks after it", doc.Owner)
	}
}

// id is the number of a person on their own node.
func (p *Person) id() (id actors.ID) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		id = me.ID
		return err
	}))
	return id
}

// SharesFile sends a Word file with these words, waits until it has been read, and shares it.
func (p *Person) SharesFile(c Community, title string, audience actors.Audience, words ...string) Post {
	p.town.T.Helper()
	u := p.Uploads(c, words...)
	post := Post{Title: title}
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, c.URI)
		if err != nil {
			return err
		}
		if u, err = tx.Upload(ctx, me.ID, u.ID); err != nil {
			return err
		}
		d := content.DocumentDraft{Title: title, Confirmed: true, Audience: audience, Document: content.Document{
			Summary: "About: " + title, Type: "guidance", Stage: content.InDraft,
		}}
		shared, err := p.hall().node.Actions.Share(ctx, tx, me, group, d, u, "")
		post.URI = shared.URI
		return err
	}))
	p.town.Settle()
	return post
}

// Uploads sends a Word file with these words, and waits until it has been read.
func (p *Person) Uploads(c Community, words ...string) (u store.Upload) {
	p.town.T.Helper()
	var doc specimen.Doc
	for _, text := range words {
		doc.Blocks = append(doc.Blocks, extract.Block{Kind: extract.Paragraph, Text: text})
	}
	body, err := specimen.Make(extract.DOCX, doc)
	p.town.must(err)
	digest, size, err := p.hall().node.Files.Put(p.town.ctx(), bytes.NewReader(body), 1<<20)
	p.town.must(err)
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, c.URI)
		if err != nil {
			return err
		}
		u, err = p.hall().node.Actions.Receive(ctx, tx, me, group, store.Upload{Name: "a.docx", Format: extract.DOCX, Digest: digest, Size: size})
		return err
	}))
	p.town.Settle()
	return u
}

// Finds says how many things a person finds by what they type.
func (p *Person) Finds(typed string) (n int) {
	p.town.T.Helper()
	p.town.Settle()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		found, err := tx.Search(ctx, actors.Viewer{Actor: me.ID, Local: true}, search.Parse(typed), search.Filter{}, p.town.Clock.Now())
		n = len(found.IDs)
		return err
	}))
	return n
}

// TestMEM1_DocumentsElsewhereAreFoundByTheirText: by words that are in the file alone,
// which nobody here has opened, as long as that is the current version.
func TestMEM1_DocumentsElsewhereAreFoundByTheirText(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	guide := ann.SharesFile(parks, "Pond lining guide", actors.AudiencePublic, "Lined with bentonite.")
	closed := ann.SharesFile(parks, "For members", actors.AudienceMembers, "Lined with bitumen.")
	town.Pass(time.Minute)
	for _, p := range []*Person{bob, cer} {
		if n := p.Finds("bentonite"); n != 1 {
			t.Errorf("%s finds %d things by the text", p.Name, n)
		}
		if n := p.Finds("bitumen"); n != 0 {
			t.Errorf("%s finds %d things by the text of what only members read", p.Name, n)
		}
	}
	if n := ann.Finds("bitumen"); n != 1 || !bob.Holds(closed) {
		t.Errorf("where it was shared %d things are found", n)
	}
	u := ann.Uploads(parks, "Lined with puddled clay.")
	ann.withPost(guide, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		ready, err := tx.Upload(ctx, me.ID, u.ID)
		if err != nil {
			return err
		}
		_, err = ann.hall().node.Actions.ShareVersion(ctx, tx, me, d,
			content.DocumentDraft{Note: "Clay", Confirmed: true, Document: content.Document{Stage: content.Agreed}}, ready, "")
		return err
	})
	town.Pass(time.Minute)
	if was, is := bob.Finds("bentonite"), bob.Finds("puddled"); was != 0 || is != 1 {
		t.Errorf("with a new version: %d by the old text, %d by the new", was, is)
	}
	if !strings.Contains(town.State("south.example"), "told_text") {
		t.Error("the state of a node does not show the texts that it was told")
	}
	ann.Withdraws(guide, "Wrong")
	town.Pass(time.Minute)
	if n := bob.Finds("puddled"); n != 0 || strings.Contains(town.State("south.example"), "told_text") {
		t.Errorf("withdrawn: %d by the text", n)
	}
}

// holds says whether the bytes of a document's current version are on a person's node.
func (p *Person) holds(digest content.Digest) bool {
	p.town.T.Helper()
	r, _, err := p.hall().node.Files.Reader(p.town.ctx(), digest)
	if errors.Is(err, blobs.ErrNotHeld) {
		return false
	}
	p.town.must(err)
	p.town.must(r.Close())
	return true
}

// opens has a person's node fetch the current version of a document for them.
func (p *Person) opens(post Post) error {
	p.town.T.Helper()
	var d content.Post
	var v content.Version
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) (err error) {
		if d, err = tx.PostByURI(ctx, post.URI); err != nil {
			return err
		}
		doc, err := tx.DocumentForRules(ctx, d.ID)
		if err != nil {
			return err
		}
		v, err = tx.Version(ctx, d.ID, doc.Number)
		return err
	}))
	err := p.hall().node.Library.Hold(p.town.ctx(), p.id(), d, v)
	p.town.Settle()
	return err
}

// age makes the bytes of all files as old as the town's clock says: their store goes by
// the clock of the machine.
func (town *Town) age() {
	town.T.Helper()
	for _, h := range town.halls {
		town.must(filepath.WalkDir(filepath.Join(h.data, "files"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return os.Chtimes(path, town.Clock.Now(), town.Clock.Now())
		}))
	}
}

// TestDOC4_S143_BytesOfWhatIsWithdrawnGo: from every node, at the next clearing away;
// nobody opens them from the moment at which the news arrives. What a community hides
// stays with its author.
func TestDOC4_S143_BytesOfWhatIsWithdrawnGo(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(ann, bob *Person, guide Post)
		stays bool // with its author
	}{
		"withdrawn": {end: func(_, bob *Person, guide Post) { bob.Withdraws(guide, "Wrong") }},
		"hidden":    {end: func(ann, _ *Person, guide Post) { ann.Hides(guide, "Not ours to share") }, stays: true},
		"neither":   {end: func(_, _ *Person, _ Post) {}, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, bob, cer, parks := parish(t)
			guide := bob.SharesFile(parks, "Pond lining guide", actors.AudiencePublic, "Lined with bentonite.")
			_, versions := bob.Paper(guide)
			digest := versions[0].File.Digest
			for _, p := range []*Person{ann, cer} {
				if err := p.opens(guide); err != nil || !p.holds(digest) {
					t.Fatalf("%s opens it: %v", p.Name, err)
				}
			}
			town.Pass(time.Minute)
			c.end(ann, bob, guide)
			town.Settle()
			if name == "withdrawn" {
				for _, p := range []*Person{ann, bob, cer} {
					if err := p.opens(guide); !errors.Is(err, store.ErrNotFound) {
						t.Errorf("%s opens what is withdrawn: %v", p.Name, err)
					}
				}
			}
			town.age()
			town.Pass(3 * time.Hour)
			town.Settle()
			for _, p := range []*Person{ann, bob, cer} {
				want := name == "neither" || c.stays && p == bob
				if got := p.holds(digest); got != want {
					t.Errorf("%s holds the bytes: %v, want %v", p.Name, got, want)
				}
				if n := p.readings(digest); (n > 0) != want {
					t.Errorf("%s has %d readings, want them: %v", p.Name, n, want)
				}
			}
			if n := cer.Finds("bentonite"); (n > 0) != (name == "neither") {
				t.Errorf("%d things are found by the text", n)
			}
		})
	}
}

func (p *Person) readings(digest content.Digest) (n int) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Reading(ctx, digest)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		n = 1
		return err
	}))
	return n
}
