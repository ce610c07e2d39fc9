package content

import "slices"

// DocumentType says what sort of paper a document is. The values are also the
// stored text, and what goes over the wire.
type DocumentType string

// OtherType is for what the list does not have; Document.Other then has the words.
const OtherType DocumentType = "other"

// Named is a value of a list and its words for people.
type Named[T ~string] struct {
	Value T
	Words string
}

// DocumentTypes are the types in the order in which they are offered (users.md 3.2).
var DocumentTypes = []Named[DocumentType]{
	{"strategy", "Strategy"},
	{"policy", "Policy"},
	{"report", "Committee or cabinet report"},
	{"business-case", "Business case"},
	{"options", "Options appraisal"},
	{"procedure", "Procedure or process map"},
	{"template", "Template or form"},
	{"guidance", "Guidance or toolkit"},
	{"evaluation", "Evaluation or lessons learned"},
	{"case-study", "Case study"},
	{"research", "Research or needs assessment"},
	{"consultation", "Consultation and response"},
	{"specification", "Procurement specification"},
	{"agreement", "Agreement (redacted)"},
	{"job", "Job description"},
	{"training", "Training material"},
	{"presentation", "Presentation"},
	{"minutes", "Notes or minutes"},
	{"plan", "Project plan or risk register"},
	{"impact", "Impact assessment"},
	{"dataset", "Dataset or spreadsheet"},
	{"briefing", "Briefing or letter"},
	{"technical", "Technical specification"},
	{OtherType, "Something else"},
}

// Stage says how far a document has been agreed.
type Stage string

// The stages. Withdrawn is no stage: it is something that happens.
const (
	InDraft    Stage = "draft"
	Agreed     Stage = "agreed"
	Adopted    Stage = "adopted"
	Superseded Stage = "superseded"
)

// Stages are the stages in the order in which they are offered (users.md 3.3).
var Stages = []Named[Stage]{
	{InDraft, "Draft, not agreed"},
	{Agreed, "Agreed by officers"},
	{Adopted, "Adopted"},
	{Superseded, "Superseded"},
}

// Licence says what others may do with a document.
type Licence string

// The licences (users.md 3.3, DOC-3).
const (
	OGL        Licence = "OGL-UK-3.0"
	CCBY       Licence = "CC-BY-4.0"
	CC0        Licence = "CC0-1.0"
	Members    Licence = "members"
	ReadOnly   Licence = "read-only"
	ThirdParty Licence = "third-party"
)

// Licences are the licences in the order in which they are offered.
var Licences = []Named[Licence]{
	{OGL, "Open Government Licence v3.0"},
	{CCBY, "Creative Commons Attribution 4.0"},
	{CC0, "Creative Commons Zero: no rights reserved"},
	{Members, "All rights reserved: members may use it within their organisations"},
	{ReadOnly, "All rights reserved: read only, ask before using it"},
	{ThirdParty, "Somebody else holds the rights"},
}

var licenceAddresses = map[Licence]string{
	OGL:  "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
	CCBY: "https://creativecommons.org/licenses/by/4.0/",
	CC0:  "https://creativecommons.org/publicdomain/zero/1.0/",
}

// URL is the address of the licence's text; empty when it has none.
func (l Licence) URL() string { return licenceAddresses[l] }

// IsOpen says whether everyone may use and pass on what is under it.
func (l Licence) IsOpen() bool { return l.URL() != "" }

// LicenceAt is the licence that has this address; empty when none on the list has.
func LicenceAt(url string) Licence {
	for l, at := range licenceAddresses {
		if at == url {
			return l
		}
	}
	return ""
}

// Classification is the government security classification of a document.
type Classification string

// The classifications that may be shared here. Something sensitive never leaves this node (users.md 3.9).
const (
	Official  Classification = "OFFICIAL"
	Sensitive Classification = "OFFICIAL-SENSITIVE"
)

// Valid says whether t is on the list.
func (t DocumentType) Valid() bool { return on(DocumentTypes, t) }

// Valid says whether s is on the list.
func (s Stage) Valid() bool { return on(Stages, s) }

// Valid says whether l is on the list.
func (l Licence) Valid() bool { return on(Licences, l) }

// Valid says whether c is one that may be shared here.
func (c Classification) Valid() bool { return c == Official || c == Sensitive }

// Words name the type for people.
func (t DocumentType) Words() string { return wordsOf(DocumentTypes, t) }

// Words name the stage for people.
func (s Stage) Words() string { return wordsOf(Stages, s) }

// Words name the licence for people.
func (l Licence) Words() string { return wordsOf(Licences, l) }

func on[T ~string](list []Named[T], v T) bool {
	return slices.ContainsFunc(list, func(n Named[T]) bool { return n.Value == v })
}

func wordsOf[T ~string](list []Named[T], v T) string {
	for _, n := range list {
		if n.Value == v {
			return n.Words
		}
	}
	return string(v)
}
