package pdf

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"moothall/extract"
)

// line is a line of print.
type line struct {
	page int
	text string
	look
}

// look is how the first letter of a line is printed.
type look struct {
	y    float64 // of the line it stands on, from below
	size float64 // in points, to the half; zero when unknown
	bold bool
}

// blocks puts lines together: what is set alike and close together is a
// paragraph; what is set larger than most of the text, or stands alone in bold,
// is a heading. A block never goes over a page.
func blocks(lines []line) []extract.Block {
	leading := leadings(lines)
	var groups [][]line
	for i, l := range lines {
		if i > 0 && continues(lines[i-1], l, leading) {
			groups[len(groups)-1] = append(groups[len(groups)-1], l)
			continue
		}
		groups = append(groups, []line{l})
	}
	s := scaleOf(lines, groups)
	out := make([]extract.Block, 0, len(groups))
	for _, g := range groups {
		if b := s.block(g); strings.ContainsFunc(b.Text, unicode.IsPrint) {
			out = append(out, b)
		}
	}
	return out
}

// leadings is the usual distance of lines, for each size of letters.
func leadings(lines []line) map[float64]float64 {
	steps := map[float64][]float64{}
	for i := 1; i < len(lines); i++ {
		a, b := lines[i-1], lines[i]
		if step := a.y - b.y; a.page == b.page && a.size == b.size && step > 0 && step < 2.5*a.size {
			steps[a.size] = append(steps[a.size], step)
		}
	}
	usual := map[float64]float64{}
	for size, s := range steps {
		slices.Sort(s)
		usual[size] = s[len(s)/10] // gaps between paragraphs are the larger ones
	}
	return usual
}

func continues(a, b line, leading map[float64]float64) bool {
	if a.page != b.page || a.size != b.size || a.bold != b.bold || mark.MatchString(b.text) {
		return false
	}
	if a.size == 0 {
		return true // nothing is known of its looks
	}
	usual := cmp.Or(leading[a.size], 1.2*a.size)
	step := a.y - b.y
	return step > -0.5*a.size && step < 1.25*usual
}

// scale is what the sizes of letters mean in a file.
type scale struct {
	body  float64
	sizes []float64 // of headings, largest first
}

const (
	maxHeading     = 200 // letters of a heading
	maxBoldHeading = 100
)

func scaleOf(lines []line, groups [][]line) scale {
	letters := map[float64]int{}
	for _, l := range lines {
		letters[l.size] += utf8.RuneCountInString(l.text)
	}
	s := scale{}
	for size, n := range letters {
		if n > letters[s.body] || n == letters[s.body] && size < s.body {
			s.body = size
		}
	}
	for _, g := range groups {
		if s.large(g) && !slices.Contains(s.sizes, g[0].size) {
			s.sizes = append(s.sizes, g[0].size)
		}
	}
	slices.SortFunc(s.sizes, func(a, b float64) int { return cmp.Compare(b, a) })
	return s
}

func (s scale) large(g []line) bool {
	return g[0].size > 1.12*s.body && len(g) <= 3 && isTitle(join(g), maxHeading)
}

func isTitle(text string, longest int) bool {
	return utf8.RuneCountInString(text) <= longest && strings.ContainsFunc(text, unicode.IsLetter)
}

func (s scale) block(g []line) extract.Block {
	b := extract.Block{Kind: extract.Paragraph, Page: g[0].page, Text: join(g)}
	switch {
	case s.large(g):
		b.Kind, b.Level = extract.Heading, min(6, 1+slices.Index(s.sizes, g[0].size))
	case g[0].bold && g[0].size >= s.body && len(g) == 1 && isTitle(b.Text, maxBoldHeading) && !strings.ContainsRune(".,;:", rune(b.Text[len(b.Text)-1])):
		b.Kind, b.Level = extract.Heading, min(6, len(s.sizes)+1)
	case mark.MatchString(b.Text):
		b.Kind, b.Text = extract.Item, strings.TrimLeft(b.Text, "•◦▪‣●○■*– \u00b7\uf0b7")
	}
	return b
}

// mark begins an item of a list.
var mark = regexp.MustCompile(`^(?:[•◦▪‣●○■*–\x{b7}\x{f0b7}]\s*|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]\s+)\S`)

// wordBreak is what PDFium writes for a hyphen that breaks a word.
const wordBreak = "\u0002"

func join(g []line) string {
	var b strings.Builder
	for i, l := range g {
		if i > 0 && !strings.HasSuffix(g[i-1].text, wordBreak) {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimSuffix(l.text, wordBreak))
	}
	return strings.ReplaceAll(b.String(), wordBreak, "")
}

// tidy takes out what is not text and makes spaces single.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\ufffe':
			return '\u0002'
		case unicode.IsSpace(r):
			return ' '
		case r == '\u0002' || !unicode.IsControl(r) && r != utf8.RuneError && r != '\uffff':
			return r
		}
		return -1
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
