package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/content/cite"
	"moothall/extract"
)

// DocumentPage shows a document with the discussion below it, or one version of it.
type DocumentPage struct {
	DiscussionPage
	Doc      content.Document
	Version  content.Version   // on the screen
	Versions []content.Version // all of them, the latest first
	Single   bool              // the page of the version, and not of the document
	Owner    actors.Actor      // who looks after it; zero where that is not known here
	Related  []RelatedDocument
	KeptBy   []KeptBy        // organisations that say they keep a copy; for its owner only
	Origin   *Origin         // of which it is a copy; nil for none
	Copies   []CopyLine      // that this site has of it
	Formats  []FormatRequest // what was asked by the viewer, or by all for those who may answer

	Sentence string // who shared it, when and with whose approval (users.md 3.7)
	Matches  bool   // the file was compared with what its organisation announced
	Text     TextState
	Saved    bool // the viewer keeps it at hand
	May      MayRead
	Head     DocumentHead
}

// MayRead says what a reader can do with a document.
type MayRead struct {
	Save   bool // keep it at hand
	Copy   bool // have this site keep a copy for good
	Change bool // it is theirs to look after
	Answer bool // whoever asks for another format
	Open   bool // the file, through this site
}

// TextState says what is known of the text of a file.
type TextState string

// The states of a text.
const (
	TextUnknown TextState = ""     // the file has not been read here
	TextRead    TextState = "read" // there is a text
	TextNone    TextState = "none" // there is none in it
)

// RelatedDocument is another document, in words that begin a sentence about this one.
type RelatedDocument struct {
	Words string // "Replaced by"
	Title string
	Href  string
	Host  string // whose site it is on; empty for this one
}

// KeptBy is an organisation that keeps a copy.
type KeptBy struct {
	Name    string
	Version int
}

// DocumentHead is what the page says to programs.
type DocumentHead struct {
	Canonical string     // the address under which search engines list it
	CiteAs    string     // that of the version, which never changes
	Data      string     // where the same is as JSON-LD; empty for nowhere
	Tags      []cite.Tag // citation_title and others
}

func (DocumentPage) template() string { return "document" }
func (p DocumentPage) title() string {
	name := p.Heading()
	if p.Single {
		name += " (version " + strconv.Itoa(p.Version.Number) + ")"
	}
	return name + p.Paging.title() + " – " + p.Community.DisplayName()
}

// Heading is the title, or what is left of it.
func (p DocumentPage) Heading() string {
	for _, s := range []string{p.Version.Title, p.Entry.Title, p.Doc.Withdrawal.Title} {
		if s != "" {
			return s
		}
	}
	return "Document"
}

// At is where the document is.
func (p DocumentPage) At() string { return DocumentPath(p.Entry.Post) }

// Here is where what is on the screen is cited, compared and read.
func (p DocumentPage) Here() string { return VersionPath(p.Entry.Post, p.Version.Number) }

// Talk is the discussion below.
func (p *DocumentPage) Talk() *DiscussionPage { return &p.DiscussionPage }

// IsCurrent says whether the version on the screen is the newest.
func (p DocumentPage) IsCurrent() bool { return p.Version.Number == p.Doc.Number }

// IsDue says whether somebody should look whether it still holds.
func (p DocumentPage) IsDue() bool { return p.Doc.DueForReview(p.Now) }

// MayReport says whether the page has a link to report the document.
func (p DocumentPage) MayReport() bool { return p.Entry.May.Report && !p.Single }

// File is the file on the screen in words.
func (p DocumentPage) File() FileWords { return fileWords(p.Version, p.Entry.Language) }

// Sites is whose site the document is on, for one from elsewhere.
func (p DocumentPage) Sites() string {
	if p.Doc.Issuer != "" {
		return p.Doc.Issuer + "’s site"
	}
	return p.Entry.URI.Host()
}

// FileWords say what a file is.
type FileWords struct {
	Name, Kind, Size, Pages, Language string
}

// Words are kind, size and language, for the words of a link (users.md A15).
func (f FileWords) Words() string {
	var known []string
	for _, s := range []string{f.Kind, f.Size, f.Language} {
		if s != "" {
			known = append(known, s)
		}
	}
	return strings.Join(known, ", ")
}

func fileWords(v content.Version, language string) FileWords {
	f := FileWords{Name: v.File.Name, Kind: extract.FormatOf(v.File.MediaType).Words()}
	if f.Kind == "" {
		f.Kind = "file"
	}
	if v.File.Size > 0 {
		f.Size = Size(v.File.Size)
	}
	if v.File.Pages > 0 {
		f.Pages = Count(v.File.Pages, "page", "pages")
	}
	if language != "" && language != "en" {
		f.Language = languageName(language)
	}
	return f
}

func languageName(code string) string {
	for _, o := range Languages(code) {
		if o.Value == code {
			return o.Label
		}
	}
	return ""
}

// Fact is one line of what is known of a document.
type Fact struct {
	Key, Value string
	Href       string // where the value leads; empty for nowhere
	Prose      string // more, on a line of its own
}

// Facts are the lines of what is known of the version on the screen. What a document
// says of itself is said of its newest version only.
func (p DocumentPage) Facts() []Fact {
	d, v := p.Doc, p.Version
	var out facts
	out.add("Issued by", d.Issuer)
	out.add("Stage", stageWords(d, v))
	if p.IsCurrent() {
		out.add("Kind of document", typeWords(d))
		out.add("Written by", d.Authors)
		out.add("Date of the document", PartialDate(d.Dated))
		out.add("Reference", d.Reference)
	}
	out.add("Version", fmt.Sprintf("%d, shared on %s", v.Number, Date(v.At)))
	if v.Note != "" && v.Number > 1 {
		out.add("What changed", v.Note)
	}
	out = append(out, licenceFact(d))
	out.add("Who can read it", WhoCan(p.Entry.Audience))
	if d.Classification == content.Sensitive {
		out = append(out, Fact{Key: "Classification", Value: string(d.Classification), Prose: d.Handling})
	}
	if p.IsCurrent() {
		out.add("Subjects", strings.Join(d.Subjects, ", "))
		out.add("Place", d.Place)
		out.add("Years that it covers", d.Period)
		if d.Effort > 0 {
			out.add("Work that it took", "About "+Count(d.Effort, "working day", "working days"))
		}
		if !d.Review.IsZero() {
			out.add("To be looked at again", Date(d.Review))
		}
	}
	return out
}

type facts []Fact

func (f *facts) add(key, value string) {
	if value != "" {
		*f = append(*f, Fact{Key: key, Value: value})
	}
}

func typeWords(d content.Document) string {
	if d.Type == content.OtherType && d.Other != "" {
		return d.Other
	}
	return d.Type.Words()
}

func stageWords(d content.Document, v content.Version) string {
	words := v.Stage.Words()
	if v.Stage == content.Adopted && v.Number == d.Number && d.Adopted.Body != "" {
		words += " by " + d.Adopted.Body
		if d.Adopted.On != "" {
			words += ", " + PartialDate(d.Adopted.On)
		}
	}
	return words
}

func licenceFact(d content.Document) Fact {
	f := Fact{Key: "Licence", Value: d.Licence.Words(), Href: d.Licence.URL()}
	switch {
	case d.Licence == "" && d.LicenceURL != "":
		f.Value, f.Href = d.LicenceURL, d.LicenceURL
	case d.Licence == "":
		f.Value = "Not said. Ask before you use it"
	}
	if d.Attribution != "" {
		f.Prose = "When you use it, write: " + d.Attribution
	}
	return f
}

// WhoCan is who reads a document, as the value of a line.
func WhoCan(a actors.Audience) string { return strings.TrimSuffix(whoReads(a), " can read") }

// PartialDate is a stored date for people: 4 May 2027, May 2027 or 2027.
func PartialDate(stored string) string {
	for _, form := range [][2]string{{"2006-01-02", "2 January 2006"}, {"2006-01", "January 2006"}} {
		if at, err := time.Parse(form[0], stored); err == nil {
			return at.Format(form[1])
		}
	}
	return stored
}

// VersionLine is one version in the list of all.
type VersionLine struct {
	Number          int
	Path, When      string
	Note, Withdrawn string
	Gone, Current   bool
	Compare         string // where it is compared with the one before; empty for the first
	File            string
}

// History are all versions, the latest first.
func (p DocumentPage) History() []VersionLine {
	out := make([]VersionLine, len(p.Versions))
	for i, v := range p.Versions {
		out[i] = VersionLine{
			Number: v.Number, Path: VersionPath(p.Entry.Post, v.Number), When: Date(v.At), Note: v.Note,
			Gone: v.IsWithdrawn(), Withdrawn: v.Reason, Current: v.Number == p.Doc.Number, File: fileWords(v, "").Words(),
		}
		if i+1 < len(p.Versions) && !v.IsWithdrawn() && !p.Versions[i+1].IsWithdrawn() {
			out[i].Compare = fmt.Sprintf("%s/compare?from=%d&to=%d", p.At(), p.Versions[i+1].Number, v.Number)
		}
	}
	return out
}

// WithdrawnPage is what is left of a document or of one of its versions.
type WithdrawnPage struct {
	Base
	Community Community
	What      string // "document" or "version 2"
	Title     string // empty when that is withdrawn too
	Reason    string
	At        time.Time
	Instead   []RelatedDocument // what took its place
	Current   string            // where the document is, if only a version is withdrawn
	Copies    string            // where it says who has copies; empty for who may not know
}

func (WithdrawnPage) template() string { return "withdrawn" }
func (p WithdrawnPage) title() string {
	return p.Heading() + " – " + p.Community.DisplayName()
}

// Heading names a version by its number, and the document without its title, which
// may be withdrawn too.
func (p WithdrawnPage) Heading() string {
	if p.Current != "" {
		return strings.ToUpper(p.What[:1]) + p.What[1:] + " has been withdrawn"
	}
	return "This " + p.What + " has been withdrawn"
}

// FilePage says why the file of a document elsewhere was not opened.
type FilePage struct {
	Base
	Community Community
	Title     string // of the document
	Path      string // of the version
	Again     string // where to try again
	Site      string // whose file it is
	URL       string // of the document on its own site; empty for unknown
	Altered   bool   // what its site handed out is another file
	Unchecked bool   // its site does not say what the file should be
	Busy      bool   // too many others wait for files
}

func (FilePage) template() string { return "file-refused" }
func (p FilePage) title() string  { return p.Heading() + " – " + p.Title }

// Heading says what happened.
func (p FilePage) Heading() string {
	switch {
	case p.Altered:
		return "We did not open this file"
	case p.Unchecked:
		return "We cannot check this file"
	default:
		return "We could not fetch this file"
	}
}
