package blobs

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is how many bytes the name of a saved file may have; file systems
// take 255.
const longestName = 150

// Disposition is a Content-Disposition that saves a file under a name that
// somebody wrote: without folders, control characters, or marks that turn writing
// round, in ASCII for old readers and in UTF-8 for all others (RFC 6266, RFC 8187).
func Disposition(name string) string {
	name = safeName(name)
	plain := strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	out := `attachment; filename="` + plain + `"`
	if plain != name {
		out += "; filename*=UTF-8''" + extValue(name)
	}
	return out
}

func safeName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Zs, r):
			return ' '
		case !unicode.IsGraphic(r) || strings.ContainsRune(`<>:|?*`, r): // not in names on Windows
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "file"
	}
	return shortened(name)
}

// shortened cuts the middle out of a name, so that what kind of file it is stays.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	end := path.Ext(name)
	if len(end) > 20 {
		end = ""
	}
	cut := longestName - len(end)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.TrimRight(name[:cut], " .") + end
}

// extValue writes all bytes that are not attr-char of RFC 8187, 3.2.1 as %XX.
func extValue(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
