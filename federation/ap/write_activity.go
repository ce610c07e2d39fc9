package ap

import (
	"encoding/json"
	"time"

	"moothall/actors"
)

// Envelope is what all activities have in common. PostAddress and GroupAddress
// say what To and Cc should be.
type Envelope struct {
	ID        actors.URI
	Actor     actors.URI
	To, Cc    []actors.URI
	Audience  actors.URI // the community; empty for none
	Published time.Time
	ReceiptTo actors.URI // who wants to be told when it is carried out; empty for nobody
}

// Follow is a Follow as those who answer it know it.
type Follow struct{ ID, Actor, Object actors.URI }

type activityDocument struct {
	ID        actors.URI   `json:"id"`
	Type      string       `json:"type"`
	Actor     actors.URI   `json:"actor"`
	To        []actors.URI `json:"to"`
	Cc        []actors.URI `json:"cc"`
	Audience  actors.URI   `json:"audience,omitempty"`
	Published string       `json:"published,omitempty"`
	Summary   string       `json:"summary,omitempty"`
	Content   string       `json:"content,omitempty"`
	Object    any          `json:"object,omitempty"`
	Target    actors.URI   `json:"target,omitempty"`
	EndTime   string       `json:"endTime,omitempty"`

	RemoveData bool `json:"removeData,omitempty"`

	Log *LogHead `json:"moothall:log,omitempty"`

	ReceiptTo actors.URI      `json:"moothall:receiptTo,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
}

type followDocument struct {
	ID     actors.URI `json:"id"`
	Type   string     `json:"type"`
	Actor  actors.URI `json:"actor"`
	Object actors.URI `json:"object"`
}

func (e Envelope) document(typ string, object any) activityDocument {
	return activityDocument{
		ID: e.ID, Type: typ, Actor: e.Actor, To: list(e.To), Cc: list(e.Cc),
		Audience: e.Audience, Published: written(e.Published), Object: object, ReceiptTo: e.ReceiptTo,
	}
}

// WriteFollow writes the wish to join a community or follow a person
// (protocol.md 5.1).
func WriteFollow(f Follow) ([]byte, error) {
	e := Envelope{ID: f.ID, Actor: f.Actor, To: []actors.URI{f.Object}}
	return document(e.document("Follow", f.Object))
}

// WriteAccept answers a Follow with yes. The Follow is embedded with its own id,
// by which the asker knows it (protocol.md 5.1).
func WriteAccept(id actors.URI, f Follow) ([]byte, error) { return writeAnswer("Accept", id, f, "") }

// WriteReject answers a Follow with no, or takes an earlier yes back. why is for the
// person to read; it may be empty.
func WriteReject(id actors.URI, f Follow, why string) ([]byte, error) {
	return writeAnswer("Reject", id, f, why)
}

func writeAnswer(typ string, id actors.URI, f Follow, why string) ([]byte, error) {
	e := Envelope{ID: id, Actor: f.Object, To: []actors.URI{f.Actor}}
	d := e.document(typ, followDocument{f.ID, "Follow", f.Actor, f.Object})
	d.Summary = why
	return document(d)
}

// WriteRemoval is WriteReject for somebody who is removed: their site is asked to confirm
// that it has taken away what only they could read there.
func WriteRemoval(id actors.URI, f Follow) ([]byte, error) {
	e := Envelope{ID: id, Actor: f.Object, To: []actors.URI{f.Actor}, ReceiptTo: f.Object}
	return document(e.document("Reject", followDocument{f.ID, "Follow", f.Actor, f.Object}))
}

// WriteReceipt answers an activity that has a receiptTo with a signed receipt, as package
// receipt writes it. object is the id of the activity.
func WriteReceipt(e Envelope, object actors.URI, receipt json.RawMessage) ([]byte, error) {
	d := e.document("Accept", object)
	d.Result = receipt
	return document(d)
}

// WriteUndo takes an activity back, which is embedded as it was.
func WriteUndo(e Envelope, inner json.RawMessage) ([]byte, error) {
	return document(e.document("Undo", nested(inner)))
}

// WriteCreate publishes an object.
func WriteCreate(e Envelope, object json.RawMessage) ([]byte, error) {
	return document(e.document("Create", embedded(object)))
}

// WriteUpdate publishes an object or actor that has changed. Peers ignore it
// unless the object's updated is newer than what they hold.
func WriteUpdate(e Envelope, object json.RawMessage) ([]byte, error) {
	return document(e.document("Update", embedded(object)))
}

// WriteDelete says that a thing is gone. A reason marks it as the act of a
// moderator; an author's own Delete has none (protocol.md 5.4).
func WriteDelete(e Envelope, object actors.URI, reason string) ([]byte, error) {
	d := e.document("Delete", object)
	d.Summary = reason
	return document(d)
}

// WriteLike says that a post helped.
func WriteLike(e Envelope, object actors.URI) ([]byte, error) {
	return document(e.document("Like", object))
}

// WriteAnnounce is how a community passes on what a member did. The values of
// inner stay as they are, unknown ones too, or integrity proofs in it break
// (protocol.md 5.3); even our own @context stays where inner has a proof. head
// goes to nodes of ours and is nil for others.
func WriteAnnounce(e Envelope, inner Embedded, head *LogHead) ([]byte, error) {
	d := e.document("Announce", nil)
	d.Log = head
	return documentAround(d, inner)
}

// WriteBoost is the Announce that Mastodon and its like understand: of a post's
// id alone (protocol.md 5.3).
func WriteBoost(e Envelope, object actors.URI) ([]byte, error) {
	return document(e.document("Announce", object))
}

// WriteDecline says that a community did not take a post (after FEP-400e's
// Reject of a Create; NodeBB names the object too).
func WriteDecline(e Envelope, object actors.URI) ([]byte, error) {
	return document(e.document("Reject", object))
}
