package web

import (
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// draft is what a form for a post holds.
func (v *visit) draft() content.Draft {
	return content.Draft{
		Kind: content.Kind(v.value("kind")), Title: v.value("title"), Source: v.value("text"),
		Link: v.value("link"), Language: v.value("language"), Audience: actors.Audience(v.value("audience")),
	}
}

// showCompose is the form for a new discussion or question.
func (s *Server) showCompose(v *visit) error {
	d := content.Draft{Kind: content.Discussion}
	if v.r.URL.Query().Get("kind") == string(content.Question) {
		d.Kind = content.Question
	}
	return s.renderCompose(v, http.StatusOK, d, nil)
}

func (s *Server) renderCompose(v *visit, status int, d content.Draft, problems content.Problems) error {
	p := templates.ComposePage{Base: s.base(v), Draft: d}
	p.Problems = problems
	err := s.look(v, func(l *look) (err error) {
		if p.Community, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		if !l.mayPost(p.Community) {
			return mayNotPost(p.Community)
		}
		if p.Draft.Language == "" {
			p.Draft.Language = firstOf(p.Community.Language, "en")
		}
		if p.Draft.Audience == "" {
			p.Draft.Audience = p.Community.Audience
		}
		p.Readers, err = l.readers(p.Community, p.Community.Audience)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

func mayNotPost(c templates.Community) error {
	words := "Join this community to post in it."
	switch {
	case c.IsGone():
		words = "This community has closed."
	case c.MovedTo != "":
		words = "This community has moved. Nothing new is posted here."
	case c.Membership.Standing == actors.Banned:
		words = "You have been removed from this community."
	case c.Membership.Standing == actors.Joined:
		words = "Only facilitators can post in this community."
	}
	return &actions.Refusal{Code: "may_not_post", Words: words}
}

func mayNotReply(t thread, parent content.Post) error {
	if t.closed[parent.ID] {
		return &actions.Refusal{Code: "locked", Words: "A facilitator has closed this to replies."}
	}
	return mayNotPost(t.community)
}

// postDiscussion starts a discussion.
func (s *Server) postDiscussion(v *visit) error {
	c, err := s.community(v)
	if err != nil {
		return err
	}
	d := v.draft()
	p, err := s.publish(v, c, nil, d)
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderCompose(v, http.StatusUnprocessableEntity, d, problems)
	}
	if err != nil {
		return err
	}
	if err := s.tell(v, postedNews(c, "Your "+kindOf(p)+" is posted", p)); err != nil {
		return err
	}
	return s.seeOther(v, templates.PostPath(p.ID))
}

// publish posts a draft by the one who asks.
func (s *Server) publish(v *visit, c templates.Community, parent *content.Post, d content.Draft) (p content.Post, err error) {
	ctx := v.ctx()
	if d.Check() == nil {
		s.meetMentioned(ctx, v.actor, d.Source)
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if p, _, err = s.Actions.Publish(ctx, tx, v.actor, c.Community, parent, d); err != nil {
			return err
		}
		return s.noteReaders(v, tx, c, p)
	})
	return p, err
}

// noteReaders keeps what the form said above its button, as it is at this moment.
func (s *Server) noteReaders(v *visit, tx *store.Tx, c templates.Community, p content.Post) error {
	l := &look{ctx: v.ctx(), tx: tx, viewer: v.viewer(), s: s, homes: map[string]string{}}
	readers, err := l.readers(c, p.Audience)
	if err != nil {
		return err
	}
	return s.Actions.NoteReaders(v.ctx(), tx, v.actor.ID, p, readers.Sentence())
}

func kindOf(p content.Post) string {
	switch {
	case p.IsComment():
		return "reply"
	case p.Kind == content.Question:
		return "question"
	case p.IsDocument():
		return "document"
	}
	return "discussion"
}

func postedNews(c templates.Community, what string, p content.Post) templates.Flash {
	f := templates.Flash{Success: true, Text: what}
	if p.Standing == content.Sent {
		f.Detail = "We are sending it to " + firstOf(c.RunBy, c.Host) + ", whose site passes it on."
	}
	return f
}

// showReply is the form for an answer.
func (s *Server) showReply(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	return s.renderReply(v, http.StatusOK, t, templates.ReplyPage{Base: s.base(v)}, p)
}

func (s *Server) renderReply(v *visit, status int, t thread, page templates.ReplyPage, parent content.Post) error {
	page.Community = t.community
	err := s.look(v, func(l *look) error {
		if page.Editing == nil && !l.may(parent, t).Reply {
			return mayNotReply(t, parent)
		}
		entries, err := l.entries([]content.Post{t.start, parent}, t.community)
		if err != nil {
			return err
		}
		page.Discussion, page.Parent = entries[0], entries[1]
		if page.Draft.Language == "" {
			page.Draft.Language = firstOf(t.community.Language, "en")
		}
		page.Readers, err = l.readers(t.community, parent.Audience)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, page)
}

// postReply answers a post.
func (s *Server) postReply(v *visit) error {
	t, parent, err := s.threadOf(v)
	if err != nil {
		return err
	}
	d := v.draft()
	d.Kind, d.Title, d.Link = content.Comment, "", ""
	p, err := s.publish(v, t.community, &parent, d)
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.mendReply(v, t, parent, d, problems)
	}
	if err != nil {
		return err
	}
	if err := s.tell(v, postedNews(t.community, "Your reply is posted", p)); err != nil {
		return err
	}
	return s.seeOther(v, templates.PostPath(p.ID))
}

// mendReply shows a reply that was not taken where it was typed: below the
// discussion, or on a page of its own.
func (s *Server) mendReply(v *visit, t thread, parent content.Post, d content.Draft, problems content.Problems) error {
	base := s.base(v)
	base.Problems = problems
	if parent.IsComment() {
		return s.renderReply(v, http.StatusUnprocessableEntity, t, templates.ReplyPage{Base: base, Draft: d}, parent)
	}
	p := templates.DiscussionPage{Base: base, Draft: d}
	if err := s.look(v, func(l *look) error { return l.discussion(v, t, &p) }); err != nil {
		return err
	}
	return s.renderDiscussion(v, http.StatusUnprocessableEntity, p)
}
