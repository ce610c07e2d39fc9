package extract

import (
	"fmt"
	"maps"
	"slices"
)

// sheetReader gathers the rows of a sheet, of either family, and what of it
// nobody sees. What is hidden is searched for personal data, and not kept as text.
type sheetReader struct {
	b          *builder
	name       string
	hidden     bool // the whole sheet
	cells      row
	line       int // number of the row, from 1
	rowHidden  bool
	columns    []bool       // hidden or not, from 0
	hiddenCols map[int]bool // of those, the ones with something in them
	hiddenRows []span
	rowsHidden int
}

// span is from one number to another, both included.
type span struct{ from, to int }

func newSheetReader(b *builder, name string, hidden bool) *sheetReader {
	return &sheetReader{b: b, name: name, hidden: hidden, cells: row{b: b}, hiddenCols: map[int]bool{}}
}

func (s *sheetReader) hideColumns(from, to int) {
	if s.columns == nil {
		s.columns = make([]bool, maxCells)
	}
	for i := max(0, from); i <= min(to, maxCells-1); i++ {
		s.columns[i] = true
	}
}

// startRow begins a row; a file may leave out its number.
func (s *sheetReader) startRow(line int, hidden bool) {
	s.line++
	if line > s.line {
		s.line = line
	}
	s.rowHidden = hidden
}

// endRow keeps the row, and again for as often as the file repeats it.
func (s *sheetReader) endRow(times int) {
	cells := s.cells.take()
	if len(cells) == 0 {
		s.line += times - 1
		return
	}
	var hidden []int
	for i, c := range cells {
		if c != "" && i < len(s.columns) && s.columns[i] {
			hidden = append(hidden, i)
			s.hiddenCols[i] = true
		}
	}
	for i := range times {
		if i > 0 {
			s.line++
		}
		if !s.keep(append([]string(nil), cells...), hidden) {
			s.line += times - 1 - i
			return
		}
	}
}

func (s *sheetReader) keep(cells []string, hidden []int) bool {
	if s.rowHidden {
		s.hideRow()
	}
	if !s.b.add(Block{Kind: Row, Part: s.name, Line: s.line, Cells: cells}) {
		return false
	}
	switch {
	case s.hidden || s.rowHidden:
		s.b.hide(nil)
	case len(hidden) > 0:
		s.b.hide(hidden)
	}
	return true
}

func (s *sheetReader) hideRow() {
	s.rowsHidden++
	if n := len(s.hiddenRows); n > 0 && s.hiddenRows[n-1].to == s.line-1 {
		s.hiddenRows[n-1].to = s.line
		return
	}
	if len(s.hiddenRows) < maxWhere {
		s.hiddenRows = append(s.hiddenRows, span{s.line, s.line})
	}
}

// finish reports the rows and columns that are hidden. In a sheet that is hidden
// itself, that says it all.
func (s *sheetReader) finish() {
	if s.hidden {
		return
	}
	for i, r := range s.hiddenRows {
		n := r.to - r.from + 1
		if i == len(s.hiddenRows)-1 {
			n = s.rowsHidden
		}
		s.rowsHidden -= n
		s.b.found.addN(HiddenRows, n, fmt.Sprintf("sheet %s, %s", s.name, fromTo("row", fmt.Sprint(r.from), fmt.Sprint(r.to))))
	}
	columns := slices.Sorted(maps.Keys(s.hiddenCols))
	for len(columns) > 0 {
		n := 1
		for n < len(columns) && columns[n] == columns[0]+n {
			n++
		}
		s.b.found.addN(HiddenColumns, n, fmt.Sprintf("sheet %s, %s", s.name, fromTo("column", columnName(columns[0]), columnName(columns[n-1]))))
		columns = columns[n:]
	}
}

func fromTo(what, from, to string) string {
	if from == to {
		return what + " " + from
	}
	return what + "s " + from + " to " + to
}
