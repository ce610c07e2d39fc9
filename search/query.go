package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"moothall/content"
)

const (
	// MaxQuery is how many characters of a query are read (security.md S112).
	MaxQuery  = 200
	maxTerms  = 16
	minPrefix = 3 // letters before a *
)

// Query is what a person looks for.
type Query struct {
	Terms []Term // all of them
	Not   []Term // none of them
}

// Term is one word, or several that follow each other.
type Term struct {
	Words  []string
	Prefix bool // the word may go on
}

// IsPhrase says whether the words have to follow each other.
func (t Term) IsPhrase() bool { return len(t.Words) > 1 }

// IsEmpty says whether the query asks for nothing.
func (q Query) IsEmpty() bool { return len(q.Terms) == 0 }

// HasPhrase says whether words have to follow each other somewhere, so that the
// text itself must be looked at.
func (q Query) HasPhrase() bool {
	return slices.ContainsFunc(slices.Concat(q.Terms, q.Not), Term.IsPhrase)
}

// Parse reads a query as people type it: words, "some words in order", begin*,
// and -without. Everything else is space. It never fails.
func Parse(typed string) Query {
	var q Query
	for rest := content.FirstRunes(typed, MaxQuery); rest != ""; {
		var part string
		part, rest = nextPart(rest)
		q.take(part)
	}
	q.leaveSmallOut()
	return q
}

// nextPart cuts off one word, or what is between two quotation marks with a minus before it.
func nextPart(s string) (part, rest string) {
	s = strings.TrimLeft(strings.NewReplacer("“", `"`, "”", `"`).Replace(s), " \t\r\n")
	start := 0
	if strings.HasPrefix(s, "-") {
		start = 1
	}
	if strings.HasPrefix(s[start:], `"`) {
		if end := strings.IndexByte(s[start+1:], '"'); end >= 0 {
			return s[:start+end+2], s[start+end+2:]
		}
	}
	end := strings.IndexAny(s[start:], " \t\r\n\"")
	switch {
	case end < 0:
		return s, ""
	case end == 0:
		return s[:start], s[start+1:]
	}
	return s[:start+end], s[start+end:]
}

func (q *Query) take(part string) {
	if len(q.Terms)+len(q.Not) >= maxTerms {
		return
	}
	body, not := strings.CutPrefix(part, "-")
	words := wordsOf(body)
	if len(words) == 0 {
		return
	}
	quoted := strings.HasPrefix(body, `"`)
	if not {
		// Taking out is exact: what is joined by a hyphen is one thing.
		q.Not = append(q.Not, Term{Words: words})
		return
	}
	if quoted {
		q.Terms = append(q.Terms, Term{Words: words})
		return
	}
	for i, w := range words {
		last := i == len(words)-1
		q.Terms = append(q.Terms, Term{Words: []string{w}, Prefix: last && strings.HasSuffix(body, "*") && utf8.RuneCountInString(w) >= minPrefix})
	}
	q.Terms = q.Terms[:min(len(q.Terms), maxTerms)]
}

func wordsOf(text string) (words []string) {
	eachWord(text, func(w string, _, _ int) bool {
		if w != "" {
			words = append(words, w)
		}
		return len(words) < 2*maxTerms
	})
	return words
}

// leaveSmallOut drops words such as "the", unless nothing else was asked for.
func (q *Query) leaveSmallOut() {
	isSmall := func(t Term) bool { return !t.IsPhrase() && !t.Prefix && small[t.Words[0]] }
	if !slices.ContainsFunc(q.Terms, func(t Term) bool { return !isSmall(t) }) {
		return
	}
	q.Terms = slices.DeleteFunc(q.Terms, isSmall)
}
