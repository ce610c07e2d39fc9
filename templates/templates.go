package templates

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a small machine may have no time zones of its own
)

//go:embed layout parts pages
var files embed.FS

// all: takes in the file that keeps the folder when nothing has been built yet.
//
//go:embed all:assets
var built embed.FS

// AssetsPath is where the style sheet and the script are served.
const AssetsPath = "/assets/"

// ErrNoAssets says that the style sheet and the script have not been built.
var ErrNoAssets = errors.New("no style sheet: run `make assets`")

// Assets are the built style sheet and script with manifest.json, which gives
// for each plain name the name with its hash.
func Assets() fs.FS {
	sub, err := fs.Sub(built, "assets")
	if err != nil { // cannot be: the name is a constant and valid
		return built
	}
	return sub
}

// Set is all templates, parsed. It is safe for use by several goroutines.
type Set struct {
	pages   map[string]*template.Template
	styles  []string
	scripts []string
	icon    string
	clock   clock
	buffers sync.Pool
}

// New parses every template and reads the names of the assets; Assets gives
// those that were built in.
func New(assets fs.FS) (*Set, error) {
	s := &Set{buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	if err := s.readManifest(assets); err != nil {
		return nil, err
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("read the time zone of the pages: %w", err)
	}
	s.clock = clock{london}
	tests, err := readAccessibility()
	if err != nil {
		return nil, err
	}
	if s.pages, err = parseAll(funcs(london, tests)); err != nil {
		return nil, err
	}
	return s, nil
}

// DateTime is a date and time of day as the pages give it.
func (s *Set) DateTime(t time.Time) string { return s.clock.dateTime(t) }

func (s *Set) readManifest(assets fs.FS) error {
	b, err := fs.ReadFile(assets, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoAssets
	}
	if err != nil {
		return fmt.Errorf("read the names of the assets: %w", err)
	}
	var names map[string]string
	if err := json.Unmarshal(b, &names); err != nil {
		return fmt.Errorf("read the names of the assets: %w", err)
	}
	for _, plain := range slices.Sorted(maps.Keys(names)) {
		at := AssetsPath + names[plain]
		switch path.Ext(plain) {
		case ".css":
			s.styles = append(s.styles, at)
		case ".js":
			if !strings.HasPrefix(plain, "govuk") { // ours imports it
				s.scripts = append(s.scripts, at)
			}
		case ".svg":
			s.icon = at
		}
	}
	if len(s.styles) == 0 {
		return ErrNoAssets
	}
	return nil
}

// frame is what the layout is given.
type frame struct {
	Base
	Title   string
	Errors  []fieldError
	Styles  []string
	Scripts []string
	Icon    string
	Page    Page
}

// Render writes a whole page or nothing. An error means a mistake in a template
// or that w failed.
func (s *Set) Render(w io.Writer, p Page) error {
	t, ok := s.pages[p.template()]
	if !ok {
		return fmt.Errorf("render %s: no such template", p.template())
	}
	b := p.common()
	if b.Lang == "" {
		b.Lang = "en"
	}
	p = byPointer(p)
	f := frame{
		Base: b, Title: documentTitle(p), Errors: inOrder(b.Problems, p.fields()),
		Styles: s.styles, Scripts: s.scripts, Icon: s.icon, Page: p,
	}
	buf := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(buf)
	buf.Reset()
	if err := t.Execute(buf, f); err != nil {
		return fmt.Errorf("render %s: %w", p.template(), err)
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("send %s: %w", p.template(), err)
	}
	return nil
}

// byPointer makes templates hand a page on without copying it each time.
func byPointer(p Page) Page {
	v := reflect.ValueOf(p)
	if v.Kind() == reflect.Pointer {
		return p
	}
	at := reflect.New(v.Type())
	at.Elem().Set(v)
	if q, ok := at.Interface().(Page); ok {
		return q
	}
	return p
}

// documentTitle is "Page – Site", and says first when there is a problem
// (users.md A04, A11).
func documentTitle(p Page) string {
	b := p.common()
	title := p.title() + " – " + b.Site.Name
	if len(b.Problems) > 0 {
		return "Error: " + title
	}
	return title
}
