package templates

import (
	"time"

	"moothall/actors"
)

// Holder is an organisation that has a copy of something, or had one.
type Holder struct {
	Host  string
	Name  string    // of the organisation, where it is known
	Since time.Time // zero where it is not known
	Until time.Time // when its last member went; zero while it has some
	State string    // holds, owed, said, untold, due, mute, ended: see actions.HolderState
	Words string    // what it has confirmed; empty where it has not
}

// CopiesPage says who has copies of a post or, with Ended, which organisations have no
// member of a community any more.
type CopiesPage struct {
	Base
	Community Community
	Ended     bool
	Gone      bool
	Public    bool   // everybody may have a copy
	What      string // discussion, question, reply or document
	Link      string // to the post; empty where nothing is left of it
	Path      string // of the post or the community, below which the receipts are
	Holders   []Holder
}

func (CopiesPage) template() string { return "copies" }
func (p CopiesPage) title() string  { return p.Heading() + " – " + p.Community.DisplayName() }

// Heading says what the page is about.
func (p CopiesPage) Heading() string {
	if p.Ended {
		return "Organisations without members"
	}
	return "Who has copies"
}

// MaySeeEnded reports whether the reader may open what sites confirmed about the end of
// their memberships.
func (p CopiesPage) MaySeeEnded() bool {
	return p.Community.Local && p.Community.Membership.May(actors.Moderator)
}

// Receipt is where the receipt of an organisation is downloaded.
func (p CopiesPage) Receipt(h Holder) string {
	if p.Ended {
		return p.Path + "/ended/" + h.Host
	}
	return p.Path + "/copies/" + h.Host
}
