package templates

import (
	"time"

	"moothall/actors"
)

// FormatRequest is somebody's wish for a document in another format.
type FormatRequest struct {
	By         actors.Actor
	Words      string
	At         time.Time
	Answer     string
	Answered   time.Time // zero for not yet
	AnsweredBy actors.Actor
	Path       string // where it is answered
}

// AskFormatPage asks in which format somebody needs a document.
type AskFormatPage struct {
	Base
	Community Community
	Paper     Paper
	Site      string // whose site the document is on; empty for this one
	Text      string // where its text is as a web page; empty for none
	Words     string
	Contact   string
}

func (AskFormatPage) template() string { return "document-format" }
func (p AskFormatPage) title() string {
	return "Ask for another format – " + p.Paper.Title + " – " + p.Community.DisplayName()
}
func (AskFormatPage) fields() []string { return []string{"words", "contact"} }

// Action is where the form goes.
func (p AskFormatPage) Action() string { return p.Paper.Path + "/format" }

// AnswerFormatPage shows what somebody asked, and asks for an answer.
type AnswerFormatPage struct {
	Base
	Community Community
	Paper     Paper
	Request   FormatRequest
	MayChange bool // the viewer can add a version
	Answer    string
}

func (AnswerFormatPage) template() string { return "document-format-answer" }
func (p AnswerFormatPage) title() string {
	return "Answer about another format – " + p.Paper.Title + " – " + p.Community.DisplayName()
}
func (AnswerFormatPage) fields() []string { return []string{"answer"} }
