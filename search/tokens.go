package search

import (
	"strings"
)

// MaxTokens bounds, in bytes, the different words of one item that are found.
// PostgreSQL keeps no more than a megabyte of them in a row.
const MaxTokens = 900_000

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
	seen  map[string]bool
	list  []string
	uses  map[string]int // of stems in the text
	total int            // words of the text
}

// NewWords begins the words of an item in a language (BCP 47), empty when unknown,
// with stems that are known already.
func NewWords(language string, stems *Stems) *Words {
	w := &Words{seen: map[string]bool{}, uses: map[string]int{}}
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
	eachWord(text, func(word string, _, _ int) bool {
		w.uses[w.word(word)]++
		w.total++
		return w.size < MaxTokens
	})
}

// Full says whether no more words are taken.
func (w *Words) Full() bool { return w.size >= MaxTokens }

func (w *Words) marked(level, text string) {
	eachWord(text, func(word string, _, _ int) bool {
		w.add(level + w.word(word))
		return true
	})
}

// word adds a word and its stem, which it returns.
func (w *Words) word(word string) string {
	w.add(word)
	if w.stems == nil {
		return word
	}
	s := w.stems.of(word)
	w.add(s)
	return s
}

func (w *Words) add(token string) {
	if token == "" || w.seen[token] || w.size >= MaxTokens {
		return
	}
	w.seen[token] = true
	w.list = append(w.list, token)
	w.size += len(token) + 1
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
		for _, s := range sortedKeys(w.uses) {
			if n := w.uses[s]; n >= themeUses && n*themePart >= w.total && !small[s] {
				w.add(inTheme + s)
			}
		}
	}
	return strings.Join(w.list, " ")
}
