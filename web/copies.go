package web

import (
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showCopies says which organisations have a copy of something, or had one: to whoever
// wrote it, the facilitators of its community, and those who run this site, where they
// may read it.
func (s *Server) showCopies(v *visit) error {
	p := templates.CopiesPage{}
	err := s.look(v, func(l *look) error {
		post, c, err := l.withCopies(v)
		if err != nil {
			return err
		}
		p.Community, p.Gone, p.Public = c, post.IsGone(), post.Audience == actors.AudiencePublic
		p.What, p.Path = kindOf(post), templates.PostPath(post.ID)
		if !post.IsGone() || post.IsDocument() {
			p.Link = templates.DocumentPath(post)
		}
		list, err := s.Actions.Holders(l.ctx, l.tx, post, c.Community)
		if err != nil {
			return err
		}
		p.Holders, err = l.holders(list)
		return err
	})
	if err != nil {
		return err
	}
	p.Base = s.base(v)
	return s.render(v, http.StatusOK, p)
}

// withCopies reads the post of a path for those who may know where it went.
func (l *look) withCopies(v *visit) (p content.Post, c templates.Community, err error) {
	id, err := actors.ParseID(v.param("id"))
	if err != nil {
		return p, c, store.ErrNotFound
	}
	if p, err = l.tx.Post(l.ctx, l.viewer, id); err != nil {
		return p, c, err
	}
	if c, err = l.communityOf(p); err != nil {
		return p, c, err
	}
	if p.Author != l.viewer.Actor && !c.Membership.May(actors.Moderator) && !v.isAdmin() {
		err = store.ErrNotFound
	}
	return p, c, err
}

func (l *look) holders(list []actions.Holder) (out []templates.Holder, err error) {
	for _, h := range list {
		name, err := l.home(h.Host)
		if err != nil {
			return nil, err
		}
		t := templates.Holder{Host: h.Host, Name: name, Since: h.Since, Until: h.Until, State: string(h.State)}
		if h.State == actions.HolderSaid {
			t.Words = h.Receipt.Sentence()
		}
		out = append(out, t)
	}
	return out, nil
}

// sendReceipt hands out what a site has confirmed, in its exact words.
func (s *Server) sendReceipt(v *visit) error {
	var body string
	err := s.look(v, func(l *look) error {
		post, c, err := l.withCopies(v)
		if err != nil {
			return err
		}
		list, err := s.Actions.Holders(l.ctx, l.tx, post, c.Community)
		if err == nil {
			body, err = l.receiptOf(list, v.param("host"))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.sendText(v, "application/json", "receipt.json", []byte(body))
}

func (l *look) receiptOf(list []actions.Holder, host string) (string, error) {
	for _, h := range list {
		if h.Host == host && h.State == actions.HolderSaid {
			r, err := l.tx.ReceiptFrom(l.ctx, h.About, host)
			return r.Body, err
		}
	}
	return "", store.ErrNotFound
}

// showEnded says for facilitators which organisations have no member any more, and which
// of them have confirmed that they took away what only members may read.
func (s *Server) showEnded(v *visit) error {
	p := templates.CopiesPage{Ended: true}
	err := s.look(v, func(l *look) error {
		list, c, err := l.ended(v)
		if err != nil {
			return err
		}
		p.Community = c
		p.Path = templates.ActorPath(c.Actor)
		p.Holders, err = l.holders(list)
		return err
	})
	if err != nil {
		return err
	}
	p.Base = s.base(v)
	return s.render(v, http.StatusOK, p)
}

func (l *look) ended(v *visit) (list []actions.Holder, c templates.Community, err error) {
	if c, err = l.communityNamed(v.param("name")); err != nil {
		return nil, c, err
	}
	if !c.Local || !c.Membership.May(actors.Moderator) {
		return nil, c, store.ErrNotFound
	}
	list, err = l.s.Actions.Ended(l.ctx, l.tx, c.Community)
	return list, c, err
}

// sendEndedReceipt is sendReceipt for the end of a site's memberships.
func (s *Server) sendEndedReceipt(v *visit) error {
	var body string
	err := s.look(v, func(l *look) error {
		list, _, err := l.ended(v)
		if err == nil {
			body, err = l.receiptOf(list, v.param("host"))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.sendText(v, "application/json", "receipt.json", []byte(body))
}
