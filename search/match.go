package search

import (
	"slices"
	"strings"
)

// Match asks for rows by their tokens: one of each clause of All, and none of None.
type Match struct {
	All, None []Clause
}

// Clause is a choice of tokens.
type Clause []Token

// Token is a word or label as the index has it. It holds letters, digits and _,
// so that it can be quoted in any language (security.md S112).
type Token struct {
	Text   string
	Prefix bool // the token may go on
}

// Tier is one of the questions that a search asks, best results first.
type Tier struct {
	Match
	// Theme says that what only this tier finds has the words again and again.
	Theme bool
}

// Tiers are the questions to ask in turn: all words in the title; in the title or
// what the item is about; anywhere, with one in the title; used again and again;
// anywhere. Each finds what those before it found, too.
func (q Query) Tiers(scope []Label, f Filter) []Tier {
	words := q.words()
	tier := func(levels ...string) Match {
		m := q.narrowed(scope, f)
		for _, w := range words {
			m.All = append(m.All, w.at(levels...))
		}
		return m
	}
	anywhere := tier("")
	oneInTitle := tier("")
	var titles Clause
	for _, w := range words {
		titles = append(titles, w.at(inTitle)...)
	}
	oneInTitle.All = append(oneInTitle.All, titles)
	return []Tier{
		{Match: tier(inTitle)},
		{Match: tier(inTitle, inAbout)},
		{Match: oneInTitle},
		{Match: tier(inTitle, inAbout, inTheme), Theme: true},
		{Match: anywhere},
	}
}

// narrowed is what every tier asks for.
func (q Query) narrowed(scope []Label, f Filter) Match {
	readable := make(Clause, 0, len(scope))
	for _, l := range scope {
		readable = append(readable, Token{Text: string(l)})
	}
	m := Match{All: []Clause{readable}}
	for _, l := range f.labels() {
		m.All = append(m.All, Clause{{Text: string(l)}})
	}
	for _, t := range q.Not {
		if !t.IsPhrase() { // where words follow each other is seen in the text
			m.None = append(m.None, wanted{word: t.Words[0]}.at(""))
		}
	}
	return m
}

// wanted is a word that has to be there.
type wanted struct {
	word          string
	prefix, exact bool
}

// words are those that have to be there, those of phrases as well.
func (q Query) words() (list []wanted) {
	for _, t := range q.Terms {
		for _, w := range t.Words {
			if t.IsPhrase() && small[w] && slices.ContainsFunc(t.Words, func(w string) bool { return !small[w] }) {
				continue
			}
			x := wanted{word: w, prefix: t.Prefix, exact: t.IsPhrase()}
			if !slices.Contains(list, x) {
				list = append(list, x)
			}
		}
	}
	return list
}

// at is the choice of tokens that a word may be found as; level "" is anywhere.
func (w wanted) at(levels ...string) (c Clause) {
	for _, level := range levels {
		forms := []string{w.word}
		if s := stem(w.word); s != w.word && !w.prefix && !(w.exact && level == "") {
			forms = append(forms, s)
		}
		for _, form := range forms {
			c = append(c, Token{level + form, w.prefix})
		}
	}
	return c
}

// FTS5 is the match in the language of SQLite's full-text search.
func (m Match) FTS5() string {
	return m.written(" OR ", " AND ", " NOT ", func(t Token) string {
		if t.Prefix {
			return `"` + t.Text + `"*`
		}
		return `"` + t.Text + `"`
	})
}

// TSQuery is the match in PostgreSQL's language of a tsquery.
func (m Match) TSQuery() string {
	return m.written(" | ", " & ", " & !", func(t Token) string {
		if t.Prefix {
			return "'" + t.Text + "':*"
		}
		return "'" + t.Text + "'"
	})
}

func (m Match) written(or, and, not string, quote func(Token) string) string {
	var b strings.Builder
	list := func(c Clause) {
		b.WriteByte('(')
		for i, t := range c {
			if i > 0 {
				b.WriteString(or)
			}
			b.WriteString(quote(t))
		}
		b.WriteByte(')')
	}
	for i, c := range m.All {
		if i > 0 {
			b.WriteString(and)
		}
		list(c)
	}
	for _, c := range m.None {
		b.WriteString(not)
		list(c)
	}
	return b.String()
}
