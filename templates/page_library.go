package templates

import (
	"moothall/content"
)

// Shelved is one document in a list of documents.
type Shelved struct {
	Path, Title, Lang   string
	Kind, Stage, Issuer string
	Date                string // of the current version
	Version             int
	In                  string // name of its community; empty where that is clear
	Due                 bool   // for review
}

// LibraryPage lists the documents of a community.
type LibraryPage struct {
	Base
	Community Community
	Documents []Shelved
	Type      string // what the list is narrowed to; empty for all
	Stage     string
	Due       bool
	Paging    Paging
	Condition *Condition // for its facilitators; nil for others
}

// Condition says how a library is kept (DOC-7).
type Condition struct {
	Documents, Drafts, Due, Unowned int
}

func (LibraryPage) template() string { return "library" }
func (p LibraryPage) title() string {
	return "Documents" + p.Paging.title() + " – " + p.Community.DisplayName()
}

// At is where the list is.
func (p LibraryPage) At() string { return ActorPath(p.Community.Actor) + "/library" }

// IsNarrowed says whether some documents are left out.
func (p LibraryPage) IsNarrowed() bool { return p.Type != "" || p.Stage != "" || p.Due }

// Types are the kinds to choose from.
func (LibraryPage) Types() []Option {
	return append([]Option{{"", "All kinds", ""}}, named(content.DocumentTypes)...)
}

// Stages are the stages to choose from.
func (LibraryPage) Stages() []Option {
	return append([]Option{{"", "All stages", ""}}, named(content.Stages)...)
}

// MyLibraryPage lists what one person saved and looks after.
type MyLibraryPage struct {
	Base
	Saved   []Shelved
	Mine    []Shelved // what they look after
	Uploads int       // files that they sent and have not shared yet
	Paging  Paging    // of what they saved
}

func (MyLibraryPage) template() string { return "library-mine" }
func (p MyLibraryPage) title() string  { return "Your documents" + p.Paging.title() }
