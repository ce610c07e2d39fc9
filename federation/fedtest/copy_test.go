package fedtest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// savesCopy makes a document of a person's own node of one from elsewhere.
func (p *Person) savesCopy(post Post, to Community) (saved content.Post, err error) {
	p.town.T.Helper()
	err = p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, to.URI)
		if err != nil {
			return err
		}
		d, err := tx.PostByURI(ctx, post.URI)
		if err != nil {
			return err
		}
		from, err := tx.Paper(ctx, actors.Viewer{Actor: me.ID, Local: true}, d.ID)
		if err != nil {
			return err
		}
		v, err := tx.Version(ctx, d.ID, from.Doc.Number)
		if err != nil {
			return err
		}
		if err := tx.FetchedFile(ctx, v, p.town.Clock.Now(), p.town.Clock.Now().Add(time.Hour)); err != nil {
			return err
		}
		saved, err = p.hall().node.Actions.SaveCopy(ctx, tx, me, group, from, v)
		return err
	})
	p.town.Settle()
	return saved, err
}

// TestCopyIsKeptAndItsOwnerTold: with an address of its own, and for good.
func TestCopyIsKeptAndItsOwnerTold(t *testing.T) {
	town, ann, bob, _, parks := parish(t)
	own := bob.Starts("own")
	guide := ann.Shares(parks, "Pond lining guide")
	town.Settle()
	saved, err := bob.savesCopy(guide, own)
	if err != nil {
		t.Fatal(err)
	}
	if got := ann.copies(guide); !slices.Equal(got, []string{"south.example 1"}) || !slices.Contains(ann.Told(), "copied") {
		t.Errorf("copies at %v, told %v", got, ann.Told())
	}
	theirs, _ := ann.Paper(guide)
	_, want := ann.Paper(guide)
	copied := Post{URI: saved.URI}
	town.Pass(40 * 24 * time.Hour)
	ann.Withdraws(guide, "Wrong")
	town.Settle()
	d, got := bob.Paper(copied)
	if len(got) != 1 || got[0].File.Digest != want[0].File.Digest || saved.URI.Host() != "south.example" ||
		d.Authors != theirs.Issuer || d.Licence != theirs.Licence || d.IsWithdrawn() || got[0].Note != "Copy of version 1" {
		t.Errorf("%+v %+v", d, got)
	}
	_, err = bob.savesCopy(guide, own)
	if no, ok := errors.AsType[*actions.Refusal](err); !errors.Is(err, store.ErrNotFound) && (!ok || no.Code != "gone") {
		t.Errorf("of what is withdrawn: %v", err)
	}
}

// TestDOC1_CopyHasNoWayRoundTheCheck: what a site takes no reason for is not brought in
// as a copy either, and a file that nobody has looked into is not.
func TestDOC1_CopyHasNoWayRoundTheCheck(t *testing.T) {
	town, ann, bob, _, parks := parish(t)
	own := bob.Starts("own")
	guide := ann.Shares(parks, "Pond lining guide")
	town.Settle()
	reads := func(r *extract.Reading) error {
		return bob.hall().write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetSetting(ctx, "no_reason", "hidden"); err != nil || r == nil {
				return err
			}
			_, versions := bob.Paper(guide)
			body, err := json.Marshal(r)
			if err != nil {
				return err
			}
			return tx.AddReading(ctx, versions[0].File.Digest, body, town.Clock.Now())
		})
	}
	for _, step := range []struct {
		read *extract.Reading
		want string
	}{
		{nil, "not_read"},
		{&extract.Reading{Format: extract.TXT, Findings: []extract.Finding{{Code: extract.HiddenText, Severity: extract.Stop, Count: 1}}}, "no_reason"},
		{&extract.Reading{Format: extract.TXT, Findings: []extract.Finding{{Code: extract.SecretMarking, Severity: extract.Refuse, Count: 1}}}, "file_refused"},
		{&extract.Reading{Format: extract.TXT, Findings: []extract.Finding{{Code: extract.PivotCache, Severity: extract.Stop, Count: 1}}}, ""},
	} {
		if err := reads(step.read); err != nil {
			t.Fatal(err)
		}
		_, err := bob.savesCopy(guide, own)
		got := ""
		if no, ok := errors.AsType[*actions.Refusal](err); ok {
			got = no.Code
		}
		if got != step.want || got == "" && err != nil {
			t.Errorf("%+v: %v, want %q", step.read, err, step.want)
		}
	}
}
