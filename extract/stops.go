package extract

import "slices"

// StopKind is a group of findings that stop a file: what the people who run a site
// decide about together (users.md DOC-1).
type StopKind string

// The groups. They are stored, so a value never changes its meaning.
const (
	StopHidden   StopKind = "hidden"   // parts that do not show
	StopInside   StopKind = "inside"   // what is carried along and does not show
	StopPeople   StopKind = "people"   // personal details, and many of them
	StopMarking  StopKind = "marking"  // the file says that it is not for everyone
	StopPrograms StopKind = "programs" // it does something when it is opened
	StopUnread   StopKind = "unread"   // nobody could look what is in it
)

// StopKinds lists the groups in the order in which people choose among them.
func StopKinds() []StopKind {
	return []StopKind{StopHidden, StopInside, StopPeople, StopMarking, StopPrograms, StopUnread}
}

var stopKinds = map[string]StopKind{
	HiddenSheet: StopHidden, VeryHiddenSheet: StopHidden, HiddenRows: StopHidden, HiddenColumns: StopHidden,
	HiddenText: StopHidden, HiddenSlide: StopHidden,
	PivotCache: StopInside, ExternalLinks: StopInside, EmbeddedObjects: StopInside,
	PersonalList: StopPeople, NINumber: StopPeople, NHSNumber: StopPeople, CardNumber: StopPeople,
	BankAccount: StopPeople, Phone: StopPeople, Email: StopPeople, PostcodeList: StopPeople,
	Marking: StopMarking, JavaScript: StopPrograms,
	Unreadable: StopUnread,
}

// IsBarred says whether a finding stops a file for good on a site that takes no
// reason for these kinds. A file that could not be checked needs no reason elsewhere.
func (f Finding) IsBarred(without []StopKind) bool {
	return (f.Severity == Stop || f.Code == Unreadable) && slices.Contains(without, stopKinds[f.Code])
}
