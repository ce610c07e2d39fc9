package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
