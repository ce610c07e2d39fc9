package ap

import (
	"encoding/json"
	"time"

	"moothall/actors"
)

// WriteAdd puts a discussion among the pinned ones of a community, or a person
// among its facilitators: target is the collection that the community's document
// names (protocol.md 5.4).
func WriteAdd(e Envelope, object, target actors.URI) ([]byte, error) {
	return writeTargeted("Add", e, object, target)
}

// WriteRemove takes a discussion or a person out of such a collection.
func WriteRemove(e Envelope, object, target actors.URI) ([]byte, error) {
	return writeTargeted("Remove", e, object, target)
}

func writeTargeted(typ string, e Envelope, object, target actors.URI) ([]byte, error) {
	d := e.document(typ, object)
	d.Target = target
	return document(d)
}

// Block says that somebody has been removed from a community, until a time or,
// when that is zero, until it is undone.
type Block struct {
	Who, Group actors.URI
	Reason     string
	Until      time.Time
}

// WriteBlock removes somebody from a community (protocol.md 5.4).
func WriteBlock(e Envelope, b Block) ([]byte, error) { return document(b.document(e)) }

func (b Block) document(e Envelope) activityDocument {
	d := e.document("Block", b.Who)
	d.Target, d.Summary, d.EndTime = b.Group, b.Reason, written(b.Until)
	return d
}

// WriteUndoBlock lets somebody into a community again. The Block inside is by the
// one who undoes it, which is what Lemmy asks for: another facilitator may have
// made the first.
func WriteUndoBlock(e Envelope, b Block) ([]byte, error) {
	inner := e
	inner.ID += "#block"
	raw, err := plain(b.document(inner))
	if err != nil {
		return nil, err
	}
	return document(e.document("Undo", json.RawMessage(raw)))
}
