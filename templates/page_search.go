package templates

import (
	"strconv"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
)

// SearchForm is what a person narrows a search by, as typed.
type SearchForm struct {
	Words                                                           string
	Kind, Community, Type, Stage, Licence, Issuer, Year, Lang, Read string
}

// Narrowed says whether anything beside the words is asked for, and Filtered whether
// that is more than one community.
func (f SearchForm) Narrowed() bool { return f != SearchForm{Words: f.Words} }
func (f SearchForm) Filtered() bool {
	return f != SearchForm{Words: f.Words, Community: f.Community}
}

// FoundThing is one result of a search.
type FoundThing struct {
	Entry
	Doc     *content.Document // nil for what is no document
	In      string            // title of the discussion that a reply is in; empty when it is not shown
	Passage search.Passage
	Block   int // of its text that the page of the passage begins with, from 0
}

// Heading is what the link to it says.
func (f FoundThing) Heading() string {
	switch {
	case !f.IsComment():
		return f.Title
	case f.In != "":
		return "Reply in: " + f.In
	}
	return "Reply in a discussion"
}

// Href is where it is; for words inside a file, their page in its text.
func (f FoundThing) Href() string {
	if f.Doc == nil || f.Passage.Page == 0 {
		return DocumentPath(f.Post)
	}
	text := Paging{Path: VersionPath(f.Post, f.Doc.Number) + "/text"}
	return text.Href(f.Block/TextBlocks+1) + "#page-" + strconv.Itoa(f.Passage.Page)
}

// Sort is what kind of thing it is, in words.
func (f FoundThing) Sort() string {
	switch {
	case f.IsComment():
		return "Reply"
	case f.IsDocument():
		return "Document"
	case f.Kind == content.Question:
		return "Question"
	}
	return "Discussion"
}

// Organisation is who issued a document, or whom the author of a post belongs to.
func (f FoundThing) Organisation() string {
	if f.Doc != nil && f.Doc.Issuer != "" {
		return f.Doc.Issuer
	}
	return organisation(&f.Author)
}

// SearchPage looks in everything that the viewer may read.
type SearchPage struct {
	Base
	Form   SearchForm
	Asked  bool // there was something to look for
	Found  []FoundThing
	Total  int
	More   bool // there are more than Total
	Partly bool // it took too long to look everywhere
	Busy   bool // too many people search at this moment
	Paging Paging
	Mine   []Community // that the viewer has joined, to narrow it to one
	In     *Community  // that it is narrowed to; nil for everywhere
}

func (SearchPage) template() string { return "search" }
func (p SearchPage) title() string {
	where := "Search"
	if p.In != nil {
		where = "Search in " + p.In.DisplayName()
	}
	if p.Form.Words == "" {
		return where
	}
	return p.Form.Words + p.Paging.title() + " – " + where
}
func (SearchPage) fields() []string { return []string{"q", "year"} }

// asks is a form that looks for words in one community.
type asks struct{ Community, Label, Kind string }

func newAsks(c Community, label, kind string) asks {
	return asks{c.ID.String(), label, kind}
}

// What follows are the choices of the form. The first of each narrows nothing.

// Sorts are the kinds of thing that can be looked for.
func (SearchPage) Sorts() []Option {
	return []Option{{"", "Everything", ""}, {string(search.Discussions), "Discussions and questions", ""},
		{string(search.Comments), "Replies", ""}, {string(search.Documents), "Documents", ""}}
}

// Communities are those that the viewer has joined, and the one that is looked in.
func (p SearchPage) Communities() []Option {
	list := []Option{{"", "All communities", ""}}
	joined := false
	for _, c := range p.Mine {
		list = append(list, Option{c.ID.String(), c.DisplayName(), ""})
		joined = joined || p.In != nil && c.ID == p.In.ID
	}
	if p.In != nil && !joined {
		list = append(list, Option{p.In.ID.String(), p.In.DisplayName(), ""})
	}
	return list
}

// Ask is what the form for the words asks for.
func (p SearchPage) Ask() string {
	switch {
	case p.In == nil:
		return "Search discussions and documents"
	case p.Form.Kind == string(search.Documents):
		return "Search the documents of this community"
	}
	return "Search this community"
}

// Types are the types of document.
func (SearchPage) Types() []Option { return choices("All types", content.DocumentTypes) }

// Stages are how far a document has been agreed.
func (SearchPage) Stages() []Option { return choices("All stages", content.Stages) }

// Licences say what may be done with a document.
func (SearchPage) Licences() []Option { return choices("All licences", content.Licences) }

// Written are the languages that something can be in.
func (p SearchPage) Written() []Option {
	return append([]Option{{"", "All languages", ""}}, Languages(p.Form.Lang)...)
}

// Readers are the groups of people whom something is for.
func (SearchPage) Readers() []Option {
	list := []Option{{"", "Anyone or fewer", ""}}
	for _, a := range []actors.Audience{actors.AudiencePublic, actors.AudienceNetwork, actors.AudienceMembers, actors.AudienceOrganisation} {
		list = append(list, Option{string(a), whoReads(a), ""})
	}
	return list
}

func choices[T ~string](all string, list []content.Named[T]) []Option {
	out := []Option{{"", all, ""}}
	for _, n := range list {
		out = append(out, Option{string(n.Value), n.Words, ""})
	}
	return out
}
