package templates

import "time"

// FiguresPage says how a document is used, to those who look after it and to the
// facilitators of its community.
type FiguresPage struct {
	Base
	Community Community
	Paper     Paper
	Months    []FigureMonth // with something to show, the latest first
	Hidden    []string      // months of which nothing may be shown
	Citing    []Citing
	UsedIn    []RelatedDocument
	KeptBy    []KeptBy
}

func (FiguresPage) template() string { return "document-figures" }
func (p FiguresPage) title() string {
	return "How it is used – " + p.Paper.Title + " – " + p.Community.DisplayName()
}

// FigureMonth is what was counted in a month.
type FigureMonth struct {
	Name  string
	Rows  []FigureRow // people here, people who had not signed in, and both together
	Sites []string    // other sites that fetched the file
}

// IsEmpty says whether nothing of it may be shown.
func (m FigureMonth) IsEmpty() bool {
	for _, r := range m.Rows {
		if r.Read != "" || r.Taken != "" {
			return false
		}
	}
	return len(m.Sites) == 0
}

// FigureRow is a line of numbers of people; empty for what may not be shown.
type FigureRow struct{ Name, Read, Taken string }

// Citing is something in which the address of a document stands.
type Citing struct {
	By   string // organisation
	What string
	Path string
	At   time.Time
}
