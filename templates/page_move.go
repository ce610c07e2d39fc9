package templates

import (
	"moothall/actors"
)

// Moved is where a person or a community has moved.
type Moved struct {
	Address string       // as its old address gives it
	Known   bool         // Actor is what this site knows of it
	Actor   actors.Actor // zero unless known
}

// MovePage is where a person, or the owner of a community, says which addresses were
// theirs before, and moves away.
type MovePage struct {
	Base
	Who       actors.Actor // who may move
	Community *Community   // nil for a person
	Aliases   []actors.URI
	MovedTo   *Moved // nil for one that has not moved
	Old       string // typed so far into "earlier address"
	New       string // typed so far into "new address"
}

func (MovePage) template() string { return "move" }
func (MovePage) fields() []string { return []string{"old", "new", "password"} }
func (p MovePage) title() string {
	if p.Community != nil {
		return "Move this community – " + p.Community.DisplayName()
	}
	return "Moving to or from another organisation – Settings"
}

// Action is where the forms go.
func (p MovePage) Action() string {
	if p.Community != nil {
		return ActorPath(p.Community.Actor) + "/move"
	}
	return "/settings/move"
}
