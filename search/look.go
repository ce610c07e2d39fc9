package search

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Look reads the text of one item for a query: whether its phrases are there, and
// which lines to show.
type Look struct {
	words   []wanted
	phrases [][]string // that have to be there
	missing int        // of phrases, how many have not been found
	found   []bool
	without [][]string // that must not be there
	spoilt  bool

	known map[string]uint64 // which wanted words a word of the text is
	block []string          // words of the paragraph at hand
	best  int
	text  string // best paragraph
	page  int    // it is on
}

// Look begins to read an item.
func (q Query) Look() *Look {
	l := &Look{words: q.words(), known: map[string]uint64{}}
	for _, t := range q.Terms {
		if t.IsPhrase() {
			l.phrases = append(l.phrases, t.Words)
		}
	}
	for _, t := range q.Not {
		if t.IsPhrase() {
			l.without = append(l.without, t.Words)
		}
	}
	l.found, l.missing = make([]bool, len(l.phrases)), len(l.phrases)
	return l
}

// Paragraph reads a paragraph on a page, zero for none. It returns false when
// reading on can change nothing.
func (l *Look) Paragraph(text string, page int) bool {
	var have uint64
	l.block = l.block[:0]
	eachWord(text, func(w string, _, _ int) bool {
		l.block = append(l.block, w)
		have |= l.wants(w)
		return true
	})
	score := bits.OnesCount64(have)
	for i, p := range l.phrases {
		if contains(l.block, p) {
			score += len(p)
			if !l.found[i] {
				l.found[i] = true
				l.missing--
			}
		}
	}
	l.spoilt = l.spoilt || slices.ContainsFunc(l.without, func(p []string) bool { return contains(l.block, p) })
	if score > l.best {
		l.best, l.text, l.page = score, text, page
	}
	return !l.Settled() || l.best < l.most()
}

// most is the score of a paragraph that has everything.
func (l *Look) most() int {
	n := len(l.words)
	for _, p := range l.phrases {
		n += len(p)
	}
	return n
}

// Holds says whether what was read has every phrase, and none that must not be there.
func (l *Look) Holds() bool { return l.missing == 0 && !l.spoilt }

// Settled says whether reading on cannot change what Holds says.
func (l *Look) Settled() bool { return l.spoilt || l.missing == 0 && len(l.without) == 0 }

// wants says which of the wanted words a word is, a bit for each.
func (l *Look) wants(word string) uint64 {
	set, ok := l.known[word]
	if ok {
		return set
	}
	for i, w := range l.words {
		if word != "" && word[0] == w.word[0] && w.is(word) {
			set |= 1 << i
		}
	}
	l.known[word] = set
	return set
}

func contains(words, phrase []string) bool {
	for i := range len(words) - len(phrase) + 1 {
		if slices.Equal(words[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// Piece is some text, marked where it is what was looked for. It is text, never HTML.
type Piece struct {
	Text string
	Mark bool
}

// Passage is the part of a text that a result shows.
type Passage struct {
	Page   int // from 1; zero where there are no pages
	Pieces []Piece
}

// passageLength is how many characters a passage has at the most, more or less.
const passageLength = 240

// Passage is the best part of what was read; empty when nothing in it was looked for.
func (l *Look) Passage() Passage {
	if l.best == 0 {
		return Passage{}
	}
	return Passage{Page: l.page, Pieces: l.Mark(l.around())}
}

// around cuts the best paragraph down to what is around the first wanted word.
func (l *Look) around() string {
	at := 0
	eachWord(l.text, func(w string, from, _ int) bool {
		at = from
		return l.wants(w) == 0
	})
	from := back(l.text, at, passageLength/4)
	to := forth(l.text, from, passageLength)
	cut := strings.Join(strings.Fields(l.text[from:to]), " ")
	if from > 0 {
		cut = "… " + cut
	}
	if to < len(l.text) {
		cut += " …"
	}
	return cut
}

// back goes n characters back, to the beginning of a word.
func back(s string, at, n int) int {
	from := at
	for ; n > 0 && from > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
	}
	if from == 0 {
		return 0
	}
	if space := strings.IndexFunc(s[from:at], unicode.IsSpace); space >= 0 {
		return from + space
	}
	return from
}

// forth goes n characters on, to the end of a word.
func forth(s string, at, n int) int {
	to := at
	for ; n > 0 && to < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[to:])
		to += size
	}
	if to == len(s) {
		return to
	}
	if space := strings.LastIndexFunc(s[at:to], unicode.IsSpace); space > (to-at)/2 {
		return at + space
	}
	return to
}

// Mark cuts a text at the words that were looked for.
func (l *Look) Mark(text string) []Piece {
	var out []Piece
	done := 0
	eachWord(text, func(w string, from, to int) bool {
		if l.wants(w) != 0 {
			if from > done {
				out = append(out, Piece{Text: text[done:from]})
			}
			out = append(out, Piece{Text: text[from:to], Mark: true})
			done = to
		}
		return true
	})
	if done < len(text) {
		out = append(out, Piece{Text: text[done:]})
	}
	return out
}
