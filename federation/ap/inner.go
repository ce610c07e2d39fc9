package ap

import (
	"encoding/json"
	"fmt"
)

// Inner is what an activity is about: an id alone, an embedded document, or
// several of them. The zero Inner is nothing.
type Inner struct {
	id    string
	typ   string
	raw   value // as it came, with its quotes when it is an id alone
	items []Inner
}

// ID is the id of the thing; empty when it has none or there are several.
func (i Inner) ID() string { return i.id }

// Type is the type that an embedded document gives itself, when that is exactly
// one text.
func (i Inner) Type() string { return i.typ }

// Raw is the value as it came.
func (i Inner) Raw() json.RawMessage { return i.raw.raw() }

// IsZero says whether there is nothing.
func (i Inner) IsZero() bool { return len(i.raw) == 0 }

// Embedded says whether there is a document and not an id alone. It says nothing
// about whether the document may be believed (protocol.md 4.2).
func (i Inner) Embedded() bool { return i.raw.isObject() }

// Items are the things that it is about, one by one: those of an array or a
// collection, which PieFed and Discourse send (protocol.md 4.4), or else the
// thing itself. Nothing has no items.
func (i Inner) Items() []Inner {
	if i.items != nil || i.IsZero() {
		return i.items
	}
	return []Inner{i}
}

// AsObject reads the embedded document as an object.
func (i Inner) AsObject() (Object, error) {
	if !i.Embedded() {
		return Object{}, fmt.Errorf("%w: no object is embedded", ErrDocument)
	}
	return readObject(i.raw)
}

// AsActivity reads the embedded document as an activity. Its id may be missing:
// a Follow inside an Accept is known by its actor and object too (protocol.md 5.1).
func (i Inner) AsActivity() (Activity, error) {
	if !i.Embedded() {
		return Activity{}, fmt.Errorf("%w: no activity is embedded", ErrDocument)
	}
	a, err := readActivity(i.raw)
	if err != nil {
		return Activity{}, err
	}
	if a.Actor == "" {
		return Activity{}, missing("activity", "actor")
	}
	return a, nil
}

// AsActor reads the embedded document as an actor.
func (i Inner) AsActor() (Actor, error) {
	if !i.Embedded() {
		return Actor{}, fmt.Errorf("%w: no actor is embedded", ErrDocument)
	}
	return readActor(i.raw)
}

// AsCollection reads the embedded document as a collection or a page of one.
func (i Inner) AsCollection() (Collection, error) {
	if !i.Embedded() {
		return Collection{}, fmt.Errorf("%w: no collection is embedded", ErrDocument)
	}
	return readCollection(i.raw, maxItems)
}

// AsFollowers is AsCollection for a list of ids that is of use only as a whole.
func (i Inner) AsFollowers() (Collection, error) {
	if !i.Embedded() {
		return Collection{}, fmt.Errorf("%w: no collection is embedded", ErrDocument)
	}
	return readCollection(i.raw, maxTokens)
}

func readInner(v value) (Inner, error) {
	switch {
	case v.isNull():
		return Inner{}, nil
	case v.isArray():
		return readSeveral(v, v)
	case !v.isObject():
		id, err := v.id()
		return Inner{id: id, raw: v}, err
	}
	one, err := readEmbedded(v)
	if err != nil {
		return Inner{}, err
	}
	if one.typ == "OrderedCollection" || one.typ == "Collection" {
		items := v.get("orderedItems")
		if items.isNull() {
			items = v.get("items")
		}
		several, err := readSeveral(v, items)
		several.id, several.typ = one.id, one.typ
		return several, err
	}
	return one, nil
}

func readEmbedded(v value) (Inner, error) {
	one := Inner{raw: v}
	for key, m := range v.members() {
		var err error
		switch string(key) {
		case "id":
			one.id, err = m.optionalID()
		case "type":
			if m.isText() {
				one.typ, err = m.oneType()
			}
		}
		if err != nil {
			return Inner{}, fmt.Errorf("%s: %w", key, err)
		}
	}
	return one, nil
}

func readSeveral(whole, list value) (Inner, error) {
	several := Inner{raw: whole, items: []Inner{}}
	for e := range list.elements() {
		if len(several.items) == maxBatch {
			return Inner{}, fmt.Errorf("more than %d things", maxBatch)
		}
		var one Inner
		var err error
		switch {
		case e.isNull():
			continue
		case e.isObject():
			one, err = readEmbedded(e)
		default:
			one.raw = e
			one.id, err = e.id()
		}
		if err != nil {
			return Inner{}, err
		}
		several.items = append(several.items, one)
	}
	return several, nil
}

// InnerOf reads a checked value as what an activity is about; nothing when it
// cannot be read.
func InnerOf(raw json.RawMessage) Inner {
	if len(raw) == 0 {
		return Inner{}
	}
	i, err := readInner(trimmed(raw))
	if err != nil {
		return Inner{}
	}
	return i
}
