package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

const noAddress = "Enter the address of a community, like @licensing@kent.example"

// findTyped takes an address from the directory to the page that says what was found.
func (s *Server) findTyped(v *visit) error {
	typed := v.value("address")
	if _, ok := s.parseAddress(typed); !ok {
		p := templates.CommunitiesPage{Base: s.base(v), Address: typed}
		p.Problems = content.Problems{"address": noAddress}
		return s.renderCommunities(v, http.StatusUnprocessableEntity, p)
	}
	return s.seeOther(v, "/communities/find?address="+url.QueryEscape(typed))
}

// showFound says which community an address names, or why there is none. Only
// people of this site make it ask another one (security.md S86).
func (s *Server) showFound(v *visit) error {
	return s.found(v, func(c actors.Community) error {
		p := templates.FoundPage{Base: s.base(v), Address: v.r.URL.Query().Get("address")}
		err := s.look(v, func(l *look) error {
			t, err := l.community(c)
			t.RunBy = firstOf(t.RunBy, t.Host)
			p.Found = &t
			return err
		})
		if err != nil {
			return err
		}
		return s.render(v, http.StatusOK, p)
	})
}

// found finds the community whose address a request gives and hands it on. When
// there is none it answers itself.
func (s *Server) found(v *visit, do func(c actors.Community) error) error {
	typed := v.r.FormValue("address")
	c, err := s.findCommunity(v.ctx(), v.viewer(), typed)
	lost, ok := errors.AsType[*notFound](err)
	switch {
	case err == nil:
		return do(c)
	case !ok:
		return err
	}
	p := templates.FoundPage{Base: s.base(v), Address: typed, Blocked: lost.blocked, Reason: lost.reason}
	return s.render(v, lost.status(), p)
}

// showJoin asks whether a person wants to join, and says who will receive what
// they post (users.md MEM-3).
func (s *Server) showJoin(v *visit) error {
	return s.found(v, func(c actors.Community) error {
		p := templates.JoinPage{Base: s.base(v)}
		err := s.look(v, func(l *look) (err error) {
			if p.Community, err = l.community(c); err != nil {
				return err
			}
			p.Community.RunBy = firstOf(p.Community.RunBy, c.Host)
			p.Readers, err = l.readers(p.Community, c.Audience)
			return err
		})
		if err != nil {
			return err
		}
		return s.render(v, http.StatusOK, p)
	})
}

// joinCommunity asks for the person to become a member.
func (s *Server) joinCommunity(v *visit) error {
	return s.found(v, func(c actors.Community) error {
		ctx := v.ctx()
		var m actors.Membership
		err := s.DB.Write(ctx, func(tx *store.Tx) (err error) {
			if _, err = s.join(ctx, tx, v.actor, c); err != nil {
				return err
			}
			m, err = tx.Membership(ctx, c.ID, v.actor.ID)
			return err
		})
		if err != nil {
			return err
		}
		if err := s.tell(v, joinedNews(c, m)); err != nil {
			return err
		}
		return s.seeOther(v, templates.ActorPath(c.Actor))
	})
}

// join is actions.Join, but for a community of this node that only takes people
// whom its facilitators invite.
func (s *Server) join(ctx context.Context, tx *store.Tx, who actors.Actor, c actors.Community) (actors.Activity, error) {
	if c.Local && c.Joining == actors.JoinInvitation {
		m, err := tx.Membership(ctx, c.ID, who.ID)
		if err != nil || m.Standing == actors.Joined {
			return actors.Activity{}, err
		}
		if m.Standing != actors.Invited {
			return actors.Activity{}, &actions.Refusal{Code: "by_invitation", Words: "People join this community when a facilitator invites them."}
		}
	}
	return s.Actions.Join(ctx, tx, who, c)
}

func joinedNews(c actors.Community, m actors.Membership) templates.Flash {
	if m.Standing == actors.Joined {
		return templates.Flash{
			Success: true, Text: "You have joined " + c.DisplayName(),
			Detail: "New discussions will appear on your home page.",
		}
	}
	return templates.Flash{
		Success: true, Text: "You have asked to join " + c.DisplayName(),
		Detail: "You will get a notification when there is an answer.",
	}
}

// showLeave asks whether a member really wants to leave.
func (s *Server) showLeave(v *visit) error {
	p := templates.LeavePage{Base: s.base(v)}
	err := s.look(v, func(l *look) (err error) {
		p.Community, err = l.communityNamed(v.param("name"))
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (s *Server) leaveCommunity(v *visit) error {
	c, err := s.community(v)
	if err != nil {
		return err
	}
	ctx := v.ctx()
	var act actors.Activity
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		act, err = s.Actions.Leave(ctx, tx, v.actor, c.Community)
		return err
	})
	if err != nil {
		return err
	}
	if act.URI == "" { // was not a member
		return s.seeOther(v, templates.ActorPath(c.Actor))
	}
	if err := s.tell(v, templates.Flash{Success: true, Text: "You have left " + c.DisplayName()}); err != nil {
		return err
	}
	return s.seeOther(v, "/")
}

// community reads the community that the path names.
func (s *Server) community(v *visit) (c templates.Community, err error) {
	err = s.look(v, func(l *look) error {
		c, err = l.communityNamed(v.param("name"))
		return err
	})
	return c, err
}
