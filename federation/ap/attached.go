package ap

import (
	"fmt"

	"moothall/content"
)

// Tag is a Mention, Hashtag, Emoji or Link; Type says which (protocol.md 7.4).
type Tag struct{ Type, Name, Href string }

// Attachment is a file or link that goes with an object. Name is its text for
// people who cannot see it.
type Attachment struct {
	Type, URL, MediaType, Name string

	Digest content.Digest // zero when none is given, or one of another kind
	Size   int64          // bytes; zero when unknown
}

// readTags reads tags, and the links among them that say how they are related; what
// is not a tag with a type is left out.
func readTags(v value) (tags []Tag, links []relation, err error) {
	count := 0
	for e := range v.elements() {
		if count++; count > maxTags {
			return nil, nil, fmt.Errorf("more than %d tags", maxTags)
		}
		if t := readTag(e); t.Type != "" {
			tags = append(tags, t)
		}
		if r, ok := readRelation(e); ok {
			links = append(links, r)
		}
	}
	return tags, links, nil
}

func readTag(v value) (t Tag) {
	for key, m := range v.members() {
		switch string(key) {
		case "type":
			t.Type, _ = m.words(maxShort)
		case "name":
			t.Name, _ = m.words(maxName)
		case "href":
			if s, err := m.oneAddress(); err == nil {
				t.Href = s
			}
		}
	}
	return t
}

// readAttachments reads attachments; what has no address of the web is left out.
func readAttachments(v value) ([]Attachment, error) {
	var out []Attachment
	count := 0
	for e := range v.elements() {
		if count++; count > maxAttachments {
			return nil, fmt.Errorf("more than %d attachments", maxAttachments)
		}
		if a := readAttachment(e); a.URL != "" {
			out = append(out, a)
		}
	}
	return out, nil
}

func readAttachment(v value) (a Attachment) {
	a.URL = v.file()
	for key, m := range v.members() {
		switch string(key) {
		case "type":
			a.Type, _ = m.words(maxShort)
		case "mediaType":
			a.MediaType, _ = m.words(maxShort)
		case "name":
			a.Name, _ = m.words(maxAltText)
		case "size":
			a.Size = m.count()
		case "digestMultibase":
			a.Digest, _ = content.ParseDigestMultibase(m.short())
		}
	}
	return a
}
