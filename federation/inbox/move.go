package inbox

import (
	"context"

	"moothall/actors"
	"moothall/federation/ap"
)

// move follows an actor elsewhere to a new address (FEP-7628, C54, S72). What the
// activity says is only a reason to look: both ends are read again from their own
// hosts, the old must name the new and the new the old.
func move(ctx context.Context, w *work) error {
	target, err := w.whither()
	if err != nil {
		return err
	}
	if target == w.from.MovedTo {
		w.line.Reason = "known: it has moved there already"
		return nil
	}
	if err := w.mayMoveNow(); err != nil {
		return err
	}
	if !w.docs.fetched[w.from.URI] {
		return &need{uri: w.from.URI, actor: true, fresh: true}
	}
	said, err := w.says(ctx, w.from)
	if err != nil {
		return err
	}
	if string(said.MovedTo) != string(target) {
		return refuse("one_way", "The old address does not say that it has moved there.")
	}
	next, err := w.newAddress(ctx, target)
	if err != nil {
		return err
	}
	if next.Kind != w.from.Kind {
		return refuse("kind_changed", "An actor cannot become another kind.")
	}
	if d := w.in.Decide(next.Host, actors.ToFollow); !next.Local && !d.OK() {
		return refuse("policy", d.Rule)
	}
	return w.in.Actions.Moved(ctx, w.tx, w.from, next)
}

// whither is the new address. Actors move nobody but themselves.
func (w *work) whither() (actors.URI, error) {
	object, err := w.address(w.act.Object.ID())
	if err != nil {
		return "", err
	}
	if object != w.from.URI {
		return "", refuse("not_owner", "It moves somebody else.")
	}
	target, err := w.address(string(w.act.Target))
	if err == nil && target == w.from.URI {
		err = refuse("loop", "It moves to where it is.")
	}
	return target, err
}

// mayMoveNow keeps an actor from moving again and again, and old news from counting.
func (w *work) mayMoveNow() error {
	moved := w.from.Moved
	switch {
	case moved.IsZero():
		return nil
	case w.in.Now().Sub(moved) < actors.MoveAgain:
		return refuse("cooldown", "It has moved a short while ago.")
	case !w.act.Published.IsZero() && w.act.Published.Before(moved):
		return refuse("stale", "It has moved since.")
	}
	return nil
}

// says is what an actor's own host says of it, as it was last read.
func (w *work) says(ctx context.Context, a actors.Actor) (ap.Actor, error) {
	raw, err := w.tx.ActorRaw(ctx, a.ID)
	if err != nil {
		return ap.Actor{}, err
	}
	return ap.ParseActor(raw)
}

// newAddress is the actor at the new address, if it names the old one as its own and
// has not moved on itself.
func (w *work) newAddress(ctx context.Context, target actors.URI) (actors.Actor, error) {
	if !w.in.Site.Owns(target) && !w.docs.fetched[target] {
		return actors.Actor{}, &need{uri: target, actor: true, fresh: true, told: true}
	}
	next, err := w.actor(ctx, target)
	if err != nil {
		return next, err
	}
	names, movedOn := next.AlsoKnownAs.Has(w.from.URI), next.HasMoved()
	if !next.Local {
		said, err := w.says(ctx, next)
		if err != nil {
			return next, err
		}
		names, movedOn = said.AlsoKnownAs.Has(string(w.from.URI)), movedOn || said.MovedTo != ""
	}
	switch {
	case !names:
		return next, refuse("one_way", "The new address does not say that it was the old one.")
	case movedOn:
		return next, refuse("chain", "The new address has moved on itself.")
	}
	return next, nil
}
