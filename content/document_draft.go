package content

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"moothall/actors"
)

// DocumentDraft is what a person typed about a document, before it is shared.
type DocumentDraft struct {
	Document
	Title     string
	Language  string
	Audience  actors.Audience // empty: the community's own
	Related   []Related
	Note      string // what changed, for a version after the first
	Confirmed bool   // of personal data and rights
}

// The limits on what people say of a document, in characters.
const (
	minDocumentTitle   = 5
	MaxDocumentSummary = 600
	MaxNote            = 300
	MaxSubjects        = 8
	maxSubject         = 60
	maxDetail          = 200 // any other line
	maxEffort          = 2000
	maxRelated         = 20
)

// fileName is what a title looks like that is only the name of a file.
var fileName = regexp.MustCompile(`(?i)(\.(pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|txt|md|png|jpe?g|gif|webp)$)|_v?\d|_final`)

// Check says what keeps the draft from being shared, as Problems by field. It
// returns nil when nothing does.
func (d DocumentDraft) Check() error {
	p := Problems{}
	d.checkAnswers(p)
	d.checkDetails(p)
	if !d.Confirmed {
		p.Add("confirmed", "Confirm that you may share this file")
	}
	return p.Err()
}

// CheckDetails is Check of a change that brings no new file.
func (d DocumentDraft) CheckDetails() error {
	d.Confirmed = true
	return d.Check()
}

// CheckVersion says what keeps a new file from becoming a version.
func (d DocumentDraft) CheckVersion() error {
	p := Problems{}
	switch {
	case PlainName(d.Note, MaxNote) == "":
		p.Add("note", "Say what changed")
	case utf8.RuneCountInString(d.Note) > MaxNote:
		p.Add("note", fmt.Sprintf("What changed must be %d characters or less", MaxNote))
	}
	d.checkStage(p)
	if !d.Confirmed {
		p.Add("confirmed", "Confirm that you may share this file")
	}
	return p.Err()
}

// checkAnswers looks at what is asked of everyone.
func (d DocumentDraft) checkAnswers(p Problems) {
	checkTitle(p, d.Title)
	title := strings.TrimSpace(d.Title)
	switch {
	case utf8.RuneCountInString(title) < minDocumentTitle:
		p.Add("title", fmt.Sprintf("Title must be %d characters or more", minDocumentTitle))
	case fileName.MatchString(title):
		p.Add("title", "Enter a title that says what the document is, not the name of its file")
	}
	switch {
	case strings.TrimSpace(d.Summary) == "":
		p.Add("summary", "Enter a summary")
	case utf8.RuneCountInString(d.Summary) > MaxDocumentSummary:
		p.Add("summary", fmt.Sprintf("Summary must be %d characters or less", MaxDocumentSummary))
	case !utf8.ValidString(d.Summary):
		p.Add("summary", "Summary must not include characters that cannot be read")
	}
	if !d.Type.Valid() {
		p.Add("type", "Select what kind of document this is")
	}
	if d.Type == OtherType && strings.TrimSpace(d.Other) == "" {
		p.Add("other", "Say what kind of document this is")
	}
	d.checkStage(p)
}

func (d DocumentDraft) checkStage(p Problems) {
	if !d.Stage.Valid() {
		p.Add("stage", "Select what stage the document is at")
	}
	if d.Stage == Adopted && strings.TrimSpace(d.Document.Adopted.Body) == "" {
		p.Add("adopted_by", "Enter who adopted it, such as Cabinet")
	}
	if !validPartialDate(d.Document.Adopted.On) {
		p.Add("adopted_on", "Date adopted must be a date, such as 2027-05-04, 2027-05 or 2027")
	}
}

// checkDetails looks at what is filled in for people.
func (d DocumentDraft) checkDetails(p Problems) {
	if d.Licence != "" && !d.Licence.Valid() {
		p.Add("licence", "Select a licence from the list")
	}
	if d.Classification != "" && !d.Classification.Valid() {
		p.Add("classification", "Select a classification from the list")
	}
	if d.Classification == Sensitive && strings.TrimSpace(d.Handling) == "" {
		p.Add("handling", "Say how readers have to handle it")
	}
	if !validPartialDate(d.Dated) {
		p.Add("dated", "Date must be a date, such as 2027-05-04, 2027-05 or 2027")
	}
	if d.Language != "" && Lang(d.Language) == "" {
		p.Add("language", "Select a language from the list")
	}
	if d.Audience != "" && !d.Audience.Valid() {
		p.Add("audience", "Select who can read this")
	}
	if d.Effort < 0 || d.Effort > maxEffort {
		p.Add("effort", fmt.Sprintf("Working days must be between 0 and %s", withCommas(maxEffort)))
	}
	d.checkLists(p)
	for field, s := range map[string]string{
		"other": d.Other, "adopted_by": d.Document.Adopted.Body, "attribution": d.Attribution, "handling": d.Handling,
		"authors": d.Authors, "reference": d.Reference, "place": d.Place, "period": d.Period,
	} {
		if utf8.RuneCountInString(s) > maxDetail || !utf8.ValidString(s) {
			p.Add(field, fmt.Sprintf("This must be %d characters or less", maxDetail))
		}
	}
}

func (d DocumentDraft) checkLists(p Problems) {
	if len(d.Subjects) > MaxSubjects {
		p.Add("subjects", fmt.Sprintf("Enter %d subjects or fewer", MaxSubjects))
	}
	for _, s := range d.Subjects {
		if utf8.RuneCountInString(s) > maxSubject {
			p.Add("subjects", fmt.Sprintf("Each subject must be %d characters or less", maxSubject))
		}
	}
	if len(d.Related) > maxRelated {
		p.Add("related", fmt.Sprintf("Name %d other documents or fewer", maxRelated))
	}
	for _, r := range d.Related {
		if _, ok := WebLink(string(r.URI)); !ok || !r.Relation.Valid() {
			p.Add("related", "Enter the full web address of a document")
		}
	}
}

// validPartialDate says whether s is a day, a month, a year, or nothing.
func validPartialDate(s string) bool {
	for _, form := range []string{"2006-01-02", "2006-01", "2006"} {
		if _, err := time.Parse(form, s); err == nil {
			return true
		}
	}
	return s == ""
}
