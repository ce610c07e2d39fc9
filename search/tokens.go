package search

import (
	"strings"
)

// MaxTokens bounds, in bytes, the different words of one item that are found.
// PostgreSQL keeps no more than a megabyte of them in a row.
const MaxTokens = 900_000

// mostTokens is how many tokens most items have room for: posts are short.
const mostTokens = 128

// Levels of a word, in the order of what it says about the item. A word of the
// title is found as itself and, marked, as one of the title.
const (
	inTitle = "_1"
	inAbout = "_2"
	inTheme = "_3" // used again and again in a long text
)

// Words collects what an item is found by. The zero value is not ready: NewWords
// makes one.
type Words struct {
	stems *Stems // nil for words that have none
	size  int
	seen  map[string]*entry
	list  []*entry
	spare []entry // for what is met next
	total int     // words of the text
}

// entry is a word or label that was met.
type entry struct {
	text string
	stem *entry // of a word; nil while it was met as a stem or label only
	uses int    // of a stem in the text
}

// NewWords begins the words of an item in a language (BCP 47), empty when unknown,
// with stems that are known already.
func NewWords(language string, stems *Stems) *Words {
	w := &Words{seen: make(map[string]*entry, mostTokens), list: make([]*entry, 0, mostTokens)}
	if stemsIn(language) {
		w.stems = stems
	}
	return w
}

// Label adds what an item can be narrowed by.
func (w *Words) Label(l Label) { w.add(string(l)) }

// Title adds the words of a title.
func (w *Words) Title(text string) { w.marked(inTitle, text) }

// About adds what says in short what the item is about: summary, subjects, who wrote it.
func (w *Words) About(text string) { w.marked(inAbout, text) }

// Text adds some text. It may be called for each paragraph.
func (w *Words) Text(text string) {
	eachWordBytes(text, func(word []byte, _, _ int) bool {
		x := w.seen[string(word)]
		if x == nil || x.stem == nil {
			x = w.word(word)
		}
		x.stem.uses++
		w.total++
		return w.size < MaxTokens
	})
}

// Full says whether no more words are taken.
func (w *Words) Full() bool { return w.size >= MaxTokens }

func (w *Words) marked(level, text string) {
	eachWordBytes(text, func(word []byte, _, _ int) bool {
		w.add(level + w.word(word).stem.text)
		return true
	})
}

// word adds a word and its stem.
func (w *Words) word(word []byte) *entry {
	if w.stems == nil {
		x := w.add(string(word))
		x.stem = x
		return x
	}
	known := w.stems.of(word)
	x := w.add(known.word)
	x.stem = x
	if known.stem != known.word {
		x.stem = w.add(known.stem)
	}
	return x
}

// add adds a token, unless it is there, there is no more room, or it is empty.
func (w *Words) add(text string) *entry {
	x := w.seen[text]
	if x != nil {
		return x
	}
	if len(w.spare) == 0 {
		w.spare = make([]entry, mostTokens/2)
	}
	x, w.spare = &w.spare[0], w.spare[1:]
	x.text = text
	if text == "" || w.size >= MaxTokens {
		return x
	}
	w.seen[text] = x
	w.list = append(w.list, x)
	w.size += len(text) + 1
	return x
}

// A word is a theme of a long text when it is used this often.
const (
	longText  = 200 // words
	themeUses = 4
	themePart = 250 // one word in so many
)

// String is everything that the item is found by, a space between.
func (w *Words) String() string {
	if w.total >= longText {
		for _, x := range w.list {
			if x.uses >= themeUses && x.uses*themePart >= w.total && !small[x.text] {
				w.add(inTheme + x.text)
			}
		}
	}
	var b strings.Builder
	b.Grow(w.size)
	for i, x := range w.list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(x.text)
	}
	return b.String()
}
