package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
)

// text is a reading with a paragraph for each line, three of them to a page.
func text(lines ...string) extract.Reading {
	r := extract.Reading{Format: "pdf"}
	for i, l := range lines {
		r.Blocks = append(r.Blocks, extract.Block{Kind: extract.Paragraph, Page: i/3 + 1, Text: l})
	}
	return r
}

// shown writes a comparison in lines: + added, - removed, ~ changed with [-gone-] and
// {+new+}, "= 12" folded.
func shown(runs []Run) []string {
	var out []string
	for _, r := range runs {
		var b strings.Builder
		b.WriteString(map[Kind]string{Same: "  ", Added: "+ ", Removed: "- ", Changed: "~ ", Folded: "= "}[r.Kind])
		if r.Kind == Folded {
			fmt.Fprint(&b, r.Count)
		}
		b.WriteString(r.Text)
		for _, w := range r.Words {
			b.WriteString(map[Kind]string{Same: w.Text, Added: "{+" + w.Text + "+}", Removed: "[-" + w.Text + "-]"}[w.Kind])
		}
		out = append(out, b.String())
	}
	return out
}

func TestDOC2_WhatChanged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		before, after []string
		want          []string
	}{
		{"nothing", []string{"One.", "Two."}, []string{"One.", "Two."}, []string{"  One.", "  Two."}},
		{"from nothing", nil, []string{"One."}, []string{"+ One."}},
		{"to nothing", []string{"One."}, nil, []string{"- One."}},
		{"space is no change", []string{"One  and\n two."}, []string{"One and two."}, []string{"  One and two."}},
		{"a paragraph without words is none", []string{"One.", " "}, []string{"", "One."}, []string{"  One."}},
		{"a new paragraph", []string{"One.", "Three."}, []string{"One.", "Two.", "Three."}, []string{"  One.", "+ Two.", "  Three."}},
		{
			"a word", []string{"We grit 120 miles of road."}, []string{"We grit 140 miles of road."},
			[]string{"~ We grit [-120-]{+140+} miles of road."},
		},
		{
			"words with what is between them", []string{"The old, grey council house stands in the market place."},
			[]string{"The new, red council house stands in the market place."},
			[]string{"~ The [-old, grey-]{+new, red+} council house stands in the market place."},
		},
		{"the end of a sentence", []string{"We meet on the first Monday"}, []string{"We meet on the first Monday."}, []string{"~ We meet on the first Monday{+.+}"}},
		{
			"changed beside a new one", []string{"Leaders meet every month in the town hall."},
			[]string{"Nothing like it was here.", "Leaders meet every week in the town hall."},
			[]string{"+ Nothing like it was here.", "~ Leaders meet every [-month-]{+week+} in the town hall."},
		},
		{"all other words are another paragraph", []string{"Apples and pears."}, []string{"Roads without end!"}, []string{"- Apples and pears.", "+ Roads without end!"}},
		{"no spaces", []string{"冬季道路計画書"}, []string{"夏季道路計画書"}, []string{"~ [-冬-]{+夏+}季道路計画書"}},
		{"accents", []string{"Cynllun gwasanaeth y gaeaf 2026"}, []string{"Cynllun gwasanaeth yr haf 2026"}, []string{"~ Cynllun gwasanaeth [-y gaeaf-]{+yr haf+} 2026"}},
		{
			"the same line again and again", []string{"x", "x", "a b c d", "x", "x"}, []string{"x", "x", "a b c e", "x", "x"},
			[]string{"  x", "  x", "~ a b c [-d-]{+e+}", "  x", "  x"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Of(text(tt.before...), text(tt.after...))
			if d := cmp.Diff(tt.want, shown(got.Runs)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if got.Identical() != !slices.ContainsFunc(got.Runs, func(r Run) bool { return r.Kind != Same }) {
				t.Error("Identical says otherwise")
			}
		})
	}
}

// TestRowsAreCompared cell by cell, with the sheet and the page that they are on.
func TestRowsAreCompared(t *testing.T) {
	t.Parallel()
	row := func(page int, cells ...string) extract.Reading {
		return extract.Reading{Blocks: []extract.Block{{Kind: extract.Row, Part: "Costs", Page: page, Cells: cells}}}
	}
	got := Of(row(3, "Salt", "", "1,200"), row(4, "Salt", "", "1,450"))
	want := []Run{{
		Kind: Changed, Block: extract.Row, Part: "Costs", Before: 3, After: 4,
		Words: []Words{{Same, "Salt |  | 1,"}, {Removed, "200"}, {Added, "450"}},
	}}
	if d := cmp.Diff(want, got.Runs); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := Of(row(1, "", ""), row(1)); len(got.Runs) != 0 {
		t.Errorf("empty rows: %+v", got.Runs)
	}
}

func TestPagesAndCounts(t *testing.T) {
	t.Parallel()
	got := Of(text("a", "b", "gone", "c"), text("a", "b", "c", "new", "newer"))
	if got.Added != 2 || got.Removed != 1 || got.Changed != 0 || got.Coarse || got.Short {
		t.Errorf("%+v", got)
	}
	var pages []string
	for _, r := range got.Runs {
		pages = append(pages, fmt.Sprint(r.Text, " ", r.Before, " ", r.After))
	}
	if d := cmp.Diff([]string{"a 1 1", "b 1 1", "gone 1 0", "c 2 1", "new 0 2", "newer 0 2"}, pages); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	lines := strings.Split("abcdefghijkl", "")
	after := slices.Insert(slices.Clone(lines), 6, "NEW")
	c := Of(text(lines...), text(after...))
	tests := map[int][]string{
		0: {"= 6", "+ NEW", "= 6"},
		2: {"= 4", "  e", "  f", "+ NEW", "  g", "  h", "= 4"},
		5: {"  a", "  b", "  c", "  d", "  e", "  f", "+ NEW", "  g", "  h", "  i", "  j", "  k", "  l"},
		9: {"  a", "  b", "  c", "  d", "  e", "  f", "+ NEW", "  g", "  h", "  i", "  j", "  k", "  l"},
	}
	for around, want := range tests {
		if d := cmp.Diff(want, shown(c.Fold(around))); d != "" {
			t.Errorf("%d (-want +got):\n%s", around, d)
		}
	}
	same := Of(text(lines...), text(lines...))
	if got := shown(same.Fold(3)); !slices.Equal(got, []string{"= 12"}) {
		t.Errorf("a text that did not change: %q", got)
	}
}

// TestRewrittenThroughout: a name that changes in every paragraph of a long
// document is shown as that, although no paragraph is the same.
func TestRewrittenThroughout(t *testing.T) {
	t.Parallel()
	before, after := report(200, 1)
	for i := range after.Blocks {
		after.Blocks[i].Text = strings.ReplaceAll(before.Blocks[i].Text, "the", "our")
	}
	got := Of(before, after)
	if got.Added+got.Removed > len(before.Blocks)/100 || got.Changed < len(before.Blocks)/2 || got.Coarse {
		t.Errorf("%d added, %d removed, %d changed of %d", got.Added, got.Removed, got.Changed, len(before.Blocks))
	}
	applied(t, before, after, got)
}

// TestS111_HostileTexts: whatever the texts, a comparison ends, and gives the new
// text. The test would not end within any patience if the cost were not bounded.
func TestS111_HostileTexts(t *testing.T) {
	t.Parallel()
	const n = 100_000
	random := rand.New(rand.NewPCG(3, 4))
	many := func(word func(i int) string) extract.Reading {
		r := extract.Reading{}
		for i := range n {
			r.Blocks = append(r.Blocks, extract.Block{Kind: extract.Paragraph, Text: word(i)})
		}
		return r
	}
	tests := []struct {
		name          string
		before, after func(i int) string
		coarse        bool
	}{
		{"all the same line", func(int) string { return "a" }, func(i int) string { return "ab"[i%2 : i%2+1] }, false},
		{"nothing in common", func(i int) string { return fmt.Sprint("a", i) }, func(i int) string { return fmt.Sprint("b", i) }, false},
		{"backwards", func(i int) string { return fmt.Sprint(i) }, func(i int) string { return fmt.Sprint(n - i) }, false},
		{"two lines at random", func(int) string { return "ab"[:1+random.IntN(2)] }, func(int) string { return "ab"[:1+random.IntN(2)] }, false},
		{
			"long lines that are nearly the same",
			func(i int) string { return strings.Repeat("x y ", 30) + fmt.Sprint(i) },
			func(i int) string { return strings.Repeat("y x ", 30) + fmt.Sprint(n+i) }, true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before, after := many(tt.before), many(tt.after)
			got := Of(before, after)
			if got.Coarse != tt.coarse {
				t.Errorf("coarse: %v", got.Coarse)
			}
			applied(t, before, after, got)
		})
	}
	one := Of(text(strings.Repeat("x y ", maxWords*4)), text(strings.Repeat("x z ", maxWords*4)))
	if !one.Coarse || one.Added != 1 || one.Removed != 1 {
		t.Errorf("a paragraph without end: %d added, %d removed, coarse %v", one.Added, one.Removed, one.Coarse)
	}
}

// TestWhatIsTooLongIsSaidToBe cut, here or when the file was read.
func TestWhatIsTooLongIsSaidToBe(t *testing.T) {
	t.Parallel()
	long := extract.Reading{Blocks: slices.Repeat([]extract.Block{{Kind: extract.Row, Text: "x"}}, maxBlocks+1)}
	if got := Of(long, text()); !got.Short || got.Removed != maxBlocks {
		t.Errorf("%d removed, short %v", got.Removed, got.Short)
	}
	short := text("a")
	short.Short = true
	if got := Of(text("a"), short); !got.Short || !got.Identical() {
		t.Errorf("%+v", got)
	}
}

// applied checks that what is not removed is the new text, and what is not added
// the old one, with their pages.
func applied(t *testing.T, before, after extract.Reading, c Comparison) {
	t.Helper()
	var gone, came []string
	for _, r := range c.Runs {
		left, right := r.Text, r.Text
		for _, w := range r.Words {
			if w.Kind != Added {
				left += w.Text
			}
			if w.Kind != Removed {
				right += w.Text
			}
		}
		if r.Kind != Added {
			gone = append(gone, fmt.Sprint(r.Before, left))
		}
		if r.Kind != Removed {
			came = append(came, fmt.Sprint(r.After, right))
		}
	}
	if !slices.Equal(gone, linesOf(before)) {
		t.Error("the old text is not what was removed and kept")
	}
	if !slices.Equal(came, linesOf(after)) {
		t.Error("the new text is not what was added and kept")
	}
}

func linesOf(r extract.Reading) []string {
	var out []string
	for _, b := range r.Blocks {
		if t := textOf(b); t != "" {
			out = append(out, fmt.Sprint(b.Page, t))
		}
	}
	return out
}

// FuzzCompare: applying what changed gives the new text, undoing it the old one.
func FuzzCompare(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Add("We grit 120 miles.\n\nx", "We grit 140 miles!\nx\nx")
	f.Add("a\na\na\nb\na", "b\na\nb")
	f.Add("\xff\xfe 冬\u0301", "\xff 冬")
	f.Fuzz(func(t *testing.T, before, after string) {
		a, b := text(strings.Split(before, "\n")...), text(strings.Split(after, "\n")...)
		c := Of(a, b)
		applied(t, a, b, c)
		for _, r := range c.Runs {
			if r.Kind == Changed && (len(r.Words) < 2 || r.Text != "") || r.Kind != Changed && r.Words != nil {
				t.Errorf("%+v", r)
			}
		}
		same, folded := 0, 0
		for _, r := range c.Runs {
			if r.Kind == Same {
				same++
			}
		}
		for _, r := range c.Fold(1) {
			switch r.Kind {
			case Same:
				folded++
			case Folded:
				folded += r.Count
			}
		}
		if same != folded {
			t.Errorf("%d runs are the same, folded they are %d", same, folded)
		}
	})
}

// report is a document of so many pages, and the same with each fiftieth paragraph
// changed, gone or new.
func report(pages int, seed uint64) (before, after extract.Reading) {
	random := rand.New(rand.NewPCG(seed, 2))
	words := strings.Fields("the council of road winter service salt plan budget officers report members decided that cost review each year school bridge")
	for i := range pages * 12 {
		var b strings.Builder
		for range 40 {
			b.WriteString(words[random.IntN(len(words))] + " ")
		}
		p := extract.Block{Kind: extract.Paragraph, Page: i/12 + 1, Text: b.String()}
		before.Blocks = append(before.Blocks, p)
		switch i % 50 {
		case 10:
			continue
		case 20:
			p.Text += "and more"
		case 30:
			after.Blocks = append(after.Blocks, extract.Block{Kind: extract.Paragraph, Page: p.Page, Text: fmt.Sprint("Added as number ", i)})
		}
		after.Blocks = append(after.Blocks, p)
	}
	return before, after
}

// BenchmarkCompareHostile is what the limits let through.
func BenchmarkCompareHostile(b *testing.B) {
	var before, after extract.Reading
	for i := range 100_000 {
		before.Blocks = append(before.Blocks, extract.Block{Kind: extract.Paragraph, Text: strings.Repeat("x y ", 30) + fmt.Sprint(i)})
		after.Blocks = append(after.Blocks, extract.Block{Kind: extract.Paragraph, Text: strings.Repeat("z x ", 30) + fmt.Sprint(-i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if c := Of(before, after); !c.Coarse {
			b.Fatal("not hostile enough")
		}
	}
}

func BenchmarkCompare200Pages(b *testing.B) {
	before, after := report(200, 1)
	b.ReportAllocs()
	for b.Loop() {
		if c := Of(before, after); c.Changed != 48 {
			b.Fatalf("%d changed, %d added, %d removed", c.Changed, c.Added, c.Removed)
		}
	}
}

// BenchmarkCompareRewritten is the worst that people do: every paragraph changed.
func BenchmarkCompareRewritten(b *testing.B) {
	before, after := report(200, 1)
	after.Blocks = slices.Clone(before.Blocks)
	for i := range after.Blocks {
		after.Blocks[i].Text = strings.ReplaceAll(after.Blocks[i].Text, "the", "our")
	}
	b.ReportAllocs()
	for b.Loop() {
		Of(before, after)
	}
}
