package search

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
)

func TestWordsOfATextAreFolded(t *testing.T) {
	for text, want := range map[string]string{
		"Selective Licensing: phase 2":   "selective licensing phase 2",
		"café cafe\u0301 CAFÉ":           "cafe cafe cafe",
		"Cyngor Sir Ynys Môn, tŷ":        "cyngor sir ynys mon ty",
		"the council’s HSG-2024/17":      "the council s hsg 2024 17",
		"½ ² ﬁne Ⅳ":                      "fine",
		"a\x00b \"NEAR(a b)\" col:x _1z": "a b near a b col x 1z",
		"":                               "",
	} {
		if got := strings.Join(wordsOf(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if w := wordsOf(strings.Repeat("é", 100)); len(w) != 1 || len(w[0]) > maxWord {
		t.Errorf("a long word is kept as %q", w)
	}
}

func TestS112_QueriesAreReadAsWords(t *testing.T) {
	one := func(w string) Term { return Term{Words: []string{w}} }
	for typed, want := range map[string]Query{
		`selective licensing`:           {Terms: []Term{one("selective"), one("licensing")}},
		`"selective licensing" -hmo`:    {Terms: []Term{{Words: []string{"selective", "licensing"}}}, Not: []Term{one("hmo")}},
		`“the duty to refer”`:           {Terms: []Term{{Words: []string{"the", "duty", "to", "refer"}}}},
		`the plan`:                      {Terms: []Term{one("plan")}},
		`the`:                           {Terms: []Term{one("the")}},
		`licen*`:                        {Terms: []Term{{Words: []string{"licen"}, Prefix: true}}},
		`li*`:                           {Terms: []Term{one("li")}},
		`%%%%`:                          {},
		`"`:                             {},
		`" unbalanced`:                  {Terms: []Term{one("unbalanced")}},
		`-`:                             {},
		`NEAR(a b, 999999)`:             {Terms: []Term{one("near"), one("b"), one("999999")}},
		`title:x OR y' & !(z) | w:*`:    {Terms: []Term{one("title"), one("x"), one("z"), one("w")}},
		`-"two words" kept`:             {Terms: []Term{one("kept")}, Not: []Term{{Words: []string{"two", "words"}}}},
		`re-use`:                        {Terms: []Term{one("re"), one("use")}},
		`-re-use x1`:                    {Terms: []Term{one("x1")}, Not: []Term{{Words: []string{"re", "use"}}}},
		`"one"`:                         {Terms: []Term{one("one")}},
		`ab"cd ef"gh`:                   {Terms: []Term{one("ab"), {Words: []string{"cd", "ef"}}, one("gh")}},
		strings.Repeat("é", 1000) + "x": {Terms: []Term{one(strings.Repeat("e", maxWord))}},
	} {
		if d := cmp.Diff(want, Parse(typed)); d != "" {
			t.Errorf("%.40q: %s", typed, d)
		}
	}
	if q := Parse(strings.Repeat("ab cd ", 500)); len(q.Terms) > maxTerms {
		t.Errorf("%d terms", len(q.Terms))
	}
}

// FuzzQuery holds that nothing typed becomes anything but quoted letters, digits and _ in
// the language of a database, and that Go itself does not fall over it (S112).
func FuzzQuery(f *testing.F) {
	for _, s := range []string{`"a b" c* -d`, `NEAR("a" b)`, `'; DROP TABLE post; --`, "\x00\xff", `a:*B & !c <-> d`, "-\"", "“x ”y", "ﬁ*"} {
		f.Add(s, s)
	}
	f.Add("0", strings.Repeat("0 clay 1 sand ", 100)) // words used again and again
	f.Fuzz(func(t *testing.T, typed, text string) {
		q := Parse(typed)
		for _, tier := range q.Tiers(Scope(actors.Viewer{Actor: 5}, []actors.ID{7}), Filter{Issuer: text, Language: text, Type: content.DocumentType(text)}) {
			checkQuoted(t, tier.FTS5(), '"', " OR AND NOT ()*")
			checkQuoted(t, tier.TSQuery(), '\'', " |&!()*:")
		}
		look := q.Look()
		look.Paragraph(text, 1)
		joined := ""
		for _, p := range look.Mark(text) {
			joined += p.Text
		}
		if joined != text {
			t.Errorf("marking changed %q into %q", text, joined)
		}
		look.Passage()
		q.Rank([]Candidate{{ID: 1, Title: text}, {ID: 2, About: text}})
		w := NewWords("", new(Stems))
		w.Text(text)
		for token := range strings.FieldsSeq(w.String()) {
			token = strings.TrimPrefix(token, inTheme) // no label begins with a digit
			if len(token) > maxWord+4 || strings.ContainsFunc(token, func(c rune) bool { return !inWord(c) }) {
				t.Errorf("token %q", token)
			}
		}
	})
}

func checkQuoted(t *testing.T, text string, quote rune, between string) {
	t.Helper()
	inside := false
	for _, c := range text {
		switch {
		case c == quote:
			inside = !inside
		case inside && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c):
			t.Errorf("%q within a quoted token of %s", c, text)
		case !inside && !strings.ContainsRune(between, c):
			t.Errorf("%q outside of a quoted token of %s", c, text)
		}
	}
	if inside {
		t.Errorf("a token does not end in %s", text)
	}
}

func TestWelshWordsHaveNoEnglishStems(t *testing.T) {
	tokens := func(language, text string) []string {
		w := NewWords(language, new(Stems))
		w.Text(text)
		return strings.Fields(w.String())
	}
	for _, tt := range []struct {
		language, text string
		want           []string
	}{
		{"en-GB", "Planning applications", []string{"planning", "plan", "applications", "applic"}},
		{"", "policies", []string{"policies", "polici"}},
		{"en", "organizing licences practise organisations", []string{"organizing", "organ", "licences", "licens", "practise", "practic", "organisations"}},
		{"cy", "Cynllunio strategaethau cyngor", []string{"cynllunio", "strategaethau", "cyngor"}},
	} {
		if d := cmp.Diff(tt.want, tokens(tt.language, tt.text)); d != "" {
			t.Errorf("%s: %s", tt.language, d)
		}
	}
}

// found plays a database: a row has all tokens that a match asks for.
func found(m Match, tokens string) bool {
	have := strings.Fields(tokens)
	clause := func(c Clause) bool {
		return slices.ContainsFunc(c, func(t Token) bool {
			return slices.ContainsFunc(have, func(h string) bool { return h == t.Text || t.Prefix && strings.HasPrefix(h, t.Text) })
		})
	}
	return !slices.ContainsFunc(m.All, func(c Clause) bool { return !clause(c) }) && !slices.ContainsFunc(m.None, clause)
}

func TestTiersFindTheTitleFirst(t *testing.T) {
	doc := &content.Document{Type: "business-case", Issuer: "Kent County Council", Summary: "How landlords are licensed.", Dated: "2027-05"}
	item := Item{Post: content.Post{Kind: content.KindDocument, Title: "Selective licensing", Audience: actors.AudienceMembers,
		Group: 7, Author: 9, Language: "en", Published: time.Unix(1_600_000_000, 0)}, Doc: doc}
	w := item.Words(new(Stems))
	for range 100 {
		w.Text("Houses in multiple occupation are of concern to the community at large.")
	}
	tokens := w.String()
	for typed, want := range map[string]string{ // tiers that find it
		"licence selective":  "12345",
		"organised":          "",
		"license":            "12345",
		"licensing landlord": "2345", // theme: title and about count as well
		"selective houses":   "345",
		"occupation":         "45",
		"occup* -hmo":        "45",
		"occupation -houses": "",
		"nowhere":            "",
	} {
		got := ""
		for i, tier := range Parse(typed).Tiers([]Label{ReadIn(7)}, Filter{}) {
			if found(tier.Match, tokens) {
				got += string(rune('1' + i))
			}
		}
		if got != want {
			t.Errorf("%s: found by tiers %q, want %q", typed, got, want)
		}
	}
	for _, tt := range []struct {
		f    Filter
		want bool
	}{
		{Filter{Kind: Documents, Group: 7, Type: "business-case", Issuer: "Kent County Council", Year: 2027, Language: "en-GB", Audience: actors.AudienceMembers}, true},
		{Filter{Kind: Comments}, false}, {Filter{Year: 2020}, false}, {Filter{Issuer: "Kent"}, false}, {Filter{Language: "cy"}, false},
		{Filter{Group: 8}, false}, {Filter{Licence: content.OGL}, false}, {Filter{Stage: "draft"}, false}, {Filter{Audience: actors.AudiencePublic}, false},
	} {
		if got := found(Parse("licensing").Tiers([]Label{WrittenBy(9)}, tt.f)[4].Match, tokens); got != tt.want {
			t.Errorf("%+v: found %v", tt.f, got)
		}
	}
	if found(Parse("licensing").Tiers(Scope(actors.Viewer{Actor: 5}, []actors.ID{8}), Filter{})[4].Match, tokens) {
		t.Error("found by somebody who may not read it")
	}
}

func TestRankPutsTheBestFirst(t *testing.T) {
	at := func(n int64) time.Time { return time.Unix(n, 0) }
	list := []Candidate{
		{ID: 1, Published: at(9), Title: "Minutes", About: "other"},
		{ID: 2, Published: at(1), Title: "Licensing, selective", About: "x"},
		{ID: 3, Published: at(1), Title: "Selective licensing", About: "x"},
		{ID: 4, Published: at(2), Title: "Selective licensing", Superseded: true},
		{ID: 5, Published: at(2), Title: "Selective licensing", Due: true},
		{ID: 6, Published: at(3), Title: "Landlords", About: "Selective licensing of landlords"},
		{ID: 7, Published: at(3), Title: "Notes", Theme: true},
		{ID: 8, Published: at(5), Title: "Notes"},
	}
	want := []actors.ID{3, 2, 6, 5, 4, 7, 1, 8}
	for range 3 {
		Parse("selective licensing").Rank(list)
		var got []actors.ID
		for _, c := range list {
			got = append(got, c.ID)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		slices.Reverse(list)
	}
}

func TestLookFindsPhrasesAndTheLinesToShow(t *testing.T) {
	text := []string{"Contents", "Licensing of dogs, selective or not.", "We began selective licensing in <b>May</b> of landlords.", "Selective licensing again."}
	for _, tt := range []struct {
		typed string
		holds bool
		page  int
		want  string
	}{
		{`"selective licensing"`, true, 3, "We began [selective] [licensing] in <b>May</b> of landlords."},
		{`"licensing selective"`, false, 2, "[Licensing] of dogs, [selective] or not."},
		{`landlord dogs`, true, 2, "Licensing of [dogs], selective or not."},
		{`dogs -"selective licensing"`, false, 2, "Licensing of [dogs], selective or not."},
		{`absent`, true, 0, ""},
	} {
		look := Parse(tt.typed).Look()
		for i, line := range text {
			look.Paragraph(line, i+1)
		}
		p := look.Passage()
		var b strings.Builder
		for _, piece := range p.Pieces {
			if piece.Mark {
				piece.Text = "[" + piece.Text + "]"
			}
			b.WriteString(piece.Text)
		}
		if look.Holds() != tt.holds || p.Page != tt.page || b.String() != tt.want {
			t.Errorf("%s: holds %v, page %d: %s", tt.typed, look.Holds(), p.Page, b.String())
		}
	}
	look := Parse("needle").Look()
	look.Paragraph(strings.Repeat("hay ", 200)+"needle "+strings.Repeat("hay ", 200), 1)
	all := ""
	for _, p := range look.Passage().Pieces {
		all += p.Text
	}
	if !strings.HasPrefix(all, "… hay") || !strings.HasSuffix(all, "hay …") || len(all) > passageLength+20 {
		t.Errorf("a long paragraph is shown as %q", all)
	}
}

func TestWordsOfAFileHaveALimit(t *testing.T) {
	w := NewWords("", new(Stems))
	for i := 0; !w.Full(); i++ {
		w.Text(strings.Repeat("x", i%30) + " " + actors.ID(i).String())
	}
	if n := len(w.String()); n > MaxTokens+2*maxWord+10 {
		t.Errorf("%d bytes", n)
	}
}
