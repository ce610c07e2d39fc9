package ap

import (
	"encoding/json"
	"time"

	"moothall/actors"
)

// Invite asks somebody into a community, in its name.
type Invite struct {
	ID         actors.URI
	Group, Who actors.URI
	At         time.Time
}

func (i Invite) document() activityDocument {
	e := Envelope{ID: i.ID, Actor: i.Group, To: []actors.URI{i.Who}, Published: i.At}
	d := e.document("Invite", i.Group)
	d.Target = i.Who
	return d
}

// WriteInvite asks somebody into a community: it is the actor and, after the
// vocabulary's own example, the object; the person is the target. A Follow of theirs
// is let in at once.
func WriteInvite(i Invite) ([]byte, error) { return document(i.document()) }

// WriteUndoInvite takes it back.
func WriteUndoInvite(id actors.URI, i Invite) ([]byte, error) {
	e := Envelope{ID: id, Actor: i.Group, To: []actors.URI{i.Who}}
	return writeUndone(e, i.document(), "")
}

// WriteRejectInvite says no to it, in the name of the person.
func WriteRejectInvite(id actors.URI, i Invite) ([]byte, error) {
	raw, err := plain(i.document())
	if err != nil {
		return nil, err
	}
	e := Envelope{ID: id, Actor: i.Who, To: []actors.URI{i.Group}}
	return document(e.document("Reject", json.RawMessage(raw)))
}
