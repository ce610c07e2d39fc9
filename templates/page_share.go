package templates

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
)

// Paper is a document as the pages of whoever looks after it name it.
type Paper struct {
	Title  string
	Path   string
	Number int // its current version
}

// SharePage asks for the file of a new document, or of a new version of one.
type SharePage struct {
	Base
	Community Community
	Paper     *Paper // whose new version it is to be; nil for a new document
	Most      int64  // bytes that a file may have
}

func (SharePage) template() string { return "share" }
func (p SharePage) title() string  { return p.Heading() + " – " + p.Community.DisplayName() }
func (SharePage) fields() []string { return []string{"file"} }

// Accept are the files that a browser offers.
func (p SharePage) Accept() string { return takenFiles }

// MostWords are how large a file may be.
func (p SharePage) MostWords() string { return Number(int(p.Most>>20)) + " MB" }

// Heading says what the form is for.
func (p SharePage) Heading() string {
	if p.Paper != nil {
		return "Add a new version"
	}
	return "Share a document"
}

// Action is where the form goes.
func (p SharePage) Action() string {
	if p.Paper != nil {
		return p.Paper.Path + "/new-version"
	}
	return ActorPath(p.Community.Actor) + "/share"
}

// Back is where the reader came from.
func (p SharePage) Back() string {
	if p.Paper != nil {
		return p.Paper.Path
	}
	return ActorPath(p.Community.Actor)
}

// takenFiles are the names of files that can be chosen: package extract takes these formats.
const takenFiles = ".pdf,.docx,.odt,.xlsx,.ods,.csv,.pptx,.odp,.txt,.md,.png,.jpg,.jpeg,.gif,.webp"

// Sent is a file that somebody sent and has not shared yet.
type Sent struct {
	ID        actors.ID
	Name      string
	Kind      string // of file, in words
	Size      int64  // bytes
	State     string // waiting, ready or refused
	Why       string // it was refused
	Cleaned   bool   // what it said of people has been taken out
	Community Community
	Paper     *Paper // whose new version it is to be; nil for a new document
	At        time.Time
}

// Path is where the file waits.
func (s Sent) Path() string { return UploadPath(s.ID) }

// UploadsPage lists what somebody sent and has not shared.
type UploadsPage struct {
	Base
	Files []Sent
}

func (UploadsPage) template() string { return "uploads" }
func (UploadsPage) title() string    { return "Files that you have not shared yet" }

// DocumentForm is what people type about a document.
type DocumentForm struct {
	Title, Summary, Type, Other, Stage, AdoptedBy, AdoptedOn           string
	Audience, Licence, Attribution, Classification, Handling           string
	Language, Dated, Authors, Reference, Subjects, Place, Period       string
	Review, Embargo, Effort, Replaces, Derived, Translation, Note, Why string
	Confirmed                                                          bool
	Follows                                                            string // number of the version before this one; empty for a new document
}

// answerFields are asked of everyone, moreFields are filled in for them.
var (
	answerFields = []string{"title", "summary", "type", "other", "stage", "adopted_by", "adopted_on"}
	moreFields   = []string{"audience", "licence", "attribution", "language", "dated", "authors", "reference", "subjects", "place", "period",
		"review", "embargo", "effort", "classification", "handling", "replaces", "derived", "translation"}
)

// moreIsWrong says whether a problem is with what is filled in for people, which
// then must be in view.
func (b Base) moreIsWrong() bool {
	for _, name := range moreFields {
		if b.Problems[name] != "" {
			return true
		}
	}
	return false
}

// UploadPage says what was found in a file, and asks what else has to be known.
type UploadPage struct {
	Base
	File    Sent
	Found   []extract.Finding
	Without []extract.StopKind // kinds of findings for which this site takes no reason
	NoText  bool               // nothing in it is text
	Form    DocumentForm
	Readers Readers
}

func (UploadPage) template() string { return "upload" }
func (p UploadPage) title() string  { return p.Heading() + " – " + p.File.Community.DisplayName() }
func (p UploadPage) fields() []string {
	if p.File.Paper != nil {
		return []string{"note", "stage", "adopted_by", "adopted_on", "reason", "confirmed"}
	}
	return slices.Concat(answerFields, moreFields, []string{"reason", "confirmed"})
}

// Heading says how far the file is.
func (p UploadPage) Heading() string {
	switch {
	case p.File.State == "waiting":
		return "We are checking your file"
	case p.Refused():
		return "This file cannot be shared"
	case p.Barred():
		return "Mend this file before you share it"
	case p.File.Paper != nil:
		return "Share the new version"
	}
	return "Share your document"
}

// Refused says whether the file does not go on.
func (p UploadPage) Refused() bool { return p.File.State == "refused" || p.has(extract.Refuse) }

// Barred says whether something was found that has to be mended: no reason is taken.
func (p UploadPage) Barred() bool {
	return slices.ContainsFunc(p.Found, func(f extract.Finding) bool { return f.IsBarred(p.Without) })
}

// Rows are the findings in words.
func (p UploadPage) Rows() []foundRow {
	rows := make([]foundRow, len(p.Found))
	for i, f := range p.Found {
		if rows[i] = found(f); f.IsBarred(p.Without) {
			rows[i].Colour, rows[i].Tag = "red", barredWords
		}
	}
	return rows
}

// Stops says whether something was found that needs a reason.
func (p UploadPage) Stops() bool { return p.has(extract.Stop) }

// CanClean says whether something was found that can be taken out.
func (p UploadPage) CanClean() bool { return p.has(extract.Clean) }

// MoreOpen says whether what is filled in for people is in view from the start.
func (p UploadPage) MoreOpen() bool { return p.moreIsWrong() }

// Licences are those to choose from. The usual one follows from who can read the document (DOC-3).
func (UploadPage) Licences() []Option {
	return append([]Option{{"", "The usual one for its readers", ""}}, named(content.Licences)...)
}

func (p UploadPage) has(s extract.Severity) bool {
	for _, f := range p.Found {
		if f.Severity == s {
			return true
		}
	}
	return false
}

// EditDocumentPage changes what is said of a document.
type EditDocumentPage struct {
	Base
	Community Community
	Paper     Paper
	Form      DocumentForm
	Audience  actors.Audience // stays as it is
}

func (EditDocumentPage) template() string { return "document-edit" }
func (p EditDocumentPage) title() string {
	return "Change what is said about this document – " + p.Community.DisplayName()
}
func (EditDocumentPage) fields() []string {
	return slices.Concat(answerFields, moreFields)
}

// MoreOpen says whether what is filled in for people is in view from the start.
func (p EditDocumentPage) MoreOpen() bool { return p.moreIsWrong() }

// Licences are those to choose from.
func (EditDocumentPage) Licences() []Option { return named(content.Licences) }

// WithdrawPage asks whether a document, or one version of it, is really to go.
type WithdrawPage struct {
	Base
	Community   Community
	Paper       Paper
	Version     int      // zero for the whole document
	Current     bool     // it is the version that is shown, which cannot go alone
	Sites       int      // other sites that will be asked to remove their copy
	KeptBy      []KeptBy // organisations that say they keep a copy, which stays
	Reason      string
	HideTitle   bool
	Replacement string
}

func (WithdrawPage) template() string { return "document-withdraw" }
func (p WithdrawPage) title() string  { return p.Heading() + " – " + p.Community.DisplayName() }
func (WithdrawPage) fields() []string { return []string{"reason", "replacement", "hide_title"} }

// Heading asks the question.
func (p WithdrawPage) Heading() string {
	if p.Version != 0 {
		return "Withdraw version " + strconv.Itoa(p.Version) + "?"
	}
	return "Withdraw this document?"
}

// Action is where the form goes.
func (p WithdrawPage) Action() string {
	if p.Version != 0 {
		return p.Paper.Path + "/v/" + strconv.Itoa(p.Version) + "/withdraw"
	}
	return p.Paper.Path + "/withdraw"
}

// ReviewPage asks whether a document still holds.
type ReviewPage struct {
	Base
	Community Community
	Paper     Paper
	Due       time.Time // its review day; zero for none
	Until     string    // typed
}

func (ReviewPage) template() string { return "document-review" }
func (p ReviewPage) title() string  { return "Review this document – " + p.Community.DisplayName() }
func (ReviewPage) fields() []string { return []string{"review"} }

// HandOverPage gives a document to somebody else to look after.
type HandOverPage struct {
	Base
	Community Community
	Paper     Paper
	Members   []actors.Actor // who may take it
	Owner     string         // the id that is chosen
}

func (HandOverPage) template() string { return "document-hand-over" }
func (p HandOverPage) title() string {
	return "Hand over this document – " + p.Community.DisplayName()
}
func (HandOverPage) fields() []string { return []string{"owner"} }

// Choices are the members to choose from.
func (p HandOverPage) Choices() []Option {
	list := []Option{{"", "Choose a member", ""}}
	for _, m := range p.Members {
		label := m.DisplayName()
		if m.JobTitle != "" {
			label += ", " + m.JobTitle
		}
		list = append(list, Option{m.ID.String(), label, ""})
	}
	return list
}

// Size is a number of bytes in words: "5 MB" (users.md C04).
func Size(n int64) string {
	switch {
	case n < 1000:
		return Count(int(n), "byte", "bytes")
	case n < 1000_000:
		return Number(int((n+500)/1000)) + " KB"
	case n < 10_000_000:
		return strings.TrimSuffix(strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64), ".0") + " MB"
	}
	return Number(int((n+500_000)/1_000_000)) + " MB"
}

func documentTypes() []Option {
	return append([]Option{{"", "Choose what it is", ""}}, named(content.DocumentTypes)...)
}

func named[T ~string](list []content.Named[T]) []Option {
	out := make([]Option, 0, len(list))
	for _, n := range list {
		out = append(out, Option{string(n.Value), n.Words, ""})
	}
	return out
}

func classifications() []Option {
	return []Option{
		{string(content.Official), "OFFICIAL", "Most of what councils write"},
		{string(content.Sensitive), "OFFICIAL-SENSITIVE", "Only members at this organisation can read it, and it never leaves this site"},
	}
}

// narrower are the readers that something in a community can have.
func narrower(widest actors.Audience) []Option {
	var out []Option
	for _, o := range audiences() {
		if !actors.Audience(o.Value).WiderThan(widest) {
			out = append(out, o)
		}
	}
	return out
}
