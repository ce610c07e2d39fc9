package ap

import (
	"time"

	"moothall/actors"
)

// Withdrawn is what is left of a document, or of one version of it.
type Withdrawn struct {
	ID       actors.URI
	At       time.Time
	Title    string     // empty when the title is withdrawn too
	Reason   string     // in the words of whoever withdrew it; may be empty
	Replaced actors.URI // what to read in its place; empty for nothing
}

type withdrawnDocument struct {
	tombstoneDocument
	Name     string     `json:"name,omitempty"`
	Reason   string     `json:"moothall:reason,omitempty"`
	Replaced actors.URI `json:"moothall:replacedBy,omitempty"`
}

func (w Withdrawn) document() withdrawnDocument {
	return withdrawnDocument{tombstoneDocument{w.ID, "Tombstone", "Article", written(w.At)}, w.Title, w.Reason, w.Replaced}
}

// WriteWithdrawn writes what is left of a document or a version (protocol.md 9.1).
func WriteWithdrawn(w Withdrawn) ([]byte, error) { return document(w.document()) }

// WriteWithdrawal says that a document is withdrawn. It has no summary: to Lemmy
// that would be the mark of a moderator (protocol.md 5.4).
func WriteWithdrawal(e Envelope, w Withdrawn) ([]byte, error) {
	return document(e.document("Delete", w.document()))
}

// WriteKeptCopy tells the author of a document that the node keeps a copy of a
// version of it in its own library (users.md 3.9).
func WriteKeptCopy(id actors.URI, node actors.Actor, version, owner actors.URI, at time.Time) ([]byte, error) {
	e := Envelope{ID: id, Actor: node.URI, To: []actors.URI{owner}, Published: at}
	return writeTargeted("Add", e, version, LibraryAddress(node.URI))
}

// LibraryAddress names the documents that a node keeps copies of. node is the
// address of its Application actor.
func LibraryAddress(node actors.URI) actors.URI {
	return actors.URI(node.Origin() + "/library")
}
