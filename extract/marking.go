package extract

import (
	"regexp"
	"strings"
)

// edgeBlocks are about two pages, where a format has no pages.
const edgeBlocks = 25

// findMarkings looks for the words that say who may read a paper. They stand in
// headers and on the first and last two pages; in the middle of a text the same
// words are only words.
func findMarkings(found findings, blocks []Block, margins []string) {
	last := 0
	for _, x := range blocks {
		last = max(last, x.Page)
	}
	for i, x := range blocks {
		if !atEdge(x, i, len(blocks), last) {
			continue
		}
		if x.Kind == Row {
			for _, c := range x.Cells {
				mark(found, c, placeOf(x, i))
			}
			continue
		}
		mark(found, x.Text, placeOf(x, i))
	}
	for _, m := range margins {
		mark(found, m, "header or footer")
	}
}

func atEdge(x Block, i, n, last int) bool {
	if last > 0 {
		return x.Page <= 2 || x.Page > last-2
	}
	return i < edgeBlocks || i >= n-edgeBlocks
}

func mark(found findings, line, place string) {
	switch marked(line) {
	case Stop:
		found.add(Marking, place)
	case Refuse:
		found.add(SecretMarking, place)
	}
}

var (
	// A marking is all that a line says, but for who may handle it and a page number.
	secretLine = regexp.MustCompile(`^[\[( *]*(?:UK |NATO )?(?:TOP )?SECRET\b(?:$|[\])*. ]*$|[ \t]*[-–—:/|,\[(]|[ \t]+(?:UK|EYES|STRAP|(?i:page)|[0-9]))`)
	// In capitals at the start of a line, alone or before more of the same.
	markedLine = regexp.MustCompile(`^[\[( *]*(?:(?:STRICTLY|PRIVATE AND|COMMERCIAL(?:LY)?(?: IN CONFIDENCE)?|HIGHLY|UK|COUNCIL|NATO) )?(?:RESTRICTED|PROTECT|PROTECTED|CONFIDENTIAL)\b(?:$|[\])*. ]*$|[ \t]*[-–—:/|,\[(]|[ \t]+(?:AND|DOCUMENT|REPORT|DRAFT|NOT|APPENDIX|ANNEX|(?i:page)|[A-Z]+[ \t]*$|[0-9]))`)
	// The same word alone may be in small letters.
	wordAlone   = regexp.MustCompile(`(?i)^[\[( *]*(?:strictly |private (?:and|&) |highly |commercially )?(?:confidential|restricted)[\])*.! ]*$`)
	sensitive   = regexp.MustCompile(`(?i)\bofficial ?[-–—:/ ] ?sensitive\b`)
	circulation = regexp.MustCompile(`(?i)\bnot for (?:(?:onward|wider|general|public|further) )?(?:circulation|publication|distribution|release)\b`)
)

// shortLine is the longest line, in words, that may be a marking with its handling instruction.
const shortLine = 14

// marked says what the marking on a line asks for: Stop, Refuse, or nothing.
func marked(line string) Severity {
	words := len(strings.Fields(line))
	switch {
	case words == 0 || words > 60:
		return ""
	case words <= shortLine && secretLine.MatchString(line):
		return Refuse
	case words <= shortLine && (markedLine.MatchString(line) || wordAlone.MatchString(line)):
		return Stop
	case words <= shortLine && sensitive.MatchString(line), startsWith(sensitive, line):
		return Stop
	case words <= shortLine && circulation.MatchString(line):
		return Stop
	}
	return ""
}

func startsWith(shape *regexp.Regexp, line string) bool {
	at := shape.FindStringIndex(line)
	return at != nil && at[0] == 0
}
