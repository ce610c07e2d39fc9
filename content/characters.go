package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one character. Written
// languages need three at the most; floods of them cover the lines above.
const maxMarks = 4

// isBidiControl says whether r can turn the order of the text around it, so
// that a reader sees something else than what is there (security.md S124).
func isBidiControl(r rune) bool {
	switch {
	case r == 0x061C, r == 0x200E, r == 0x200F:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	case r >= 0x206A && r <= 0x206F: // deprecated, and seen by no one
		return true
	}
	return false
}

// isZeroWidth says whether r takes no room, so that two names can look the
// same and differ.
func isZeroWidth(r rune) bool {
	switch {
	case r >= 0x200B && r <= 0x200D, r >= 0x2060 && r <= 0x2064:
		return true
	case r == 0x00AD, r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5,
		r == 0x180E, r == 0x3164, r == 0xFEFF, r == 0xFFA0, r == 0x2800:
		return true
	case r >= 0xE0000 && r <= 0xE007F, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

// cleanText takes out of running text what can mislead: control characters
// but for newline and tab, bidi controls, and combining marks beyond maxMarks.
func cleanText(s string) string {
	if isPlainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for _, r := range s {
		if r == utf8.RuneError || isBidiControl(r) || r != '\n' && r != '\t' && unicode.IsControl(r) {
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isPlainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// PlainName makes one line of text, without markup, of a display name or a
// title: control, bidi and zero-width characters are taken out, runs of space
// become one space, and what is longer than limit characters is cut
// (security.md S66, S124).
func PlainName(s string, limit int) string {
	var b strings.Builder
	space, count := false, 0
	for _, r := range cleanText(bound(s, 8*limit)) {
		if isZeroWidth(r) {
			continue
		}
		if unicode.IsSpace(r) {
			space = count > 0
			continue
		}
		if count == limit || space && count+1 >= limit {
			break
		}
		if space {
			b.WriteByte(' ')
			count++
		}
		space = false
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// bound cuts s to at most n bytes, between characters.
func bound(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
