package ap

import (
	"encoding/json"
	"fmt"
)

// Collection is a collection or one page of one, ordered or not.
type Collection struct {
	ID           string
	Type         string
	TotalItems   int64
	First, Next  Inner // an address, or a page itself
	PartOf       Link
	AttributedTo Link // who keeps it: the community of a context
	Audience     Link
	Items        []json.RawMessage // items or orderedItems, each as it came
	Raw          json.RawMessage
}

// ItemIDs are the ids of the items; those that have none are left out.
func (c Collection) ItemIDs() []string {
	ids := make([]string, 0, len(c.Items))
	for _, raw := range c.Items {
		if id, err := trimmed(raw).id(); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// ParseCollection reads a collection or a page of one.
func ParseCollection(raw []byte) (Collection, error) {
	if err := Check(raw); err != nil {
		return Collection{}, err
	}
	return readCollection(trimmed(raw), maxItems)
}

// ParseFollowers is ParseCollection for a list of ids that may be as long as the
// document: it is of use only as a whole (FEP-8fcf).
func ParseFollowers(raw []byte) (Collection, error) {
	if err := Check(raw); err != nil {
		return Collection{}, err
	}
	return readCollection(trimmed(raw), maxTokens)
}

func readCollection(v value, most int) (Collection, error) {
	c := Collection{Raw: v.raw()}
	for key, m := range v.members() {
		if m.isNull() {
			continue // the same as not being there
		}
		var err error
		switch string(key) {
		case "id":
			c.ID, err = m.optionalID()
		case "type":
			c.Type, err = m.oneType()
		case "totalItems":
			c.TotalItems, err = m.int()
		case "first":
			c.First, err = readInner(m)
		case "next":
			c.Next, err = readInner(m)
		case "partOf":
			c.PartOf, err = m.link()
		case "attributedTo":
			c.AttributedTo, err = m.link()
		case "audience":
			c.Audience, err = m.link()
		case "items", "orderedItems":
			c.Items, err = appendItems(c.Items, m, most)
		}
		if err != nil {
			return Collection{}, wrong("collection", key, err)
		}
	}
	switch c.Type {
	case "Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage":
		return c, nil
	case "":
		return Collection{}, missing("collection", "type")
	}
	return Collection{}, fmt.Errorf("%w: collection: type: %q is not a kind of collection", ErrDocument, c.Type)
}

func appendItems(items []json.RawMessage, v value, most int) ([]json.RawMessage, error) {
	for e := range v.elements() {
		if e.isNull() {
			continue
		}
		if len(items) == most {
			return nil, fmt.Errorf("more than %d items", most)
		}
		items = append(items, e.raw())
	}
	return items, nil
}
