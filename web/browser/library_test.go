package browser_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moothall/extract"
	"moothall/extract/specimen"
)

const (
	paper     = "Watering young trees"
	onlyInIt  = "summers" // a word of the file, and of nothing else
	changed   = "Twice as much water in May."
	withdrawn = "The amounts are wrong for clay."
	needed    = "Large print, please."
	promised  = "You have it on Friday."
)

// TestTheLibrary is what issue 4 calls done: three programs, three people, one
// document, from its check to its end. Once without JavaScript and once with it
// (users.md A06).
func TestTheLibrary_DOC1_DOC2_DOC4_DOC8_MEM1_MEM5_EXT3_A06(t *testing.T) {
	for _, javascript := range []bool{false, true} {
		name := "without scripts"
		if javascript {
			name = "with scripts"
		}
		t.Run(name, func(t *testing.T) {
			j := journey{javascript: javascript}
			j.north, j.south, j.west = founds(t, javascript)
			j.community()
			j.joining()
			j.sharing()
			j.opening()
			j.anotherFormat()
			j.finding()
			j.nextVersion()
			j.withdrawal()
		})
	}
}

// sharing is done at the second council. The check finds a comment, and it is taken out.
func (j *journey) sharing() {
	s := j.south
	s.opens(s.base() + "/c/trees@" + j.north.host)
	s.presses("Share a document")
	s.attaches("Choose a file", guide(s.t))
	s.presses("Check this file")
	j.until(s, "What we found in this file")
	s.sees("1 comment")
	s.presses("Clean and continue")
	j.until(s, "We have taken out what this file said")
	s.shares()
	s.within(atLast, time.Now(), paper, "Download (")
}

// until waits for a file to be read, as somebody does who has scripts or none.
func (j *journey) until(w *council, words string) {
	if j.javascript {
		w.awaits(words)
	} else {
		w.asksUntil("See whether it is ready", words)
	}
}

// opening is done at all three, each at their own site: the file is the same. Its
// text can be read there, and it can be cited.
func (j *journey) opening() {
	j.north.opens(j.north.base() + "/c/trees")
	j.west.opens(j.west.base() + "/c/trees@" + j.north.host)
	allSee(atLast, paper, j.north, j.west)
	j.north.follows(paper)
	j.west.follows(paper)
	mine := j.south.takes()
	for _, c := range []*council{j.north, j.west} {
		c.sees(paper, "How much water young trees need.", "Guidance", j.south.title, "Version 1")
		if !bytes.Equal(c.takes(), mine) {
			c.t.Errorf("C60: %s is handed another file than %s", c.title, j.south.title)
		}
		c.reloads()
		c.sees("This copy matches the original.")
		at := c.at.URL
		c.follows("Read it as a web page")
		c.within(atLast, time.Now(), "Water each tree with 20 litres a week")
		c.opens(at)
		c.follows("Cite this version")
		c.sees(paper, j.south.title)
		c.opens(at)
	}
}

// takes downloads the file of the page.
func (c *council) takes() []byte {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "taken.docx")
	c.ask(order{Do: "download", Name: "Download (…", Path: path}, nil)
	b, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(b) == 0 {
		c.t.Error("the file is empty")
	}
	return b
}

// anotherFormat is asked for at the first council, and answered at the second, whose
// document it is. Nobody at the third sees anything of it.
func (j *journey) anotherFormat() {
	n, s := j.north, j.south
	at := n.at.URL
	n.follows("Ask for another format")
	n.fills("Which format do you need?", needed)
	n.presses("Ask for another format")
	n.sees("You have asked for another format", needed)
	s.within(atLast, time.Now(), "Asked for in another format", needed)
	back := s.at.URL
	s.follows("Answer …")
	s.fills("Your answer", promised)
	s.presses("Send answer")
	s.sees("Your answer is sent")
	n.within(atLast, time.Now(), "You asked for another format", promised)
	n.opens(at)
	s.opens(back)
	j.west.reloads()
	j.west.seesNot(needed)
	j.west.seesNot(promised)
}

// finding is by a word that only the file has (MEM-1), at a council that has it
// from elsewhere; then by people who have not signed in (EXT-3).
func (j *journey) finding() {
	w := j.west
	document := w.at.URL
	w.opens(w.base() + "/search?q=" + onlyInIt)
	w.within(atLast, time.Now(), paper, j.south.title)
	w.follows(paper)
	w.sees("How much water young trees need.")
	stranger := w.window.window("a stranger to "+w.title, j.javascript, 1280, 900)
	stranger.opens(document)
	stranger.sees(paper, "How much water young trees need.", "Open Government Licence v3.0", "Sign in to open the file")
	stranger.close()
}

// nextVersion reaches all under the same address (DOC-2).
func (j *journey) nextVersion() {
	s := j.south
	s.follows("Add a new version")
	s.attaches("Choose a file", file(s.t, "guide.docx", extract.DOCX, specimen.Doc{Title: paper, Language: "en-GB",
		Blocks: []extract.Block{{Kind: extract.Heading, Level: 1, Text: "Watering"}, {Kind: extract.Paragraph, Text: "Water each tree with 40 litres a week in May."}}}))
	s.presses("Check this file")
	j.until(s, "What changed?")
	s.fills("What changed?", changed)
	s.ask(order{Do: "choose", Name: "Draft, not agreed"}, nil)
	s.ask(order{Do: "choose", Name: "I may share this file. It has no personal details in it that should stay private"}, nil)
	s.presses("Share new version")
	allSee(atLast, changed, j.all()...)
	for _, c := range j.all() {
		c.sees("Version 2", "Version 1")
	}
}

// withdrawal leaves a page everywhere that says so and why (DOC-4).
func (j *journey) withdrawal() {
	s := j.south
	s.follows("Withdraw it")
	s.fills("Why are you withdrawing it?", withdrawn)
	s.presses("Withdraw document")
	allSee(atLast, "This document has been withdrawn", j.all()...)
	for _, c := range j.all() {
		c.sees(paper, withdrawn)
		c.seesNot("Download")
	}
}
