package library_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/extract/apart"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/library"
	"moothall/store"
	"moothall/store/storetest"
)

// desk is a library with a database, and one other host.
type desk struct {
	*storetest.Town
	lib   *library.Library
	ctx   context.Context
	now   time.Time
	ann   actors.Actor
	group actors.Community

	mu    sync.Mutex
	asked int
	hands string // what the other host hands out
	// status of its answers; zero is 200.
	status int
}

func newDesk(t *testing.T) *desk {
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := blobs.Memory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Town: storetest.NewTown(t, db), ctx: context.Background(), now: storetest.At(1)}
	d.ann = d.Person("Ann", "")
	d.group = d.Community("parks", actors.AudiencePublic)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	client := &remote.Client{
		HTTP: d, OwnHost: "here.example", Now: func() time.Time { return d.now },
		Decide: func(string, actors.Purpose) actors.Decision { return actors.Decision{Verdict: actors.Accept} },
		Signer: func(context.Context) (sign.Signer, error) {
			return sign.Signer{KeyID: "https://here.example/u/Ann#main-key", Key: key}, nil
		},
	}
	d.lib = &library.Library{DB: db, Files: files, Read: apart.Here{}.Read, Now: func() time.Time { return d.now },
		Log: slog.New(slog.DiscardHandler), As: func(context.Context, actors.ID, actors.ID) (*remote.Client, error) { return client, nil }}
	return d
}

// RoundTrip is the other host.
func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Signature") == "" {
		return nil, errors.New("not signed")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if d.status != 0 {
		w.WriteHeader(d.status)
	}
	io.WriteString(w, d.hands)
	return w.Result(), nil
}

func (d *desk) step(t *testing.T) {
	t.Helper()
	for {
		moved, _, err := d.lib.Step(d.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !moved {
			return
		}
	}
}

// upload sends a file.
func (d *desk) upload(t *testing.T, f extract.Format, words string) store.Upload {
	t.Helper()
	digest, size, err := d.lib.Files.Put(d.ctx, strings.NewReader(words), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	u := store.Upload{ID: d.ID(), Actor: d.ann.ID, Group: d.group.ID, Name: "a." + string(f), Format: f,
		Digest: digest, Size: size, State: store.UploadWaiting, At: d.now}
	d.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.KeepFile(ctx, digest, size, d.now, d.now); err != nil {
			return err
		}
		return tx.AddUpload(ctx, u)
	})
	return u
}

func (d *desk) uploaded(t *testing.T, id actors.ID) (u store.Upload) {
	t.Helper()
	d.Read(func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = tx.Upload(ctx, d.ann.ID, id)
		return err
	})
	return u
}

func (d *desk) reading(t *testing.T, digest content.Digest) (text string) {
	t.Helper()
	d.Read(func(ctx context.Context, tx *store.Tx) error {
		body, err := tx.Reading(ctx, digest)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		text = string(body)
		return err
	})
	return text
}

func TestUploadsAreReadOrRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good := d.upload(t, extract.TXT, "Clay, and straw.\n")
	bad := d.upload(t, extract.DOCX, "not an archive")
	d.step(t)
	if u := d.uploaded(t, good.ID); u.State != store.UploadReady || !strings.Contains(d.reading(t, u.Digest), "straw") {
		t.Errorf("%s: %s", u.State, d.reading(t, u.Digest))
	}
	if u := d.uploaded(t, bad.ID); u.State != store.UploadRefused || u.Why == "" {
		t.Errorf("a broken file: %s %q", u.State, u.Why)
	}
}

func TestFileThatBreaksItsReaderIsSharedWithoutText(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.lib.Read = func(context.Context, apart.Job) (apart.Result, error) {
		return apart.Result{}, &apart.Unreadable{Why: "killed"}
	}
	u := d.upload(t, extract.PDF, "%PDF-1.7")
	d.step(t)
	if u = d.uploaded(t, u.ID); u.State != store.UploadReady || !strings.Contains(d.reading(t, u.Digest), "unreadable") {
		t.Errorf("%s: %s", u.State, d.reading(t, u.Digest))
	}
}

// What was to be taken out of a file is taken out, or the file is not shared.
func TestS137_FileThatIsNotCleanedIsNotShared(t *testing.T) {
	t.Parallel()
	read := apart.Here{}.Read
	for name, how := range map[string]struct {
		format extract.Format
		clean  func() (apart.Result, error)
	}{
		"its reader breaks":    {extract.DOCX, func() (apart.Result, error) { return apart.Result{}, &apart.Unreadable{Why: "killed"} }},
		"the node is at fault": {extract.DOCX, func() (apart.Result, error) { return apart.Result{}, errors.New("no space left") }},
		"nothing comes out":    {extract.PDF, func() (apart.Result, error) { return apart.Result{Reading: extract.Reading{Format: extract.PDF}}, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.lib.Read = func(ctx context.Context, j apart.Job) (apart.Result, error) {
				if j.Clean {
					return how.clean()
				}
				j.Format = extract.TXT
				return read(ctx, j)
			}
			u := d.upload(t, how.format, "by Ann")
			d.step(t)
			d.Write(func(ctx context.Context, tx *store.Tx) error { return tx.CleanUpload(ctx, d.ann.ID, u.ID, d.now) })
			for range 4 {
				_, _, _ = d.lib.Step(d.ctx)
				d.now = d.now.Add(time.Hour / 10)
			}
			if got := d.uploaded(t, u.ID); got.State != store.UploadRefused || got.Why != extract.ErrNotCleaned.Words {
				t.Errorf("%s: %s %q", name, got.State, got.Why)
			}
		})
	}
}

func TestNodesOwnFaultIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tries := 0
	d.lib.Read = func(context.Context, apart.Job) (apart.Result, error) {
		tries++
		return apart.Result{}, errors.New("no space left")
	}
	u := d.upload(t, extract.TXT, "words")
	for range 5 {
		_, _, _ = d.lib.Step(d.ctx)
		d.now = d.now.Add(time.Hour / 10)
	}
	if got := d.uploaded(t, u.ID); got.State != store.UploadReady || tries != 3 {
		t.Errorf("%s after %d tries", got.State, tries)
	}
}

// theirs is a document elsewhere whose file is said to be these bytes.
func (d *desk) theirs(words string) (content.Post, content.Version) {
	p := d.Draft(d.group.ID, d.Person("Bob"+words, "peer.example").ID, nil, actors.AudiencePublic, 1)
	p.Kind, p.Local, p.URI = content.KindDocument, false, actors.URI("https://peer.example/d/"+p.ID.String())
	v := d.Version(p, 1)
	v.File = content.Attached{Digest: content.DigestOf([]byte(words)), Name: "a.txt", MediaType: "text/plain", Size: int64(len(words)), URL: string(v.URI) + "/file"}
	d.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddPost(ctx, p, nil); err != nil {
			return err
		}
		if err := tx.AddDocument(ctx, p, content.Document{}); err != nil {
			return err
		}
		return tx.AddVersion(ctx, v)
	})
	return p, v
}

func TestC60_FileThatIsNotTheOneAnnouncedIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p, v := d.theirs("clay")
	for hands, want := range map[string]error{"clay": nil, "c1ay": library.ErrAltered, "clay and more": library.ErrAltered, "cla": library.ErrAltered} {
		d.hands = hands
		v := v
		if want != nil {
			v.File.Digest = content.DigestOf([]byte("clay of " + hands))
		}
		err := d.lib.Hold(d.ctx, d.ann.ID, p, v)
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", hands, err, want)
		}
		_, _, held := d.lib.Files.Reader(d.ctx, v.File.Digest)
		if (held == nil) != (want == nil) {
			t.Errorf("%q is held: %v", hands, held)
		}
	}
	d.Read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.RefusalsSince(ctx, time.Time{}, store.Page{})
		if err != nil || len(list) != 1 || list[0].Times != 3 || list[0].Host != "peer.example" {
			t.Errorf("I5: admins see %+v: %v", list, err)
		}
		return nil
	})
}

func TestFetchedOnceReadAndForgottenInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hands = "clay and straw"
	p, v := d.theirs(d.hands)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := d.lib.Hold(d.ctx, d.ann.ID, p, v); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	d.step(t)
	if d.asked != 1 || !strings.Contains(d.reading(t, v.File.Digest), "straw") {
		t.Errorf("asked %d times; read: %s", d.asked, d.reading(t, v.File.Digest))
	}
	d.now = d.now.Add(29 * 24 * time.Hour)
	d.step(t)
	if _, _, err := d.lib.Files.Reader(d.ctx, v.File.Digest); err != nil {
		t.Errorf("after 29 days: %v", err)
	}
	d.now = d.now.Add(2 * 24 * time.Hour)
	d.step(t)
	if _, _, err := d.lib.Files.Reader(d.ctx, v.File.Digest); !errors.Is(err, blobs.ErrNotHeld) {
		t.Errorf("after 31 days: %v", err)
	}
}

func TestS138_UploadsThatNobodySharesAreClearedAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	u := d.upload(t, extract.TXT, "words")
	d.step(t)
	d.now = d.now.Add(8 * 24 * time.Hour)
	d.step(t)
	if _, _, err := d.lib.Files.Reader(d.ctx, u.Digest); !errors.Is(err, blobs.ErrNotHeld) {
		t.Errorf("a week later: %v", err)
	}
}

func TestBytesThatNoRowKnowsAreFoundInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	digest, _, err := d.lib.Files.Put(d.ctx, strings.NewReader("left by a crash"), 100)
	if err != nil {
		t.Fatal(err)
	}
	kept := d.upload(t, extract.TXT, "of somebody")
	d.now = time.Now().Add(time.Hour) // the store goes by the clock of the machine
	d.step(t)
	if _, _, err := d.lib.Files.Reader(d.ctx, digest); err != nil {
		t.Errorf("while somebody may be about to name it: %v", err)
	}
	d.now = d.now.Add(48 * time.Hour)
	d.step(t)
	if _, _, err := d.lib.Files.Reader(d.ctx, digest); !errors.Is(err, blobs.ErrNotHeld) {
		t.Errorf("later: %v", err)
	}
	if _, _, err := d.lib.Files.Reader(d.ctx, kept.Digest); err != nil {
		t.Errorf("one that is known: %v", err)
	}
}
