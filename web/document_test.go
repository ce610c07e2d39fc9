package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// shares shares a document by forms, as ann, and gives its address and its post.
func (b *browser) shares(more url.Values) (at string, p content.Post) {
	b.Helper()
	sent := b.sends("/c/parks/share", pondFile(pondText)).header.Get("Location")
	b.reads(sent, extract.Reading{})
	at = b.open(sent).fill(sent, five(more)).header.Get("Location")
	b.read(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = tx.PostByURI(ctx, actors.URI("https://"+hallHost+at))
		return err
	})
	return at, p
}

// pond is a hall in which ann has shared a document in a community with ben and cara.
func pond(t *testing.T) (h *hall, a *browser, at string, p content.Post) {
	t.Helper()
	h = newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(h.person("ben", actors.AccountMember), parks)
	a = h.signedIn("ann")
	at, p = a.shares(nil)
	return h, a, at, p
}

// doc reads a document as its owner.
func (h *hall) doc(p content.Post) (d content.Document) {
	h.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = tx.DocumentForRules(ctx, p.ID)
		return err
	})
	return d
}

func TestDOC2_ANewVersionKeepsTheAddress(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		ben, err := tx.LocalActor(ctx, "ben")
		if err != nil {
			return err
		}
		return tx.Save(ctx, ben.ID, p.ID, 1, h.server.Now())
	})
	a.open(at+"/new-version").says(http.StatusOK, "Add a new version", "Pond lining guide", "It keeps its address")
	a.sends(at+"/new-version", part{fileField, "a.exe", "MZ\x90\x00"}).says(http.StatusUnprocessableEntity, "program")
	send := func(text string) string {
		return a.sends(at+"/new-version", pondFile(text)).header.Get("Location")
	}
	same := send(pondText)
	h.reads(same, extract.Reading{})
	version := url.Values{"note": {"A third layer"}, "stage": {"adopted"}, "adopted_by": {"Cabinet"}, "adopted_on": {"May 2027"}, "confirmed": {"true"}}
	page := a.open(same).says(http.StatusOK, "Share the new version", "What changed?")
	page.fill(same, version).says(http.StatusUnprocessableEntity, "This is the same file as version 1")
	page.fill(same, nil).says(http.StatusUnprocessableEntity, "Say what changed", "Confirm that you may share this file")

	next := send(pondText + " And straw.")
	h.reads(next, extract.Reading{})
	shared := a.open(next).fill(next, version)
	if got := shared.header.Get("Location"); got != at {
		t.Fatalf("leads to %q, want %q: %s", got, at, shared.text())
	}
	if d := h.doc(p); d.Number != 2 || d.Stage != content.Adopted || d.Adopted.On != "2027-05" {
		t.Errorf("document: %+v", d)
	}
	h.signedIn("ben").open("/notifications").says(http.StatusOK, "There is a new version of a document that you saved: Pond lining guide")
	h.signedIn("ben").open(at+"/new-version").says(http.StatusForbidden, "Only the person who looks after this document")
	h.signedIn("ben").sends(at+"/new-version", pondFile("Ben's")).says(http.StatusForbidden)
}

// TestDOC3_AVersionThatCameMeanwhileIsSaid: on a page with all that was typed, from
// where it is shared after the other.
func TestDOC3_AVersionThatCameMeanwhileIsSaid(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	var paths [2]string
	for i, text := range []string{" And straw.", " And sand."} {
		paths[i] = a.sends(at+"/new-version", pondFile(pondText+text)).header.Get("Location")
		h.reads(paths[i], extract.Reading{})
	}
	first, second := a.open(paths[0]), a.open(paths[1])
	version := url.Values{"note": {"Another layer"}, "stage": {"draft"}, "confirmed": {"true"}}
	if got := first.fill(paths[0], version).header.Get("Location"); got != at {
		t.Fatalf("leads to %q", got)
	}
	told := second.fill(paths[1], version).says(http.StatusUnprocessableEntity, "Someone added version 2 meanwhile", "Another layer")
	if got := told.fill(paths[1], nil).header.Get("Location"); got != at || h.doc(p).Number != 3 {
		t.Errorf("leads to %q; version %d", got, h.doc(p).Number)
	}
}

func TestEditADocument(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	page := a.open(at+"/edit").says(http.StatusOK, "Change what is said about this document", "Anyone can read. You cannot widen or narrow that now")
	page.fill(at+"/edit", url.Values{"title": {""}, "effort": {"some"}, "period": {"2027 to 2031"}}).
		says(http.StatusUnprocessableEntity, "Enter a title", "Working days must be a whole number", "There is a problem")
	done := page.fill(at+"/edit", url.Values{"title": {"Pond lining, a guide"}, "effort": {"12"}, "derived": {"https://kent.example/d/4kz7w9xb\nhttps://kent.example/d/2"}})
	if done.status != http.StatusSeeOther || done.header.Get("Location") != at {
		t.Fatalf("%d %s", done.status, done.text())
	}
	if d := h.doc(p); d.Effort != 12 || d.Summary != "How to line a pond." || d.Licence != content.OGL || d.Number != 1 {
		t.Errorf("document: %+v", d)
	}
	again := a.open(at+"/edit").form(at+"/edit", nil)
	if again.Get("title") != "Pond lining, a guide" || again.Get("derived") != "https://kent.example/d/2\nhttps://kent.example/d/4kz7w9xb" || again.Get("review") != "24 November 2027" {
		t.Errorf("form: %v", again)
	}
}

func TestDOC4_WithdrawADocument(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		ben, err := tx.LocalActor(ctx, "ben")
		if err != nil {
			return err
		}
		return tx.Save(ctx, ben.ID, p.ID, 1, h.server.Now())
	})
	page := a.open(at+"/withdraw").says(http.StatusOK, "Withdraw this document?", "You cannot undo this")
	page.fill(at+"/withdraw", nil).says(http.StatusUnprocessableEntity, "Say why you are withdrawing this document")
	page.fill(at+"/withdraw", url.Values{"reason": {"Wrong"}, "replacement": {"kent"}}).says(http.StatusUnprocessableEntity, "Enter a full web address", "Wrong")
	page.fill(at+"/withdraw", url.Values{"reason": {"Wrong"}, "replacement": {string(p.URI)}}).says(http.StatusUnprocessableEntity, "Enter the address of another document")
	if got := page.fill(at+"/withdraw", url.Values{"reason": {"The clay was wrong"}, "replacement": {"https://kent.example/d/4kz7w9xb"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.text())
	}
	d := h.doc(p)
	if d.Withdrawal.Title != "Pond lining guide" || d.Withdrawal.Reason != "The clay was wrong" || d.Withdrawal.Replaced != "https://kent.example/d/4kz7w9xb" {
		t.Errorf("withdrawn as %+v", d.Withdrawal)
	}
	h.browser().open(at).says(http.StatusGone, "In its place, see https://kent.example/d/4kz7w9xb on kent.example")
	h.signedIn("ben").open("/notifications").says(http.StatusOK, "A document that you saved has been withdrawn: Pond lining guide. Reason: The clay was wrong")
	a.open(at+"/edit").says(http.StatusForbidden, "This document has been withdrawn")

	other, q := a.shares(url.Values{"title": {"About a named person"}})
	a.open(other+"/withdraw").fill(other+"/withdraw", url.Values{"reason": {"It names somebody"}, "hide_title": {"true"}})
	if d := h.doc(q); d.Withdrawal.Title != "" || d.Withdrawal.Reason != "It names somebody" {
		t.Errorf("withdrawn as %+v", d.Withdrawal)
	}
}

func TestDOC4_WithdrawAVersion(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	a.open(at+"/v/1/withdraw").says(http.StatusOK, "cannot be withdrawn alone")
	a.post(at+"/v/1/withdraw", url.Values{"reason": {"x"}}).says(http.StatusForbidden, "This is the current version")
	next := a.sends(at+"/new-version", pondFile(pondText+" More.")).header.Get("Location")
	h.reads(next, extract.Reading{})
	a.open(next).fill(next, url.Values{"note": {"More"}, "confirmed": {"true"}})
	for _, wrong := range []string{"0", "01", "3", "x"} {
		a.open(at + "/v/" + wrong + "/withdraw").says(http.StatusNotFound)
	}
	a.open(at+"/v/1/withdraw").says(http.StatusOK, "Withdraw version 1?", "The other versions stay").
		fill(at+"/v/1/withdraw", url.Values{"reason": {"A wrong sum"}})
	h.read(func(ctx context.Context, tx *store.Tx) error {
		v, err := tx.Version(ctx, p.ID, 1)
		if err == nil && (!v.IsWithdrawn() || v.Reason != "A wrong sum") {
			t.Errorf("version 1: %+v", v)
		}
		return err
	})
	a.open(at + "/v/1/withdraw").says(http.StatusNotFound)
}

func TestDOC7_ReviewAndHandOver(t *testing.T) {
	t.Parallel()
	h, _, at, p := pond(t)
	h.later(340 * 24 * time.Hour)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		n, err := h.server.Actions.RemindOfReviews(ctx, tx)
		if n != 1 {
			t.Errorf("%d reminders", n)
		}
		return err
	})
	a := h.signedIn("ann")
	a.open("/notifications").says(http.StatusOK, "You look after Pond lining guide. It is due for review on 24 November 2027", "Say whether it is still current")
	page := a.open(at+"/review").says(http.StatusOK, "Is this document still current?", "Add a new version", "Withdraw this document", "24 November 2027")
	for typed, words := range map[string]string{"soon": "Enter a day", "4 May 2020": "must be a day in the future", "": "Enter a day"} {
		page.fill(at+"/review", url.Values{"review": {typed}}).says(http.StatusUnprocessableEntity, words)
	}
	page.fill(at+"/review", url.Values{"review": {"4 May 2029"}})
	if d := h.doc(p); spokenDay(d.Review) != "4 May 2029" || d.Reminded != 0 {
		t.Errorf("review: %+v", d)
	}

	form := a.open(at+"/hand-over").says(http.StatusOK, "Who should look after this document?", "Ben")
	form.fill(at+"/hand-over", url.Values{"owner": {""}}).says(http.StatusUnprocessableEntity, "Choose a member")
	ben, err := h.actor("ben")
	if err != nil {
		t.Fatal(err)
	}
	form.fill(at+"/hand-over", url.Values{"owner": {ben.ID.String()}})
	if d := h.doc(p); d.Owner != ben.ID {
		t.Errorf("owner: %+v", d)
	}
	b := h.signedIn("ben")
	b.open("/notifications").says(http.StatusOK, "Ann", "has given you a document to look after: Pond lining guide")
	b.open(at+"/edit").says(http.StatusOK, "How to line a pond.")
	b.open("/c/parks/decisions").says(http.StatusOK, "Ann gave a document: Pond lining guide to @ben@"+hallHost+" to look after")
	outsider := h.person("cara", actors.AccountMember)
	b.post(at+"/hand-over", url.Values{"owner": {outsider.ID.String()}}).says(http.StatusUnprocessableEntity, "Choose a member of this community")
}

// What a viewer may not read looks like what is not there, on every page of a document.
func TestI4_DocumentsOfOthersAreNotFound(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation})
	at, _ := h.signedIn("ann").shares(nil)
	b := h.signedIn("ben")
	walked := 0
	for _, x := range h.server.routes() {
		if !strings.HasPrefix(x.path, "/d/{name}/") {
			continue
		}
		walked++
		path := strings.NewReplacer("/d/{name}", at, "{n}", "1").Replace(x.path)
		for _, path := range []string{path, strings.Replace(path, at, "/d/4kz7w9xb", 1), strings.Replace(path, at, "/d/"+strings.ToUpper(at[3:]), 1)} {
			if got := b.ask(x.method, path); got.status != http.StatusNotFound {
				t.Errorf("%s %s: %d", x.method, path, got.status)
			}
		}
	}
	if walked < 12 {
		t.Errorf("only %d addresses walked", walked)
	}
}
