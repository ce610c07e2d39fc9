package ap

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"moothall/content"
)

// Poll is what a Question asks (protocol.md 7.3, FEP-9967).
type Poll struct {
	Options []Option
	Several bool  // more than one may be chosen
	Voters  int64 // how many people have voted; zero when unknown
	Closed  bool  // nobody can vote any more
}

// Option is one choice of a poll.
type Option struct {
	Name  string
	Votes int64
}

// readKind reads what only some kinds have. What cannot be understood is as good
// as not there: an event without a place is still an event.
func (o *Object) readKind(key []byte, m value) {
	switch string(key) {
	case "href":
		o.Href = m.webAddress()
	case "oneOf":
		o.Poll.Options = readOptions(m)
	case "anyOf":
		o.Poll.Options, o.Poll.Several = readOptions(m), true
	case "votersCount":
		o.Poll.Voters = m.count()
	case "closed":
		o.Poll.Closed = m.first() != 'f'
	case "location":
		o.Place = readPlace(m)
	case "ical:status", "eventStatus":
		status, _ := m.words(maxShort)
		o.Off = o.Off || strings.HasSuffix(strings.ToLower(status), "cancelled")
	case "duration":
		o.Duration = m.duration()
	}
}

func readOptions(v value) (out []Option) {
	for e := range v.elements() {
		name, err := e.get("name").words(maxShort)
		if err != nil || name == "" {
			continue
		}
		if len(out) == content.MaxOptions {
			break
		}
		out = append(out, Option{name, e.get("replies").get("totalItems").count()})
	}
	return out
}

// count reads a number of things; what is not one is none.
func (v value) count() int64 {
	n, err := v.int()
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// readPlace is the first place that has a name or an address, in one line.
func readPlace(v value) string {
	for e := range v.elements() {
		parts := []value{e}
		if e.isObject() {
			a := e.get("address")
			parts = []value{e.get("name"), a, a.get("streetAddress"), a.get("postalCode"), a.get("addressLocality"), a.get("addressCountry")}
		}
		if line := oneLine(parts); line != "" {
			return line
		}
	}
	return ""
}

// oneLine joins those of the parts that are text, each once.
func oneLine(parts []value) string {
	var words []string
	for _, p := range parts {
		s, err := p.text()
		if s = strings.TrimSpace(s); err != nil || s == "" || strings.Contains(strings.Join(words, ", "), s) {
			continue
		}
		words = append(words, s)
	}
	return content.FirstRunes(strings.Join(words, ", "), maxName)
}

// durationForm is an xsd:duration of days and less.
var durationForm = regexp.MustCompile(`^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?$`)

func (v value) duration() (d time.Duration) {
	s, err := v.text()
	if err != nil {
		return 0
	}
	units := []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}
	for i, digits := range durationForm.FindStringSubmatch(s) {
		if n, err := strconv.Atoi(digits); i > 0 && err == nil {
			d += time.Duration(n) * units[i-1]
		}
	}
	return d
}
