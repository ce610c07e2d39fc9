package web

import (
	"strings"
	"time"
)

// dayForms are how people write a day; monthForms a month.
var (
	dayForms   = []string{"2 January 2006", "2 Jan 2006", "2/1/2006", "2.1.2006", "2006-1-2", "2-1-2006"}
	monthForms = []string{"January 2006", "Jan 2006", "1/2006", "2006-1"}
)

// partialDate reads a day, a month or a year as people write them, in the form in
// which it is stored. What it cannot read stays as it was typed, to be mended.
func partialDate(typed string) string {
	typed = strings.Join(strings.Fields(typed), " ")
	if at, ok := day(typed); ok {
		return at.Format("2006-01-02")
	}
	for _, form := range monthForms {
		if at, err := time.Parse(form, typed); err == nil {
			return at.Format("2006-01")
		}
	}
	return typed
}

// day reads a day as people write it.
func day(typed string) (time.Time, bool) {
	typed = strings.Join(strings.Fields(typed), " ")
	for _, form := range dayForms {
		if at, err := time.Parse(form, typed); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// spokenDate writes a stored date as people do: 4 May 2027, May 2027 or 2027.
func spokenDate(stored string) string {
	if at, err := time.Parse("2006-01-02", stored); err == nil {
		return at.Format("2 January 2006")
	}
	if at, err := time.Parse("2006-01", stored); err == nil {
		return at.Format("January 2006")
	}
	return stored
}

// spokenDay writes a day; nothing for none.
func spokenDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006")
}
