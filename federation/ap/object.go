package ap

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"moothall/content"
)

// Object is what people write, or what is left of it: Page, Article, Note,
// Question, Tombstone and the like (protocol.md 5.2, 7, 9.1).
type Object struct {
	ID   string // empty for things without one, such as a client's draft
	Type string // first known one where there are several

	AttributedTo Link // the author
	Actor        Link // as it came; Article and Event of Mobilizon have it
	Group        Link // community named beside the author by PeerTube and Mobilizon
	To, Cc       Links
	Audience     Link // FEP-1b12: the community
	InReplyTo    Link
	Context      Link
	History      Link // FEP-171b: contextHistory
	Replies      Link
	Wall         Link // FEP-400e: the community on whose wall it was put

	Name      string
	Summary   string // HTML
	Content   string // HTML, not cleaned
	Source    Source
	MediaType string
	Language  string // BCP 47; empty when unknown
	URL       Link   // page for people
	Image     string // address of a picture that stands for it

	Published, Updated Time
	StartTime, EndTime Time

	Tag        []Tag
	Attachment []Attachment
	Sensitive  bool
	Closed     bool   // commentsEnabled is there and false
	Opened     bool   // commentsEnabled is there and true
	Kind       string // moothall:kind

	Href     string        // Link only: what it points at
	Poll     Poll          // Question only
	Place    string        // Event: where it is, in one line
	Off      bool          // Event: it does not take place
	Duration time.Duration // Video, Audio; zero when unknown

	Paper *PaperInfo // Article only: the document that it is; nil when it is none

	FormerType string // Tombstone only
	Deleted    Time   // Tombstone only
	Reason     string // Tombstone only: why a document was withdrawn
	ReplacedBy Link   // Tombstone only: what to read in its place

	Raw json.RawMessage
}

// Source is what the author typed (ActivityPub 3.3).
type Source struct{ Content, MediaType string }

// IsTombstone says whether the object says of itself that it is deleted.
func (o Object) IsTombstone() bool { return o.Type == "Tombstone" }

// ParseObject reads an object. Its id may be missing: whoever keeps an object
// must ask for one.
func ParseObject(raw []byte) (Object, error) {
	if err := Check(raw); err != nil {
		return Object{}, err
	}
	return readObject(trimmed(raw))
}

func readObject(v value) (Object, error) {
	o := Object{Raw: v.raw()}
	var names, contents, attributed value
	var links []relation
	for key, m := range v.members() {
		if m.isNull() {
			continue // the same as not being there
		}
		var err error
		switch string(key) {
		case "id":
			o.ID, err = m.optionalID()
		case "type":
			o.Type, err = m.objectType()
		case "attributedTo":
			attributed = m
		case "nameMap":
			names = m
		case "contentMap":
			contents = m
		case "name":
			o.Name, err = m.words(maxName)
		case "content":
			o.Content, err = m.words(maxContent)
		case "tag":
			o.Tag, links, err = readTags(m)
		case "attachment":
			o.Attachment, err = readAttachments(m)
		default:
			err = o.readAddress(key, m)
		}
		if err != nil {
			return Object{}, wrong("object", key, err)
		}
	}
	if o.Type == "" {
		return Object{}, missing("object", "type")
	}
	if err := o.setAuthor(attributed); err != nil {
		return Object{}, wrong("object", []byte("attributedTo"), err)
	}
	o.setFromMaps(names, contents)
	o.settlePaper(links)
	return o, nil
}

func (o *Object) readAddress(key []byte, m value) (err error) {
	switch string(key) {
	case "actor":
		o.Actor, err = m.link()
	case "to":
		o.To, err = m.links()
	case "cc":
		o.Cc, err = m.links()
	case "audience":
		o.Audience, err = m.link()
	case "inReplyTo":
		o.InReplyTo, err = m.link()
	case "context":
		o.Context, err = m.link()
	case "contextHistory":
		o.History, err = m.link()
	case "replies":
		o.Replies, err = m.link()
	case "target":
		o.Wall, err = m.get("attributedTo").link()
	case "url":
		o.URL = Link(m.page())
	case "image":
		o.Image = m.file()
	default:
		err = o.readDetail(key, m)
	}
	return err
}

func (o *Object) readDetail(key []byte, m value) (err error) {
	switch string(key) {
	case "summary":
		o.Summary, err = m.words(maxSummary)
	case "source":
		o.Source, err = readSource(m)
	case "mediaType":
		o.MediaType, err = m.words(maxShort)
	case "language":
		o.Language, err = readLanguage(m)
	case "published":
		o.Published, err = m.time()
	case "updated":
		o.Updated, err = m.time()
	case "startTime":
		o.StartTime, err = m.time()
	case "endTime":
		o.EndTime, err = m.time()
	case "deleted":
		o.Deleted, err = m.time()
	case "formerType":
		o.FormerType, err = m.words(maxShort)
	case "sensitive":
		o.Sensitive, err = m.bool()
	case "commentsEnabled":
		o.Closed, o.Opened = m.first() == 'f', m.first() == 't'
	case "moothall:kind":
		o.Kind, err = m.words(maxShort)
	default:
		o.readKind(key, m)
		o.readPaper(key, m)
	}
	return err
}

func (v value) optionalID() (string, error) {
	if v.isNull() {
		return "", nil
	}
	if !v.isText() {
		return "", errShape
	}
	return v.oneAddress()
}

// knownTypes are the kinds of object that something here understands.
var knownTypes = []string{
	"Page", "Article", "Note", "Question", "Event", "Video", "Audio", "Image", "Document",
	"Link", "ChatMessage", "Tombstone", "Place", "Profile", "Relationship",
}

// IsDone says whether a type is that of something done, or of someone, and so not
// of anything that people write or show.
func IsDone(typ string) bool { return slices.Contains(doers, typ) }

// doers are the types that no object may have beside its own: what is read as
// a Note must not be a Delete to someone else (security.md S73).
var doers = []string{
	"Create", "Update", "Delete", "Follow", "Accept", "Reject", "Add", "Remove", "Like", "Dislike",
	"Announce", "Undo", "Block", "Flag", "Lock", "Move", "Person", "Group", "Application", "Service",
	"Organization", "EmojiReact", "Arrive", "Ignore", "Invite", "Join", "Leave", "Listen", "Offer", "Read", "TentativeAccept",
	"TentativeReject", "Travel", "View",
}

// objectType reads the type of an object: the first known one of several.
func (v value) objectType() (string, error) {
	if !v.isArray() {
		return v.oneType()
	}
	found, known := "", false
	for e := range v.elements() {
		t, err := e.oneType()
		if err != nil {
			return "", err
		}
		if slices.Contains(doers, t) {
			return "", fmt.Errorf("%s among several types", t)
		}
		if isKnown := slices.Contains(knownTypes, t); found == "" || (isKnown && !known) {
			found, known = t, isKnown
		}
	}
	if found == "" {
		return "", errShape
	}
	return found, nil
}

// setAuthor reads attributedTo. PeerTube names a Person and a Group there:
// the Person wrote it. Mobilizon names the community there and the author as
// actor. Two authors are refused: one of them might be checked and the other
// stored (security.md S43).
func (o *Object) setAuthor(v value) error {
	var author, group string
	several := v.isArray()
	for e := range v.elements() {
		s, err := e.id()
		if err != nil {
			return err
		}
		if kind, _ := e.get("type").text(); several && kind == "Group" {
			if group == "" {
				group = s
			}
			continue
		}
		if author != "" {
			return fmt.Errorf("more than one author")
		}
		author = s
	}
	switch {
	case author == "" && group != "":
		return fmt.Errorf("a community but no author")
	case o.Actor != "" && author != "" && string(o.Actor) != author:
		author, group = string(o.Actor), author
	case author == "":
		author = string(o.Actor)
	}
	o.AttributedTo, o.Group = Link(author), Link(group)
	return nil
}

// setFromMaps fills in what peers give only by language (protocol.md 7.7).
func (o *Object) setFromMaps(names, contents value) {
	for _, m := range []value{contents, names} {
		for lang := range m.members() {
			// The map may say en-GB where Lemmy's language says en.
			if len(lang) <= maxShort && (o.Language == "" || strings.HasPrefix(string(lang), o.Language+"-")) {
				o.Language = string(lang)
			}
			break
		}
	}
	if o.Name == "" {
		o.Name = names.inLanguage(o.Language, maxName)
	}
	if o.Content == "" {
		o.Content = contents.inLanguage(o.Language, maxContent)
	}
}

// inLanguage returns the text in a language, or the first there is.
func (v value) inLanguage(lang string, n int) string {
	chosen := v.get(lang)
	if !chosen.isText() {
		for _, m := range v.members() {
			chosen = m
			break
		}
	}
	s, _ := chosen.text()
	return content.FirstRunes(s, n)
}

// readLanguage reads Lemmy's {identifier,name}, or text. A list, which Lemmy
// puts on communities, says nothing of one object.
func readLanguage(v value) (string, error) {
	if v.isArray() {
		return "", nil
	}
	if v.isObject() {
		v = v.get("identifier")
	}
	s, err := v.text()
	if strings.EqualFold(s, "und") {
		s = ""
	}
	return content.FirstRunes(s, maxShort), err
}

// readSource reads a source; Pleroma writes the text alone.
func readSource(v value) (s Source, err error) {
	if !v.isObject() {
		s.Content, err = v.words(maxContent)
		return s, err
	}
	if s.Content, err = v.get("content").words(maxContent); err != nil {
		return Source{}, err
	}
	if s.MediaType, err = v.get("mediaType").words(maxShort); err != nil {
		return Source{}, err
	}
	return s, nil
}
