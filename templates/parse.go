package templates

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template/parse"
)

// ofPages are the names under which every page gives the layout what is its own.
var ofPages = []string{"head", "before", "main"}

// parseAll reads all templates into one set, in which each page has the layout
// under a name of its own, and all share the parts. A copy of the whole set for
// each page would be ten times as large.
func parseAll(fm template.FuncMap) (map[string]*template.Template, error) {
	all, err := template.New("").Option("missingkey=error").Funcs(fm).ParseFS(files, "layout/*.html", "parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the layout: %w", err)
	}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	pages := make(map[string]*template.Template, len(names))
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if pages[name], err = addPage(all, fm, name, file); err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
	}
	return pages, nil
}

// addPage adds what a file defines to the set, and returns its layout.
func addPage(all *template.Template, fm template.FuncMap, page, file string) (*template.Template, error) {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, err
	}
	own, err := template.New(file).Funcs(fm).Parse(string(text))
	if err != nil {
		return nil, err
	}
	layout := all.Lookup("layout").Tree.Copy()
	for _, t := range own.Templates() {
		name := t.Name()
		if name == file {
			continue // what is between the definitions: nothing
		}
		if slices.Contains(ofPages, name) {
			name += " of " + page
			rename(layout, t.Name(), name)
		}
		if all.Lookup(name) != nil {
			return nil, fmt.Errorf("%q is defined already", name)
		}
		if _, err := all.AddParseTree(name, t.Tree); err != nil {
			return nil, err
		}
	}
	return all.AddParseTree("layout of "+page, layout)
}

// rename makes a template call another one than it does.
func rename(t *parse.Tree, from, to string) {
	for _, n := range t.Root.Nodes {
		if call, ok := n.(*parse.TemplateNode); ok && call.Name == from {
			call.Name = to
		}
	}
}
