package remote

import (
	"mime"
	"slices"
	"strings"
)

const (
	activityType = "application/activity+json"
	linkedType   = "application/ld+json"
	streams      = "https://www.w3.org/ns/activitystreams"

	// acceptActivity is what every read of a document asks for (protocol.md 1.4).
	acceptActivity = activityType + `, ` + linkedType + `; profile="` + streams + `"`
)

// isActivity says whether a media type is that of an ActivityPub document:
// application/activity+json, or application/ld+json with the profile of
// ActivityStreams. Anything else may be a file that somebody uploaded
// (security.md S63).
func isActivity(contentType string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch kind {
	case activityType:
		return true
	case linkedType:
		return slices.Contains(strings.Fields(params["profile"]), streams)
	}
	return false
}

// isJSON is for WebFinger and NodeInfo, which say nothing about documents.
func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || kind == "application/jrd+json")
}

// isPlain is for the text of a file, which says nothing about documents either.
func isPlain(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "text/plain"
}
