package cite

import "time"

// forms are those of a partial date, the most exact first.
var forms = []string{time.DateOnly, "2006-01", "2006"}

// parts are the numbers of a partial date: year, month, day, or fewer. There are
// none of what is no date.
func parts(dated string) []int {
	for i, form := range forms {
		t, err := time.Parse(form, dated)
		if err == nil && t.Year() > 0 {
			return partsOf(t)[:len(forms)-i]
		}
	}
	return nil
}

func partsOf(t time.Time) []int { return []int{t.Year(), int(t.Month()), t.Day()} }

// known is a partial date as it was given, or nothing when it is none.
func known(dated string) string {
	if parts(dated) == nil {
		return ""
	}
	return dated
}

// year is the first four digits of a partial date, or "n.d.".
func year(dated string) string {
	if known(dated) == "" {
		return "n.d."
	}
	return dated[:4]
}

// inWords is a partial date for people, such as May 2027.
func inWords(dated string) string {
	words := []string{"2 January 2006", "January 2006", "2006"}
	for i, form := range forms {
		if t, err := time.Parse(form, dated); err == nil {
			return t.Format(words[i])
		}
	}
	return ""
}

func dayInWords(t time.Time) string { return t.Format("2 January 2006") }

// dayOf is a day as 2027-05-04, or nothing for the zero time.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
