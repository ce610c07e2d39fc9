package cite

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"moothall/content"
)

// CSL is the work as CSL-JSON: a list of one item, as programs that follow the
// Citation Style Language exchange it.
func CSL(w Work) ([]byte, error) {
	item := cslItem{
		ID: w.key(), Type: "report", Title: line(w.Title), Abstract: line(w.Summary), Publisher: line(w.Issuer),
		Issued: cslDate(parts(w.Dated)), Accessed: cslDay(w.Accessed), Number: line(w.Reference), Genre: line(w.Kind),
		URL: address(w.URL), Language: content.Lang(w.Language), Keyword: strings.Join(lines(w.Subjects), ", "),
		Version: w.number(), Status: w.status(), Note: sentences(w.notes()),
	}
	if w.Type == dataset {
		item.Type = "dataset"
	}
	for _, a := range w.by() {
		item.Author = append(item.Author, cslName{a})
	}
	return write([]cslItem{item})
}

type cslItem struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Author    []cslName `json:"author,omitempty"`
	Abstract  string    `json:"abstract,omitempty"`
	Publisher string    `json:"publisher,omitempty"`
	Issued    *cslWhen  `json:"issued,omitempty"`
	Accessed  *cslWhen  `json:"accessed,omitempty"`
	Version   string    `json:"version,omitempty"`
	Number    string    `json:"number,omitempty"`
	Genre     string    `json:"genre,omitempty"`
	URL       string    `json:"URL,omitempty"`
	Language  string    `json:"language,omitempty"`
	Keyword   string    `json:"keyword,omitempty"`
	Status    string    `json:"status,omitempty"`
	Note      string    `json:"note,omitempty"`
}

// cslName is a name that is not divided: a team's, an organisation's, or a
// person's as they write it.
type cslName struct {
	Literal string `json:"literal"`
}

type cslWhen struct {
	Parts [][]int `json:"date-parts"`
}

func cslDate(p []int) *cslWhen {
	if p == nil {
		return nil
	}
	return &cslWhen{[][]int{p}}
}

func cslDay(t time.Time) *cslWhen {
	if t.IsZero() {
		return nil
	}
	return cslDate(partsOf(t))
}

// write is JSON in which <, > and & are escaped, and the two line ends that are
// none to JSON: it can stand in a page without ending anything (security.md S132).
func write(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write a citation: %w", err)
	}
	return append(b, '\n'), nil
}
