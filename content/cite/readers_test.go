package cite

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"moothall/content"
)

// tagged is one line of RIS.
type tagged struct{ tag, value string }

var risLine = regexp.MustCompile(`^([A-Z][A-Z0-9])  - (.*)$`)

// readRIS reads exactly one record, and refuses whatever a reader could take for
// another.
func readRIS(raw []byte) ([]tagged, error) {
	if !utf8.Valid(raw) || !bytes.HasSuffix(raw, []byte("\r\n")) {
		return nil, errors.New("not UTF-8, or no last line")
	}
	var list []tagged
	for l := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		m := risLine.FindStringSubmatch(l)
		if m == nil || strings.ContainsFunc(m[2], breaks) {
			return nil, fmt.Errorf("no line of RIS: %q", l)
		}
		list = append(list, tagged{m[1], m[2]})
	}
	for i, l := range list {
		if (l.tag == "TY") != (i == 0) || (l.tag == "ER") != (i == len(list)-1) || (l.value == "") != (l.tag == "ER") {
			return nil, fmt.Errorf("line %d: %+v", i, l)
		}
	}
	return list, nil
}

// breaks says whether some program takes r for the end of a line.
func breaks(r rune) bool { return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 }

// readBibTeX reads exactly one entry, as BibTeX itself counts braces: those behind
// a backslash like any other.
func readBibTeX(raw []byte) (key string, fields map[string]string, err error) {
	s, ok := strings.CutPrefix(string(raw), "@techreport{")
	key, s, more := strings.Cut(s, ",\n")
	if !ok || !more || !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(key) || !utf8.ValidString(s) {
		return "", nil, errors.New("no beginning")
	}
	fields = map[string]string{}
	for {
		m := regexp.MustCompile(`^  ([a-z]+) = \{`).FindStringSubmatch(s)
		if m == nil || fields[m[1]] != "" {
			return "", nil, fmt.Errorf("no field, or the same twice: %q", s)
		}
		value, rest, err := balanced(s[len(m[0]):])
		if err != nil {
			return "", nil, err
		}
		fields[m[1]] = value
		if rest == "\n}\n" {
			return key, fields, nil
		}
		if s, ok = strings.CutPrefix(rest, ",\n"); !ok {
			return "", nil, fmt.Errorf("behind a field: %q", rest)
		}
	}
}

// balanced is what stands before the brace that ends a field, and after it.
func balanced(s string) (value, rest string, err error) {
	depth := 0
	for i, r := range s {
		switch {
		case r == '{':
			depth++
		case r == '}' && depth == 0:
			return s[:i], s[i+1:], nil
		case r == '}':
			depth--
		case breaks(r):
			return "", "", fmt.Errorf("a line ends inside a field: %q", s[:i])
		}
	}
	return "", "", errors.New("a field without an end")
}

// commands are all that escape may write.
var commands = regexp.MustCompile(`\\[&%$#_]|\\(textbraceleft|textbraceright|textasciitilde|textasciicircum|textbackslash)\{\}`)

// unescape takes back what escape did, and fails where TeX would see more than text.
func unescape(s string) (string, error) {
	if rest := commands.ReplaceAllString(s, ""); strings.ContainsAny(rest, `\{}&%$#_~^`) {
		return "", fmt.Errorf("TeX sees more than text in %q", s)
	}
	back := map[string]string{
		`\textbraceleft{}`: "{", `\textbraceright{}`: "}", `\textasciitilde{}`: "~", `\textasciicircum{}`: "^", `\textbackslash{}`: `\`,
	}
	return commands.ReplaceAllStringFunc(s, func(c string) string {
		if b, ok := back[c]; ok {
			return b
		}
		return c[1:]
	}), nil
}

// check reads what is written of a work and compares it with the work.
func check(t *testing.T, w Work) {
	t.Helper()
	record, err := readRIS(RIS(w))
	if err != nil {
		t.Fatalf("%v\n%q", err, RIS(w))
	}
	title := line(w.Title)
	if title != "" && !slices.Contains(record, tagged{"TI", title}) {
		t.Errorf("the title %q is not in %+v", title, record)
	}
	key, fields, err := readBibTeX(BibTeX(w))
	if err != nil {
		t.Fatalf("%v\n%q", err, BibTeX(w))
	}
	if key == "" {
		t.Error("no key")
	}
	for name, value := range fields {
		if name == "url" {
			if strings.ContainsAny(value, "{}\\ \"") {
				t.Errorf("url %q", value)
			}
			continue
		}
		if name == "author" {
			for a := range strings.SplitSeq(value, "} and {") {
				checkText(t, name, strings.Trim(a, "{}"), "")
			}
			continue
		}
		if name == "title" || name == "institution" {
			value = strings.TrimSuffix(strings.TrimPrefix(value, "{"), "}")
		}
		want := ""
		if name == "title" {
			want = title
		}
		checkText(t, name, value, want)
	}
}

func checkText(t *testing.T, name, value, want string) {
	t.Helper()
	// a name may end in a command, of which Trim took the braces
	if strings.HasSuffix(value, "left") || strings.HasSuffix(value, "right") || strings.HasSuffix(value, "tilde") ||
		strings.HasSuffix(value, "circum") || strings.HasSuffix(value, "backslash") {
		value += "{}"
	}
	got, err := unescape(value)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if want != "" && got != want {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

func TestWhatIsWrittenCanBeRead(t *testing.T) {
	t.Parallel()
	for _, w := range works {
		t.Run(w.name, func(t *testing.T) { check(t, w.work()) })
	}
}

// TestReadersAreStrict: a reader that takes everything would prove nothing.
func TestReadersAreStrict(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "TY  - RPRT\r\n", "TY  - RPRT\nER  - \r\n", "TY  - RPRT\r\nER  - \r\nTY  - BOOK\r\nER  - \r\n",
		"TY  - RPRT\r\nTI - x\r\nER  - \r\n", "TY  - RPRT\r\nTI  - a\u2028b\r\nER  - \r\n",
	} {
		if got, err := readRIS([]byte(bad)); err == nil {
			t.Errorf("RIS %q is read as %+v", bad, got)
		}
	}
	for _, bad := range []string{
		"@techreport{k,\n  title = {a}, x = {b}\n}\n", "@techreport{k,\n  title = {a\\}}\n}\n", "@techreport{k,\n  title = {a\nb}\n}\n",
		"@techreport{k,\n  title = {a}\n}\n@misc{x}\n", "@techreport{k_,\n  title = {a}\n}\n",
	} {
		if _, got, err := readBibTeX([]byte(bad)); err == nil {
			t.Errorf("BibTeX %q is read as %+v", bad, got)
		}
	}
	for _, bad := range []string{`a&b`, `\input{x}`, `a{b`, `50%`, `$x$`} {
		if got, err := unescape(bad); err == nil {
			t.Errorf("%q is text: %q", bad, got)
		}
	}
}

// FuzzWriters: whatever a work says, one record is written that says it.
func FuzzWriters(f *testing.F) {
	h := hostile()
	f.Add(h.Title, h.Issuer, "Ann; Bob", "2027-05", h.Reference, h.URL, 2)
	f.Add("Plan", "North & East", "", "", "", "https://north.example/d/bcdfghj2/v/1", 1)
	f.Add("\\\\}{", "}", "{};{", "2027-05-04", "\r\n\r\nER  - ", "https://n.example/\\}{", -1)
	f.Add("a\u0085b\u2029c\x0bd", "and", " and ; and", "9999", "%", "mailto:x", 0)
	f.Fuzz(func(t *testing.T, title, issuer, by, dated, reference, url string, version int) {
		check(t, Work{
			Title: title, Issuer: issuer, Authors: authors(by), Dated: dated, Reference: reference, URL: url, Latest: url, Version: version,
			Summary: issuer + title, Kind: reference, Stage: content.Adopted, Adopted: content.Adoption{Body: by, On: dated},
			Subjects: []string{title, by}, Language: by, Via: issuer, Licence: reference, Attribution: title,
		})
		if strings.ContainsFunc(Text(Work{Title: title, Issuer: issuer, URL: url}), breaks) {
			t.Error("the citation is more than one line")
		}
	})
}
