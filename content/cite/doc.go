// Package cite says what a document is to those who quote it and to the programs
// that list it: a line of text, RIS, BibTeX and CSL-JSON for people who write, and
// tags, JSON-LD and DCAT for search engines and catalogues (users.md 3.3 and 3.6).
//
// It is pure, and trusts nothing that a Work holds: titles and names come from
// anywhere. Each writer takes out what could end a field, a record or a page.
//
// Who may see a document is decided before: whatever is in a Work is written.
package cite
