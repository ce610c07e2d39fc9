package web

import (
	"cmp"
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showPerson shows a person, and of what they do only what the viewer may see.
func (s *Server) showPerson(v *visit) error {
	p := templates.PersonPage{Base: s.base(v)}
	err := s.look(v, func(l *look) (err error) {
		if p.Person, err = l.named(actors.Person, v.param("name")); err != nil || p.Person.IsGone() {
			return err
		}
		p.About, p.Self = stored(p.Person.Summary), p.Person.ID == l.viewer.Actor
		if !p.Person.Local {
			if p.Home, err = l.home(p.Person.Host); err != nil {
				return err
			}
		}
		if p.MovedTo, err = l.movedTo(p.Person); err != nil {
			return err
		}
		if p.Communities, err = l.sharedWith(p.Person.ID); err != nil {
			return err
		}
		posts, err := l.tx.PostsBy(l.ctx, l.viewer, p.Person.ID, store.Page{Number: 1, Size: listPage})
		if err != nil {
			return err
		}
		p.Posts, err = l.mixed(named(posts))
		return err
	})
	if err != nil {
		return err
	}
	unlessIndexable(v, p.Person, 1)
	status := http.StatusOK
	if p.Person.IsGone() {
		status = http.StatusGone
	}
	return s.render(v, status, p)
}

// mostShared bounds how many of a person's communities are looked at.
const mostShared = 100

// sharedWith lists the communities of a person that the viewer may know of: a
// closed one is not given away (security.md S174).
func (l *look) sharedWith(person actors.ID) ([]templates.Community, error) {
	all, err := l.tx.MembershipsOf(l.ctx, person)
	if err != nil {
		return nil, err
	}
	var out []templates.Community
	for _, m := range all[:min(len(all), mostShared)] {
		if m.Standing != actors.Joined {
			continue
		}
		c, err := l.communityByID(m.Group)
		if errors.Is(err, store.ErrNotFound) {
			continue // not for this viewer; or a person who is followed
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// named gives replies the beginning of their words as a title.
func named(posts []content.Post) []content.Post {
	for i := range posts {
		if posts[i].Title == "" {
			posts[i].Title = "Reply: " + content.Excerpt(string(posts[i].HTML), 80)
		}
	}
	return posts
}

// noticePage is how many notifications a page shows.
const noticePage = 25

// noticeWords are the names that pages have for the kinds of notification.
var noticeWords = map[string]string{
	actions.NoticeReply: "reply", actions.NoticeMention: "mention", actions.NoticeAsked: "asked",
	actions.NoticeJoined: "accepted", actions.NoticeRefused: "refused", actions.NoticeInvited: "invited",
	actions.NoticeFacilitatorLeft: "facilitator-left",
	actions.NoticeAppointed:       "appointed", actions.NoticeStoodDown: "stood-down",
	actions.NoticeRemoved: "removed", actions.NoticeLetBack: "let-back",
	actions.NoticeReported: "reported", actions.NoticeMoved: "moved",
	actions.NoticeHidden: "hidden", actions.NoticeRestored: "restored",
	actions.NoticeLocked: "locked", actions.NoticeUnlocked: "unlocked",
	actions.NoticeVersion: "version", actions.NoticeWithdrawn: "withdrawn", actions.NoticeReview: "review",
	actions.NoticeHandedOver: "handed-over", actions.NoticeCopied: "copied",
	actions.NoticeFormatAsked: "format-asked", actions.NoticeFormatAnswered: "format-answered",
}

// showNotifications lists what concerns the viewer. Looking marks nothing as
// seen: a GET never writes.
func (s *Server) showNotifications(v *visit) error {
	p := templates.NotificationsPage{Base: s.base(v)}
	p.Paging = templates.Paging{Page: v.pageNumber(), Pages: v.pageNumber(), Path: v.r.URL.Path}
	err := s.look(v, func(l *look) error {
		n := p.Paging.Page
		list, err := l.tx.Notifications(l.ctx, l.viewer.Actor, store.Page{Number: n, Size: noticePage})
		if err != nil {
			return err
		}
		if len(list) == 0 && n > 1 {
			return store.ErrNotFound
		}
		if len(list) == noticePage {
			more, err := l.tx.Notifications(l.ctx, l.viewer.Actor, store.Page{Number: n*noticePage + 1, Size: 1})
			if err != nil {
				return err
			}
			p.Paging.Pages += len(more)
		}
		p.Notices, err = l.notices(list)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (l *look) notices(list []store.Notification) ([]templates.Notice, error) {
	out := make([]templates.Notice, 0, len(list))
	for _, n := range list {
		notice, err := l.notice(n)
		if errors.Is(err, store.ErrNotFound) {
			continue // the person may no longer read it (security.md S178)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, notice)
	}
	return out, nil
}

func (l *look) notice(n store.Notification) (templates.Notice, error) {
	out := templates.Notice{What: noticeWords[n.Kind], At: n.At, Unread: n.Seen.IsZero()}
	var err error
	if n.By != 0 { // nobody: a day has come
		if out.Who, err = l.tx.Actor(l.ctx, n.By); err != nil {
			return out, err
		}
	}
	c, err := l.tx.Community(l.ctx, n.Group)
	if err != nil {
		return out, err
	}
	if out.Group, err = l.community(c); err != nil {
		return out, err
	}
	if n.Kind == actions.NoticeRemoved || n.Kind == actions.NoticeRefused && out.Group.Membership.Standing == actors.Refused {
		out.Reason = out.Group.Membership.Note
	}
	if n.Post == 0 {
		return out, nil
	}
	if n.Kind == actions.NoticeWithdrawn {
		return out, l.withdrawn(n, &out)
	}
	p, err := l.tx.Post(l.ctx, l.viewer, n.Post)
	if err == nil && p.IsGone() {
		err = store.ErrNotFound
	}
	if err != nil {
		return out, err
	}
	start, err := l.tx.Post(l.ctx, l.viewer, p.Root)
	if err != nil {
		return out, err
	}
	if p.Title = start.Title; start.IsGone() || p.Title == "" {
		p.Title = "a discussion"
	}
	out.Entry = templates.Entry{Post: p, Author: out.Who, Community: out.Group}
	switch n.Kind {
	case actions.NoticeHidden:
		out.Reason = p.HiddenWhy
	case actions.NoticeLocked:
		out.Reason = p.LockedWhy
	case actions.NoticeReview:
		d, err := l.tx.DocumentForRules(l.ctx, p.ID)
		if err != nil || d.Owner != l.viewer.Actor {
			return out, cmp.Or(err, store.ErrNotFound) // somebody else looks after it now
		}
		out.Due = d.Review
	}
	return out, nil
}

// withdrawn says of a document that is gone what its page says; to who looks after a
// copy, that the copy is still there.
func (l *look) withdrawn(n store.Notification, out *templates.Notice) error {
	copies, err := l.tx.CopiesOf(l.ctx, l.viewer, n.Post, mostCopies)
	if err != nil {
		return err
	}
	for _, c := range copies {
		o, err := l.origin(c)
		if err != nil {
			return err
		}
		if c.Doc.Owner == l.viewer.Actor && o != nil && !o.Withdrawn.IsZero() {
			out.What, out.Entry, out.Reason = "original-withdrawn", templates.Entry{Post: c.Post, Community: out.Group}, o.Reason
			return nil
		}
	}
	p, err := l.tx.Paper(l.ctx, l.viewer, n.Post)
	if err == nil && !p.Doc.IsWithdrawn() {
		err = store.ErrNotFound // a version, and its copy is gone or somebody else's
	}
	if err != nil {
		return err
	}
	out.Entry = templates.Entry{Post: p.Post, Community: out.Group}
	out.Entry.Title, out.Reason = firstOf(p.Doc.Withdrawal.Title, "a document"), p.Doc.Withdrawal.Reason
	return nil
}

// markSeen marks all notifications as seen.
func (s *Server) markSeen(v *visit) error {
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return tx.MarkSeen(v.ctx(), v.actor.ID, s.Now())
	})
	if err != nil {
		return err
	}
	return s.seeOther(v, "/notifications")
}
