package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// maxWord is how many bytes of a word count. What is longer is no word of a language.
const maxWord = 40

// eachWord calls f with the words of a text in order, in lower case and without
// accents, and where in the text each stands, until f says false.
func eachWord(text string, f func(word string, from, to int) bool) {
	eachWordBytes(text, func(word []byte, from, to int) bool { return f(string(word), from, to) })
}

// eachWordBytes is eachWord for who keeps few of the words: f must not keep one.
func eachWordBytes(text string, f func(word []byte, from, to int) bool) {
	buf := make([]byte, 0, 64)
	from := 0
	for i := 0; i <= len(text); {
		c, size := utf8.RuneError, 1
		if i < len(text) {
			c, size = rune(text[i]), 1
			if c >= utf8.RuneSelf {
				c, size = utf8.DecodeRuneInString(text[i:])
			}
		}
		if i < len(text) && inWord(c) {
			if len(buf) == 0 {
				from = i
			}
			buf = appendFolded(buf, c)
		} else if len(buf) > 0 {
			if !f(shortened(buf), from, i) {
				return
			}
			buf = buf[:0]
		}
		i += size
	}
}

func inWord(c rune) bool {
	if c < utf8.RuneSelf {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c)
}

// appendFolded adds a letter without its case and its marks.
func appendFolded(buf []byte, c rune) []byte {
	if c < utf8.RuneSelf {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return append(buf, byte(c))
	}
	if len(buf) > 4*maxWord {
		return buf // already longer than what counts
	}
	for _, part := range norm.NFKD.String(string(c)) {
		if part = unicode.ToLower(part); inWord(part) && !unicode.Is(unicode.M, part) {
			buf = utf8.AppendRune(buf, part)
		}
	}
	return buf
}

func shortened(word []byte) []byte {
	if len(word) <= maxWord {
		return word
	}
	end := maxWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}

// stemsIn says whether words of a language are also found by their stem. Where
// nobody has said which language it is, it is taken for English.
func stemsIn(language string) bool {
	return language == "" || language == "en" || strings.HasPrefix(language, "en-")
}

// Stems remembers the stems of words: people use few different ones, and finding a
// stem costs more than all else that is done with a word. The zero value is
// ready. It is for one goroutine at a time.
type Stems struct{ known map[string]stemmed }

// stemmed is a word with its stem.
type stemmed struct{ word, stem string }

// maxStems bounds how many are remembered: some megabytes.
const maxStems = 50_000

func (s *Stems) of(word []byte) stemmed {
	found, ok := s.known[string(word)]
	if ok {
		return found
	}
	if s.known == nil || len(s.known) >= maxStems {
		s.known = map[string]stemmed{}
	}
	found.word = string(word)
	found.stem = stem(found.word)
	s.known[found.word] = found
	return found
}

// stem is the English stem of a word; the word itself where it has none.
func stem(word string) string {
	if len(word) < 3 || !isLetters(word) {
		return word
	}
	switch s := english.Stem(oneSpelling(word), true); s {
	case "licenc":
		return "licens"
	case "practiz":
		return "practic"
	default:
		return s
	}
}

// oneSpelling writes organise and what is made from it as organize, so that both have one stem.
func oneSpelling(word string) string {
	at := strings.LastIndex(word, "is")
	if at < 3 {
		return word
	}
	switch word[at+2:] {
	case "e", "ed", "es", "er", "ers", "ing", "able", "ation", "ations":
		return word[:at+1] + "z" + word[at+2:]
	}
	return word
}

func isLetters(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}

// small are words that a query says in passing, in English and Welsh. They count
// where there is nothing else, and in a phrase.
var small = setOf(`a an and are as at be but by do does for from has have how i if in into is it its of on or
	our s t that the their there these they this to was we were what when where which who why will with you your
	r y yr yn ac ar am gan gyda neu sydd mae`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
