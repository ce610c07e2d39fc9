// Package browser_test opens the pages of real programs in Chromium: people of
// three councils who hold a debate, every page at every width, and the keyboard.
package browser_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// chromium is a Chromium that runs, with driver.mjs at its wheel.
type chromium struct {
	t     testing.TB
	in    *json.Encoder
	lines *bufio.Scanner
}

// startChromium skips the test where no Chromium was named.
func startChromium(t testing.TB) *chromium {
	t.Helper()
	if os.Getenv("TEST_CHROMIUM") == "" {
		t.Skip("TEST_CHROMIUM does not name a Chromium: use `make browser`")
	}
	cmd := exec.Command("node", "driver.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("driver.mjs: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	return &chromium{t: t, in: json.NewEncoder(in), lines: lines}
}

// order is one line to driver.mjs.
type order struct {
	Do         string   `json:"do"`
	Window     string   `json:"window"`
	JavaScript bool     `json:"javascript"`
	Width      int      `json:"width,omitempty"`
	Height     int      `json:"height,omitempty"`
	URL        string   `json:"url,omitempty"`
	Name       string   `json:"name,omitempty"`
	Text       string   `json:"text,omitempty"`
	Path       string   `json:"path,omitempty"`
	Whole      bool     `json:"whole,omitempty"`
	Media      string   `json:"media,omitempty"`
	Forced     bool     `json:"forced,omitempty"`
	Leads      bool     `json:"leads,omitempty"`
	Pictures   []string `json:"pictures,omitempty"`
	Titles     []string `json:"titles,omitempty"`
}

// do has an order carried out, puts what comes of it into value unless that is
// nil, and fails the test if a page complained.
func (c *chromium) do(o order, value any) {
	c.t.Helper()
	if err := c.in.Encode(o); err != nil {
		c.t.Fatalf("%s: %v", o.Do, err)
	}
	if !c.lines.Scan() {
		c.t.Fatalf("%s: driver.mjs has ended: %v", o.Do, c.lines.Err())
	}
	var answer struct {
		Value      json.RawMessage
		Error      string
		Complaints []string
	}
	if err := json.Unmarshal(c.lines.Bytes(), &answer); err != nil {
		c.t.Fatalf("%s: %v", o.Do, err)
	}
	for _, words := range answer.Complaints {
		c.t.Errorf("S224, S238: %s: %s", o.Window, words)
	}
	if answer.Error != "" {
		c.t.Fatalf("%s, who wants to %s %s%s: %s", o.Window, o.Do, o.Name, o.URL, answer.Error)
	}
	if value == nil || len(answer.Value) == 0 {
		return
	}
	if err := json.Unmarshal(answer.Value, value); err != nil {
		c.t.Fatalf("%s: %v", o.Do, err)
	}
}

// window is somebody's browser.
type window struct {
	*chromium
	name string
	at   arrival
}

// arrival is the page that a window shows.
type arrival struct {
	Status int
	URL    string
}

func (c *chromium) window(name string, javascript bool, width, height int) *window {
	c.t.Helper()
	c.do(order{Do: "window", Window: name, JavaScript: javascript, Width: width, Height: height}, nil)
	return &window{chromium: c, name: name}
}

func (w *window) close() { w.t.Helper(); w.do(order{Do: "close", Window: w.name}, nil) }

func (w *window) ask(o order, value any) { w.t.Helper(); o.Window = w.name; w.do(o, value) }

func (w *window) goes(o order) {
	w.t.Helper()
	w.at = arrival{}
	w.ask(o, &w.at)
}

func (w *window) opens(url string)   { w.t.Helper(); w.goes(order{Do: "open", URL: url}) }
func (w *window) reloads()           { w.t.Helper(); w.goes(order{Do: "reload"}) }
func (w *window) presses(b string)   { w.t.Helper(); w.goes(order{Do: "press", Name: b}) }
func (w *window) follows(l string)   { w.t.Helper(); w.goes(order{Do: "follow", Name: l}) }
func (w *window) fills(l, in string) { w.t.Helper(); w.ask(order{Do: "fill", Name: l, Text: in}, nil) }
func (w *window) is(width, height int) {
	w.t.Helper()
	w.ask(order{Do: "resize", Width: width, Height: height}, nil)
}

// picture saves what the window shows, or the whole page.
func (w *window) picture(path string, whole bool) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	w.ask(order{Do: "picture", Path: path, Whole: whole}, nil)
}

// text is what the main part of the page says.
func (w *window) text() (s string) {
	w.t.Helper()
	w.ask(order{Do: "main"}, &s)
	return s
}

// sees fails the test unless the page says all of this.
func (w *window) sees(words ...string) {
	w.t.Helper()
	text := w.text()
	for _, s := range words {
		if !strings.Contains(text, s) {
			w.t.Fatalf("%s does not see %q at %s, but:\n%s", w.name, s, w.at.URL, text)
		}
	}
}

func (w *window) seesNot(words string) {
	w.t.Helper()
	if text := w.text(); strings.Contains(text, words) {
		w.t.Fatalf("%s sees %q at %s:\n%s", w.name, words, w.at.URL, text)
	}
}

// list asks for something whose answer is a list of faults.
func (w *window) list(what string) (faults []string) {
	w.t.Helper()
	w.ask(order{Do: what}, &faults)
	return faults
}

// structure is what look.mjs says of a page.
type structure struct {
	Title, First, Language string
	Headings               []int
	Missing                []string
}

// skeleton are the faults in a page's headings, landmarks and title (users.md A04).
func (w *window) skeleton() (faults []string) {
	w.t.Helper()
	var s structure
	w.ask(order{Do: "structure"}, &s)
	if n := len(slices.DeleteFunc(slices.Clone(s.Headings), func(h int) bool { return h != 1 })); n != 1 {
		faults = append(faults, fmt.Sprintf("A04: %d first headings", n))
	}
	last := 1
	for _, h := range s.Headings {
		if h > last+1 {
			faults = append(faults, fmt.Sprintf("A04: a heading of level %d follows one of level %d", h, last))
		}
		last = h
	}
	if s.First != "#main-content" {
		faults = append(faults, "A04: the first link leads to "+s.First)
	}
	if len(s.Missing) > 0 {
		faults = append(faults, fmt.Sprintf("A04: no %v", s.Missing))
	}
	if s.Title == "" || s.Language == "" {
		faults = append(faults, fmt.Sprintf("A04, A18: title %q, language %q", s.Title, s.Language))
	}
	return faults
}
