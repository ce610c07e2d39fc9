package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokens cut a text into words, spaces and single marks. Characters of scripts
// that put no space between words count as words of their own.
func tokens(text string) []string {
	list := make([]string, 0, len(text)/3+1)
	for text != "" {
		n := 0
		for n < len(text) {
			r, size := utf8.DecodeRuneInString(text[n:])
			if !inWord(r) {
				break
			}
			n += size
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text)
		}
		list = append(list, text[:n])
		text = text[n:]
	}
	return list
}

func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// compareWords says which words of a paragraph changed. What is the same between
// two changes but is no word goes to both, so that readers are not shown a comma
// between two words that are gone.
func compareWords(a, b []string) []Words {
	known := symbols{}
	var w stretches
	x := 0
	for _, d := range differences(numbers(a, known), numbers(b, known)) {
		w.same(strings.Join(a[x:d.Start], ""))
		w.change(strings.Join(a[d.Start:d.End], ""), strings.Join(b[d.ReplStart:d.ReplEnd], ""))
		x = d.End
	}
	w.same(strings.Join(a[x:], ""))
	return w.done()
}

func numbers(list []string, known symbols) []rune {
	out := make([]rune, len(list))
	for i, t := range list {
		out[i] = known.of(t)
	}
	return out
}

// stretches collects what is the same and what changed, in turns.
type stretches struct {
	list      []Words
	gone, new strings.Builder // the change that is open
	between   string          // behind it, but no word
}

func (s *stretches) same(text string) {
	if text == "" {
		return
	}
	if s.open() && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		s.between = text
		return
	}
	s.close()
	s.list = append(s.list, Words{Same, text})
}

func (s *stretches) change(gone, came string) {
	s.gone.WriteString(s.between + gone)
	s.new.WriteString(s.between + came)
	s.between = ""
}

func (s *stretches) open() bool { return s.gone.Len()+s.new.Len() > 0 }

func (s *stretches) close() {
	if t := s.gone.String(); t != "" {
		s.list = append(s.list, Words{Removed, t})
	}
	if t := s.new.String(); t != "" {
		s.list = append(s.list, Words{Added, t})
	}
	if s.between != "" {
		s.list = append(s.list, Words{Same, s.between})
	}
	s.gone.Reset()
	s.new.Reset()
	s.between = ""
}

func (s *stretches) done() []Words {
	s.close()
	return s.list
}
