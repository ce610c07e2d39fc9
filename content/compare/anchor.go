package compare

import (
	"slices"
	"sort"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// symbols gives equal texts equal numbers, which the library compares.
type symbols map[string]rune

func (s symbols) of(text string) rune {
	n, ok := s[text]
	if !ok {
		n = rune(len(s))
		s[text] = n
	}
	return n
}

// difference is where a part of one sequence was replaced by a part of the other.
type difference = lcs.Diff

// differences finds them in time that grows little faster than the sequences.
//
// The library stops looking after a hundred differences. So the sequences are
// first held together by what is in both of them exactly once, as in patience
// diff, and the library sees what lies between: its limit then bounds one stretch
// instead of the document.
func differences(a, b []rune) []difference {
	var out []difference
	x, y := 0, 0
	for _, p := range append(anchors(a, b), match{len(a), len(b)}) {
		for _, d := range between(a[x:p.a], b[y:p.b]) {
			d = difference{Start: d.Start + x, End: d.End + x, ReplStart: d.ReplStart + y, ReplEnd: d.ReplEnd + y}
			if n := len(out) - 1; n >= 0 && out[n].End == d.Start && out[n].ReplEnd == d.ReplStart {
				out[n].End, out[n].ReplEnd = d.End, d.ReplEnd
				continue
			}
			out = append(out, d)
		}
		x, y = p.a+1, p.b+1
	}
	return out
}

func between(a, b []rune) []difference {
	if slices.Equal(a, b) {
		return nil
	}
	if len(a) == 0 || len(b) == 0 || len(a) == 1 && len(b) == 1 {
		return []difference{{Start: 0, End: len(a), ReplStart: 0, ReplEnd: len(b)}}
	}
	return lcs.DiffRunes(a, b)
}

// match is a place in each of two sequences that have the same there.
type match struct{ a, b int }

// anchors are the most that can be matched, in order, of what both sequences have
// once.
func anchors(a, b []rune) []match {
	inA, inB := places(a), places(b)
	var all []match
	for i, s := range a {
		if j := inB[s]; j > 0 && inA[s] > 0 {
			all = append(all, match{i, j - 1})
		}
	}
	return rising(all)
}

// places are where what is there once stands, counted from one, and -1 for what is
// there more often.
func places(list []rune) map[rune]int {
	at := make(map[rune]int, len(list))
	for i, s := range list {
		if _, twice := at[s]; twice {
			at[s] = -1
			continue
		}
		at[s] = i + 1
	}
	return at
}

// rising is the longest part of matches, which are in the order of a, that is in
// the order of b too.
func rising(all []match) []match {
	var tops []int // by length, which match ends the lowest row of that length
	prev := make([]int, len(all))
	for i, m := range all {
		n := sort.Search(len(tops), func(k int) bool { return all[tops[k]].b >= m.b })
		prev[i] = -1
		if n > 0 {
			prev[i] = tops[n-1]
		}
		if n == len(tops) {
			tops = append(tops, i)
		} else {
			tops[n] = i
		}
	}
	if len(tops) == 0 {
		return nil
	}
	row := make([]match, len(tops))
	for n, i := len(tops)-1, tops[len(tops)-1]; n >= 0; n, i = n-1, prev[i] {
		row[n] = all[i]
	}
	return row
}
