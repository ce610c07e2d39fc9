package content

import (
	"net/url"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/idna"
)

// relValue keeps the linked site from learning where readers come from, and
// from reaching back into our page.
const relValue = "nofollow noopener noreferrer"

// checkLink makes a link fit to show, or says that only its words may stay.
func checkLink(n *node) bool {
	href, _ := find(n.attrs, "href")
	href, host, ok := safeLink(href)
	if !ok {
		return false
	}
	attrs := []nethtml.Attribute{{Key: "href", Val: href}}
	for _, a := range n.attrs {
		if a.Key != "href" && a.Key != "rel" {
			attrs = append(attrs, a)
		}
	}
	n.attrs = append(attrs, nethtml.Attribute{Key: "rel", Val: relValue})
	n.host = host
	return true
}

// safeLink returns an absolute https, http or mailto link in the form in which
// it is written out, and the host it leads to, in ASCII (security.md S118, S122, S125).
func safeLink(href string) (link, host string, ok bool) {
	href = cleanText(strings.TrimSpace(href))
	if len(href) > MaxLink || strings.ContainsAny(href, "\n\t\\") {
		return "", "", false
	}
	u, err := url.Parse(href)
	if err != nil {
		return "", "", false
	}
	switch u.Scheme {
	case "mailto":
		return mailLink(u.Opaque)
	case "https", "http":
		// A user name before the host is only ever there to be mistaken for it.
		if u.Hostname() == "" || u.User != nil || u.Opaque != "" {
			return "", "", false
		}
	default:
		return "", "", false
	}
	name, err := asciiHost(u.Hostname())
	if err != nil {
		return "", "", false
	}
	u.Host = strings.Replace(u.Host, u.Hostname(), name, 1)
	link = u.String()
	return link, name, len(link) <= MaxLink
}

// mailLink keeps the address of a mailto link and nothing else: its other
// fields can add readers and words that nobody sees.
func mailLink(address string) (link, host string, ok bool) {
	local, host, ok := strings.Cut(address, "@")
	if !ok || local == "" || strings.ContainsAny(address, " <>\"',;:%&?/") {
		return "", "", false
	}
	host, err := asciiHost(host)
	if err != nil || !isPlainASCII(local) {
		return "", "", false
	}
	return "mailto:" + local + "@" + host, host, true
}

// asciiHost gives a host name as the network sees it.
func asciiHost(host string) (string, error) {
	for i := range len(host) {
		if c := host[i]; c >= 0x80 || c >= 'A' && c <= 'Z' {
			return idna.Lookup.ToASCII(host)
		}
	}
	return host, nil
}

// showTrueHost adds the host that a link leads to when its words name another
// one, whether with or without the words that are hidden.
func showTrueHost(n *node) {
	seen := n.words(false)
	if strings.TrimSpace(seen) == "" {
		n.children = append(n.children, &node{text: n.host})
		return
	}
	mark := " (" + n.host + ")"
	if strings.HasSuffix(seen, mark) || !namesAnother(seen, n.host) && !namesAnother(n.words(true), n.host) {
		return
	}
	n.children = append(n.children, &node{text: mark})
}

// namesAnother says whether words look like an address on another host.
func namesAnother(words, host string) bool {
	fields := strings.Fields(words)
	for _, w := range fields {
		named, ok := namedHost(w, len(fields) == 1)
		if ok && strings.TrimPrefix(named, "www.") != strings.TrimPrefix(host, "www.") {
			return true
		}
	}
	return false
}

// namedHost returns the host that a word seems to name. A bare name counts
// only if the word stands alone, and ends like a host and not like a file.
// What a reader would take for the host, in other letters than ASCII, is
// returned as it stands and so never equals the true one.
func namedHost(word string, alone bool) (string, bool) {
	word = strings.Trim(strings.ToLower(word), "()[]<>\"'“”‘’.,;:!")
	_, rest, hasScheme := strings.Cut(word, "://")
	if !hasScheme {
		rest = word
	}
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		rest = rest[:i]
	}
	name := strings.TrimSuffix(rest[strings.LastIndexByte(rest, '@')+1:], ".")
	name, _, _ = strings.Cut(name, ":")
	switch {
	case name == "" || !strings.ContainsAny(name, ".。．｡"):
		return "", false
	case hasScheme || strings.HasPrefix(name, "www.") || strings.Contains(rest, "@"):
		return name, true
	case !alone:
		return "", false
	case !isPlainASCII(name):
		return name, true
	}
	return name, !endsLikeFile(name)
}

// endsLikeFile says whether a name with a dot is rather that of a file, or no
// name at all, such as "v1.2" or "e.g".
func endsLikeFile(name string) bool {
	end := name[strings.LastIndexByte(name, '.')+1:]
	for i := range len(end) {
		if end[i] < 'a' || end[i] > 'z' {
			return !strings.HasPrefix(end, "xn--")
		}
	}
	return len(end) < 2 || fileEndings[end]
}

// fileEndings are what the names of files end in that councils share and link to.
var fileEndings = map[string]bool{
	"pdf": true, "doc": true, "docx": true, "odt": true, "rtf": true, "txt": true, "md": true,
	"xls": true, "xlsx": true, "ods": true, "csv": true, "tsv": true, "json": true, "xml": true,
	"ppt": true, "pptx": true, "odp": true, "key": true, "zip": true, "ics": true, "eml": true, "msg": true,
	"html": true, "htm": true, "php": true, "aspx": true, "js": true, "css": true, "py": true, "go": true,
	"jpg": true, "jpeg": true, "png": true, "gif": true, "svg": true, "webp": true, "tif": true,
	"mp3": true, "mp4": true, "mov": true, "wav": true, "dwg": true, "shp": true, "kml": true, "geojson": true,
}
