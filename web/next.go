package web

import (
	"net/url"
	"strings"
)

// nextPath is a path of this site to go on to, or "/" for anything else. Browsers
// read backslashes as slashes and leave out control characters, so neither may
// stand in it, not even encoded (security.md S164).
func nextPath(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil, u.Opaque != "",
		!strings.HasPrefix(next, "/"), strings.Contains(next, " "), !isPlainPath(next), !isPlainPath(u.Path):
		return "/"
	}
	return u.RequestURI()
}

func isPlainPath(s string) bool {
	if strings.HasPrefix(s, "//") {
		return false
	}
	for _, c := range s {
		if c < ' ' || c == '\\' || c == 0x7f {
			return false
		}
	}
	return true
}
