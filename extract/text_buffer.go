package extract

import (
	"strings"
)

const (
	maxRun   = 1 << 20 // bytes of one paragraph or cell
	maxRow   = 4 << 20 // bytes of the cells of one row
	maxCells = 1 << 14 // cells of one row; Excel has as many columns
)

// run is the text of a paragraph or cell while it is read. What goes on for too
// long is dropped, and the reading is marked as short.
type run struct {
	b *builder
	s strings.Builder
}

func (r *run) write(s string) {
	if r.s.Len()+len(s) > maxRun || r.b.full() {
		r.b.reading.Short = true
		return
	}
	r.s.WriteString(s)
}

// take gives the text and begins a new one.
func (r *run) take() string {
	s := r.s.String()
	r.s.Reset()
	return s
}

// row is the cells of a row while they are read.
type row struct {
	b     *builder
	cells []string
	size  int
}

// put sets the cell of a column, from 0; a cell of a column that is passed stays.
func (r *row) put(column int, text string) {
	if text == "" {
		return
	}
	if r.size += len(text); column >= maxCells || column < 0 || r.size > maxRow {
		r.b.reading.Short = true
		return
	}
	for len(r.cells) <= column {
		r.cells = append(r.cells, "")
	}
	r.cells[column] = text
}

// join adds text to a cell that may have some.
func (r *row) join(column int, text string) {
	if column >= 0 && column < len(r.cells) && r.cells[column] != "" && text != "" {
		text = r.cells[column] + " " + text
	}
	r.put(column, text)
}

// take gives the cells and begins a new row.
func (r *row) take() []string {
	cells := r.cells
	r.cells, r.size = nil, 0
	return cells
}
