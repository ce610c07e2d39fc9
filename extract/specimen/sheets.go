package specimen

import (
	"fmt"
	"slices"

	"moothall/extract"
)

// sheet is a sheet of a specimen.
type sheet struct {
	name  string
	state string // "", hidden or veryHidden
	rows  []extract.Block
	first bool
}

// sheets sorts the blocks by their sheet, in the order in which these appear. A
// block that is no row is a row with one cell.
func (d Doc) sheets() []sheet {
	var all []sheet
	for _, x := range d.Blocks {
		if x.Kind != extract.Row {
			x.Cells = []string{x.Text}
		}
		name := or(x.Part, "Sheet1")
		i := slices.IndexFunc(all, func(s sheet) bool { return s.name == name })
		if i < 0 {
			i = len(all)
			all = append(all, sheet{name: name, state: d.stateOf(name), first: i == 0})
		}
		all[i].rows = append(all[i].rows, x)
	}
	if len(all) == 0 {
		all = []sheet{{name: "Sheet1", first: true}}
	}
	return all
}

func (d Doc) stateOf(name string) string {
	switch {
	case slices.Contains(d.VeryHiddenSheets, name):
		return "veryHidden"
	case slices.Contains(d.HiddenSheets, name):
		return "hidden"
	}
	return ""
}

// hides says whether row or column n, from 1, is one of those that nobody sees.
func (s sheet) hides(n int, hidden []int) bool { return s.first && slices.Contains(hidden, n) }

func columnName(n int) string { // from 1
	if n > 26 {
		return columnName((n-1)/26) + columnName((n-1)%26+1)
	}
	return string(rune('A' + n - 1))
}

// slides sorts the blocks by their page.
func (d Doc) slides() [][]extract.Block {
	last := 1
	for _, x := range d.Blocks {
		last = max(last, x.Page)
	}
	pages := make([][]extract.Block, last)
	for _, x := range d.Blocks {
		n := max(1, x.Page) - 1
		pages[n] = append(pages[n], x)
	}
	return pages
}

// split takes the notes and the first heading off a slide.
func split(slide []extract.Block) (title string, body, notes []extract.Block) {
	for _, x := range slide {
		switch {
		case x.Kind == extract.Note:
			notes = append(notes, x)
		case x.Kind == extract.Heading && title == "":
			title = x.Text
		default:
			body = append(body, x)
		}
	}
	return title, body, notes
}

// tables gives the rows of a run of blocks together, and every other block alone.
func tables(blocks []extract.Block) [][]extract.Block {
	var runs [][]extract.Block
	for i, x := range blocks {
		if n := len(runs); i > 0 && n > 0 && x.Kind == blocks[i-1].Kind && (x.Kind == extract.Row || x.Kind == extract.Item) {
			runs[n-1] = append(runs[n-1], x)
			continue
		}
		runs = append(runs, []extract.Block{x})
	}
	return runs
}

func widest(rows []extract.Block) int {
	n := 1
	for _, x := range rows {
		n = max(n, len(x.Cells))
	}
	return n
}

func count(what string, n int) string { return fmt.Sprintf("%s%d", what, n) }
