package serve

import (
	"net/http"
	"strconv"
	"strings"
)

// WantsJSON says whether a request asks for ActivityStreams and not for a page:
// its Accept header names application/activity+json or application/ld+json, in
// any spelling and with any parameters, and does not prefer HTML to it
// (protocol.md 1.4). What a browser sends asks for a page.
func WantsJSON(r *http.Request) bool {
	streams, html := 0.0, 0.0
	for _, header := range r.Header.Values("Accept") {
		for part := range quotedSplit(header, ',') {
			kind, weight := mediaRange(part)
			switch kind {
			case "application/activity+json", "application/ld+json":
				streams = max(streams, weight)
			case "text/html", "application/xhtml+xml":
				html = max(html, weight)
			}
		}
	}
	return streams > 0 && streams >= html
}

// mediaRange reads one element of an Accept header. A weight that cannot be
// read counts as none given.
func mediaRange(s string) (kind string, weight float64) {
	weight = 1
	first := true
	for part := range quotedSplit(s, ';') {
		part = strings.TrimSpace(part)
		if first {
			kind, first = strings.ToLower(part), false
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
			weight = q
		}
	}
	return kind, weight
}

// quotedSplit splits at a separator that does not stand inside quotes.
func quotedSplit(s string, separator byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		from, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '\\' && quoted:
				i++
			case s[i] == '"':
				quoted = !quoted
			case s[i] == separator && !quoted:
				if !yield(s[from:i]) {
					return
				}
				from = i + 1
			}
		}
		yield(s[from:])
	}
}
