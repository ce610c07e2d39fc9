package ap

import (
	"encoding/json"

	"moothall/actors"
)

// Listing is a collection, or a page of one, to be written.
type Listing struct {
	ID           actors.URI
	Total        int
	Items        []json.RawMessage // documents, or ids as Refs writes them
	First        actors.URI        // collections: their first page
	PartOf       actors.URI        // pages: their collection
	Next, Prev   actors.URI        // pages
	AttributedTo actors.URI        // who keeps it; empty for most
	Audience     actors.URI
	History      actors.URI // contexts: what was announced about the discussion
}

type collectionDocument struct {
	ID           actors.URI        `json:"id"`
	Type         string            `json:"type"`
	PartOf       actors.URI        `json:"partOf,omitempty"`
	AttributedTo actors.URI        `json:"attributedTo,omitempty"`
	Audience     actors.URI        `json:"audience,omitempty"`
	History      actors.URI        `json:"history,omitempty"`
	Total        int               `json:"totalItems"`
	First        actors.URI        `json:"first,omitempty"`
	Next         actors.URI        `json:"next,omitempty"`
	Prev         actors.URI        `json:"prev,omitempty"`
	Items        []json.RawMessage `json:"orderedItems"`
}

// Refs are items that are ids alone.
func Refs(ids ...actors.URI) []json.RawMessage {
	refs := make([]json.RawMessage, len(ids))
	for i, id := range ids {
		// Text always has a JSON form.
		refs[i], _ = plain(id)
	}
	return refs
}

func (l Listing) document(typ string) collectionDocument {
	items := make([]json.RawMessage, len(l.Items))
	for i, raw := range l.Items {
		items[i] = embedded(raw)
	}
	return collectionDocument{
		ID: l.ID, Type: typ, PartOf: l.PartOf, AttributedTo: l.AttributedTo, Audience: l.Audience, History: l.History,
		Total: l.Total, First: l.First, Next: l.Next, Prev: l.Prev, Items: items,
	}
}

// WriteCollection writes a collection with its items in it and a first page
// beside them: Lemmy reads only the one, Mastodon only the other (C12).
func WriteCollection(l Listing) ([]byte, error) { return document(l.document("OrderedCollection")) }

// WritePage writes a page of a collection.
func WritePage(l Listing) ([]byte, error) { return document(l.document("OrderedCollectionPage")) }

type countDocument struct {
	ID    actors.URI `json:"id"`
	Type  string     `json:"type"`
	Total int        `json:"totalItems"`
}

// WriteCount writes a collection that says how many are in it, not who:
// followers and following.
func WriteCount(id actors.URI, total int) ([]byte, error) {
	return document(countDocument{id, "OrderedCollection", total})
}

type repliesDocument struct {
	ID    actors.URI          `json:"id"`
	Type  string              `json:"type"`
	Total int                 `json:"totalItems"`
	First repliesPageDocument `json:"first"`
}

type repliesPageDocument struct {
	ID     actors.URI   `json:"id"`
	Type   string       `json:"type"`
	PartOf actors.URI   `json:"partOf"`
	Next   actors.URI   `json:"next,omitempty"`
	Items  []actors.URI `json:"items"`
}

// WriteReplies writes the replies of a post: the ids of the first ones, in a page
// that is embedded, and where there are more (protocol.md 6).
func WriteReplies(id actors.URI, total int, items []actors.URI, next actors.URI) ([]byte, error) {
	page := repliesPageDocument{id + "?page=1", "CollectionPage", id, next, list(items)}
	return document(repliesDocument{id, "Collection", total, page})
}
