package templates

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testAssets stand in for the built ones, so that the goldens do not change
// with every release of the Design System.
var testAssets = fstest.MapFS{"manifest.json": {Data: []byte(`{"moothall.css":"moothall.css","moothall.js":"moothall.js","govuk-frontend.js":"govuk-frontend.js","moothall.svg":"moothall.svg"}`)}}

func newSet(t testing.TB) *Set {
	t.Helper()
	s, err := New(testAssets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func render(t testing.TB, s *Set, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Render(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	s := newSet(t)
	kept := map[string]bool{}
	for _, f := range fixtures() {
		t.Run(f.name, func(t *testing.T) {
			file := filepath.Join("testdata", f.name+".html")
			if kept[file] {
				t.Fatal("two fixtures have this name")
			}
			kept[file] = true
			got := render(t, s, f.page)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("run with -update if this is meant (-want +got):\n%s", diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !kept[file] {
			t.Errorf("%s belongs to no fixture", file)
		}
	}
}

// Every page must be seen in a fixture: a new one without is a failure (users.md A01).
func TestA01_EveryPageHasAFixture(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range fixtures() {
		seen[f.page.template()] = true
	}
	for name := range newSet(t).pages {
		if !seen[name] {
			t.Errorf("pages/%s.html has no fixture", name)
		}
	}
}

func TestNewNeedsAssets(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"nothing built": {}, "no style sheet": {"manifest.json": {Data: []byte(`{"a.js":"a.js"}`)}}, "not JSON": {"manifest.json": {Data: []byte(`[`)}},
	} {
		if _, err := New(fsys); err == nil {
			t.Errorf("%s: New made a set", name)
		}
	}
}

func TestAssetsOfPage(t *testing.T) {
	html := render(t, newSet(t), HelpPage{anon("/help")})
	for want, n := range map[string]int{`href="/assets/moothall.css"`: 1, `src="/assets/moothall.js"`: 1, `href="/assets/moothall.svg"`: 1, "govuk-frontend.js": 0} {
		if got := strings.Count(html, want); got != n {
			t.Errorf("%d times %s, want %d", got, want, n)
		}
	}
}

// TestPagesShareTheirParts: a copy for each page was 10 MB of a node's memory.
func TestPagesShareTheirParts(t *testing.T) {
	t.Parallel()
	pages := newSet(t).pages
	one, other := pages["home"].Lookup("footer"), pages["upload"].Lookup("footer")
	if one == nil || one != other {
		t.Errorf("footers %p and %p", one, other)
	}
	if pages["home"].Name() == pages["upload"].Name() {
		t.Error("two pages have one layout")
	}
}
