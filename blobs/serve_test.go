package blobs

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/content"
	"moothall/extract"
)

// ask asks for one stored file, with pairs of header names and values.
func ask(t *testing.T, s *Store, method, text string, as Download, headers ...string) *http.Response {
	t.Helper()
	d, _, err := s.Put(t.Context(), strings.NewReader(text), 1000)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, "/d/k7m2p9qr/v/1/file", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	if begun, err := s.Serve(w, r, d, as); err != nil || !begun {
		t.Fatal(begun, err)
	}
	return w.Result()
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestS133_S134_FileIsSavedAndRunsNothing(t *testing.T) {
	t.Parallel()
	const page = "<script>alert(1)</script>"
	s := memoryStore(t)
	resp := ask(t, s, http.MethodGet, page, Download{Name: "minutes.pdf", Format: extract.PDF, ETag: "v1"})
	want := map[string]string{
		"Content-Type":                 "application/pdf",
		"Content-Disposition":          `attachment; filename="minutes.pdf"`,
		"X-Content-Type-Options":       "nosniff",
		"Content-Security-Policy":      "sandbox; default-src 'none'",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "private, no-store",
		"Accept-Ranges":                "bytes",
		"Etag":                         `"v1"`,
		"Content-Length":               "25",
	}
	got := map[string]string{}
	for name := range resp.Header {
		got[name] = resp.Header.Get(name)
	}
	if d := cmp.Diff(want, got); d != "" || resp.StatusCode != http.StatusOK {
		t.Errorf("%d, headers differ (-want +got):\n%s", resp.StatusCode, d)
	}
	if b := body(t, resp); b != page {
		t.Errorf("sent %q", b)
	}
	for format, want := range map[extract.Format]string{
		extract.CSV: "text/csv", extract.TXT: "text/plain", extract.PNG: "image/png",
		"": "application/octet-stream", "text/html": "application/octet-stream", "svg": "application/octet-stream",
		"application/activity+json": "application/octet-stream",
	} {
		if got := ask(t, s, http.MethodGet, page, Download{Format: format}).Header.Get("Content-Type"); got != want {
			t.Errorf("%q is sent as %s, want %s", format, got, want)
		}
	}
}

func TestS140_OnlyWhatEveryoneMayReadIsKeptOnTheWay(t *testing.T) {
	t.Parallel()
	s := memoryStore(t)
	when := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	as := Download{Name: "a.txt", Format: extract.TXT, ETag: "k7m2p9qr-1", Modified: when, Public: true}
	resp := ask(t, s, http.MethodGet, "0123456789", as)
	if c, m := resp.Header.Get("Cache-Control"), resp.Header.Get("Last-Modified"); c != "public, max-age=31536000, immutable" || m != when.Format(http.TimeFormat) {
		t.Errorf("kept as %q, %q", c, m)
	}
	resp = ask(t, s, http.MethodGet, "0123456789", as, "If-None-Match", `"k7m2p9qr-1"`)
	if b := body(t, resp); resp.StatusCode != http.StatusNotModified || b != "" {
		t.Errorf("answered %d %q", resp.StatusCode, b)
	}
	resp = ask(t, s, http.MethodHead, "0123456789", as)
	if b := body(t, resp); resp.StatusCode != http.StatusOK || b != "" || resp.Header.Get("Content-Length") != "10" {
		t.Errorf("answered %d %q %v", resp.StatusCode, b, resp.Header)
	}
	for header := range resp.Header {
		if v := resp.Header.Get(header); strings.Contains(v, content.DigestOf([]byte("0123456789")).String()[:8]) {
			t.Errorf("%s gives the digest away: %s", header, v)
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		for _, tt := range []struct {
			ranges string
			status int
			body   string
		}{
			{"bytes=2-4", http.StatusPartialContent, "234"},
			{"bytes=7-", http.StatusPartialContent, "789"},
			{"bytes=-2", http.StatusPartialContent, "89"},
			{"bytes=0-0", http.StatusPartialContent, "0"},
			{"bytes=10-", http.StatusRequestedRangeNotSatisfiable, ""},
			{"bytes=0-1,4-5", http.StatusOK, "0123456789"}, // several are passed over
			{"lines=1-2", http.StatusRequestedRangeNotSatisfiable, ""},
		} {
			resp := ask(t, s, http.MethodGet, "0123456789", Download{ETag: "1"}, "Range", tt.ranges)
			if b := body(t, resp); resp.StatusCode != tt.status || tt.body != "" && b != tt.body {
				t.Errorf("%s: %d %q, want %d %q", tt.ranges, resp.StatusCode, b, tt.status, tt.body)
			}
		}
		resp := ask(t, s, http.MethodGet, "0123456789", Download{ETag: "1"}, "Range", "bytes=7-", "If-Range", `"0"`)
		if b := body(t, resp); resp.StatusCode != http.StatusOK || b != "0123456789" {
			t.Errorf("of another version: %d %q", resp.StatusCode, b)
		}
	})
}

func TestFileThatIsGoneIsTheCallersToAnswer(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/d/x", nil)
	begun, err := memoryStore(t).Serve(w, r, content.DigestOf(nil), Download{})
	if begun || !errors.Is(err, ErrNotHeld) || len(w.Header()) > 0 {
		t.Errorf("%t, %v, %v", begun, err, w.Header())
	}
}

// TestShortFileBreaksTheConnection: a file that lost its end on the disk is not
// taken for a whole one.
func TestShortFileBreaksTheConnection(t *testing.T) {
	t.Parallel()
	s := folderStore(t)
	d, size, err := s.Put(t.Context(), noise(1, 8*chunk), 8*chunk)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cut := cutOnWrite{ResponseWriter: w, path: filepath.Join(s.folder, key(d))}
		_, err := s.Serve(&cut, r, d, Download{})
		served <- err
	}))
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || n >= size || resp.ContentLength != size {
		t.Errorf("read %d of %d: %v", n, resp.ContentLength, err)
	}
	if err := <-served; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the server found %v", err)
	}
}

// cutOnWrite makes a file short as soon as its first bytes are sent.
type cutOnWrite struct {
	http.ResponseWriter
	path string
}

func (c *cutOnWrite) Write(b []byte) (int, error) {
	if err := os.Truncate(c.path, 3*chunk); err != nil {
		return 0, err
	}
	return c.ResponseWriter.Write(b)
}

func TestDispositionIsSafe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Strategy ", 40) + ".docx"
	tests := []struct{ name, saved, header string }{
		{"minutes.pdf", "minutes.pdf", `attachment; filename="minutes.pdf"`},
		{"", "file", `attachment; filename="file"`},
		{"...", "file", ""},
		{"../../etc/passwd", "passwd", ""},
		{`C:\Users\me\Budget 2026.xlsx`, "Budget 2026.xlsx", ""},
		{".htaccess", "htaccess", ""},
		{"Cynllun Tŷ.pdf", "Cynllun Tŷ.pdf", `attachment; filename="Cynllun T_.pdf"; filename*=UTF-8''Cynllun%20T%C5%B7.pdf`},
		{`a"; filename="evil.exe`, `a"; filename="evil.exe`, ""},
		{"a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf", ""},
		{"report\u202efdp.exe", "reportfdp.exe", ""}, // turned round it would read "exe.pdf"
		{"a\u00a0b\u2003c.pdf", "a b c.pdf", ""},
		{"100%41.txt", "100%41.txt", ""},
		{"nul\x00\xff.txt", "nul.txt", ""},
		{"what?*|<>.csv ", "what.csv", ""},
		{long, strings.TrimSpace(long[:145]) + ".docx", ""},
		{"x." + strings.Repeat("y", 300), "x." + strings.Repeat("y", 148), ""},
	}
	for _, tt := range tests {
		got := Disposition(tt.name)
		if tt.header != "" && got != tt.header {
			t.Errorf("%q: %s, want %s", tt.name, got, tt.header)
		}
		kind, params, err := mime.ParseMediaType(got)
		if err != nil || kind != "attachment" || params["filename"] != tt.saved {
			t.Errorf("%q: %s is saved as %q, want %q: %v", tt.name, got, params["filename"], tt.saved, err)
		}
		if strings.ContainsAny(got, "\r\n\x00") || len(params) != 1 {
			t.Errorf("%q: %q", tt.name, got)
		}
	}
}

func FuzzDisposition(f *testing.F) {
	f.Add("Cynllun Tŷ.pdf")
	f.Add("a\"\\%;\r\n\x00\u202e../x")
	f.Fuzz(func(t *testing.T, name string) {
		kind, params, err := mime.ParseMediaType(Disposition(name))
		saved := params["filename"]
		if err != nil || kind != "attachment" || saved == "" || len(saved) > longestName || strings.ContainsAny(saved, "/\\\r\n\x00") || saved[0] == '.' {
			t.Errorf("%q is saved as %q: %v", name, saved, err)
		}
	})
}
