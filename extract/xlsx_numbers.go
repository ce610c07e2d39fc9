package extract

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// number reads a count that a file gives; zero when it is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// columnOf gives the column, from 0, of a cell such as AB12.
func columnOf(ref string) (int, bool) {
	n := 0
	for i, c := range []byte(ref) {
		if c < 'A' || c > 'Z' {
			return n - 1, i > 0
		}
		if n = n*26 + int(c-'A') + 1; n > 1<<20 {
			return 0, false
		}
	}
	return 0, false
}

// columnName is the other way round.
func columnName(n int) string {
	var s string
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// xlsxStyles knows which cells show a number as a date.
type xlsxStyles struct {
	formats map[int]string // custom ones, by number
	cells   []string       // format of each style of cells
	inCells bool
}

// builtIn are the formats of dates and times that every program knows by number
// (ECMA-376 part 1, 18.8.30).
var builtIn = map[int]string{
	14: "d", 15: "d", 16: "d", 17: "d", 18: "h", 19: "h", 20: "h", 21: "h", 22: "dh", 45: "h", 46: "h", 47: "h",
}

func (x *xlsxStyles) start(e element) {
	switch e.name {
	case "s:numFmt":
		if x.formats == nil {
			x.formats = map[int]string{}
		}
		if len(x.formats) < maxCells {
			x.formats[number(e.attr("numFmtId"))] = dateParts(e.attr("formatCode"))
		}
	case "s:cellXfs":
		x.inCells = true
	case "s:xf":
		if x.inCells && len(x.cells) < 1<<16 {
			id := number(e.attr("numFmtId"))
			format, custom := x.formats[id]
			if !custom {
				format = builtIn[id]
			}
			x.cells = append(x.cells, format)
		}
	}
}

func (x *xlsxStyles) text(string) {}

func (x *xlsxStyles) end(name string) {
	if name == "s:cellXfs" {
		x.inCells = false
	}
}

// literals are the parts of a format that say nothing about the number.
var literals = regexp.MustCompile(`"[^"]*"|\[(?:[^hms\]][^\]]*)\]|\\.|_.|\*.`)

// dateParts says whether a format shows days ("d"), hours ("h"), both or neither.
func dateParts(code string) string {
	code = strings.ToLower(literals.ReplaceAllString(code, ""))
	parts := ""
	if code == "general" {
		return parts
	}
	if strings.ContainsAny(code, "yd") || strings.Contains(code, "mmm") {
		parts = "d"
	}
	if strings.ContainsAny(code, "hs") {
		parts += "h"
	}
	return parts
}

// show writes a number as its cell does when that shows a date.
func (x *xlsxStyles) show(raw string, style int, from04 bool) string {
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return tidy(raw)
	}
	if style < 0 || style >= len(x.cells) || x.cells[style] == "" || n < 0 || n > 2958466 { // the year 10000
		return strconv.FormatFloat(n, 'g', 15, 64)
	}
	return showDate(n, x.cells[style], from04)
}

func showDate(n float64, parts string, from04 bool) string {
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from04 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days := math.Floor(n)
	t := first.AddDate(0, 0, int(days)).Add(time.Duration(math.Round((n-days)*24*60)) * time.Minute)
	switch parts {
	case "d":
		return t.Format("2006-01-02")
	case "h":
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}
