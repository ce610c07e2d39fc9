package serve_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// share lets ann share a document with a file of these bytes.
func (h *hall) share(c actors.Community, words string, d content.Document) (p content.Post) {
	h.t.Helper()
	if h.serve.Files == nil {
		files, err := blobs.Memory(h.t.TempDir())
		if err != nil {
			h.t.Fatal(err)
		}
		h.serve.Files = files
	}
	digest, size, err := h.serve.Files.Put(h.ctx, strings.NewReader(words), 1<<20)
	if err != nil {
		h.t.Fatal(err)
	}
	d.Summary, d.Type, d.Stage = "What it says.", "guidance", content.InDraft
	h.write(func(tx *store.Tx) error {
		u, err := h.acts.Receive(h.ctx, tx, h.ann, c, store.Upload{Name: "pond.txt", Format: extract.TXT, Digest: digest, Size: size})
		if err != nil {
			return err
		}
		u.State = store.UploadReady
		p, err = h.acts.Share(h.ctx, tx, h.ann, c, content.DocumentDraft{Document: d, Title: "Pond lining guide", Confirmed: true}, u, "")
		return err
	})
	return p
}

func (h *hall) fileOf(p content.Post, signer actors.URI, header map[string]string) *httptest.ResponseRecorder {
	return h.ask(request{path: strings.TrimPrefix(string(p.URI), "https://north.example") + "/v/1/file", accept: "*/*", signer: signer, header: header})
}

func TestS64_S140_FilesGoToReadersOnly(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	open := h.share(h.parks, `{"type":"Person","id":"https://north.example/u/eve"}`, content.Document{})
	closed := h.share(h.tender, "for members "+marker, content.Document{})
	sensitive := h.share(h.tender, "of named people "+marker, content.Document{Classification: content.Sensitive, Handling: "Members only"})
	kept := h.share(h.parks, "later "+marker, content.Document{Embargo: h.clock.AddDate(0, 0, 9)})

	w := h.fileOf(open, h.mal.URI, map[string]string{"Accept": streams})
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain" || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("S64: %d %v", w.Code, w.Header())
	}
	if w := h.fileOf(open, h.mal.URI, map[string]string{"Range": "bytes=1-4"}); w.Code != http.StatusPartialContent || w.Body.Len() != 4 {
		t.Errorf("a range: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := h.fileOf(open, "", nil); !strings.Contains(w.Body.String(), "a page") {
		t.Errorf("who does not sign is answered by pages: %d %s", w.Code, w.Body)
	}
	w = h.fileOf(closed, h.mia.URI, nil)
	if w.Code != http.StatusOK || w.Body.String() != "for members "+marker || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("a member: %d %v", w.Code, w.Header())
	}
	nothing := h.ask(request{path: "/d/23456789/v/1/file", accept: "*/*", signer: h.mia.URI})
	for name, c := range map[string]struct {
		p      content.Post
		signer actors.URI
	}{
		"a stranger":                    {closed, h.mal.URI},
		"a server":                      {closed, "https://south.example/"},
		"a host that is no partner":     {closed, "https://stranger.example/u/x"},
		"sensitive, to a member":        {sensitive, h.mia.URI},
		"kept back, to a member":        {kept, h.mia.URI},
		"kept back, to who is unsigned": {kept, "bad"},
	} {
		if w := h.fileOf(c.p, c.signer, nil); w.Code != nothing.Code || !bytes.Equal(w.Body.Bytes(), nothing.Body.Bytes()) || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestS143_FilesOfWhatIsWithdrawnAreGone(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.share(h.tender, "for members "+marker, content.Document{})
	h.write(func(tx *store.Tx) error {
		return h.acts.WithdrawDocument(h.ctx, tx, h.ann, p, content.Withdrawal{Reason: "wrong"})
	})
	if w := h.fileOf(p, h.mia.URI, nil); w.Code != http.StatusGone || strings.Contains(w.Body.String(), marker) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
