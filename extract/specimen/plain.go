package specimen

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"moothall/extract"
)

// plain writes the formats that are only text.
func (d Doc) plain(f extract.Format) ([]byte, error) {
	if f == extract.CSV {
		return d.csv()
	}
	var b strings.Builder
	for i, x := range d.Blocks {
		again := i > 0 && d.Blocks[i-1].Kind == x.Kind && (x.Kind == extract.Row || x.Kind == extract.Item)
		if i > 0 && !again {
			b.WriteString("\n")
		}
		if f == extract.MD {
			b.WriteString(markdown(x, !again) + "\n")
			continue
		}
		switch x.Kind {
		case extract.Item:
			b.WriteString("- " + x.Text + "\n")
		case extract.Row:
			b.WriteString(strings.Join(x.Cells, "  ") + "\n")
		default:
			b.WriteString(x.Text + "\n")
		}
	}
	return []byte(b.String()), nil
}

func markdown(x extract.Block, first bool) string {
	switch x.Kind {
	case extract.Heading:
		return strings.Repeat("#", max(1, x.Level)) + " " + x.Text
	case extract.Item:
		return "- " + x.Text
	case extract.Row:
		row := "| " + strings.Join(x.Cells, " | ") + " |"
		if first {
			row += "\n|" + strings.Repeat(" --- |", len(x.Cells))
		}
		return row
	}
	return x.Text
}

func (d Doc) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, x := range d.Blocks {
		if x.Kind != extract.Row {
			continue
		}
		if err := w.Write(x.Cells); err != nil {
			return nil, fmt.Errorf("write a specimen: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
