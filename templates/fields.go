package templates

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"

	"moothall/content"
)

// fieldError is one line of the error summary (users.md A11).
type fieldError struct{ Field, Words string }

// inOrder sorts problems as the fields stand on the page; a problem with no
// field of its own comes last and links to nothing.
func inOrder(p content.Problems, order []string) []fieldError {
	var out []fieldError
	done := make(map[string]bool, len(order))
	for _, name := range order {
		done[name] = true
		if words, ok := p[name]; ok {
			out = append(out, fieldError{name, words})
		}
	}
	known := len(out)
	for name, words := range p {
		if !done[name] {
			out = append(out, fieldError{"", words})
		}
	}
	rest := out[known:]
	sort.Slice(rest, func(i, j int) bool { return rest[i].Words < rest[j].Words })
	return out
}

// formField is one question of a form, as the parts draw it.
type formField struct {
	ID, Label, Hint, Value, Error string
	Type, Autocomplete, Width     string
	Rows                          int
	SpellOff                      bool
	Options                       []Option
	Chosen                        []string // of several answers at once
}

// Has says whether an answer is among those that are chosen.
func (f formField) Has(value string) bool { return slices.Contains(f.Chosen, value) }

// Hidden is a field that a form carries along unseen.
type Hidden struct{ Name, Value string }

// Option is one answer among several.
type Option struct{ Value, Label, Hint string }

// DescribedBy lists the ids of what explains the field to a screen reader.
func (f formField) DescribedBy() string {
	s := ""
	if f.Hint != "" {
		s = f.ID + "-hint"
	}
	if f.Error != "" {
		if s != "" {
			s += " "
		}
		s += f.ID + "-error"
	}
	return s
}

// field starts a question; the functions below are piped after it in templates:
//
//	{{template "input" (field . "title" "Title" .Form.Title | hint "Keep it short")}}
func field(p Page, id, label string, value any) formField {
	return formField{ID: id, Label: label, Value: fmt.Sprint(value), Error: p.common().Problems[id], Type: "text", Rows: 6}
}

func hint(s string, f formField) formField         { f.Hint = s; return f }
func kind(s string, f formField) formField         { f.Type = s; return f }
func autocomplete(s string, f formField) formField { f.Autocomplete = s; return f }
func width(s string, f formField) formField        { f.Width = s; return f }
func rows(n int, f formField) formField            { f.Rows = n; return f }
func options(o []Option, f formField) formField    { f.Options = o; return f }
func chosen(list []string, f formField) formField  { f.Chosen = list; return f }
func unspelled(f formField) formField              { f.SpellOff = true; return f }

// pair gives a part both the page and the thing it draws.
type pair struct {
	Page Page
	Item any
}

// newPair keeps a pointer where it can: entries are large, and copying one for
// every part that draws it costs more than drawing it.
func newPair(p Page, item reflect.Value) pair {
	if item.CanAddr() {
		item = item.Addr()
	}
	return pair{p, item.Interface()}
}

// OptionID is the id of the nth answer. The first has the id of the field
// itself, so that the error summary leads to it.
func (f formField) OptionID(n int) string {
	if n == 0 {
		return f.ID
	}
	return f.ID + "-" + strconv.Itoa(n+1)
}
