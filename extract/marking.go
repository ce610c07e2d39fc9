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
			markRow(found, x, placeOf(x, i))
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

// markRow looks into cells. One word in small letters among other cells is a kind of
// data or of money, as in "Unrestricted, Restricted, Total".
func markRow(found findings, x Block, place string) {
	full := 0
	for _, c := range x.Cells {
		if c != "" {
			full++
		}
	}
	for _, c := range x.Cells {
		if full > 1 && wordAlone.MatchString(c) && c != strings.ToUpper(c) {
			continue
		}
		mark(found, c, place)
	}
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
	markedLine = regexp.MustCompile(`^[\[( *]*(?:(?:STRICTLY|PRIVATE AND|COMMERCIAL(?:LY)?(?: IN CONFIDENCE)?|HIGHLY|UK|COUNCIL|NATO) )?(?:RESTRICTED|PROTECT|PROTECTED|CONFIDENTIAL)\b(?:$|[\])*. ]*$|[ \t]*[-–—:/|,\[(]|[ \t]+(?:(?:AND (?:CONFIDENTIAL|PRIVATE|PRIVILEGED|SENSITIVE|LEGALLY|COMMERCIALLY|NOT)|DOCUMENT|REPORT|DRAFT|NOT|APPENDIX|ANNEX)\b|(?i:page)|(?:` + descriptors + `)[ \t]*$|[0-9]))`)
	// The same word alone may be in small letters.
	wordAlone   = regexp.MustCompile(`(?i)^[\[( *]*(?:strictly |private (?:and|&) |highly |commercially )?(?:confidential|restricted)[\])*.! ]*$`)
	sensitive   = regexp.MustCompile(`(?i)\bofficial ?[-–—:/ ] ?sensitive\b`)
	ofItself    = regexp.MustCompile(`(?i)^[\[( *]*th(?:is|e following) (?:report|appendix|annex|document|paper|schedule|briefing) (?:is|are) (?:exempt|confidential|not for (?:publication|circulation|release))\b`)
	circulation = regexp.MustCompile(`(?i)\bnot for (?:(?:onward|wider|general|public|further) )?(?:circulation|publication|distribution|release)\b`)
)

// descriptors may follow a marking, to say why. Others make words of their own of it:
// PROTECTED CHARACTERISTICS, RESTRICTED BYWAY, CONFIDENTIAL REPORTING CODE.
const descriptors = `APPOINTMENTS|BRIEFING|COMMERCIAL|CONTRACTS?|COPY|CORRESPONDENCE|FINANCIAL|INFORMATION|INVESTIGATIONS?|ITEMS?|LEGAL|LETTER|MANAGEMENT|` +
	`MATERIAL|MEDICAL|MEMO|MEMORANDUM|MINUTES|NOTES?|PAPERS?|PERSONAL|POLICY|PRIVATE|SENSITIVE|STAFF`

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
	case words <= shortLine && circulation.MatchString(line), startsWith(circulation, line), ofItself.MatchString(line):
		return Stop
	}
	return ""
}

func startsWith(shape *regexp.Regexp, line string) bool {
	at := shape.FindStringIndex(line)
	return at != nil && at[0] == 0
}
