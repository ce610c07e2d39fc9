package fedtest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
	"moothall/templates"
)

// document is where the node of a person has a document.
func (p *Person) document(post Post) string {
	p.town.T.Helper()
	found, err := p.post(post)
	p.town.must(err)
	return templates.DocumentPath(found)
}

// finds is the text of the page that the node of a person has of a document.
func (p *Person) finds(post Post) string {
	p.town.T.Helper()
	return textOf(p.browser().open(p.document(post)))
}

// savesCopy fills in the form for a copy of a document from elsewhere, in a community of
// the person's own node, and gives the status and text of the answer.
func (p *Person) savesCopy(post Post, to Community) (status int, answer string) {
	p.town.T.Helper()
	status, answer = p.browser().submits(p.document(post)+"/copy", map[string]string{"community": p.Knows(to).ID.String()})
	p.town.Settle()
	return status, textOf(answer)
}

// copiesHere are the copies that a person's node has of a document, as far as they may
// read them.
func (p *Person) copiesHere(post Post) (copies []Post) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		list, err := tx.CopiesOf(ctx, actors.Viewer{Actor: me.ID, Local: true}, d.ID, 10)
		for _, c := range list {
			copies = append(copies, Post{URI: c.URI, Title: c.Title})
		}
		return err
	})
	return copies
}

// says fails the test unless a text has all of these words.
func (town *Town) says(text string, words ...string) {
	town.T.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			town.T.Errorf("does not say %q: %s", w, text)
		}
	}
}

// TestCopyIsKeptAndItsOwnerTold: with an address of its own, and for good.
func TestCopyIsKeptAndItsOwnerTold(t *testing.T) {
	town, ann, bob, _, parks := parish(t)
	own := bob.Starts("own")
	guide := ann.SharesFile(parks, "Pond lining guide", actors.AudiencePublic, "Line each pond with clay.")
	town.Settle()
	town.says(bob.finds(guide), "Save a copy")
	if strings.Contains(ann.finds(guide), "Save a copy") {
		t.Error("of what is here already")
	}
	for _, want := range []string{"", "This community has a copy of this version already."} { // once only
		if status, answer := bob.savesCopy(guide, own); status != http.StatusSeeOther {
			t.Fatalf("%d %s", status, answer)
		}
		copies := bob.copiesHere(guide)
		if len(copies) != 1 || copies[0].URI.Host() != "south.example" {
			t.Fatalf("has copies %v", copies)
		}
		town.says(bob.finds(copies[0]), want, "This is a copy of version 1 of a document from North.example Council", "See the original")
	}
	copied := bob.copiesHere(guide)[0]
	town.says(textOf(bob.browser().open(bob.document(copied)+"/v/1/text")), "Line each pond with clay.")
	town.says(bob.finds(guide), "This site keeps a copy: version 1 in")
	if got := ann.copies(guide); !slices.Equal(got, []string{"south.example 1"}) || !slices.Contains(ann.Told(), "copied") {
		t.Errorf("copies at %v, told %v", got, ann.Told())
	}
	town.says(ann.finds(guide), "Who keeps a copy", "(version 1)")
	theirs, want := ann.Paper(guide)
	town.Pass(time.Hour)
	ann.AddsVersion(guide, "New costs")
	town.Settle()
	town.says(bob.finds(copied), "the original has a newer version", "see version 2")
	for _, of := range []string{"/withdraw", "/v/1/withdraw"} {
		town.says(textOf(ann.browser().open(ann.document(guide)+of)), "One organisation has saved a copy to keep.", "(version 1)")
	}
	town.Pass(40 * 24 * time.Hour)
	ann.Withdraws(guide, "Clay leaks")
	town.Settle()
	town.Pass(2 * 24 * time.Hour)
	d, got := bob.Paper(copied)
	if len(got) != 1 || got[0].File.Digest != want[0].File.Digest || d.Authors != theirs.Issuer || d.Licence != theirs.Licence ||
		d.IsWithdrawn() || got[0].Note != "Copy of version 1" {
		t.Errorf("%+v %+v", d, got)
	}
	bob.tab = nil // signs in again
	if file := bob.browser().open(bob.document(copied) + "/v/1/file"); content.DigestOf([]byte(file)) != want[0].File.Digest {
		t.Errorf("its file has %d bytes", len(file))
	}
	town.says(bob.finds(copied), "North.example Council withdrew the original", "Reason: Clay leaks.", "This copy stays until you withdraw it")
	if !slices.Contains(bob.Told(), "withdrawn") {
		t.Errorf("who keeps it was told %v", bob.Told())
	}
	town.says(textOf(bob.browser().open("/notifications")), "The original of a document that you look after has been withdrawn. Reason: Clay leaks.", "Your copy is still there")
	if status := bob.browser().status(bob.document(guide) + "/copy"); status != http.StatusGone {
		t.Errorf("to copy what is withdrawn: %d", status)
	}
}

// TestMEM5_CopyOfWhatIsForMembers is for the people of one site, and its owner is told
// of it like of any other.
func TestMEM5_CopyOfWhatIsForMembers(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	own, tea := town.cer.Starts("own"), town.cer.Starts("tea")
	guide := town.ann.SharesFile(town.tender, "Pond lining guide", actors.AudienceMembers, "Line each pond with clay.")
	town.Settle()
	if status, answer := town.cer.savesCopy(guide, own); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, answer)
	}
	copied := town.cer.copiesHere(guide)
	if len(copied) != 1 {
		t.Fatalf("has copies %v", copied)
	}
	p, err := town.cer.post(copied[0])
	if err != nil || p.Audience != actors.AudienceOrganisation {
		t.Errorf("is for %q: %v", p.Audience, err)
	}
	if r := town.get(string(copied[0].URI), activityType); r.Status != http.StatusNotFound {
		t.Errorf("is served to others: %d", r.Status)
	}
	if got := town.ann.copies(guide); !slices.Equal(got, []string{"west.example 1"}) {
		t.Errorf("copies at %v", got)
	}
	if status, answer := town.cer.savesCopy(guide, tea); status != http.StatusSeeOther || len(town.cer.copiesHere(guide)) != 2 {
		t.Errorf("in another community: %d %s", status, answer)
	}
	if status, answer := town.cer.savesCopy(guide, town.tender); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "Choose a community") {
		t.Errorf("where it is already: %d %s", status, answer)
	}
	town.Pass(time.Hour)
	town.ann.AddsVersion(guide, "New costs")
	town.ann.WithdrawsVersion(guide, 1, "Clay leaks")
	town.Settle()
	town.says(town.cer.finds(copied[0]), "North.example Council withdrew this version of the original", "Reason: Clay leaks.")
	if told := slices.DeleteFunc(town.cer.Told(), func(kind string) bool { return kind != "withdrawn" }); len(told) != 1 {
		t.Errorf("who keeps two copies was told %v", told)
	}
}

// TestC60_AlteredFilesAreNotCopied, nor those that are another kind of file than we take.
func TestC60_AlteredFilesAreNotCopied(t *testing.T) {
	const webPage = "<!DOCTYPE html><title>Guide</title>"
	for name, c := range map[string]struct {
		file, digest, licence string
		status                int
		says                  string
	}{
		"altered":     {"other words", "words", "CC-BY-4.0", http.StatusBadGateway, "We did not open this file"},
		"a web page":  {webPage, webPage, "CC-BY-4.0", http.StatusUnprocessableEntity, "This is a web page"},
		"gone":        {"", "words", "CC-BY-4.0", http.StatusBadGateway, "We could not fetch this file"},
		"not allowed": {"words", "words", "", http.StatusForbidden, ""},
	} {
		t.Run(name, func(t *testing.T) {
			town := New(t, ours)
			ann := town.Person("ann@" + ours)
			parks, own := ann.Starts("parks"), ann.Starts("own")
			evil := town.Stranger("evil.example")
			eve := evil.Person("eve")
			eve.follows(parks)
			id := "https://evil.example/d/1"
			object := paper(eve, parks, id, 1, c.digest)
			object["moothall:license"] = c.licence
			file := object["attachment"].([]Doc)[0]
			file["name"], file["mediaType"] = "a.txt", "text/plain"
			if c.file != "" {
				evil.Serves("/d/1/file", Answer{Body: c.file, Type: "text/plain"})
			}
			eve.Sends(inbox(parks), eve.said(parks, "Create", object))
			town.Settle()
			guide := Post{URI: actors.URI(id)}
			if c.status == http.StatusForbidden {
				if got := ann.browser().status(ann.document(guide) + "/copy"); got != c.status {
					t.Errorf("%d", got)
				}
				return
			}
			if status, answer := ann.savesCopy(guide, own); status != c.status || !strings.Contains(answer, c.says) {
				t.Errorf("%d %s", status, answer)
			}
			if copies := ann.copiesHere(guide); copies != nil {
				t.Errorf("has copies %v", copies)
			}
		})
	}
}

// TestDOC1_CopyHasNoWayRoundTheCheck: what a site takes no reason for is not brought in
// as a copy either, and a file that nobody has looked into is not.
func TestDOC1_CopyHasNoWayRoundTheCheck(t *testing.T) {
	town, ann, bob, _, parks := parish(t)
	own := bob.Starts("own")
	guide := ann.SharesFile(parks, "Pond lining guide", actors.AudiencePublic, "Line each pond with clay.")
	finding := func(code string, s extract.Severity) extract.Reading {
		return extract.Reading{Format: extract.DOCX, Findings: []extract.Finding{{Code: code, Severity: s, Count: 1}}}
	}
	for _, step := range []struct {
		read extract.Reading
		want string
	}{
		{extract.Reading{}, "not_read"},
		{finding(extract.HiddenText, extract.Stop), "no_reason"},
		{finding(extract.SecretMarking, extract.Refuse), "file_refused"},
		{finding(extract.PivotCache, extract.Stop), ""},
	} {
		err := bob.hall().write(func(ctx context.Context, tx *store.Tx) error {
			me, group, err := bob.meIn(ctx, tx, own.URI)
			if err != nil {
				return err
			}
			from, err := tx.PostByURI(ctx, guide.URI)
			if err != nil {
				return err
			}
			v, err := tx.Version(ctx, from.ID, 1)
			if err != nil {
				return err
			}
			now := town.Clock.Now()
			err = errors.Join(tx.SetSetting(ctx, "no_reason", "hidden"), tx.FetchedFile(ctx, v, now, now.Add(time.Hour)))
			if err != nil {
				return err
			}
			_, err = bob.hall().node.Actions.SaveCopy(ctx, tx, me, group, store.Paper{Post: from}, v, step.read)
			return err
		})
		got := ""
		if no, ok := errors.AsType[*actions.Refusal](err); ok {
			got = no.Code
		}
		if got != step.want || got == "" && err != nil {
			t.Errorf("%+v: %v, want %q", step.read, err, step.want)
		}
	}
}
