package content

import (
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
)

// keepAttributes keeps the few attributes that carry meaning to a reader
// (users.md A18, A19).
func keepAttributes(tag string, in []nethtml.Attribute) []nethtml.Attribute {
	if len(in) == 0 {
		return nil
	}
	var out []nethtml.Attribute
	for _, name := range keptOn[tag] {
		if v, ok := find(in, name); ok {
			out = appendAttribute(out, name, v)
		}
	}
	for _, name := range []string{"lang", "dir"} {
		if v, ok := find(in, name); ok {
			out = appendAttribute(out, name, v)
		}
	}
	return out
}

var keptOn = map[string][]string{
	"a": {"href", "class"}, "span": {"class"}, "img": {"src", "alt"},
	"abbr": {"title"}, "th": {"scope"}, "ol": {"start"},
}

func find(in []nethtml.Attribute, name string) (string, bool) {
	for _, a := range in {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

func appendAttribute(out []nethtml.Attribute, name, v string) []nethtml.Attribute {
	switch name {
	case "class":
		v = keepClasses(v)
	case "title", "alt":
		v = PlainName(v, MaxAlt)
	case "lang":
		v = keepMatch(langValue.MatchString, v)
	case "dir":
		v = keepMatch(dirValue.MatchString, v)
	case "scope":
		v = keepMatch(scopeValue.MatchString, v)
	case "start":
		v = keepMatch(startValue.MatchString, v)
	}
	if v == "" {
		return out
	}
	return append(out, nethtml.Attribute{Key: name, Val: v})
}

func keepMatch(ok func(string) bool, v string) string {
	if ok(v) {
		return v
	}
	return ""
}

func keepClasses(v string) string {
	var kept []string
	for _, c := range strings.Fields(v) {
		if classes[c] && !slices.Contains(kept, c) {
			kept = append(kept, c)
		}
	}
	return strings.Join(kept, " ")
}
