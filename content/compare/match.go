package compare

import "slices"

// What looking inside paragraphs may cost in all, in words that are looked at, and
// how far apart two paragraphs may be to be one that changed.
const (
	maxWork  = 6_000_000
	maxWords = 20_000 // of one paragraph
	window   = 8      // paragraphs
	alike    = 0.4    // share of words that both have
	enough   = 0.8    // of which no better is looked for
)

// matcher makes one comparison.
type matcher struct {
	before, after []paragraph
	left          int // of maxWork
	words         symbols
	out           Comparison
}

func (m *matcher) run() {
	known := symbols{}
	m.words = symbols{}
	x, y := 0, 0
	for _, d := range differences(numbered(m.before, known), numbered(m.after, known)) {
		m.same(x, y, d.Start-x)
		m.replaced(m.before[d.Start:d.End], m.after[d.ReplStart:d.ReplEnd])
		x, y = d.End, d.ReplEnd
	}
	m.same(x, y, len(m.before)-x)
}

func numbered(list []paragraph, known symbols) []rune {
	out := make([]rune, len(list))
	for i, p := range list {
		out[i] = known.of(p.words)
	}
	return out
}

func (m *matcher) same(x, y, n int) {
	for i := range n {
		r := runOf(Same, m.after[y+i])
		r.Before, r.After = m.before[x+i].Page, m.after[y+i].Page
		m.out.Runs = append(m.out.Runs, r)
	}
}

func (m *matcher) removed(list []paragraph) {
	for _, p := range list {
		r := runOf(Removed, p)
		r.Before = p.Page
		m.out.Runs = append(m.out.Runs, r)
	}
	m.out.Removed += len(list)
}

func (m *matcher) added(list []paragraph) {
	for _, p := range list {
		r := runOf(Added, p)
		r.After = p.Page
		m.out.Runs = append(m.out.Runs, r)
	}
	m.out.Added += len(list)
}

func runOf(kind Kind, p paragraph) Run {
	return Run{Kind: kind, Block: p.Kind, Level: p.Level, Part: p.Part, Text: p.words}
}

// replaced looks which of the paragraphs that are gone are among those that came,
// in other words. Each may be at most window further on.
func (m *matcher) replaced(gone, came []paragraph) {
	bagsA, bagsB := m.bags(gone), m.bags(came)
	x, y := 0, 0
	for i := 0; i < len(gone) && y < len(came); i++ {
		j := m.likest(bagsA[i], bagsB, y)
		if j < 0 {
			continue
		}
		m.removed(gone[x:i])
		m.added(came[y:j])
		m.changed(gone[i], came[j])
		x, y = i+1, j+1
	}
	m.removed(gone[x:])
	m.added(came[y:])
}

// bags are the words of paragraphs, in order of their numbers. A paragraph that is
// too long, or comes when the work is used up, has none.
func (m *matcher) bags(list []paragraph) [][]rune {
	bags := make([][]rune, len(list))
	for i, p := range list {
		if len(p.words) > maxWords*8 || m.left <= 0 {
			m.out.Coarse = true
			continue
		}
		list := tokens(p.words)
		bags[i] = make([]rune, 0, len(list)/2+1)
		for _, t := range list {
			if t != " " {
				bags[i] = append(bags[i], m.words.of(t))
			}
		}
		m.left -= 2 * len(bags[i])
		slices.Sort(bags[i])
	}
	return bags
}

// likest is which of the next paragraphs has the most of these words; -1 when none
// has enough.
func (m *matcher) likest(bag []rune, bags [][]rune, from int) int {
	best, found := 0.0, -1
	for j := from; j < min(from+window, len(bags)) && len(bag) > 0; j++ {
		if m.left <= 0 {
			m.out.Coarse = true
			break
		}
		m.left -= len(bag) + len(bags[j])
		if s := shared(bag, bags[j]); s >= alike && s > best {
			best, found = s, j
		}
		if best >= enough {
			break
		}
	}
	return found
}

// shared is the share of words that two bags have in common, from 0 to 1.
func shared(a, b []rune) float64 {
	both, n := 0, len(a)+len(b)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			both++
			a, b = a[1:], b[1:]
		}
	}
	return 2 * float64(both) / float64(max(n, 1))
}

func (m *matcher) changed(before, after paragraph) {
	r := runOf(Changed, after)
	r.Text, r.Before, r.After = "", before.Page, after.Page
	r.Words = compareWords(tokens(before.words), tokens(after.words))
	m.out.Runs = append(m.out.Runs, r)
	m.out.Changed++
}
