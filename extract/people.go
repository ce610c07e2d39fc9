package extract

import (
	"fmt"
	"regexp"
	"strings"
)

// manyPeople is how many rows about people stop a file (users.md 3.5).
const manyPeople = 500

// aboutPeople are the heads of columns that speak of a person, in English and
// in Welsh. "Ward name" and "road name" do not.
var aboutPeople = []struct {
	what  string
	shape *regexp.Regexp
}{
	{"name", regexp.MustCompile(`(?i)^(?:full |first |last |middle |family |given |resident'?s? |client'?s? |customer'?s? |employee'?s? |staff |pupil'?s? |child'?s? |tenant'?s? |patient'?s? |contact )?name$|^(?:surname|forenames?|first ?name|last ?name|full ?name|enw(?: llawn| cyntaf)?|cyfenw)$`)},
	{"email", regexp.MustCompile(`(?i)\be-?mail|\be-?bost`)},
	{"birth", regexp.MustCompile(`(?i)^d\.?o\.?b\.?$|\b(?:date of birth|birth ?date|birthday|born)\b|\bdyddiad geni\b`)},
	{"phone", regexp.MustCompile(`(?i)\b(?:phone|telephone|mobile|tel)\b|\bff[oô]n\b`)},
	{"address", regexp.MustCompile(`(?i)^(?:home |postal |full |street )?address(?: ?(?:line ?)?1)?$|^cyfeiriad`)},
	{"number", regexp.MustCompile(`(?i)\b(?:ni|nino|national insurance|nhs|payroll|employee|staff|passport) ?(?:no|number|num|id)?\b`)},
}

// peopleCounter counts the rows of one table or sheet.
type peopleCounter struct {
	part    string
	heads   int // kinds of column that speak of people
	named   bool
	rows    int
	emails  int
	started bool
}

// findPeople finds lists of more than 500 people, by the heads of the columns
// or by the addresses in them.
func findPeople(found findings, blocks []Block) {
	var t peopleCounter
	for _, x := range blocks {
		if x.Kind != Row {
			t.end(found)
			t = peopleCounter{}
			continue
		}
		if t.started && t.part != x.Part {
			t.end(found)
			t = peopleCounter{}
		}
		t.row(x)
	}
	t.end(found)
}

func (t *peopleCounter) row(x Block) {
	t.part = x.Part
	if !t.started || t.rows < 10 && t.heads == 0 { // a title may stand above the heads
		t.started = true
		t.heads, t.named = headsAboutPeople(x.Cells)
	}
	t.rows++
	for _, c := range x.Cells {
		if strings.Contains(c, "@") && emailShape.MatchString(c) {
			t.emails++
			break
		}
	}
}

func headsAboutPeople(cells []string) (kinds int, named bool) {
	for _, p := range aboutPeople {
		for _, c := range cells {
			if len(c) < 60 && p.shape.MatchString(strings.TrimSpace(c)) {
				kinds++
				named = named || p.what == "name" || p.what == "email" || p.what == "birth"
				break
			}
		}
	}
	return kinds, named
}

func (t *peopleCounter) end(found findings) {
	byHeads := t.heads >= 2 && t.named && t.rows-1 > manyPeople
	if !byHeads && t.emails <= manyPeople {
		return
	}
	where := fmt.Sprintf("a table of %d rows", t.rows-1)
	if t.part != "" {
		where = fmt.Sprintf("sheet %s, %d rows", t.part, t.rows-1)
	}
	found.add(PersonalList, where)
}
