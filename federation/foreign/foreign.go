// Package foreign reads kinds of document for which package ap has no type:
// events of Mobilizon, videos of PeerTube, polls, places. They become objects
// with a title, text, dates and a link, so that people can at least see and
// discuss them.
//
// It is the only home of the generated ActivityStreams library, which is large,
// and which serves here as a second reader: who wrote what comes from package
// ap, and a document that the two readers understand differently is refused. A
// document is never written with that library: it can be made to panic
// (security.md X2).
package foreign

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"

	"code.superseriousbusiness.org/activity/streams"
	"code.superseriousbusiness.org/activity/streams/vocab"

	"moothall/content"
	"moothall/federation/ap"
)

// Read reads a document of any kind in the ActivityStreams vocabulary. Its
// Content gains what the text alone does not say: the choices of a poll, the
// place of an event. Errors wrap ap.ErrDocument.
func Read(raw []byte) (ap.Object, error) {
	o, err := ap.ParseObject(raw)
	if err != nil {
		return ap.Object{}, err
	}
	t, err := decode(raw)
	if err != nil {
		return ap.Object{}, err
	}
	if t.GetTypeName() != o.Type || idOf(t) != o.ID {
		return ap.Object{}, fmt.Errorf("%w: %s: two readers understand its id or type differently", ap.ErrDocument, o.Type)
	}
	if err := describe(&o, t); err != nil {
		return ap.Object{}, err
	}
	return o, nil
}

// decode runs the generated library, which needs an @context and may panic.
func decode(raw []byte) (t vocab.Type, err error) {
	defer recovered(&err)
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%w: %w", ap.ErrDocument, err)
	}
	m["@context"] = "https://www.w3.org/ns/activitystreams"
	t, err = streams.ToType(context.Background(), m)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ap.ErrDocument, err)
	}
	return t, nil
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: the library gave up: %v", ap.ErrDocument, r)
	}
}

func idOf(t vocab.Type) string {
	id := t.GetJSONLDId()
	if id == nil || id.Get() == nil {
		return ""
	}
	return id.Get().String()
}

// describe fills in what o does not say for itself.
func describe(o *ap.Object, t vocab.Type) (err error) {
	defer recovered(&err)
	if o.StartTime.IsZero() {
		o.StartTime = ap.Time{Time: start(t)}
	}
	if o.EndTime.IsZero() {
		o.EndTime = ap.Time{Time: end(t)}
	}
	if o.Content == "" {
		o.Content = o.Summary
	}
	if place := placeOf(t); place != "" {
		o.Content += "<p>" + html.EscapeString(place) + "</p>"
	}
	if names := choices(t); len(names) > 0 {
		o.Content += "<ul><li>" + strings.Join(names, "</li><li>") + "</li></ul>"
	}
	return nil
}

func start(t vocab.Type) time.Time {
	has, ok := t.(interface {
		GetActivityStreamsStartTime() vocab.ActivityStreamsStartTimeProperty
	})
	if !ok {
		return time.Time{}
	}
	if p := has.GetActivityStreamsStartTime(); p != nil && p.IsXMLSchemaDateTime() {
		return p.Get().UTC()
	}
	return time.Time{}
}

func end(t vocab.Type) time.Time {
	has, ok := t.(interface {
		GetActivityStreamsEndTime() vocab.ActivityStreamsEndTimeProperty
	})
	if !ok {
		return time.Time{}
	}
	if p := has.GetActivityStreamsEndTime(); p != nil && p.IsXMLSchemaDateTime() {
		return p.Get().UTC()
	}
	return time.Time{}
}

// placeOf is the name of the first place where a thing is.
func placeOf(t vocab.Type) string {
	has, ok := t.(interface {
		GetActivityStreamsLocation() vocab.ActivityStreamsLocationProperty
	})
	if !ok {
		return ""
	}
	p := has.GetActivityStreamsLocation()
	if p == nil {
		return ""
	}
	for it := p.Begin(); it != p.End(); it = it.Next() {
		if it.IsActivityStreamsPlace() {
			return nameOf(it.GetActivityStreamsPlace())
		}
	}
	return ""
}

// choices are the escaped names of what a poll lets people choose.
func choices(t vocab.Type) []string {
	q, ok := t.(vocab.ActivityStreamsQuestion)
	if !ok {
		return nil
	}
	var names []string
	add := func(n vocab.Type) {
		if named, ok := n.(named); ok && len(names) < content.MaxOptions {
			names = append(names, html.EscapeString(nameOf(named)))
		}
	}
	if p := q.GetActivityStreamsOneOf(); p != nil {
		for it := p.Begin(); it != p.End(); it = it.Next() {
			add(it.GetType())
		}
	}
	if p := q.GetActivityStreamsAnyOf(); p != nil {
		for it := p.Begin(); it != p.End(); it = it.Next() {
			add(it.GetType())
		}
	}
	return names
}

type named interface {
	GetActivityStreamsName() vocab.ActivityStreamsNameProperty
}

// nameOf is the first name that is text, cut to the length of a name.
func nameOf(n named) string {
	p := n.GetActivityStreamsName()
	if p == nil {
		return ""
	}
	for it := p.Begin(); it != p.End(); it = it.Next() {
		if it.IsXMLSchemaString() {
			name := []rune(it.GetXMLSchemaString())
			return string(name[:min(len(name), content.MaxName)])
		}
	}
	return ""
}
