package templates

import (
	"time"

	"moothall/actors"
	"moothall/content"
)

// What follows is made for the templates of long lists: one flat struct of
// finished words per line. Looking up a field through embedded structs, once
// for every word of a hundred replies, took most of the time of a page.

// standingTag says that a post is not, or not yet, part of its community.
type standingTag struct{ Colour, Words, Site string }

func tagOf(e *Entry) *standingTag {
	switch e.Standing {
	case content.Sent:
		if e.Community.RunBy == "" {
			return &standingTag{"yellow", "Sending", ""}
		}
		return &standingTag{"yellow", "Sending to", e.Community.RunBy + "’s site"}
	case content.Declined:
		return &standingTag{"red", "Not taken by the community", ""}
	case content.Hidden:
		return &standingTag{"orange", "Hidden by a facilitator", ""}
	default:
		return nil
	}
}

// buttonRow is what the viewer can do with one post. All "useful" buttons of a
// page share one form, which holds the token once.
type buttonRow struct {
	Path, What, Count                 string
	Useful, Said, Reply, Edit, Delete bool
	Answer, Chosen                    bool
	Hide, Lock, Locked                bool
	Report                            bool
}

// commentRow is one reply in a discussion.
type commentRow struct {
	Anchor, Path, Name, JobTitle, Organisation string
	Machine, When, Edited, Parent, Lang        string
	Indent                                     int
	Gone, Locked, Hidden, Chosen               bool
	LockedWhy, HiddenWhy                       string
	Tag                                        *standingTag
	HTML                                       content.SafeHTML
	Buttons                                    *buttonRow
}

// discussionRow is one discussion in a list.
type discussionRow struct {
	Path, Title, Lang, Name, Organisation, In string
	Machine, Date, Replies, Useful, Last      string
	Question, Answered, Document              bool
	Pinned, Locked                            bool
	Tag                                       *standingTag
}

// clock reads times where the site is.
type clock struct{ at *time.Location }

func (c clock) dateTime(t time.Time) string {
	t = t.In(c.at)
	return Date(t) + ", " + Clock(t)
}

// when is the date and time, and how long ago that was.
func (c clock) when(t, now time.Time) string {
	s := c.dateTime(t)
	if ago := Ago(t, now); ago != "" {
		s += " (" + ago + ")"
	}
	return s
}

func organisation(a *actors.Actor) string {
	if a.Organisation != "" {
		return a.Organisation
	}
	return a.Host
}

func (c clock) buttons(e Entry) *buttonRow {
	if e.Useful == 0 && e.May == (May{}) {
		return nil
	}
	b := &buttonRow{
		Path: PostPath(e.ID), What: e.Author.DisplayName() + " wrote on " + c.dateTime(e.Published),
		Useful: e.May.Useful, Said: e.Said, Reply: e.May.Reply && e.IsComment(), Edit: e.May.Edit, Delete: e.May.Delete,
		Hide: e.May.Hide, Lock: e.May.Lock, Locked: e.Locked,
		Answer: e.May.Answer, Chosen: e.Chosen,
		Report: e.May.Report,
	}
	if e.Useful > 0 {
		b.Count = "Useful to " + Count(e.Useful, "person", "people")
	}
	return b
}

func (c clock) comments(p *DiscussionPage) []commentRow {
	rows := make([]commentRow, len(p.Comments))
	for i := range p.Comments {
		rows[i] = c.comment(p, &p.Comments[i])
	}
	return rows
}

func (c clock) comment(p *DiscussionPage, e *Entry) commentRow {
	r := commentRow{Anchor: CommentAnchor(e.ID), Indent: e.Indent(), Gone: e.IsGone()}
	if r.Gone {
		return r
	}
	r.Path, r.Name = ActorPath(e.Author), e.Author.DisplayName()
	r.JobTitle, r.Organisation = e.Author.JobTitle, organisation(&e.Author)
	r.Machine, r.When = machine(e.Published), c.when(e.Published, p.Now)
	if !e.Updated.IsZero() {
		r.Edited = c.dateTime(e.Updated)
	}
	r.Parent, r.Lang, r.Tag = e.ParentName, foreign(e.Language, p.Lang), tagOf(e)
	r.Chosen, r.Locked, r.LockedWhy = e.Chosen, e.Locked, e.LockedWhy
	r.Hidden, r.HiddenWhy = e.Standing == content.Hidden, e.HiddenWhy
	r.HTML, r.Buttons = e.HTML, c.buttons(*e)
	return r
}

func (c clock) listed(p Page, e Entry) discussionRow {
	b := p.common()
	r := discussionRow{
		Path: DocumentPath(e.Post), Title: e.Title, Lang: foreign(e.Language, b.Lang),
		Name: e.Author.DisplayName(), Organisation: organisation(&e.Author),
		Machine: machine(e.Published), Date: Date(e.Published.In(c.at)), Replies: "No replies yet",
		Question: e.Kind == content.Question, Answered: e.Answer != 0, Document: e.IsDocument(), Pinned: e.Pinned, Locked: e.Locked, Tag: tagOf(&e),
	}
	if e.IsGone() {
		r.Title, r.Lang = "This has been withdrawn", ""
	}
	if !e.Within && e.Community.Name != "" {
		r.In = e.Community.DisplayName()
	}
	switch {
	case e.IsComment():
		r.Replies = "" // those to a comment are not counted apart
	case e.Replies > 0:
		r.Replies = Count(e.Replies, "reply", "replies")
	}
	if e.Useful > 0 {
		r.Useful = "Useful to " + Count(e.Useful, "person", "people")
	}
	if e.Replies > 0 && !e.LastReply.IsZero() {
		r.Last = c.when(e.LastReply, b.Now)
	}
	return r
}

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
