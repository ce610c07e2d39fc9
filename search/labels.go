package search

import (
	"strconv"
	"strings"

	"moothall/actors"
	"moothall/content"
)

// Label is a token for what an item can be narrowed by. No word is one.
type Label string

// ReadBy marks what everyone may read, or everyone who is signed in.
func ReadBy(a actors.Audience) Label { return labelled("r", string(a)) }

// ReadIn marks what members of a community may read.
func ReadIn(group actors.ID) Label { return Label("_m" + group.String()) }

// WrittenBy marks what a person wrote.
func WrittenBy(author actors.ID) Label { return Label("_u" + author.String()) }

// In marks what is in a community.
func In(group actors.ID) Label { return Label("_g" + group.String()) }

// Scope lists marks of which everything that a viewer may read has one. It says
// where to look, never what may be shown.
func Scope(v actors.Viewer, joined []actors.ID) []Label {
	list := []Label{ReadBy(actors.AudiencePublic)}
	if v.Actor == 0 {
		return list
	}
	list = append(list, ReadBy(actors.AudienceNetwork), WrittenBy(v.Actor))
	for _, g := range joined {
		list = append(list, ReadIn(g))
	}
	return list
}

// scopeOf is the mark of Scope that a post has beside its author.
func scopeOf(p content.Post) Label {
	if p.Audience == actors.AudiencePublic || p.Audience == actors.AudienceNetwork {
		return ReadBy(p.Audience)
	}
	return ReadIn(p.Group)
}

// Kind is what sort of thing is looked for.
type Kind string

// The kinds that can be asked for; empty for all.
const (
	Discussions Kind = "discussions"
	Comments    Kind = "comments"
	Documents   Kind = "documents"
)

// Kinds are all kinds.
var Kinds = []Kind{Discussions, Comments, Documents}

// KindOf says what sort of thing a post is.
func KindOf(p content.Post) Kind {
	switch {
	case p.IsComment():
		return Comments
	case p.IsDocument():
		return Documents
	}
	return Discussions
}

// Filter narrows a search. What is empty narrows nothing.
type Filter struct {
	Kind     Kind
	Group    actors.ID
	Type     content.DocumentType
	Stage    content.Stage
	Licence  content.Licence
	Issuer   string // name of an organisation, as documents have it
	Year     int
	Language string // BCP 47; the first part counts
	Audience actors.Audience
}

// labels are the marks that everything let through has.
func (f Filter) labels() (list []Label) {
	also := func(set bool, l Label) {
		if set {
			list = append(list, l)
		}
	}
	also(f.Kind != "", labelled("k", string(f.Kind)))
	also(f.Group != 0, In(f.Group))
	also(f.Type != "", labelled("t", string(f.Type)))
	also(f.Stage != "", labelled("s", string(f.Stage)))
	also(f.Licence != "", labelled("c", string(f.Licence)))
	also(f.Issuer != "", labelled("o", f.Issuer))
	also(f.Year != 0, labelled("y", strconv.Itoa(f.Year)))
	also(f.Language != "", languageLabel(f.Language))
	also(f.Audience != "", labelled("a", string(f.Audience)))
	return list
}

func languageLabel(tag string) Label {
	first, _, _ := strings.Cut(tag, "-")
	return labelled("l", first)
}

// maxLabel bounds the name of an organisation within its mark.
const maxLabel = 120

func labelled(kind, value string) Label {
	var b strings.Builder
	b.WriteString("_" + kind)
	eachWord(value, func(word string, _, _ int) bool {
		b.WriteString("_" + word)
		return b.Len() < maxLabel
	})
	return Label(b.String())
}

// Item is something that can be found. Its text is given to Words beside it.
type Item struct {
	content.Post
	Doc *content.Document // nil for what is no document
}

// Words begins the words of an item: its labels, its title and what it is about.
func (i Item) Words(stems *Stems) *Words {
	w := NewWords(i.Language, stems)
	p := i.Post
	for _, l := range (Filter{Kind: KindOf(p), Group: p.Group, Language: p.Language, Audience: p.Audience, Year: i.year()}).labels() {
		w.Label(l)
	}
	w.Label(scopeOf(p))
	w.Label(WrittenBy(p.Author))
	w.Title(p.Title)
	if d := i.Doc; d != nil {
		for _, l := range (Filter{Type: d.Type, Stage: d.Stage, Licence: d.Licence, Issuer: d.Issuer}).labels() {
			w.Label(l)
		}
		w.About(About(*d))
	}
	return w
}

// year is that which the document bears, or in which the thing was shared.
func (i Item) year() int {
	if i.Doc != nil && len(i.Doc.Dated) >= 4 {
		if y, err := strconv.Atoi(i.Doc.Dated[:4]); err == nil {
			return y
		}
	}
	if i.Published.IsZero() {
		return 0
	}
	return i.Published.UTC().Year()
}

// About is what says in short what a document is about.
func About(d content.Document) string {
	parts := append([]string{d.Summary}, d.Subjects...)
	return strings.Join(append(parts, d.Reference, d.Issuer, d.Authors, d.Place, d.Other), "\n")
}
