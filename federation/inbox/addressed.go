package inbox

import (
	"context"
	"strings"

	"moothall/actors"
)

// reach notes the local people an activity names, so that their inbox can be read
// from the log: those it is addressed to, and the one whose request it answers.
func (w *work) reach(ctx context.Context) error {
	if w.act.Type == "Flag" || w.act.Object.Type() == "Flag" {
		return nil // whom it is about must not read it
	}
	people := w.in.Site.Base + "/u/"
	names := append(append([]string{w.act.Object.ID(), w.answeredPerson()}, w.act.To...), w.act.Cc...)
	for _, name := range names {
		if !strings.HasPrefix(name, people) {
			continue
		}
		who, err := w.tx.ActorByURI(ctx, actors.URI(name))
		if err != nil || who.Kind != actors.Person {
			continue // names nobody here
		}
		if err := w.tx.Address(ctx, who.ID, w.line.ID); err != nil {
			return err
		}
	}
	return nil
}

// answeredPerson is who asked for what an Accept or Reject answers: many servers
// address the answer to nobody.
func (w *work) answeredPerson() string {
	if w.act.Type != "Accept" && w.act.Type != "Reject" || !w.act.Object.Embedded() {
		return ""
	}
	inner, err := w.act.Object.AsActivity()
	if err != nil {
		return ""
	}
	return inner.Actor
}
