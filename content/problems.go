package content

import (
	"sort"
	"strings"
)

// Problems says what is wrong with a form, field by field, in the words shown
// to the person who filled it in. It is an error when it is not empty.
type Problems map[string]string

// Error joins the problems; pages show them one by one instead.
func (p Problems) Error() string {
	parts := make([]string, 0, len(p))
	for field, words := range p {
		parts = append(parts, field+": "+words)
	}
	sort.Strings(parts)
	return strings.Join(parts, "; ")
}

// Add notes a problem unless the field has one already: the first is the one to mend.
func (p Problems) Add(field, words string) {
	if _, ok := p[field]; !ok {
		p[field] = words
	}
}

// Err is p as an error, or nil when nothing is wrong.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
