package compare

import (
	"strings"

	"moothall/extract"
)

// Kind says what became of a part of the text.
type Kind string

// The kinds of run. Words are of the first three only.
const (
	Same    Kind = "same"
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed" // a paragraph in which words changed: see Run.Words
	Folded  Kind = "folded"  // unchanged paragraphs that are not shown
)

// Comparison is what changed between two texts.
type Comparison struct {
	Runs                    []Run // all of both texts, in the order of the new one
	Added, Removed, Changed int   // paragraphs

	Coarse bool // some paragraphs were too much to compare word by word
	Short  bool // one of the texts goes on behind what was compared
}

// Run is one paragraph, heading, item or row, or several that are folded.
type Run struct {
	Kind          Kind
	Block         extract.BlockKind
	Level         int    // of a heading
	Before, After int    // page in the old and in the new text; zero where there is none
	Part          string // name of the sheet it is on
	Text          string // of what is the same, added or removed
	Words         []Words
	Count         int // of paragraphs that are folded
}

// Words are a stretch of a changed paragraph. Stretches follow each other without
// anything between them.
type Words struct {
	Kind Kind
	Text string
}

// Identical says whether the texts have the same words.
func (c Comparison) Identical() bool { return c.Added+c.Removed+c.Changed == 0 }

// The limits on what is compared, for each text.
const (
	maxBlocks = 200_000
	maxText   = 16 << 20 // bytes
)

// Of compares the texts of two files. Runs of space count as one, and paragraphs
// without words as none.
func Of(before, after extract.Reading) Comparison {
	a, cutA := read(before)
	b, cutB := read(after)
	m := matcher{before: a, after: b, left: maxWork}
	m.out.Short = before.Short || after.Short || cutA || cutB
	m.run()
	return m.out
}

// paragraph is a block with words, and those as they are compared.
type paragraph struct {
	extract.Block
	words string
}

// read is the paragraphs of a text, and whether it goes on.
func read(r extract.Reading) (list []paragraph, cut bool) {
	size := 0
	for _, b := range r.Blocks {
		p := paragraph{b, textOf(b)}
		if p.words == "" {
			continue
		}
		if size += len(p.words); size > maxText || len(list) == maxBlocks {
			return list, true
		}
		list = append(list, p)
	}
	return list, false
}

// textOf is a block in one line; the cells of a row are divided by bars.
func textOf(b extract.Block) string {
	text := strings.Join(strings.Fields(b.Text), " ")
	if len(b.Cells) == 0 {
		return text
	}
	cells := make([]string, 0, len(b.Cells)+1)
	if text != "" {
		cells = append(cells, text)
	}
	filled := text != ""
	for _, c := range b.Cells {
		c = strings.Join(strings.Fields(c), " ")
		filled = filled || c != ""
		cells = append(cells, c)
	}
	if !filled {
		return ""
	}
	return strings.Join(cells, " | ")
}

// Fold leaves out what did not change, but for some paragraphs before and after
// each change, and puts a run in its place that says how many there were.
func (c Comparison) Fold(around int) []Run {
	var out []Run
	for i := 0; i < len(c.Runs); {
		end := i
		for end < len(c.Runs) && c.Runs[end].Kind == Same {
			end++
		}
		if end == i {
			out = append(out, c.Runs[i])
			i++
			continue
		}
		out = c.fold(out, i, end, around)
		i = end
	}
	return out
}

// fold appends a stretch of unchanged runs. One that would hide a single
// paragraph is not folded: the words that say so take as much room.
func (c Comparison) fold(out []Run, from, to, around int) []Run {
	first, last := from+around, to-around
	if from == 0 {
		first = 0
	}
	if to == len(c.Runs) {
		last = to
	}
	if last-first < 2 {
		return append(out, c.Runs[from:to]...)
	}
	out = append(out, c.Runs[from:first]...)
	out = append(out, Run{
		Kind: Folded, Count: last - first, Before: c.Runs[first].Before, After: c.Runs[first].After, Part: c.Runs[first].Part,
	})
	return append(out, c.Runs[last:to]...)
}
