// Package content is what people write: discussions, questions and comments,
// and the rules that hold whoever wrote them and whichever door they came by.
//
// Like actors it is pure: text goes in, clean text or a list of Problems comes
// out. Markdown becomes HTML here, remote HTML is cleaned here, and nowhere else.
package content
