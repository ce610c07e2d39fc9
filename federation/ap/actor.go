package ap

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Actor is a person, community or server as its own host describes it
// (protocol.md 2). Type is one of Person, Group, Application, Service and
// Organization.
type Actor struct {
	ID                string
	Type              string
	PreferredUsername string
	Name              string
	Summary           string // HTML, not cleaned
	Source            Source
	URL               Link

	Inbox       Link
	Outbox      Link
	Followers   Link
	Following   Link
	Featured    Link
	SharedInbox Link   // endpoints.sharedInbox, or top-level as Discourse writes it
	Moderators  Link   // attributedTo of a Group
	Log         Link   // numbered log of a community on a node of ours
	MemberToken Link   // where a community on a node of ours gives out member tokens
	Audience    string // moothall:audience of a community on a node of ours; any text, or empty

	PublicKeys      []PublicKey
	AssertionMethod []Multikey // FEP-521a

	Icon, Image string // addresses of pictures
	Properties  []Property
	Implements  []string // FEP-844e: addresses of standards, its own or its generator's
	MovedTo     Link
	AlsoKnownAs Links
	Language    string

	Approves       bool // manuallyApprovesFollowers
	Discoverable   bool // true where it is not said, as in Lemmy
	Indexable      bool
	ModeratorsOnly bool // postingRestrictedToMods
	PostingSaid    bool // postingRestrictedToMods is there
	Sensitive      bool
	Published      Time
	Updated        Time

	Raw json.RawMessage
}

// PublicKey is a key for HTTP signatures (protocol.md 3.1).
type PublicKey struct{ ID, Owner, PEM string }

// Multikey is a key for integrity proofs (FEP-521a).
type Multikey struct{ ID, Type, Controller, PublicKeyMultibase string }

// Property is one line of a profile. Value is HTML, not cleaned.
type Property struct{ Name, Value string }

// ParseActor reads an actor: id, type and inbox must be there, and type must be
// one of the five.
func ParseActor(raw []byte) (Actor, error) {
	if err := Check(raw); err != nil {
		return Actor{}, err
	}
	return readActor(trimmed(raw))
}

// ParseKey reads the keys of the document that a key id leads to: an actor, the
// part of one that GoToSocial serves there, or a key alone (protocol.md 3.2).
func ParseKey(raw []byte) ([]PublicKey, error) {
	if err := Check(raw); err != nil {
		return nil, err
	}
	v := trimmed(raw)
	if !v.get("publicKeyPem").isNull() {
		return readKeys(v)
	}
	keys, err := readKeys(v.get("publicKey"))
	if err != nil {
		return nil, wrong("key", []byte("publicKey"), err)
	}
	if len(keys) == 0 {
		return nil, missing("key", "publicKey")
	}
	return keys, nil
}

// ParseMultikey reads a key that is a document of its own (FEP-521a).
func ParseMultikey(raw []byte) (Multikey, error) {
	if err := Check(raw); err != nil {
		return Multikey{}, err
	}
	keys, err := readMultikeys(trimmed(raw))
	if err != nil {
		return Multikey{}, wrong("key", []byte("Multikey"), err)
	}
	if len(keys) != 1 || keys[0].PublicKeyMultibase == "" {
		return Multikey{}, missing("key", "publicKeyMultibase")
	}
	return keys[0], nil
}

// Peek returns the id and type of a document, to choose a reader. An id or type
// that is not one text is empty.
func Peek(raw []byte) (id, typ string, err error) {
	if err := Check(raw); err != nil {
		return "", "", err
	}
	v := trimmed(raw)
	if m := v.get("id"); m.isText() {
		id, _ = m.text()
	}
	if m := v.get("type"); m.isText() {
		typ, _ = m.text()
	}
	return id, typ, nil
}

// IsActorType says whether a type is one of the five kinds of actor.
func IsActorType(t string) bool {
	switch t {
	case "Person", "Group", "Application", "Service", "Organization":
		return true
	}
	return false
}

func readActor(v value) (Actor, error) {
	a := Actor{Raw: v.raw(), Discoverable: true}
	for key, m := range v.members() {
		if m.isNull() {
			continue // the same as not being there
		}
		var err error
		switch string(key) {
		case "id":
			a.ID, err = m.optionalID()
		case "type":
			a.Type, err = m.oneType()
		case "inbox":
			a.Inbox, err = m.link()
		case "outbox":
			a.Outbox, err = m.link()
		case "followers":
			a.Followers, err = m.link()
		case "following":
			a.Following, err = m.link()
		case "featured":
			a.Featured, err = m.link()
		case "publicKey":
			a.PublicKeys, err = readKeys(m)
		case "assertionMethod":
			a.AssertionMethod, err = readMultikeys(m)
		default:
			err = a.readDetail(key, m)
		}
		if err != nil {
			return Actor{}, wrong("actor", key, err)
		}
	}
	return a, a.complete()
}

// complete also empties a when something is missing: there is no half an actor.
func (a *Actor) complete() (err error) {
	switch {
	case a.ID == "":
		err = missing("actor", "id")
	case a.Type == "":
		err = missing("actor", "type")
	case !IsActorType(a.Type):
		err = fmt.Errorf("%w: actor: type: %q is not a kind of actor", ErrDocument, a.Type)
	case a.Inbox == "":
		err = missing("actor", "inbox")
	}
	if err != nil {
		*a = Actor{}
	}
	return err
}

func (a *Actor) readDetail(key []byte, m value) (err error) {
	switch string(key) {
	case "preferredUsername":
		a.PreferredUsername, err = m.words(maxActorName)
	case "name":
		a.Name, err = m.words(maxActorName)
	case "summary":
		a.Summary, err = m.words(maxBio)
	case "source":
		a.Source, err = readSource(m)
	case "url":
		a.URL = Link(m.page())
	case "icon":
		a.Icon = m.file()
	case "image":
		a.Image = m.file()
	case "attachment":
		a.Properties = readProperties(m)
	case "generator":
		a.Implements = append(a.Implements, readImplements(m.get("implements"))...)
	case "implements":
		a.Implements = append(a.Implements, readImplements(m)...)
	case "language":
		a.Language, err = readLanguage(m)
	default:
		err = a.readStanding(key, m)
	}
	return err
}

func (a *Actor) readStanding(key []byte, m value) (err error) {
	switch string(key) {
	case "endpoints":
		if s := m.get("sharedInbox").webAddress(); s != "" {
			a.SharedInbox = Link(s)
		}
	case "sharedInbox":
		if a.SharedInbox == "" {
			a.SharedInbox = Link(m.webAddress())
		}
	case "attributedTo":
		a.Moderators, err = m.link()
	case "moothall:log":
		a.Log, err = m.link()
	case "moothall:memberToken":
		a.MemberToken, err = m.link()
	case "moothall:audience":
		if m.isText() {
			a.Audience, err = m.words(maxShort)
		}
	case "movedTo":
		a.MovedTo, err = m.link()
	case "alsoKnownAs":
		a.AlsoKnownAs, err = m.links()
	case "manuallyApprovesFollowers":
		a.Approves, err = m.bool()
	case "discoverable":
		a.Discoverable = m.isNull() || m.first() == 't'
	case "indexable":
		a.Indexable, err = m.bool()
	case "postingRestrictedToMods":
		a.PostingSaid = true
		a.ModeratorsOnly, err = m.bool()
	case "sensitive":
		a.Sensitive, err = m.bool()
	case "published":
		a.Published, err = m.time()
	case "updated":
		a.Updated, err = m.time()
	}
	return err
}

func readKeys(v value) ([]PublicKey, error) {
	var keys []PublicKey
	for e := range v.elements() {
		if !e.isObject() {
			continue // an id alone is no key
		}
		if len(keys) == maxKeys {
			return nil, fmt.Errorf("more than %d keys", maxKeys)
		}
		var k PublicKey
		var err error
		if k.ID, err = e.get("id").optionalID(); err != nil {
			return nil, fmt.Errorf("id: %w", err)
		}
		if owner := e.get("owner"); !owner.isNull() {
			if k.Owner, err = owner.id(); err != nil {
				return nil, fmt.Errorf("owner: %w", err)
			}
		}
		if k.PEM, err = e.get("publicKeyPem").text(); err != nil || len(k.PEM) > maxKeyText {
			return nil, fmt.Errorf("publicKeyPem: %w", errShape)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func readMultikeys(v value) ([]Multikey, error) {
	var keys []Multikey
	for e := range v.elements() {
		if !e.isObject() {
			continue
		}
		if len(keys) == maxKeys {
			return nil, fmt.Errorf("more than %d keys", maxKeys)
		}
		var k Multikey
		var err error
		for key, m := range e.members() {
			switch string(key) {
			case "id":
				k.ID, err = m.optionalID()
			case "type":
				k.Type, err = m.words(maxShort)
			case "controller":
				k.Controller, err = m.id()
			case "publicKeyMultibase":
				k.PublicKeyMultibase, err = m.words(maxKeyText)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// readProperties reads the lines of a profile that are plain text or HTML.
func readProperties(v value) []Property {
	var out []Property
	for e := range v.elements() {
		if kind, _ := e.get("type").text(); kind != "PropertyValue" {
			continue
		}
		name, err := e.get("name").words(maxName)
		if err != nil {
			continue
		}
		val, err := e.get("value").words(maxAltText)
		if err != nil || strings.TrimSpace(name) == "" {
			continue
		}
		if len(out) < maxProperties {
			out = append(out, Property{name, val})
		}
	}
	return out
}

func readImplements(v value) []string {
	var out []string
	for e := range v.elements() {
		if s, err := e.oneAddress(); err == nil && s != "" && len(out) < maxTags {
			out = append(out, s)
		}
	}
	return out
}
