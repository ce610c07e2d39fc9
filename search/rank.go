package search

import (
	"cmp"
	"slices"
	"time"

	"moothall/actors"
	"moothall/content"
)

// Candidate is what is known of something found before its text is looked at.
type Candidate struct {
	ID         actors.ID
	Title      string
	About      string
	Theme      bool // the words are used again and again
	Superseded bool
	Due        bool // its day of review has passed
	Published  time.Time
}

// What a word counts for by where it is (users.md 3.4).
const (
	weightTitle = 8
	weightAbout = 4
	weightText  = 1

	sinkDue        = 2 // something due for review counts for half
	sinkSuperseded = 4
)

// Rank puts the best first: by where the words are and whether they follow each
// other there, then the newest. The order never depends on the order given.
func (q Query) Rank(list []Candidate) {
	scores := make(map[actors.ID]int, len(list))
	for _, c := range list {
		scores[c.ID] = q.score(c)
	}
	slices.SortFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(scores[b.ID], scores[a.ID]), b.Published.Compare(a.Published), cmp.Compare(b.ID, a.ID))
	})
}

func (q Query) score(c Candidate) int {
	title, about := lineOf(c.Title), lineOf(c.About)
	score := 0
	words := q.words()
	for i, w := range words {
		switch {
		case title.has(w):
			score += weightTitle
		case about.has(w):
			score += weightAbout
		case c.Theme:
			score += 2 * weightText
		default:
			score += weightText
		}
		if i > 0 && title.follow(words[i-1], w) {
			score += weightTitle / 2
		} else if i > 0 && about.follow(words[i-1], w) {
			score += weightAbout / 2
		}
	}
	score *= sinkDue * sinkSuperseded // so that the divisions leave no rest
	if c.Due {
		score /= sinkDue
	}
	if c.Superseded {
		score /= sinkSuperseded
	}
	return score
}

// line is a short text as its words.
type line []string

func lineOf(text string) (l line) {
	eachWord(text, func(w string, _, _ int) bool {
		l = append(l, w)
		return len(l) < 2000
	})
	return l
}

func (l line) has(w wanted) bool { return slices.ContainsFunc(l, w.is) }

// follow says whether a is followed by b, small words in between not counted.
func (l line) follow(a, b wanted) bool {
	before := false
	for _, w := range l {
		if before && b.is(w) {
			return true
		}
		if !small[w] {
			before = a.is(w)
		}
	}
	return false
}

// is says whether a word of a text is the one that is wanted.
func (w wanted) is(word string) bool {
	switch {
	case word == w.word:
		return true
	case w.prefix:
		return len(word) > len(w.word) && word[:len(w.word)] == w.word
	case w.exact:
		return false
	}
	return stem(word) == stem(w.word)
}

// Sinks says which documents come behind others: those that something newer has
// taken the place of, and those whose day of review has passed.
func Sinks(stage content.Stage, review, now time.Time) (superseded, due bool) {
	return stage == content.Superseded, content.Document{Review: review}.DueForReview(now)
}
