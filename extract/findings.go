package extract

import (
	"cmp"
	"maps"
	"slices"
)

// The findings, by code (users.md 3.5). A code never changes its meaning.
const (
	TrackedChanges   = "tracked-changes"
	Comments         = "comments"
	HiddenSheet      = "hidden-sheet"
	VeryHiddenSheet  = "very-hidden-sheet"
	HiddenRows       = "hidden-rows"
	HiddenColumns    = "hidden-columns"
	PivotCache       = "pivot-cache"
	ExternalLinks    = "external-links"
	EmbeddedObjects  = "embedded-objects"
	HiddenText       = "hidden-text"
	HiddenSlide      = "hidden-slide"
	SpeakerNotes     = "speaker-notes"
	PersonalList     = "personal-list"
	NINumber         = "ni-number"
	NHSNumber        = "nhs-number"
	CardNumber       = "card-number"
	BankAccount      = "bank-account"
	Phone            = "phone"
	Email            = "email"
	PostcodeList     = "postcode-list"
	PersonalMetadata = "personal-metadata"
	Marking          = "marking"
	SecretMarking    = "secret-marking"
	Copyright        = "copyright"
	NoHeadings       = "no-headings"
	NoTitle          = "no-title"
	NoLanguage       = "no-language"
	NoTags           = "no-tags"
	ImageOnly        = "image-only" // no text in it for anybody's program to read
	FormFilled       = "form-filled"
	JavaScript       = "javascript" // or another program that runs when it is opened
	GPS              = "gps"
	Unreadable       = "unreadable" // it broke its reader, or cost too much, so nothing was looked for
)

var severities = map[string]Severity{
	TrackedChanges: Warn, Comments: Warn,
	HiddenSheet: Stop, VeryHiddenSheet: Stop, HiddenRows: Stop, HiddenColumns: Stop,
	PivotCache: Stop, ExternalLinks: Stop, EmbeddedObjects: Stop,
	HiddenText: Stop, HiddenSlide: Stop, SpeakerNotes: Tell, PersonalList: Stop,
	NINumber: Warn, NHSNumber: Warn, CardNumber: Warn, BankAccount: Warn, Phone: Warn, Email: Warn, PostcodeList: Warn,
	PersonalMetadata: Clean, Marking: Stop, SecretMarking: Refuse, Copyright: Warn,
	NoHeadings: Warn, NoTitle: Warn, NoLanguage: Warn, NoTags: Warn, ImageOnly: Warn,
	FormFilled: Warn, JavaScript: Stop, GPS: Clean, Unreadable: Warn,
}

// manyPatterns is how many of one personal pattern stop a file (users.md 3.5).
const manyPatterns = 10

// Codes lists the codes of all findings.
func Codes() []string { return slices.Sorted(maps.Keys(severities)) }

// findings are what has been found so far, by code.
type findings map[string]*Finding

// add counts one more, at a place; an empty place is none worth naming.
func (f findings) add(code, where string) { f.addN(code, 1, where) }

func (f findings) addN(code string, n int, where string) {
	if n == 0 {
		return
	}
	x := f[code]
	if x == nil {
		x = &Finding{Code: code, Severity: severities[code]}
		f[code] = x
	}
	x.Count += n
	f.at(code, where)
}

// at says where one is that has been counted.
func (f findings) at(code, where string) {
	x := f[code]
	if x == nil {
		return
	}
	if where != "" && len(x.Where) < maxWhere && !slices.Contains(x.Where, where) {
		x.Where = append(x.Where, where)
	}
}

func (f findings) merge(more []Finding) {
	for _, x := range more {
		f[x.Code] = &x
	}
}

// list gives the findings, the gravest first and then by code.
func (f findings) list() []Finding {
	list := make([]Finding, 0, len(f))
	for _, x := range f {
		if isPattern[x.Code] && x.Count > manyPatterns {
			x.Severity = Stop
		}
		list = append(list, *x)
	}
	SortFindings(list)
	return list
}

// SortFindings puts the gravest first, and then goes by code.
func SortFindings(list []Finding) {
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(gravity[b.Severity], gravity[a.Severity]), cmp.Compare(a.Code, b.Code))
	})
}

var gravity = map[Severity]int{Tell: 0, Warn: 1, Clean: 2, Stop: 3, Refuse: 4}

var isPattern = map[string]bool{
	NINumber: true, NHSNumber: true, CardNumber: true, BankAccount: true, Phone: true, Email: true, PostcodeList: true,
}
