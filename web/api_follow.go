package web

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

const noSuchCommunity = "There is no such community"

// meetFollowed learns of the community that a Follow names when it is new here.
func meetFollowed(ctx context.Context, s *Server, who actors.Actor, draft ap.Activity) error {
	_, err := s.findCommunity(ctx, actors.Viewer{Actor: who.ID, Local: true}, draft.Object.ID())
	if lost, ok := errors.AsType[*notFound](err); ok {
		return wrongField("object", lost.words())
	}
	return err
}

func (q command) follow() (actors.Activity, error) {
	c, err := q.tx.CommunityByURI(q.ctx, actors.URI(q.draft.Object.ID()))
	if errors.Is(err, store.ErrNotFound) {
		return actors.Activity{}, wrongField("object", noSuchCommunity)
	}
	if err != nil {
		return actors.Activity{}, err
	}
	act, err := q.s.join(q.ctx, q.tx, q.who, c)
	if err != nil || act.URI != "" {
		return act, err
	}
	m, err := q.tx.Membership(q.ctx, c.ID, q.who.ID)
	if err == nil && m.Follow == "" {
		err = wrongField("object", "You are a member already")
	}
	return actors.Activity{URI: m.Follow}, err
}

// undo takes back a Like, a Follow or a Block, named by its id or by what it was about.
func (q command) undo() (actors.Activity, error) {
	what, object, err := q.undone()
	if err != nil {
		return actors.Activity{}, err
	}
	var act actors.Activity
	switch what {
	case "Like":
		act, err = q.undoLike(object)
	case "Follow":
		act, err = q.undoFollow(object)
	case "Block":
		act, err = q.undoBlock()
	case "Lock":
		act, err = q.close(object, false)
	case ap.ChooseAnswer:
		act, err = q.choose(object, false)
	case "Delete":
		act, err = q.undoDelete(object)
	default:
		err = wrongField("object", "Only a Like, a Follow, a Block, a Lock, a moothall:ChooseAnswer or a facilitator’s Delete can be undone")
	}
	if err == nil && act.URI == "" {
		err = wrongField("object", "There is nothing to undo")
	}
	return act, err
}

// undone says what kind of activity is to be undone, and what it was about.
func (q command) undone() (what string, object actors.URI, err error) {
	inner := q.draft.Object
	if inner.ID() != "" {
		act, err := q.tx.ActivityByURI(q.ctx, actors.URI(inner.ID()), q.who.URI)
		if err == nil {
			return act.Type, act.Object, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return "", "", err
		}
	}
	if !inner.Embedded() {
		return "", "", wrongField("object", "There is no such activity of yours")
	}
	d, err := ap.ParseDraft(inner.Raw())
	if err != nil {
		return "", "", wrongField("object", "The activity cannot be read: "+err.Error())
	}
	return d.Type, actors.URI(d.Object.ID()), nil
}

func (q command) undoLike(object actors.URI) (actors.Activity, error) {
	p, err := q.tx.PostByURI(q.ctx, object)
	if errors.Is(err, store.ErrNotFound) {
		return actors.Activity{}, nil
	}
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.TakeBackUseful(q.ctx, q.tx, q.who, p)
}

func (q command) undoFollow(object actors.URI) (actors.Activity, error) {
	c, err := q.tx.CommunityByURI(q.ctx, object)
	if errors.Is(err, store.ErrNotFound) {
		return actors.Activity{}, nil
	}
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Leave(q.ctx, q.tx, q.who, c)
}
