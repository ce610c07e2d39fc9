package web

import (
	"context"
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/remote"
	"moothall/store"
	"moothall/templates"
)

const noMoveAddress = "Enter an address, like @name@communities.kent.example"

// showMove is where a person says which addresses were theirs, and moves away.
func (s *Server) showMove(v *visit) error {
	return s.renderMove(v, http.StatusOK, templates.MovePage{Who: v.actor}, nil)
}

func (s *Server) move(v *visit) error {
	return s.moveAsAsked(v, templates.MovePage{Who: v.actor})
}

func (s *Server) showMoveCommunity(v *visit) error {
	c, err := s.communityToMove(v)
	if err != nil {
		return err
	}
	return s.renderMove(v, http.StatusOK, templates.MovePage{Who: c.Actor, Community: &c}, nil)
}

func (s *Server) moveCommunity(v *visit) error {
	c, err := s.communityToMove(v)
	if err != nil {
		return err
	}
	return s.moveAsAsked(v, templates.MovePage{Who: c.Actor, Community: &c})
}

// communityToMove reads the community that the path names, for its owner or whoever
// runs this node.
func (s *Server) communityToMove(v *visit) (templates.Community, error) {
	c, err := s.community(v)
	if err == nil && (!c.Local || !c.Membership.May(actors.Owner) && !v.isAdmin()) {
		err = &actions.Refusal{Code: "not_owner", Words: "Only the owner of a community can move it."}
	}
	return c, err
}

func (s *Server) renderMove(v *visit, status int, p templates.MovePage, problems content.Problems) error {
	p.Base = s.base(v)
	p.Problems = problems
	p.Aliases = p.Who.AlsoKnownAs.List()
	err := s.look(v, func(l *look) (err error) {
		p.MovedTo, err = l.movedTo(p.Who)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

// moveAsAsked does what the button says.
func (s *Server) moveAsAsked(v *visit, p templates.MovePage) (err error) {
	p.Old, p.New = v.value("old"), v.value("new")
	var news, detail string
	switch v.value("do") {
	case "alias":
		news, err = "The earlier address is added", s.addAlias(v, p)
	case "forget":
		news, err = "The earlier address is removed", s.setAlias(v, p.Who, actors.URI(p.Old), false)
	case "move":
		news, detail = "You have moved", "Those who follow you are told."
		if p.Community != nil {
			news, detail = p.Who.DisplayName()+" has moved", "Its members are told."
		}
		err = s.moveAway(v, p)
	default:
		return failure{status: http.StatusBadRequest, because: "Choose what is to be done."}
	}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		if v.value("do") == "forget" {
			p.Old = ""
		}
		return s.renderMove(v, http.StatusUnprocessableEntity, p, problems)
	}
	if err != nil {
		return err
	}
	return s.done(v, p.Action(), news, detail)
}

func (s *Server) addAlias(v *visit, p templates.MovePage) error {
	old, raw, err := s.meetMoving(v, "old", p.Old, func(ctx context.Context, c *remote.Client, a address) (actors.Actor, []byte, error) {
		return fetchActor(ctx, c, a)
	})
	if err != nil {
		return err
	}
	if old.Kind != p.Who.Kind {
		return content.Problems{"old": "This address belongs to something of another kind"}
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		_, err := s.learn(v.ctx(), tx, old, raw)
		return err
	})
	if err != nil {
		return err
	}
	return s.setAlias(v, p.Who, old.URI, true)
}

func (s *Server) setAlias(v *visit, who actors.Actor, old actors.URI, on bool) error {
	return s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		now, err := tx.Actor(v.ctx(), who.ID) // two tabs may add one each
		if err != nil {
			return err
		}
		return s.Actions.SetAlias(v.ctx(), tx, v.actor, now, old, on)
	})
}

// moveAway needs the password again: a browser left open must not be enough to take
// somebody's followers away (security.md S72).
func (s *Server) moveAway(v *visit, p templates.MovePage) error {
	problems := content.Problems{}
	if v.typed("password") == "" {
		problems.Add("password", "Enter your password")
	}
	if _, ok := s.parseAddress(p.New); !ok {
		problems.Add("new", noMoveAddress)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	_, err := s.checkPassword(v, v.account.Email, v.typed("password"))
	if words := whyNot(err, "This is not your password"); words != "" {
		return content.Problems{"password": words}
	}
	if err != nil {
		return err
	}
	next, raw, err := s.meetMoving(v, "new", p.New, func(ctx context.Context, c *remote.Client, a address) (actors.Actor, []byte, error) {
		who, _, err := fetchActor(ctx, c, a)
		if err != nil {
			return who, nil, err
		}
		return c.Destination(ctx, who.URI, p.Who.URI)
	})
	if err != nil {
		return err
	}
	return s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		now, err := tx.Actor(v.ctx(), p.Who.ID)
		if err != nil {
			return err
		}
		to, err := s.learn(v.ctx(), tx, next, raw)
		if err != nil {
			return err
		}
		_, err = s.Actions.MoveAway(v.ctx(), tx, v.actor, now, to)
		return err
	})
}

// meetMoving reads the other end of a move at its own site. What goes wrong is said
// at the field.
func (s *Server) meetMoving(v *visit, field, typed string, read func(context.Context, *remote.Client, address) (actors.Actor, []byte, error)) (who actors.Actor, raw []byte, err error) {
	a, ok := s.parseAddress(typed)
	switch {
	case !ok:
		return who, nil, content.Problems{field: noMoveAddress}
	case a.host == s.Site.Host:
		return who, nil, content.Problems{field: "This address is on this site"}
	case !s.Decide(a.host, actors.ToFollow).OK():
		return who, nil, content.Problems{field: "This site does not share with that one"}
	case !s.fetches.spend(v.actor.ID, asking, s.Now()):
		return who, nil, content.Problems{field: "You have looked for many addresses in a short time. Wait a few minutes and try again"}
	}
	ctx, cancel := context.WithTimeout(v.ctx(), findTime)
	defer cancel()
	who, raw, err = read(ctx, s.Remote.Limited(findRequests), a)
	switch {
	case err == nil:
		return who, raw, nil
	case errors.Is(err, remote.ErrNotNamed):
		return who, raw, content.Problems{field: "That address does not name this one as an earlier one. Add it there first"}
	case errors.Is(err, remote.ErrMovedOn):
		return who, raw, content.Problems{field: "That address has moved on itself"}
	}
	if lost, ok := errors.AsType[*notFound](whyNotFound(err)); ok {
		words := "There is nobody with that address"
		if lost.reason != "" {
			words = lost.reason
		}
		return who, raw, content.Problems{field: words}
	}
	return who, raw, err
}
