package extract

import (
	"fmt"
	"regexp"
	"strings"
)

// Find looks for what people may not want to share in the text of a file:
// patterns of personal data, lists of people, markings, notices of copyright.
// It says how often and where, never what.
func Find(blocks []Block) []Finding { return find(blocks, nil) }

// find also looks for markings in the headers and footers.
func find(blocks []Block, margins []string) []Finding {
	found := findings{}
	var heads headings
	for i, x := range blocks {
		text := x.Text
		if x.Kind == Row {
			text = strings.Join(x.Cells, "\t")
		}
		heads.see(x, text)
		findPatterns(found, text, heads.words, placeOf(x, i))
	}
	if p := found[PostcodeList]; p != nil && p.Count < fewPostcodes {
		delete(found, PostcodeList)
	}
	findMarkings(found, blocks, margins)
	findPeople(found, blocks)
	return found.list()
}

// fewPostcodes are the addresses of offices; more may be those of people.
const fewPostcodes = 4

// headings remembers the first row of the table that is being read: it says
// what the numbers below are.
type headings struct {
	part  string
	inRow bool
	words string
}

func (h *headings) see(x Block, text string) {
	if x.Kind != Row {
		h.inRow, h.words = false, ""
		return
	}
	if !h.inRow || h.part != x.Part {
		h.inRow, h.part, h.words = true, x.Part, strings.ToLower(clip(text, 4096))
	}
}

// placeOf names where block i is.
func placeOf(x Block, i int) string {
	switch {
	case x.Part != "" && x.Line > 0:
		return fmt.Sprintf("sheet %s, row %d", x.Part, x.Line)
	case x.Part != "":
		return "sheet " + x.Part
	case x.Line > 0:
		return fmt.Sprintf("row %d", x.Line)
	case x.Page > 0:
		return fmt.Sprintf("page %d", x.Page)
	}
	return fmt.Sprintf("paragraph %d", i+1)
}

var (
	niShape       = regexp.MustCompile(`(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]\b`)
	nhsShape      = regexp.MustCompile(`\b[34679][0-9]{2}[ -][0-9]{3}[ -][0-9]{4}\b|\b[34679][0-9]{9}\b`)
	cardShape     = regexp.MustCompile(`\b[2-6](?:[ -]?[0-9]){12,18}\b`)
	sortShape     = regexp.MustCompile(`\b[0-9]{2}([- ])[0-9]{2}[- ][0-9]{2}\b|\b[0-9]{6}\b`)
	accountShape  = regexp.MustCompile(`\b[0-9]{8}\b`)
	emailShape    = regexp.MustCompile(`(?i)\b[a-z0-9][a-z0-9._%+'-]*@(?:[a-z0-9-]+\.)+[a-z]{2,}\b`)
	phoneShape    = regexp.MustCompile(`(?:\+44[ -]?(?:\(0\)[ -]?)?|\b0)[1-9](?:[ -]?[0-9]){8,9}\b|\(0[1-9][0-9]{1,4}\)(?:[ -]?[0-9]){5,8}\b`)
	postcodeShape = regexp.MustCompile(`\b(?:[A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRV-Y]) ?[0-9][ABD-HJLNP-UW-Z]{2}\b`)
	bankWords     = regexp.MustCompile(`(?i)\b(?:sort[ -]?code|account|a/c|acc|bank|cod didoli|cyfrif|banc)\b`)
)

// findPatterns counts the digits first: most paragraphs have too few for most
// patterns, and counting costs less than looking.
func findPatterns(found findings, text, head, place string) {
	digits := countDigits(text)
	if digits >= 2 {
		found.addN(PostcodeList, len(postcodeShape.FindAllString(text, -1)), place)
	}
	if digits >= 6 {
		found.addN(NINumber, countIf(niShape, text, isNI), place)
	}
	if digits >= 9 {
		found.addN(Phone, countIf(phoneShape, text, isPersonalPhone), place)
	}
	if digits >= 10 {
		nhs := strings.Contains(head, "nhs") || strings.Contains(strings.ToLower(text), "nhs")
		found.addN(NHSNumber, countIf(nhsShape, text, func(s string) bool { return isNHS(s, nhs) }), place)
	}
	if digits >= 13 {
		found.addN(CardNumber, countIf(cardShape, text, isCard), place)
	}
	if digits >= 14 && (bankWords.MatchString(text) || bankWords.MatchString(head)) {
		found.addN(BankAccount, countAccounts(text), place)
	}
	if strings.Contains(text, "@") {
		found.addN(Email, countIf(emailShape, text, isPersonalEmail), place)
	}
	found.addN(Copyright, countCopyright(text), place)
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

func countIf(shape *regexp.Regexp, text string, ok func(string) bool) int {
	n := 0
	for _, s := range shape.FindAllString(text, -1) {
		if ok(s) {
			n++
		}
	}
	return n
}

// isNI applies the rules for prefixes that no NI number has (HMRC NIM39110). In
// small letters it must be in one piece: "to 12 34 56 a" is no number.
func isNI(s string) bool {
	if s != strings.ToUpper(s) && strings.ContainsAny(s, " -") {
		return false
	}
	switch strings.ToUpper(s[:2]) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return true
}

// isNHS checks the last digit, modulo 11 (NHS Data Dictionary). One in eleven
// numbers of ten digits passes by chance, so one in a single piece counts only
// where the text speaks of the NHS.
func isNHS(s string, spoken bool) bool {
	d := digitsOf(s)
	if len(s) == 10 && !spoken || strings.Count(d, d[:1]) == len(d) {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(d[i]-'0') * (10 - i)
	}
	check := (11 - sum%11) % 11
	return check < 10 && check == int(d[9]-'0')
}

// cardPrefixes are those of the cards that people in Britain have, and how many
// digits theirs have (ISO/IEC 7812).
var cardPrefixes = regexp.MustCompile(`^(?:4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|6(?:011|5[0-9]{2})[0-9]{12}|35[0-9]{14}|(?:6304|6759|676[1-3])[0-9]{12})$`)

// isCard checks the prefix, the length, how the digits are grouped and the last
// digit (Luhn).
func isCard(s string) bool {
	d := digitsOf(s)
	if !cardPrefixes.MatchString(d) || strings.Trim(d, "0"+d[:1]) == "" || !isGrouped(s) {
		return false
	}
	sum := 0
	for i := range d {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return sum%10 == 0
}

// isGrouped says whether the digits stand together, or in groups as on a card:
// a row of four-digit numbers of a table is no card.
func isGrouped(s string) bool {
	groups := strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == '-' })
	if len(groups) == 1 {
		return true
	}
	for i, g := range groups {
		last := i == len(groups)-1
		if len(g) < 3 && !last || len(g) > 6 {
			return false
		}
	}
	return len(groups) <= 5 && !(strings.Contains(s, " ") && strings.Contains(s, "-"))
}

// countAccounts counts sort codes that have an account number after them.
func countAccounts(text string) int {
	const near = 60
	n, from := 0, 0
	for from < len(text) {
		at := sortShape.FindStringIndex(text[from:])
		if at == nil {
			break
		}
		rest := text[from+at[1]:]
		account := accountShape.FindStringIndex(rest[:min(near, len(rest))])
		from += at[1]
		if account != nil {
			n++
			from += account[1]
		}
	}
	return n
}

// isPersonalPhone leaves out numbers that only organisations have: 03, 080, 084, 087, 09.
func isPersonalPhone(s string) bool {
	d := strings.TrimPrefix(digitsOf(s), "44")
	d = strings.TrimPrefix(d, "0")
	for _, of := range []string{"3", "80", "84", "87", "9", "4", "6"} {
		if strings.HasPrefix(d, of) {
			return false
		}
	}
	return len(d) == 9 || len(d) == 10
}

// isPersonalEmail leaves out the addresses of posts and teams.
func isPersonalEmail(s string) bool {
	local, _, _ := strings.Cut(strings.ToLower(s), "@")
	switch local {
	case "info", "contact", "contactus", "enquiries", "enquiry", "help", "helpdesk", "support", "admin", "office", "press", "media", "news",
		"foi", "dpo", "dataprotection", "data.protection", "informationgovernance", "feedback", "complaints", "consultation", "planning",
		"noreply", "no-reply", "webmaster", "post", "mail", "hello", "democracy", "democratic.services", "democraticservices",
		"customerservices", "customer.services", "procurement", "jobs", "recruitment", "gwybodaeth", "ymholiadau", "cymorth":
		return false
	}
	return true
}

func digitsOf(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// copyrightWords are notices without the sign, and publishers that do not let
// others share what is theirs, in small letters.
var copyrightWords = []string{
	"all rights reserved", "elsevier", "springer nature", "springer verlag", "wiley-blackwell", "john wiley", "taylor & francis", "taylor and francis",
	"routledge", "oxford university press", "cambridge university press", "sage publications", "emerald publishing", "palgrave macmillan",
	"getty images", "shutterstock", "istockphoto", "alamy", "ordnance survey", "gartner, inc", "gartner inc", "british standards institution",
}

var copyrightYear = regexp.MustCompile(`(?i)(?:\(c\)|copyright) ?(?:19|20)[0-9]{2}`)

func countCopyright(text string) int {
	if n := strings.Count(text, "©"); n > 0 {
		return n
	}
	text = strings.ToLower(text)
	if strings.Contains(text, "(c)") || strings.Contains(text, "copyright") {
		if n := len(copyrightYear.FindAllString(text, -1)); n > 0 {
			return n
		}
	}
	for _, words := range copyrightWords {
		if strings.Contains(text, words) {
			return 1
		}
	}
	return 0
}
