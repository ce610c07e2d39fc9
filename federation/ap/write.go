package ap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"moothall/actors"
)

// Every Write function returns a whole document with its @context. Those that
// take a document take what another Write function returned or what a peer
// sent; of the former the @context is left out inside, as protocol.md 1.5 asks.

// terms is the @context of every document written here (protocol.md 1.5), with
// our own prefix at its end.
const terms = `["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",` +
	`"https://w3id.org/security/data-integrity/v2",` +
	`{"toot":"http://joinmastodon.org/ns#","discoverable":"toot:discoverable","indexable":"toot:indexable",` +
	`"featured":{"@id":"toot:featured","@type":"@id"},"Hashtag":"as:Hashtag","sensitive":"as:sensitive",` +
	`"manuallyApprovesFollowers":"as:manuallyApprovesFollowers",` +
	`"movedTo":{"@id":"as:movedTo","@type":"@id"},"alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},` +
	`"lemmy":"https://join-lemmy.org/ns#","postingRestrictedToMods":"lemmy:postingRestrictedToMods",` +
	`"stickied":"lemmy:stickied","Lock":"lemmy:Lock",` +
	`"distinguished":"lemmy:distinguished","removeData":"lemmy:removeData","language":"schema:inLanguage",` +
	`"schema":"http://schema.org#","PropertyValue":"schema:PropertyValue","value":"schema:value",` +
	`"pt":"https://joinpeertube.org/ns#","commentsEnabled":"pt:commentsEnabled","size":"pt:size",` +
	`"Multikey":"https://w3id.org/security#Multikey","assertionMethod":"https://w3id.org/security#assertionMethod",` +
	`"publicKeyMultibase":"https://w3id.org/security#publicKeyMultibase",` +
	`"digestMultibase":"https://w3id.org/security#digestMultibase",` +
	`"history":{"@id":"https://w3id.org/fep/bad1/history","@type":"@id"},` +
	`"moothall":"https://moothall.org/ns#"}]`

const opening = `{"@context":` + terms

// stamp is how times are written: in UTC, to the millisecond, as NodeBB wants
// it for keeping replies in order (protocol.md 13).
const stamp = "2006-01-02T15:04:05.000Z"

// document writes v, which must have members, as a whole document.
func document(v any) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(opening) + 1024)
	b.WriteString(opening)
	if err := encode(&b, v); err != nil {
		return nil, err
	}
	out := b.Bytes()
	out[len(opening)] = ',' // instead of the brace of v
	return out, nil
}

// documentAround is document with an object that is ready to be embedded: it is
// not read and written once more.
func documentAround(v any, object Embedded) ([]byte, error) {
	out, err := document(v)
	if err != nil {
		return nil, err
	}
	const member = `,"object":`
	whole := make([]byte, 0, len(out)+len(member)+len(object))
	whole = append(append(whole, out[:len(out)-1]...), member...)
	return append(append(whole, object...), '}'), nil
}

// encode writes v without a line break at the end and without escapes for HTML.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	b.Truncate(b.Len() - 1)
	return nil
}

// plain writes a document that is not ActivityStreams.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, v)
	return b.Bytes(), err
}

// nested is a document as it stands inside another.
func nested(raw json.RawMessage) json.RawMessage {
	rest, ours := bytes.CutPrefix(raw, []byte(opening+","))
	if !ours {
		return raw
	}
	return append([]byte{'{'}, rest...)
}

// written returns a time as it is written; the zero time is left out.
func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

// list is uris, never null (C61).
func list(uris []actors.URI) []actors.URI {
	if uris == nil {
		return []actors.URI{}
	}
	return uris
}

// below is the address of something that belongs to id.
func below(id actors.URI, name string) actors.URI { return id + "/" + actors.URI(name) }

func followers(a actors.Actor) actors.URI {
	if a.Followers != "" {
		return a.Followers
	}
	return below(a.URI, "followers")
}

// Embedded is a document in the exact bytes in which an Announce carries it. The
// digests of a community's log go over them.
type Embedded []byte

// Embeddable makes a document ready to be announced.
func Embeddable(raw json.RawMessage) (Embedded, error) {
	var b bytes.Buffer
	b.Grow(len(raw))
	if err := json.Compact(&b, embedded(raw)); err != nil {
		return nil, fmt.Errorf("embed a document: %w", err)
	}
	return b.Bytes(), nil
}

// embedded is a document as others carry it: even our own @context stays where
// there is an integrity proof.
func embedded(raw json.RawMessage) json.RawMessage {
	inside := nested(raw)
	if len(inside) == len(raw) || !bytes.Contains(inside, []byte(`"proof"`)) || trimmed(raw).get("proof").isNull() {
		return inside
	}
	return raw
}
