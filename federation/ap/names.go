package ap

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"moothall/content"
)

// exactNames are the names that decide what a document means here. In another
// spelling they are refused, since another reader might take them for the same
// (security.md X7, S73, S74). A test compares the list with what is read.
var exactNames = foldedNames(
	"@context", "actor", "address", "addressCountry", "addressLocality", "alsoKnownAs", "anyOf", "assertionMethod", "attachment", "attributedTo", "audience",
	"bcc", "bto", "cc", "chain", "closed", "commentsEnabled", "content", "contentMap", "context", "contextHistory", "controller", "deleted",
	"discoverable", "duration", "endpoints", "endTime", "epoch", "eventStatus", "expires", "featured", "first", "followers",
	"following", "formerType", "generator", "hash", "href", "ical:status", "icon", "id", "identifier", "image", "implements", "inbox",
	"indexable", "inReplyTo", "instrument", "items", "language", "location", "manuallyApprovesFollowers",
	"mediaType", "moothall:audience", "moothall:digest", "moothall:hash", "moothall:head", "moothall:kind", "moothall:log", "moothall:memberToken",
	"moothall:prev", "moothall:salt", "moothall:seq", "movedTo", "name", "nameMap", "next", "object", "oneOf",
	"orderedItems", "origin", "outbox", "owner", "partOf", "postalCode", "postingRestrictedToMods",
	"preferredUsername", "prev", "proof", "publicKey", "publicKeyMultibase", "publicKeyPem", "published",
	"removeData", "replies", "result", "salt", "sensitive", "seq", "sharedInbox", "signature", "source",
	"startTime", "streetAddress", "summary",
	"tag", "target", "to", "totalItems", "type", "updated", "url", "value", "votersCount",
	"digestMultibase", "moothall:abstract", "moothall:adoptedBy", "moothall:adoptedOn", "moothall:attribution",
	"moothall:authors", "moothall:classification", "moothall:dated", "moothall:documentType", "moothall:effort",
	"moothall:issuer", "moothall:issuerCode", "moothall:license", "moothall:otherType", "moothall:pages",
	"moothall:period", "moothall:place", "moothall:reason", "moothall:reference", "moothall:replacedBy",
	"moothall:reviewDate", "moothall:stage", "moothall:subjects", "moothall:textUrl", "moothall:version",
	"moothall:versionOf", "moothall:whatChanged", "rel", "size",
)

// keywords are the names by which JSON-LD could say all of that a second time.
var keywords = map[string]bool{
	"@id": true, "@type": true, "@graph": true, "@reverse": true, "@included": true, "@nest": true,
}

var streamsPrefixes = [][]byte{
	[]byte("as:"),
	[]byte("https://www.w3.org/ns/activitystreams#"),
	[]byte("http://www.w3.org/ns/activitystreams#"),
}

func foldedNames(names ...string) map[string]string {
	m := make(map[string]string, len(names))
	for _, n := range names {
		m[strings.ToLower(n)] = n
	}
	return m
}

// spelling refuses a name that could be taken for one that this package reads.
func spelling(key, folded []byte) error {
	if exact, ok := exactNames[string(folded)]; ok && exact != string(key) {
		return fmt.Errorf("%w: name %q should be %q", ErrDocument, string(key), exact)
	}
	if len(folded) > 0 && folded[0] == '@' && keywords[string(folded)] {
		return fmt.Errorf("%w: name %q is not accepted here", ErrDocument, string(key))
	}
	for _, p := range streamsPrefixes {
		if rest, ok := bytes.CutPrefix(folded, p); ok {
			if exact, ok := exactNames[string(rest)]; ok {
				return fmt.Errorf("%w: name %q should be %q", ErrDocument, string(key), exact)
			}
		}
	}
	return nil
}

// fewNames is how many names of one object are compared each with each, and
// kept where that costs no memory.
const fewNames = 24

// name is where the name of a member lies in the document, with a hash of it
// that is the same for spellings that differ in case only.
type name struct {
	from, to int
	hash     uint32
}

func (c *checker) key(n name) []byte { return unescaped(c.raw[n.from:n.to]) }

// distinct says whether the names of one object differ. Many names are sorted
// first: comparing each with each would let a sender choose our costs.
func (c *checker) distinct(names []name, context bool) error {
	if len(names) > fewNames {
		return c.distinctMany(names, context)
	}
	for i, a := range names {
		for _, b := range names[:i] {
			if a.hash == b.hash && bytes.Equal(c.folded(a, context), c.folded(b, context)) {
				return twice(c.key(a))
			}
		}
	}
	return nil
}

func (c *checker) distinctMany(names []name, context bool) error {
	all := make([][]byte, len(names))
	for i, n := range names {
		all[i] = c.folded(n, context)
	}
	slices.SortFunc(all, bytes.Compare)
	for i := 1; i < len(all); i++ {
		if bytes.Equal(all[i-1], all[i]) {
			return twice(all[i])
		}
	}
	return nil
}

// folded is the name as it is compared; inside an @context case counts.
func (c *checker) folded(n name, context bool) []byte {
	if context {
		return c.key(n)
	}
	return appendFolded(make([]byte, 0, n.to-n.from), c.key(n))
}

func twice(key []byte) error {
	return fmt.Errorf("%w: name %q given twice", ErrDocument, content.FirstRunes(string(key), 60))
}

// hash is FNV-1a. It only saves comparisons: equal hashes prove nothing.
func hash(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// appendFolded appends key with the case of letters taken away, as the
// standard library's JSON reader folds it: the long s is an s and the Kelvin
// sign a k.
func appendFolded(dst, key []byte) []byte {
	for i := 0; i < len(key); {
		b := key[i]
		if b < utf8.RuneSelf {
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			dst = append(dst, b)
			i++
			continue
		}
		r, n := utf8.DecodeRune(key[i:])
		i += n
		dst = utf8.AppendRune(dst, foldRune(r))
	}
	return dst
}

// foldRune returns the lowest of the letters that are r in another case.
func foldRune(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			if next >= 'A' && next <= 'Z' {
				next += 'a' - 'A'
			}
			return next
		}
		r = next
	}
}
