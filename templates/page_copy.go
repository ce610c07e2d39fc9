package templates

import (
	"time"

	"moothall/actors"
)

// CopyPage asks in which community of this site a copy of a document elsewhere is to
// be kept.
type CopyPage struct {
	Base
	Community   Community // of the document
	Paper       Paper     // which is elsewhere
	Issuer      string    // whose document it is
	ForUs       bool      // only people of this site may read the copy
	Communities []Community
	Chosen      string     // the id of one of them
	Copies      []CopyLine // that this site has already
}

func (CopyPage) template() string { return "document-copy" }
func (p CopyPage) title() string  { return "Save a copy – " + p.Community.DisplayName() }
func (CopyPage) fields() []string { return []string{"community"} }

// Only is the community where there is nothing to choose and nothing wrong; nil otherwise.
func (p CopyPage) Only() *Community {
	if len(p.Communities) == 1 && p.Problems == nil {
		return &p.Communities[0]
	}
	return nil
}

// Choices are the communities to choose from.
func (p CopyPage) Choices() []Option {
	list := []Option{{"", "Choose a community", ""}}
	for _, c := range p.Communities {
		list = append(list, Option{c.ID.String(), c.DisplayName(), ""})
	}
	return list
}

// CopyLine is a copy that this site has.
type CopyLine struct {
	Path      string
	Version   int // of the original
	Community string
}

// Origin is the version elsewhere of which a document of this site is a copy.
type Origin struct {
	Issuer      string
	Version     int
	URI         actors.URI // of the version
	Path        string     // of the document on this site; empty where the viewer may not read it
	Newer       int        // the current version of the original, where that is another one
	Withdrawn   time.Time  // zero while it is not
	OnlyVersion bool       // the version was withdrawn, and not the document
	Reason      string     // for that; empty where it is not known
}

// What says what was withdrawn.
func (o Origin) What() string {
	if o.OnlyVersion {
		return "this version of the original"
	}
	return "the original"
}
