package extract

import "strings"

// maxRepeat is how often a row is taken that a file repeats; sheets have as many rows.
const maxRepeat = 1 << 20

// startTable reads where tables, sheets, rows and cells begin.
func (o *odfBody) startTable(e element) {
	switch e.name {
	case "table:table":
		o.tables++
		if o.format == ODS && o.tables == 1 {
			o.startSheet(e)
		}
	case "table:table-column":
		o.tableColumn(e)
	case "table:table-row":
		if o.tables != 1 {
			return
		}
		o.column, o.rows = -1, repeated(e, "number-rows-repeated")
		o.repeat = 1
		if o.sheet != nil {
			o.sheet.startRow(0, notShown(e))
		}
	case "table:table-cell", "table:covered-table-cell":
		if o.tables == 1 {
			o.column += o.repeat
			if o.column < 0 {
				o.column = 0
			}
			o.repeat = repeated(e, "number-columns-repeated")
		}
	}
}

func repeated(e element, name string) int {
	return max(1, min(number(e.attr(name)), maxRepeat))
}

func notShown(e element) bool {
	v := e.attr("visibility")
	return v == "collapse" || v == "filter"
}

func (o *odfBody) startSheet(e element) {
	o.pages++
	name := clip(tidy(e.attr("name")), 100)
	hidden := o.styles.isHidden("table", e.attr("style-name")) || e.attr("display") == "false"
	outside := strings.HasPrefix(name, "'file:") || strings.HasPrefix(name, "'http")
	if hidden && !outside {
		o.b.found.add(HiddenSheet, "sheet "+name)
	}
	if outside {
		o.pages--
		name = "of another file"
	}
	o.sheet = newSheetReader(o.b, name, hidden || outside)
	o.column = 0
}

// tableColumn reads the columns, which stand before the rows.
func (o *odfBody) tableColumn(e element) {
	if o.sheet == nil || o.tables != 1 {
		return
	}
	n := repeated(e, "number-columns-repeated")
	if notShown(e) {
		o.sheet.hideColumns(o.column, o.column+n-1)
	}
	o.column += n
}

func (o *odfBody) endTable(name string) {
	switch name {
	case "table:table":
		o.tables--
		if o.sheet != nil && o.tables == 0 {
			o.sheet.finish()
			o.sheet = nil
		}
	case "table:table-cell", "table:covered-table-cell":
		if o.tables == 1 {
			o.repeatCell()
		}
	case "table:table-row":
		if o.tables != 1 {
			return
		}
		if o.sheet != nil {
			o.sheet.endRow(o.rows)
			return
		}
		o.keep(Block{Kind: Row, Cells: o.row.take()})
	}
}

// repeatCell writes a cell again that the file only counts.
func (o *odfBody) repeatCell() {
	cells := o.cell()
	if o.column >= len(cells.cells) || cells.cells[o.column] == "" {
		return
	}
	for i := 1; i < o.repeat && o.column+i < maxCells; i++ {
		cells.put(o.column+i, cells.cells[o.column])
	}
}
