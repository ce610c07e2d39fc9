package content

import (
	"slices"
	"time"

	"moothall/actors"
)

// Document is what is known of a paper beside the post that carries it: its title
// is the post's, its readers are the post's (users.md 3.3).
type Document struct {
	Post    actors.ID
	Summary string // plain text
	Type    DocumentType
	Other   string // what it is, in words, where Type is OtherType
	Stage   Stage
	Adopted Adoption

	Licence        Licence
	LicenceURL     string // of a document from elsewhere under a licence not on our list
	Attribution    string // line that a re-user gives
	Classification Classification
	Handling       string // what readers of something sensitive have to do

	Issuer     string    // organisation that issued it
	IssuerCode string    // its code in org-id.guide form; empty when unknown
	Authors    string    // team or people, as shown
	Owner      actors.ID // who looks after it; zero for one from elsewhere
	Dated      string    // 2027, 2027-05 or 2027-05-04; empty when it bears no date
	Reference  string    // the council's own number
	Subjects   []string
	Place      string
	Period     string
	Effort     int // working days that it took; zero when not said

	Review   time.Time // day on which to look whether it still holds; zero for never
	Reminded int       // how many reminders of that day have been sent
	Embargo  time.Time // not read by others and not sent before; zero for at once

	Number    int // the current version
	Withdrawn time.Time
	// Withdrawal says why, and what is left to show: a post that is withdrawn has no title.
	Withdrawal Withdrawal
}

// Adoption says who agreed to a document, and when.
type Adoption struct {
	Body string // such as Cabinet
	On   string // a partial date, as Document.Dated
}

// Withdrawal is what the page of a withdrawn document or version says.
type Withdrawal struct {
	Title    string // empty when the title is withdrawn too
	Reason   string
	Replaced string // the web address of what to read in its place; empty for nothing
}

// IsWithdrawn says whether nobody can read it any more.
func (d Document) IsWithdrawn() bool { return !d.Withdrawn.IsZero() }

// StaysHere says whether nothing of it goes to anybody elsewhere, now or ever: it is
// classified higher than what may, or under embargo (users.md 3.9).
func (d Document) StaysHere() bool {
	return d.Classification != "" && d.Classification != Official || !d.Embargo.IsZero()
}

// DueForReview says whether its day has come (DOC-7).
func (d Document) DueForReview(now time.Time) bool {
	return !d.Review.IsZero() && !now.Before(d.Review)
}

// Version is one state of a document's file. It never changes, but it can be withdrawn.
type Version struct {
	Document actors.ID
	Number   int // from 1
	URI      actors.URI
	Title    string // of the document when the version was made
	Note     string // what changed
	Stage    Stage
	File     Attached
	By       actors.ID
	At       time.Time
	Check    string // what the check found and why it was shared all the same; never leaves this node

	Withdrawn time.Time
	Reason    string
}

// IsWithdrawn says whether nobody can read it any more.
func (v Version) IsWithdrawn() bool { return !v.Withdrawn.IsZero() }

// Attached is the file of a version.
type Attached struct {
	Digest    Digest
	Name      string // with the extension of its format
	MediaType string
	Size      int64  // bytes
	Pages     int    // zero when unknown
	URL       string // where its own site hands it out
	Text      string // where its own site hands out its text; empty when it does not
}

// Relation says how one document stands to another.
type Relation string

// The relations, from the later document to the earlier (users.md 3.3).
const (
	Replaces    Relation = "replaces"
	DerivedFrom Relation = "derived"
	Translation Relation = "translation" // the same in another language
)

// Related is another document that one names.
type Related struct {
	Relation Relation
	URI      actors.URI // of the document or one of its versions
	Title    string     // as it was when named; may be empty
}

// Valid says whether r is one of the relations.
func (r Relation) Valid() bool {
	return slices.Contains([]Relation{Replaces, DerivedFrom, Translation}, r)
}
