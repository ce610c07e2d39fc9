package content

import (
	"slices"
	"strings"

	"moothall/actors"
)

// DocumentsIn lists the addresses of documents that stand in a text or HTML, each once:
// the document itself, whichever version or page of it was named.
func DocumentsIn(text string) (list []actors.URI) {
	const folder = "/d/"
	for at := 0; ; {
		i := strings.Index(text[at:], folder)
		if i < 0 {
			return list
		}
		start := at + i
		at = start + len(folder)
		end := at + nameLength
		if end > len(text) || !DocumentName(text[at:end]).Valid() || end < len(text) && isDocumentByte(text[end]) {
			continue
		}
		if uri, ok := addressEnding(text[:start], text[start:end]); ok && !slices.Contains(list, uri) {
			list = append(list, uri)
		}
	}
}

func isDocumentByte(c byte) bool { return strings.IndexByte(nameAlphabet, c) >= 0 }

// addressEnding puts the site, with which before ends, in front of a path.
func addressEnding(before, path string) (actors.URI, bool) {
	i := strings.LastIndex(before, "://")
	if i < 0 {
		return "", false
	}
	host := before[i+len("://"):]
	if host == "" || strings.ContainsFunc(host, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-:", r) }) {
		return "", false
	}
	for _, scheme := range []string{"https", "http"} {
		if strings.HasSuffix(before[:i], scheme) {
			return actors.URI(scheme + "://" + host + path), true
		}
	}
	return "", false
}
