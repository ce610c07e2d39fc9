package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestArgumentsAreTwoPrograms(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"moothall", "gotosocial"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	one, two := filepath.Join(dir, "moothall"), filepath.Join(dir, "gotosocial")
	for _, args := range [][]string{{}, {one}, {one, two, one}, {one, two}, {one, filepath.Join(dir, "absent")}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
	for _, part := range []string{"template", "assets"} {
		if err := os.MkdirAll(filepath.Join(dir, "web", part), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	o, err := parse([]string{one, two}, io.Discard)
	if err != nil || o.web != filepath.Join(dir, "web") {
		t.Errorf("web %q, %v", o.web, err)
	}
}

func TestUntilEnds(t *testing.T) {
	n := 0
	if err := until(context.Background(), time.Hour, func() error {
		if n++; n < 2 {
			return errors.New("not yet")
		}
		return nil
	}); err != nil || n != 2 {
		t.Errorf("%d tries: %v", n, err)
	}
	final := until(context.Background(), time.Hour, func() error { return errFinal })
	if !errors.Is(final, errFinal) {
		t.Errorf("%v", final)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := until(ctx, time.Hour, func() error { return errors.New("never") }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestStepsAreToldApart: names are what a reader of the results has.
func TestStepsAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range steps() {
		if s.name == "" || s.run == nil {
			t.Errorf("a step without name or content: %q", s.name)
		}
		seen[s.name] = true
	}
	if len(seen) < 30 {
		t.Errorf("%d steps", len(seen))
	}
}

func TestDiscussionIsFoundByItsTitle(t *testing.T) {
	page := `<a class="x" href="/p/1">Trial <b>results</b> &amp; more</a><a href="/p/2#c">Other</a>`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, page)
	}))
	defer srv.Close()
	h := &hall{caller: newCaller(srv.URL)}
	for title, want := range map[string]string{"Trial results & more": "/p/1", "Other": "/p/2"} {
		if got, err := h.discussion(context.Background(), "/c/water", title); err != nil || got != want {
			t.Errorf("%s: %q, %v", title, got, err)
		}
	}
	if _, err := h.discussion(context.Background(), "/c/water", "Absent"); err == nil {
		t.Error("a discussion that is not there is found")
	}
}

// TestFormsAreSentAsABrowserDoes: with the hidden fields of the page, and the file last.
func TestFormsAreSentAsABrowserDoes(t *testing.T) {
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet:
			_, _ = io.WriteString(w, `<form><input type="hidden" name="csrf" value="a&amp;b"></form>`)
		case r.URL.Path == "/file":
			f, head, err := r.FormFile("file")
			if err != nil {
				t.Error(err)
				return
			}
			raw, err := io.ReadAll(f)
			if err != nil {
				t.Error(err)
			}
			got = append(got, r.FormValue("csrf"), head.Filename, string(raw))
		case r.FormValue("title") == "":
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `<h2>There is a problem</h2><p>Enter a title</p>`)
		default:
			got = append(got, r.FormValue("csrf"), r.FormValue("title"))
			w.Header().Set("Location", "/d/1")
			w.WriteHeader(http.StatusSeeOther)
		}
	}))
	defer srv.Close()
	c, ctx := newCaller(srv.URL), context.Background()
	if _, err := c.sends(ctx, "/file", "a.txt", "words"); err != nil {
		t.Error(err)
	}
	if at, err := c.fills(ctx, "/form", url.Values{"title": {"Ponds"}}); err != nil || at != "/d/1" {
		t.Errorf("%q %v", at, err)
	}
	if want := []string{"a&b", "a.txt", "words", "a&b", "Ponds"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
	if _, err := c.fills(ctx, "/form", nil); err == nil || !strings.Contains(err.Error(), "Enter a title") {
		t.Errorf("%v", err)
	}
}

func TestTheLinkToAFileIsFollowed(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/file" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, "clay")
	}))
	defer srv.Close()
	talk := &talk{north: &hall{caller: newCaller(srv.URL)}}
	for content, ok := range map[string]bool{
		`<a href="` + srv.URL + `/other">Licence</a> <a rel="x" href="` + srv.URL + `/file">Download Ponds</a>`: true,
		`<a href="` + srv.URL + `/gone">Download Ponds</a>`:                                                     false,
		`<a href="` + srv.URL + `/file">Licence</a>`:                                                            false,
	} {
		if err := talk.opensFile(context.Background(), content, "clay"); (err == nil) != ok {
			t.Errorf("%s: %v", content, err)
		}
	}
}
