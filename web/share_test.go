package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// part is one field of a form that holds a file.
type part struct{ name, file, text string }

func formOfParts(t testing.TB, parts ...part) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		make := w.CreateFormField
		if p.file != "" {
			make = func(name string) (io.Writer, error) { return w.CreateFormFile(name, p.file) }
		}
		to, err := make(p.name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(to, p.text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// sends posts a form that holds a file.
func (b *browser) sends(path string, parts ...part) *shown {
	b.Helper()
	body, kind := formOfParts(b.TB, parts...)
	return b.sendsBody(path, kind, bytes.NewReader(body))
}

func (b *browser) sendsBody(path, kind string, body io.Reader) *shown {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", kind)
	if !b.plain {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.send(r)
}

// reads does for an upload what the library does: it is ready, with a reading.
func (h *hall) reads(path string, r extract.Reading) store.Upload {
	h.Helper()
	id, err := actors.ParseID(strings.TrimPrefix(path, "/uploads/"))
	if err != nil {
		h.Fatal(err)
	}
	var u store.Upload
	h.write(func(ctx context.Context, tx *store.Tx) error {
		ann, err := tx.LocalActor(ctx, "ann")
		if err != nil {
			return err
		}
		if u, err = tx.Upload(ctx, ann.ID, id); err != nil {
			return err
		}
		r.Format = u.Format
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := tx.AddReading(ctx, u.Digest, body, h.server.Now()); err != nil {
			return err
		}
		u.State = store.UploadReady
		return tx.FinishUpload(ctx, u)
	})
	return u
}

const pondText = "# Pond lining\n\nHow to line a pond with clay."

func pondFile(text string) part { return part{fileField, "pond.md", text} }

// five are the answers that are asked of everyone (MEM-5).
func five(more url.Values) url.Values {
	v := url.Values{"title": {"Pond lining guide"}, "summary": {"How to line a pond."}, "type": {"guidance"}, "stage": {"draft"}, "confirmed": {"true"}}
	for k, x := range more {
		v[k] = x
	}
	return v
}

// uploads is how many files wait, and spooled how many are half received.
func (h *hall) uploads() (n int) {
	h.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) error {
		ann, err := tx.LocalActor(ctx, "ann")
		if err != nil {
			return err
		}
		list, err := tx.UploadsBy(ctx, ann.ID, store.Page{})
		n = len(list)
		return err
	})
	return n
}

func (h *hall) kept() (n int) {
	h.Helper()
	err := h.server.Files.List(context.Background(), func(content.Digest, int64, time.Time) error { n++; return nil })
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func TestMEM5_ADocumentIsSharedInFiveAnswers(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks"})
	b := h.signedIn("ann")
	b.open("/c/parks").says(http.StatusOK, "Share a document")
	b.open("/c/parks/share").says(http.StatusOK, "Share a document", "Choose a file", "smaller than 100 MB", "PDF, Word")
	sent := b.sends("/c/parks/share", part{"csrf", "", "x"}, pondFile(pondText))
	at := sent.header.Get("Location")
	sent.follow().says(http.StatusOK, "We are checking your file", "pond.md", "See whether it is ready")
	b.open("/uploads").says(http.StatusOK, "pond.md", "Being checked")
	b.post(at, five(nil)).says(http.StatusForbidden, "We are still checking this file")

	h.reads(at, extract.Reading{Title: "Pond lining", Summary: "How to line a pond with clay.", Language: "cy", Dated: "2026-05"})
	page := b.open(at).says(http.StatusOK, "We found nothing that you may not want to share", "Anyone can read this, on the web and in search engines", "Share document")
	form := page.form(at, url.Values{"title": nil})
	for name, want := range map[string]string{"title": "Pond lining", "summary": "How to line a pond with clay.", "language": "cy", "dated": "May 2026",
		"licence": "", "audience": "public", "classification": "OFFICIAL", "authors": "Medway Council", "review": "24 November 2027"} {
		if got := form.Get(name); got != want {
			t.Errorf("%s is filled in with %q, want %q", name, got, want)
		}
	}
	shared := page.fill(at, five(url.Values{"subjects": {"ponds, clay"}, "effort": {"3"}, "replaces": {"https://kent.example/d/4kz7w9xb"}, "embargo": {""}}))
	to := shared.header.Get("Location")
	if shared.status != http.StatusSeeOther || !strings.HasPrefix(to, "/d/") {
		t.Fatalf("shared: %d %q\n%s", shared.status, to, shared.text())
	}
	h.read(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.PostByURI(ctx, actors.URI("https://"+hallHost+to))
		if err != nil {
			return err
		}
		paper, err := tx.Paper(ctx, actors.Viewer{}, p.ID)
		if d := paper.Doc; err != nil || paper.Title != "Pond lining guide" || paper.Language != "cy" || d.Dated != "2026-05" || d.Effort != 3 || len(d.Subjects) != 2 ||
			d.Owner != ann.ID || spokenDay(d.Review) != "24 November 2027" {
			t.Errorf("%v %+v", err, paper)
		}
		related, err := tx.Related(ctx, p.ID)
		if err != nil || len(related) != 1 || related[0].Relation != content.Replaces {
			t.Errorf("%v %+v", err, related)
		}
		return err
	})
	if n := h.uploads(); n != 0 {
		t.Errorf("%d uploads are left", n)
	}
	b.open(at).says(http.StatusNotFound)
}

func TestDOC1_FindingsAreListedAndAReasonIsAsked(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks"})
	h.person("ben", actors.AccountMember)
	b := h.signedIn("ann")
	at := b.sends("/c/parks/share", pondFile(pondText)).header.Get("Location")
	h.reads(at, extract.Reading{Findings: []extract.Finding{
		{Code: extract.HiddenSheet, Severity: extract.Stop, Count: 1, Where: []string{"sheet Staff"}},
		{Code: extract.PersonalMetadata, Severity: extract.Clean, Count: 2, Where: []string{"author"}},
	}})
	page := b.open(at).says(http.StatusOK, "1 hidden sheet", "Needs a reason", "Where: sheet Staff", "Show the sheet", "Clean and continue", "Why can it be shared as it is?")
	bad := page.fill(at, url.Values{"title": {"pond_v2_final.docx"}, "dated": {"Tuesday"}, "confirmed": nil, "reason": {" "}})
	bad.says(http.StatusUnprocessableEntity, "There is a problem", "not the name of its file", "Enter a summary", "Select what kind of document", "Select what stage",
		"Say why this file can be shared as it is", "Confirm that you may share this file", "Date must be a date")
	if got := bad.form(at, url.Values{"title": nil}); got.Get("title") != "pond_v2_final.docx" || got.Get("dated") != "Tuesday" {
		t.Errorf("typed and lost: %v", got)
	}
	for _, path := range []string{at, at + "/clean", at + "/delete"} { // a stranger learns nothing
		h.signedIn("ben").post(path, five(nil)).says(http.StatusNotFound)
	}
	h.signedIn("ben").open(at).says(http.StatusNotFound)

	page.fill(at+"/clean", nil).follow().says(http.StatusOK, "We are checking your file")
	u := h.reads(at, extract.Reading{Findings: []extract.Finding{{Code: extract.HiddenSheet, Severity: extract.Stop, Count: 1}}})
	if !u.Clean {
		t.Error("the library is not told to clean the file")
	}
	page = b.open(at).says(http.StatusOK, "We have taken out what this file said about the people who made it")
	if strings.Contains(page.text(), "Clean and continue") {
		t.Error("what has been cleaned can be cleaned again")
	}
	b.post(at+"/clean", nil).says(http.StatusForbidden, "has been cleaned already")
	to := page.fill(at, five(url.Values{"reason": {"It is the key to the colours"}})).header.Get("Location")
	h.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Audits(ctx, store.Page{})
		for _, a := range list {
			if a.Action == actions.DidShareAnyway && strings.HasPrefix(a.Target, "https://"+hallHost+to) && strings.Contains(a.Detail, "It is the key to the colours") {
				return err
			}
		}
		t.Errorf("not in the log: %v %+v", err, list)
		return nil
	})
}

func TestDOC1_WhereNoReasonIsTakenThePageSaysWhatToDo(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("rosa", actors.AccountAdmin)
	h.community(h.person("ann", actors.AccountMember), actions.Charter{Name: "parks"})
	b, root := h.signedIn("ann"), h.signedIn("rosa")
	b.open("/admin/files").says(http.StatusForbidden)
	b.post("/admin/files", url.Values{"kind": {"hidden"}}).says(http.StatusForbidden)
	at := b.sends("/c/parks/share", pondFile(pondText)).header.Get("Location")
	h.reads(at, extract.Reading{Findings: []extract.Finding{{Code: extract.HiddenSheet, Severity: extract.Stop, Count: 1}, {Code: extract.PivotCache, Severity: extract.Stop, Count: 1}}})
	form := b.open(at).says(http.StatusOK, "Needs a reason", "Why can it be shared as it is?")

	root.open("/admin/files").says(http.StatusOK, "For what is no reason enough?", "Hidden parts", "Protective markings")
	root.post("/admin/files", url.Values{"kind": {"feelings"}}).says(http.StatusUnprocessableEntity, "Choose from the list")
	root.post("/admin/files", url.Values{"kind": {"hidden", "people"}}).follow().says(http.StatusOK, "The setting is saved")
	if page := root.open("/admin/files"); strings.Count(page.body, `" checked`) != 2 {
		t.Errorf("the page does not show what was chosen:\n%s", page.body)
	}
	if got := h.audits(); got[0] != "rosa "+actions.DidSetNoReason+" hidden people" {
		t.Errorf("the log: %v", got)
	}
	page := form.fill(at, five(url.Values{"reason": {"It is the key to the colours"}}))
	page.says(http.StatusForbidden, "Mend this file before you share it", "Mend this first", "whatever the reason", "choose the new file", "Delete this file")
	page = b.open(at).says(http.StatusOK, "Mend this first", "Needs a reason") // the sheet, and the pivot table
	for _, not := range []string{"Why can it be shared as it is?", "Share document"} {
		if strings.Contains(page.text(), not) {
			t.Errorf("the page still offers %q", not)
		}
	}
	root.post("/admin/files", url.Values{}).follow().says(http.StatusOK, "The setting is saved")
	b.open(at).fill(at, five(url.Values{"reason": {"It is the key to the colours"}})).follow().says(http.StatusOK, "Your document is shared")
}

func TestDOC1_WhatIsRefusedSaysWhy(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.community(h.person("ann", actors.AccountMember), actions.Charter{Name: "parks"})
	b := h.signedIn("ann")
	at := b.sends("/c/parks/share", pondFile(pondText)).header.Get("Location")
	u := h.reads(at, extract.Reading{Findings: []extract.Finding{{Code: extract.SecretMarking, Severity: extract.Refuse, Count: 1}}})
	b.open(at).says(http.StatusOK, "This file cannot be shared", "Talk to your security adviser", "choose another file")
	b.post(at, five(url.Values{"reason": {"Please"}})).says(http.StatusForbidden, "may not be shared")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		u.State, u.Why = store.UploadRefused, extract.ErrPassword.Words
		return tx.FinishUpload(ctx, u)
	})
	b.open(at).says(http.StatusOK, "This file cannot be shared", "The selected file is password protected").
		fill(at+"/delete", nil).follow().says(http.StatusOK, "Your file is deleted", "There are none")
}

func TestS133_S134_S139_A12_FilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.community(h.person("ann", actors.AccountMember), actions.Charter{Name: "parks"})
	b := h.signedIn("ann")
	file := func(name, text string) part { return part{fileField, name, text} }
	many := make([]part, 1000)
	for i := range many {
		many[i] = part{"x", "", "y"}
	}
	for name, c := range map[string]struct {
		parts  []part
		status int
		words  string
	}{
		"none":              {nil, 422, "Choose a file"},
		"empty":             {[]part{file("a.pdf", "")}, 422, "The selected file is empty"},
		"a page called pdf": {[]part{file("minutes.pdf", "<!DOCTYPE html><script>alert(1)</script>")}, 422, "This is a web page"},
		"a drawing":         {[]part{file("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")}, 422, "SVG"},
		"another kind":      {[]part{file("a.pdf", "\x89PNG\r\n\x1a\n and so on")}, 422, "The name of this file ends in .pdf"},
		"a program":         {[]part{file("a.exe", "MZ\x90\x00\x03")}, 422, "program"},
		"two files":         {[]part{pondFile("one"), pondFile("two")}, 400, "choose the file again"},
		"a field after":     {[]part{pondFile("one"), {"csrf", "", "x"}}, 400, "choose the file again"},
		"a file in a field": {[]part{{"other", "a.md", "x"}, pondFile("one")}, 400, "choose the file again"},
		"1,000 fields":      {append(many, pondFile("one")), 400, "choose the file again"},
		"a field of 1 MB":   {[]part{{"csrf", "", strings.Repeat("x", 1<<20)}, pondFile("one")}, 400, "choose the file again"},
		"a header of 10 MB": {[]part{{strings.Repeat("x", 10<<20), "", "x"}, pondFile("one")}, 413, "too long"},
	} {
		b.sends("/c/parks/share", c.parts...).says(c.status, c.words)
		if h.uploads() != 0 || h.kept() != 0 {
			t.Fatalf("%s leaves something behind", name)
		}
	}
	b.sendsBody("/c/parks/share", "multipart/form-data", strings.NewReader("x")).says(400)
	b.sendsBody("/c/parks/share", "multipart/form-data; boundary=x", strings.NewReader("--y\r\n")).says(422, "Choose a file")
	for sent, want := range map[string]string{
		`..\..\windows\pond.md`: "pond.md", "../../etc/pond.md": "pond.md", "po\u202end\x00.md": "pond.md",
		strings.Repeat("pond", 100) + ".md": strings.Repeat("pond", 100)[:mostFileName-3] + ".md",
	} {
		if got := fileName(sent); got != want {
			t.Errorf("%q is called %q, want %q", sent, got, want)
		}
	}
	h.spoolIsEmpty()
}

// spoolIsEmpty fails if something of a file that was received is still there.
func (h *hall) spoolIsEmpty() {
	h.Helper()
	list, err := os.ReadDir(h.spool)
	if err != nil || len(list) > 0 {
		h.Errorf("left behind: %v %v", list, err)
	}
}

func TestS138_QuotasAndSendersWhoGoAway(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks", Posting: actors.PostMembers})
	h.person("ben", actors.AccountMember)
	b := h.signedIn("ann")
	h.signedIn("ben").sends("/c/parks/share", pondFile(pondText)).says(http.StatusForbidden, "Join this community")
	h.browser().sends("/c/parks/share", pondFile(pondText)).says(http.StatusForbidden, "Sign in")

	body, kind := formOfParts(t, pondFile(strings.Repeat(pondText, 1000)))
	gone := io.MultiReader(bytes.NewReader(body[:len(body)/2]), iotest.ErrReader(errors.New("gone")))
	b.sendsBody("/c/parks/share", kind, gone).says(http.StatusBadRequest, "choose the file again")
	b.sendsBody("/c/parks/share", kind, bytes.NewReader(body[:len(body)/2])).says(http.StatusBadRequest)
	h.spoolIsEmpty()

	before, after, _ := bytes.Cut(body, []byte(pondText))
	after = after[bytes.LastIndex(after, []byte("\r\n--")):]
	large := io.MultiReader(bytes.NewReader(before), io.LimitReader(zeros{}, actions.MaxFile+1), bytes.NewReader(after))
	b.sendsBody("/c/parks/share", kind, large).says(http.StatusUnprocessableEntity, "The selected file must be smaller than 100 MB")
	h.spoolIsEmpty()

	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddUpload(ctx, store.Upload{ID: 1, Actor: ann.ID, Group: parks.ID, Name: "a", Format: extract.MD, Size: 5 << 30, State: store.UploadWaiting, At: h.server.Now()})
	})
	b.sends("/c/parks/share", pondFile(pondText)).says(http.StatusUnprocessableEntity, "You have used all the space")
	if n := h.uploads(); n != 1 || h.kept() != 0 {
		t.Errorf("%d uploads", n)
	}
	h.spoolIsEmpty()
	for range mostSending {
		h.server.senders.begin(ann.ID)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.DropUpload(ctx, ann.ID, 1) })
	b.sends("/c/parks/share", pondFile(pondText)).says(http.StatusUnprocessableEntity, "You are sending several files already")
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestS146_AFormWithAFileNeedsItsToken(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.community(h.person("ann", actors.AccountMember), actions.Charter{Name: "parks"})
	b := h.signedIn("ann")
	token := b.open("/c/parks/share").form("/c/parks/share", nil).Get(tokenField)
	b.plain = true
	b.sends("/c/parks/share", pondFile(pondText)).says(http.StatusForbidden, "too old")
	b.headers = map[string]string{"Sec-Fetch-Site": "cross-site"}
	b.sends("/c/parks/share", part{tokenField, "", token}, pondFile(pondText)).says(http.StatusForbidden, "another website")
	b.headers = nil
	if got := b.sends("/c/parks/share", part{tokenField, "", token}, pondFile(pondText)); got.status != http.StatusSeeOther {
		t.Errorf("with its token: %d", got.status)
	}
}

func TestS144_TheSameBytesAgainTellNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks"})
	h.community(ben, actions.Charter{Name: "closed", Audience: actors.AudienceMembers})
	one := h.signedIn("ben").sends("/c/closed/share", pondFile(pondText))
	two := h.signedIn("ann").sends("/c/parks/share", pondFile(pondText))
	if one.status != two.status || two.status != http.StatusSeeOther || one.follow().status != http.StatusOK {
		t.Errorf("%d, then %d", one.status, two.status)
	}
	if got := two.follow().says(http.StatusOK, "We are checking your file"); strings.Contains(got.text(), "losed") {
		t.Error("the other community is named")
	}
	h.signedIn("ann").open(one.header.Get("Location")).says(http.StatusNotFound)
}

func TestDOC3_ReadersCanBeNarrowedAndNotWidened(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers})
	b := h.signedIn("ann")
	at := b.sends("/c/closed/share", pondFile(pondText)).header.Get("Location")
	h.reads(at, extract.Reading{})
	page := b.open(at).says(http.StatusOK, "You cannot widen this later", "Members of this community can read this: 1 member")
	if strings.Contains(page.body, `value="public"`) {
		t.Error("everyone is offered in a closed community")
	}
	to := page.fill(at, five(url.Values{"audience": {"public"}})).header.Get("Location")
	h.read(func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.PostByURI(ctx, actors.URI("https://"+hallHost+to))
		if err == nil && p.Audience != actors.AudienceMembers {
			t.Errorf("shared with %s", p.Audience)
		}
		return err
	})
}

func TestDOC3_TheUsualLicenceFollowsFromTheReaders(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.community(h.person("ann", actors.AccountMember), actions.Charter{Name: "parks"})
	b := h.signedIn("ann")
	for audience, want := range map[string]content.Licence{"public": content.OGL, "members": content.Members, "organisation": content.Members} {
		_, p := b.shares(url.Values{"title": {"For " + audience}, "audience": {audience}})
		if d := h.doc(p); d.Licence != want || string(p.Audience) != audience {
			t.Errorf("%s: shared with %s under %q", audience, p.Audience, d.Licence)
		}
	}
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"4 May 2027": "2027-05-04", "4  may 2027 ": "2027-05-04", "04/05/2027": "2027-05-04", "2027-05-04": "2027-05-04", "4 Sep 2027": "2027-09-04",
		"May 2027": "2027-05", "2027-05": "2027-05", "5/2027": "2027-05", "2027": "2027", "": "", "31 February 2027": "31 February 2027", "soon": "soon",
	} {
		if got := partialDate(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
	for _, stored := range []string{"2027-05-04", "2027-05", "2027", ""} {
		if got := partialDate(spokenDate(stored)); got != stored {
			t.Errorf("%q comes back as %q", stored, got)
		}
	}
}
