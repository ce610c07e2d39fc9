package web

import (
	"errors"
	"net/http"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// commentPage is how many replies a page of a discussion shows.
const commentPage = 50

// thread is a discussion as its viewer can read it, in the order of reading.
type thread struct {
	community templates.Community
	start     content.Post
	comments  []content.Post
	closed    map[actors.ID]bool // what takes no more replies, itself or because of what it answers
}

// thread reads the discussion that a post belongs to, if the viewer may read both.
func (l *look) thread(id actors.ID) (t thread, p content.Post, err error) {
	if p, err = l.tx.Post(l.ctx, l.viewer, id); err != nil {
		return t, p, err
	}
	posts, err := l.tx.Thread(l.ctx, l.viewer, p.Root)
	if err != nil {
		return t, p, err
	}
	if len(posts) == 0 {
		return t, p, store.ErrNotFound
	}
	t.start, t.comments = posts[0], inReadingOrder(p.Root, posts[1:])
	t.closed = closedIn(t.start, t.comments)
	t.community, err = l.communityOf(p)
	return t, p, err
}

// closedIn finds what a lock reaches: a locked post and all that answers it. The
// comments come in the order of reading.
func closedIn(start content.Post, comments []content.Post) map[actors.ID]bool {
	closed := map[actors.ID]bool{start.ID: start.Locked}
	for _, c := range comments {
		over, known := closed[c.Parent]
		closed[c.ID] = c.Locked || over || !known && start.Locked
	}
	return closed
}

// communityOf reads the community of a post that the viewer may read.
func (l *look) communityOf(p content.Post) (templates.Community, error) {
	c, err := l.tx.Community(l.ctx, p.Group)
	if err != nil {
		return templates.Community{}, err
	}
	return l.community(c)
}

// commentPath is where a comment stands in its discussion.
func (t thread) commentPath(id actors.ID) string {
	for i, c := range t.comments {
		if c.ID != id {
			continue
		}
		at := templates.Paging{Path: t.path()}.Href(i/commentPage + 1)
		return at + "#" + templates.CommentAnchor(id)
	}
	return t.path()
}

// path is where the discussion is.
func (t thread) path() string { return templates.DocumentPath(t.start) }

// showPost shows a discussion; a comment is shown in its place there.
func (s *Server) showPost(v *visit) error {
	id, err := actors.ParseID(v.param("id"))
	if err != nil {
		return store.ErrNotFound
	}
	var p templates.DiscussionPage
	elsewhere, isDocument := "", false
	err = s.look(v, func(l *look) error {
		t, asked, err := l.thread(id)
		switch {
		case err != nil:
			return err
		case asked.IsDocument() && asked.Local:
			elsewhere = templates.Paging{Path: t.path()}.Href(v.pageNumber())
			return nil
		case asked.IsDocument():
			isDocument = true
			return nil
		case asked.IsGone() && (asked.IsComment() || len(t.comments) == 0):
			return failure{status: http.StatusGone}
		case asked.IsComment():
			elsewhere = t.commentPath(id)
			return nil
		}
		return l.discussion(v, t, &p)
	})
	switch {
	case err != nil:
		return err
	case elsewhere != "":
		return s.seeOther(v, elsewhere) // before base, which takes the news that is for the next page
	}
	if isDocument {
		return s.showDocument(v)
	}
	s.wakeThread(v, p)
	p.Base = s.base(v)
	return s.renderDiscussion(v, http.StatusOK, p)
}

// wakeThread looks again for replies that are missing, but not too often.
func (s *Server) wakeThread(v *visit, p templates.DiscussionPage) {
	if p.Missing && v.SignedIn() && s.Actions.Wake.Thread != nil {
		s.Actions.Wake.Thread(p.Entry.ID)
	}
}

func (s *Server) renderDiscussion(v *visit, status int, p templates.DiscussionPage) error {
	unlessIndexable(v, p.Community.Actor, p.Paging.Page)
	if p.Entry.IsGone() {
		status = http.StatusGone
	}
	return s.render(v, status, p)
}

// discussion fills in a page of a discussion.
func (l *look) discussion(v *visit, t thread, p *templates.DiscussionPage) (err error) {
	if p.Paging, err = paging(v, len(t.comments), commentPage); err != nil {
		return err
	}
	p.Paging.Path = t.path()
	from := (p.Paging.Page - 1) * commentPage
	shown := t.comments[from:min(from+commentPage, len(t.comments))]
	p.Community = t.community
	entries, err := l.entries(append([]content.Post{t.start}, shown...), t.community)
	if err != nil {
		return err
	}
	if err = l.mayDo(t, entries); err != nil {
		return err
	}
	p.Entry, p.Comments = entries[0], entries[1:]
	if p.Answer, err = l.chosen(t); err != nil {
		return err
	}
	if err = l.nameParents(t, p.Comments); err != nil {
		return err
	}
	if err = l.missing(t, p); err != nil {
		return err
	}
	if p.Draft.Language == "" {
		p.Draft.Language = firstOf(t.community.Language, "en")
	}
	if p.Entry.May.Reply {
		p.Readers, err = l.readers(t.community, t.start.Audience)
	}
	return err
}

// missing says whether replies from elsewhere are still being looked for, or may
// be missing.
func (l *look) missing(t thread, p *templates.DiscussionPage) error {
	p.Fetching = t.community.History == actors.HistoryFetching
	if t.community.Local || p.Fetching {
		return nil
	}
	job, err := l.tx.ThreadJob(l.ctx, t.start.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	p.Fetching, p.Missing = job.State == store.ThreadDue, job.State == store.ThreadPartial
	return err
}

// mayDo says of each entry what the viewer may do with it, and what they found
// useful.
func (l *look) mayDo(t thread, entries []templates.Entry) error {
	for i := range entries {
		entries[i].Chosen = t.start.Answer == entries[i].ID
	}
	if !l.viewer.SignedIn() {
		for i := range entries {
			entries[i].May.Report = !entries[i].IsGone()
		}
		return nil
	}
	said, err := l.tx.UsefulTo(l.ctx, t.start.ID, l.viewer.Actor)
	if err != nil {
		return err
	}
	for i := range entries {
		entries[i].Said = said[entries[i].ID]
		entries[i].May = l.may(entries[i].Post, t)
	}
	return nil
}

// may says what the viewer may do with a post. The rules themselves are those of
// package actions: this decides which buttons there are.
func (l *look) may(p content.Post, t thread) templates.May {
	c := t.community
	m := c.Membership
	if p.IsGone() || !l.viewer.SignedIn() || m.Standing == actors.Banned {
		return templates.May{}
	}
	own := p.Author == l.viewer.Actor
	part := p.Standing == content.Accepted
	return templates.May{
		Reply:  (part || p.Standing == content.Sent) && l.mayPost(c) && (!t.closed[p.ID] || m.May(actors.Moderator)),
		Useful: part && !own && (c.Local || m.Standing == actors.Joined),
		Edit:   own && p.Local && !p.IsDocument(), // a document has pages of its own for that
		Delete: own && !(p.IsDocument() && p.Local),
		Report: !own,
		Hide:   part && !own && m.May(actors.Moderator),
		Pin:    part && !p.IsComment() && m.May(actors.Moderator),
		Lock:   part && m.May(actors.Moderator),
		Answer: part && l.mayMark(p, t),
	}
}

// nameParents says of each comment that does not answer the start whom it answers.
func (l *look) nameParents(t thread, comments []templates.Entry) error {
	author := make(map[actors.ID]actors.ID, len(t.comments))
	for _, c := range t.comments {
		if !c.IsGone() {
			author[c.ID] = c.Author
		}
	}
	ids := make([]actors.ID, 0, len(comments))
	for _, e := range comments {
		if a := author[e.Parent]; a != 0 {
			ids = append(ids, a)
		}
	}
	who, err := l.tx.ActorsByID(l.ctx, ids)
	for i := range comments {
		if a := author[comments[i].Parent]; a != 0 {
			name := who[a]
			comments[i].ParentName = name.DisplayName()
		}
	}
	return err
}

// markUseful says that a post helped, or takes that back.
func (s *Server) markUseful(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		do := s.Actions.SayUseful
		if v.value("useful") == "no" {
			do = s.Actions.TakeBackUseful
		}
		_, err := do(v.ctx(), tx, v.actor, p)
		return err
	})
	if err != nil {
		return err
	}
	if p.IsComment() {
		return s.seeOther(v, t.commentPath(p.ID))
	}
	return s.seeOther(v, templates.DocumentPath(p))
}

// threadOf reads the post that the path names, with its discussion.
func (s *Server) threadOf(v *visit) (t thread, p content.Post, err error) {
	id, err := actors.ParseID(v.param("id"))
	if err != nil {
		return t, p, store.ErrNotFound
	}
	err = s.look(v, func(l *look) error {
		t, p, err = l.thread(id)
		return err
	})
	if err == nil && p.IsGone() {
		err = failure{status: http.StatusGone}
	}
	return t, p, err
}
