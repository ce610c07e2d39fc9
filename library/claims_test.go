package library_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/extract/apart"
	"moothall/extract/specimen"
	"moothall/library"
	"moothall/search"
	"moothall/store"
)

// shared makes a document of this node that only members read, of a file that ann sent.
func (d *desk) shared(t *testing.T, words string) (content.Post, content.Version) {
	t.Helper()
	u := d.upload(t, extract.TXT, words)
	d.step(t)
	u = d.uploaded(t, u.ID)
	p := d.Draft(d.group.ID, d.ann.ID, nil, actors.AudienceMembers, 1)
	p.Kind = content.KindDocument
	v := d.Version(p, 1)
	v.File = content.Attached{Digest: u.Digest, Name: u.Name, MediaType: "text/plain", Size: u.Size}
	d.Write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.AddPost(ctx, p, nil), tx.AddDocument(ctx, p, content.Document{Owner: d.ann.ID}), tx.AddVersion(ctx, v),
			tx.KeepFile(ctx, u.Digest, u.Size, d.now, d.now))
	})
	return p, v
}

// finds says how many documents anybody finds by a word.
func (d *desk) finds(t *testing.T, word string) int {
	t.Helper()
	for {
		n, _, err := d.lib.DB.IndexDue(d.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	var found store.Found
	d.Read(func(ctx context.Context, tx *store.Tx) (err error) {
		found, err = tx.Search(ctx, actors.Viewer{}, search.Parse(word), search.Filter{}, d.now)
		return err
	})
	return len(found.IDs)
}

// TestS141_S144_AFingerprintOpensNothing: another site announces to everybody a
// document whose file, by its fingerprint, is one that only members read here. Its
// word is no key: neither to the bytes nor to the words in them, nor to
// whether they are here.
func TestS141_S144_AFingerprintOpensNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	words := "The tender is won by Marmalade Works."
	_, ours := d.shared(t, words)
	p, v := d.theirs(words)
	if n := d.finds(t, "marmalade"); n != 0 {
		t.Errorf("%d documents are found by a word that only members read", n)
	}
	d.hands = "we do not have it"
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); !errors.Is(err, library.ErrAltered) {
		t.Errorf("opened: %v", err)
	}
	if d.asked != 1 {
		t.Errorf("its site was asked %d times: that tells whether the file is here", d.asked)
	}
	d.Read(func(ctx context.Context, tx *store.Tx) error {
		if has, err := tx.HasFileOf(ctx, v); has || err != nil {
			t.Errorf("it has our file: %v", err)
		}
		if has, err := tx.HasFileOf(ctx, ours); !has || err != nil {
			t.Errorf("we have not: %v", err)
		}
		return nil
	})
	d.now = d.now.Add(time.Hour)
	d.hands = words // now it shows that it has the file
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
		t.Error(err)
	}
	if n := d.finds(t, "marmalade"); n != 1 {
		t.Errorf("%d documents are found by a word in the file that their site handed out", n)
	}
}

// TestS144_WhatTheCheckFoundIsNotForgotten: another site has a file that is being
// shared here, and calls it something that it is not. What was found in it stays.
func TestS144_WhatTheCheckFoundIsNotForgotten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	words := "OFFICIAL-SENSITIVE\n\nThe tender is won by Marmalade Works.\n"
	u := d.upload(t, extract.TXT, words)
	d.step(t)
	was := d.reading(t, u.Digest)
	d.hands = words
	p, v := d.theirs(words)
	v.File.MediaType = "application/pdf"
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
		t.Fatal(err)
	}
	d.step(t)
	if got := d.reading(t, u.Digest); got != was {
		t.Errorf("it says now %s\nand said %s", got, was)
	}
}

// TestS141_FileOnAnotherSiteIsNotFetched: a document names a file of a third site, where
// its reader may have more than others.
func TestS141_FileOnAnotherSiteIsNotFetched(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hands = "clay"
	p, v := d.theirs(d.hands)
	v.File.URL = "https://third.example/d/x/v/1/file"
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); !errors.Is(err, library.ErrUnreachable) || d.asked != 0 {
		t.Errorf("asked %d times: %v", d.asked, err)
	}
}

// TestS97_ASlowSiteKeepsNobodyElseWaiting: more readers than there are turns wait for files
// of one site that never answers. One of another site comes all the same, and who
// goes away waits no longer.
func TestS97_ASlowSiteKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hands = "clay"
	slow := &stuck{desk: d, host: "slow.example", asked: make(chan struct{}, 100), open: make(chan struct{})}
	client, err := d.lib.As(d.ctx, d.ann.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	client.HTTP = slow
	ctx, leave := context.WithCancel(d.ctx)
	var all sync.WaitGroup
	for i := range 20 {
		p, v := d.theirs(fmt.Sprint("slow ", i))
		v.URI = actors.URI(fmt.Sprintf("https://slow.example/d/%d/v/1", i))
		v.File.URL = string(v.URI) + "/file"
		all.Go(func() {
			if err := d.lib.Hold(ctx, d.ann.ID, p, v); !errors.Is(err, context.Canceled) {
				t.Errorf("who went away: %v", err)
			}
		})
	}
	<-slow.asked
	p, v := d.theirs("clay")
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
		t.Error(err)
	}
	leave()
	all.Wait() // while the site still says nothing
	close(slow.open)
}

// TestS97_TheQueueForFilesHasAnEnd: so many wait for files of a site that says nothing that
// the next is told to try again. One of another site still comes.
func TestS97_TheQueueForFilesHasAnEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hands = "clay"
	slow := &stuck{desk: d, host: "slow.example", asked: make(chan struct{}, 100), open: make(chan struct{})}
	client, err := d.lib.As(d.ctx, d.ann.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	client.HTTP = slow
	ctx, leave := context.WithCancel(d.ctx)
	came := make(chan error)
	const many = 60
	for i := range many {
		p, v := d.theirs(fmt.Sprint("slow ", i))
		v.URI = actors.URI(fmt.Sprintf("https://slow.example/d/%d/v/1", i))
		v.File.URL = string(v.URI) + "/file"
		go func() { came <- d.lib.Hold(ctx, d.ann.ID, p, v) }()
		if i < 2 {
			<-slow.asked
		}
	}
	for range many - 32 { // two are asked for, thirty wait
		if err := <-came; !errors.Is(err, library.ErrBusy) {
			t.Errorf("one too many: %v", err)
		}
	}
	p, v := d.theirs("clay")
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
		t.Error(err)
	}
	leave()
	for range 32 {
		if err := <-came; !errors.Is(err, context.Canceled) {
			t.Errorf("one that waited: %v", err)
		}
	}
	close(slow.open)
}

// TestC60_AnAlteredFileIsNotFetchedAtEachClick: but in a while it is, and at once when its
// site announces another.
func TestC60_AnAlteredFileIsNotFetchedAtEachClick(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, v := d.theirs("clay")
	d.hands = "cla1"
	for range 3 {
		if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); !errors.Is(err, library.ErrAltered) {
			t.Error(err)
		}
	}
	if d.asked != 1 {
		t.Errorf("asked %d times", d.asked)
	}
	other := v
	other.File.Digest = content.DigestOf([]byte(d.hands))
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, other); errors.Is(err, library.ErrAltered) || d.asked != 2 {
		t.Errorf("another that is announced: asked %d times: %v", d.asked, err)
	}
	d.now, d.hands = d.now.Add(11*time.Minute), "clay"
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil || d.asked != 3 {
		t.Errorf("asked %d times: %v", d.asked, err)
	}
}

// stuck is the other host, beside one that does not answer until it may go on.
type stuck struct {
	*desk
	host  string
	asked chan struct{}
	open  chan struct{}
}

func (s *stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != s.host {
		return s.desk.RoundTrip(r)
	}
	s.asked <- struct{}{}
	<-s.open
	return nil, errors.New("closed")
}

// TestS133_WhatASiteSaysOfAFileIsNotBelieved: a partner says that a file is of another
// kind, or of no kind. It is read as what it is, for all who have the same file.
func TestS133_WhatASiteSaysOfAFileIsNotBelieved(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i, media := range []string{"application/pdf", "image/png", "text/html", "application/octet-stream", ""} {
		guide, err := specimen.Make(extract.DOCX, specimen.Doc{Blocks: []extract.Block{{Kind: extract.Paragraph, Text: fmt.Sprint("Clay, and straw ", i)}}})
		if err != nil {
			t.Fatal(err)
		}
		d.hands = string(guide)
		p, v := d.theirs(d.hands)
		v.File.MediaType = media
		if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
			t.Fatal(err)
		}
		d.step(t)
		if got := d.reading(t, v.File.Digest); !strings.Contains(got, "straw") || !strings.Contains(got, `"docx"`) {
			t.Errorf("said to be %q, it is read as %s", media, got)
		}
	}
}

// TestFaultOfTheNodeLeavesNoEmptyReading: a full disk says nothing of a file.
func TestFaultOfTheNodeLeavesNoEmptyReading(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	read := d.lib.Read
	d.lib.Read = func(context.Context, apart.Job) (apart.Result, error) {
		return apart.Result{}, errors.New("no space left")
	}
	d.hands = "clay and straw"
	p, v := d.theirs(d.hands)
	for _, want := range []bool{false, true} {
		if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
			t.Fatal(err)
		}
		d.step(t)
		if got := d.reading(t, v.File.Digest); strings.Contains(got, "straw") != want || !want && got != "" {
			t.Errorf("read as %q", got)
		}
		d.lib.Read = read
	}
}

// TestDOC1_WhatBrokeItsReaderIsNotClean: a fetched file that nobody could look into is
// known as one, and not as one in which nothing was found.
func TestDOC1_WhatBrokeItsReaderIsNotClean(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.lib.Read = func(context.Context, apart.Job) (apart.Result, error) {
		return apart.Result{}, &apart.Unreadable{Why: "killed"}
	}
	d.hands = "clay and straw"
	p, v := d.theirs(d.hands)
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
		t.Fatal(err)
	}
	d.step(t)
	if got := d.reading(t, v.File.Digest); !strings.Contains(got, extract.Unreadable) {
		t.Errorf("read as %q", got)
	}
}

// TestC60_WhatIsTooLargeIsNotAskedFor: a site that says truly how large its file is has
// altered nothing.
func TestC60_WhatIsTooLargeIsNotAskedFor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hands = "clay"
	p, v := d.theirs(d.hands)
	v.File.Size = library.MaxFetched + 1
	if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); !errors.Is(err, library.ErrUnreachable) || errors.Is(err, library.ErrAltered) || d.asked != 0 {
		t.Errorf("%v, after %d requests", err, d.asked)
	}
}
