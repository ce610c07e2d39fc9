package ap

import (
	"encoding/json"
	"fmt"
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
	Posts      bool // what they wrote in it goes too
}

// WriteBlock removes somebody from a community (protocol.md 5.4).
func WriteBlock(e Envelope, b Block) ([]byte, error) { return document(b.document(e)) }

func (b Block) document(e Envelope) activityDocument {
	d := e.document("Block", b.Who)
	d.Target, d.Summary, d.EndTime, d.RemoveData = b.Group, b.Reason, written(b.Until), b.Posts
	return d
}

// WriteUndoBlock lets somebody into a community again.
func WriteUndoBlock(e Envelope, b Block) ([]byte, error) {
	return writeUndone(e, b.document(inside(e, "block")), "")
}

// WriteLock ends replies to a post, and to all that answers it (protocol.md 5.4).
func WriteLock(e Envelope, object actors.URI, reason string) ([]byte, error) {
	return document(lockDocument(e, object, reason))
}

// WriteUndoLock lets people reply again. Lemmy reads the reason beside the Lock.
func WriteUndoLock(e Envelope, object actors.URI, reason string) ([]byte, error) {
	return writeUndone(e, lockDocument(inside(e, "lock"), object, ""), reason)
}

func lockDocument(e Envelope, object actors.URI, reason string) activityDocument {
	d := e.document("Lock", object)
	d.Summary = reason
	return d
}

// ChooseAnswer is the type of the activity that marks a reply as the answer of the
// question that it belongs to (docs/decisions/0038).
const ChooseAnswer = "moothall:ChooseAnswer"

// WriteAnswer marks a reply as the answer of its question.
func WriteAnswer(e Envelope, reply actors.URI) ([]byte, error) {
	return document(e.document(ChooseAnswer, reply))
}

// WriteUndoAnswer says that a reply is no longer the answer of its question.
func WriteUndoAnswer(e Envelope, reply actors.URI) ([]byte, error) {
	return writeUndone(e, inside(e, "answer").document(ChooseAnswer, reply), "")
}

// WriteUndoDelete brings back a post that facilitators hid for a reason. The
// reason marks the Delete inside as the act of a facilitator.
func WriteUndoDelete(e Envelope, object actors.URI, reason string) ([]byte, error) {
	d := inside(e, "delete").document("Delete", object)
	d.Summary = reason
	return writeUndone(e, d, "")
}

// inside is the envelope of what an Undo takes back. It is by the one who undoes
// it, which is what Lemmy asks for: another facilitator may have made the first.
func inside(e Envelope, name string) Envelope {
	e.ID += actors.URI("#" + name)
	return e
}

func writeUndone(e Envelope, inner activityDocument, reason string) ([]byte, error) {
	raw, err := plain(inner)
	if err != nil {
		return nil, err
	}
	d := e.document("Undo", json.RawMessage(raw))
	d.Summary = reason
	return document(d)
}

// WriteComments is the older form of Lock and its Undo: an Update of a discussion
// that says whether it takes replies (protocol.md 5.4). object is its document as
// its author's server wrote it; nothing else of it changes but the time, without
// which peers take the Update for an old one.
func WriteComments(e Envelope, object json.RawMessage, enabled bool, at time.Time) ([]byte, error) {
	return writePatched(e, object, map[string]any{"commentsEnabled": enabled, "updated": written(at)})
}

// Description is what a facilitator may change of a community.
type Description struct {
	Name    string
	Summary string // HTML
	Source  string // Markdown
	Updated time.Time
}

// WriteDescription asks a community elsewhere to describe itself anew (protocol.md
// 9.2). group is its document as it was last read: all else of it stays.
func WriteDescription(e Envelope, group json.RawMessage, d Description) ([]byte, error) {
	return writePatched(e, group, map[string]any{
		"name": d.Name, "summary": d.Summary, "source": sourceDocument{d.Source, "text/markdown"},
		"updated": written(d.Updated),
	})
}

// writePatched is an Update with somebody else's document, in which some members
// are others.
func writePatched(e Envelope, object json.RawMessage, patch map[string]any) ([]byte, error) {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(nested(object), &members); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	delete(members, "proof") // it is not for these values
	for name, v := range patch {
		raw, err := plain(v)
		if err != nil {
			return nil, err
		}
		members[name] = raw
	}
	raw, err := plain(members)
	if err != nil {
		return nil, err
	}
	return document(e.document("Update", json.RawMessage(raw)))
}
