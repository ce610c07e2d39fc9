package templates

import (
	"moothall/actors"
	"moothall/content"
)

// DiscussionPage shows a discussion with its replies in the order of reading.
type DiscussionPage struct {
	Base
	Community Community
	Entry     Entry
	Comments  []Entry       // depth first; Depth says how far in
	Answer    *ChosenAnswer // of a question; nil for none
	Paging    Paging
	Readers   Readers
	Draft     content.Draft // reply that was not taken, to be mended
	Fetching  bool          // earlier replies are still on their way
	Missing   bool          // some could not be had
}

// ChosenAnswer is the reply that answers a question, as the top of the page has it.
type ChosenAnswer struct {
	Author   actors.Actor
	Words    string // its beginning
	Language string
	Path     string // where it stands in the discussion
}

func (DiscussionPage) template() string { return "discussion" }
func (p DiscussionPage) title() string {
	name := p.Entry.Title
	if p.Entry.IsGone() || name == "" {
		name = "Discussion"
	}
	return name + p.Paging.title() + " – " + p.Community.DisplayName()
}
func (DiscussionPage) fields() []string { return []string{"text", "language"} }

// ComposePage starts a discussion or a question, or changes one.
type ComposePage struct {
	Base
	Community Community
	Draft     content.Draft
	Editing   *Entry // nil for a new one
	Readers   Readers
}

func (ComposePage) template() string { return "compose" }
func (p ComposePage) title() string  { return p.Heading() + " – " + p.Community.DisplayName() }
func (ComposePage) fields() []string {
	return []string{"kind", "title", "text", "link", "language", "audience"}
}

// Heading says what the form is for.
func (p ComposePage) Heading() string {
	switch {
	case p.Editing != nil:
		return "Change your " + whatKind(p.Editing.Post)
	case p.Draft.Kind == content.Question:
		return "Ask a question"
	default:
		return "Start a discussion"
	}
}

// Action is where the form goes.
func (p ComposePage) Action() string {
	if p.Editing != nil {
		return PostPath(p.Editing.ID) + "/edit"
	}
	return ActorPath(p.Community.Actor) + "/new"
}

// Button says what happens when it is pressed (users.md C03).
func (p ComposePage) Button() string {
	switch {
	case p.Editing != nil:
		return "Save changes"
	case p.Draft.Kind == content.Question:
		return "Ask question"
	default:
		return "Post discussion"
	}
}

// ReplyPage answers a post, or changes an answer.
type ReplyPage struct {
	Base
	Community  Community
	Discussion Entry // its start
	Parent     Entry // what is answered
	Draft      content.Draft
	Editing    *Entry // nil for a new answer
	Readers    Readers
}

func (ReplyPage) template() string { return "reply" }
func (p ReplyPage) title() string  { return p.Heading() + " – " + p.Discussion.Title }
func (ReplyPage) fields() []string { return []string{"text", "language"} }

// Heading says what the form is for.
func (p ReplyPage) Heading() string {
	if p.Editing != nil {
		return "Change your reply"
	}
	return "Reply to " + p.Parent.Author.DisplayName()
}

// Action is where the form goes.
func (p ReplyPage) Action() string {
	if p.Editing != nil {
		return PostPath(p.Editing.ID) + "/edit"
	}
	return PostPath(p.Parent.ID) + "/reply"
}

// DeletePage asks whether a post is really to be withdrawn by its author, or
// hidden by a facilitator.
type DeletePage struct {
	Base
	Community Community
	Entry     Entry
	Sites     int    // other sites that will be asked to remove their copy
	Hiding    bool   // a facilitator takes somebody else's post out, and says why
	Reason    string // typed so far
	Report    string // the report that led here; empty for none
}

// Back is where the reader came from.
func (p DeletePage) Back() string { return backTo(p.Report, PostPath(p.Entry.ID)) }

func (DeletePage) template() string { return "delete" }
func (DeletePage) fields() []string { return []string{"reason"} }
func (p DeletePage) title() string {
	if p.Hiding {
		return "Hide this " + whatKind(p.Entry.Post) + " – " + p.Community.DisplayName()
	}
	return "Withdraw your " + whatKind(p.Entry.Post) + " – " + p.Community.DisplayName()
}
