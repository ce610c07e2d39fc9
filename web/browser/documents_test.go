package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moothall/extract"
	"moothall/extract/specimen"
)

// file writes a specimen to where a browser can choose it.
func file(t testing.TB, name string, f extract.Format, d specimen.Doc) string {
	t.Helper()
	b, err := specimen.Make(f, d)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// salaries is a sheet with what its owner may not want to share.
func salaries(t testing.TB) string {
	return file(t, "salaries_"+strings.Repeat("long_", 12)+".xlsx", extract.XLSX, specimen.Doc{
		Title: "What tree officers are paid", Author: "Owen Pritchard", Language: "en-GB", HiddenSheets: []string{"Staff"}, Pivot: true,
		Blocks: []extract.Block{{Kind: extract.Row, Part: "Bands", Cells: []string{"Band", "Pay"}}, {Kind: extract.Row, Part: "Staff", Cells: []string{"Ann", "31,000"}}},
	})
}

func guide(t testing.TB) string {
	return file(t, "guide.docx", extract.DOCX, specimen.Doc{
		Title: "Watering young trees", Author: "Owen Pritchard", Language: "en-GB", Comments: []string{"Is this so?"},
		Blocks: []extract.Block{{Kind: extract.Heading, Level: 1, Text: "Watering"}, {Kind: extract.Paragraph, Text: "Water each tree with 20 litres a week in its first two summers."}},
	})
}

// pretender is a web page that calls itself a PDF.
func pretender(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "minutes.pdf")
	if err := os.WriteFile(path, []byte("<!DOCTYPE html><title>Minutes</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *window) attaches(label, path string) {
	w.t.Helper()
	w.ask(order{Do: "attach", Name: label, Path: path}, nil)
}

// awaits waits until a page that moves on by itself says something.
func (w *window) awaits(words string) {
	w.t.Helper()
	w.ask(order{Do: "await", Text: words}, nil)
}

// asksUntil follows a link again and again, without scripts, until the page says something.
func (w *window) asksUntil(link, words string) {
	w.t.Helper()
	for range 600 {
		if strings.Contains(w.text(), words) {
			return
		}
		w.follows(link)
	}
	w.t.Fatalf("%s never says %q", w.at.URL, words)
}

// documents makes a file that waits and a document that is shared, with scripts,
// and says what stands for them in the paths of calls.
func (w *window) documents(base string) []string {
	w.t.Helper()
	w.opens(base + "/c/trees")
	w.presses("Share a document")
	w.presses("Check this file")
	w.sees("There is a problem", "Choose a file")
	w.attaches("Choose a file", pretender(w.t)) // is sent by the script, and refused in place
	w.ask(order{Do: "click", Name: "Check this file"}, nil)
	w.awaits("This is a web page") // the page before has a problem too
	if faults := w.list("faults"); len(faults) > 0 {
		w.t.Errorf("a file that was refused: %v", faults)
	}
	w.attaches("Choose a file", salaries(w.t))
	w.presses("Check this file")
	upload := strings.TrimPrefix(w.at.URL, base)
	w.awaits("What we found in this file")
	w.sees("1 hidden sheet", "Staff", "Clean and continue", "Why can it be shared as it is?")
	w.opens(base + "/c/trees/share")
	w.attaches("Choose a file", guide(w.t))
	w.presses("Check this file")
	w.awaits("What we found in this file")
	w.presses("Clean and continue")
	w.awaits("We have taken out what this file said")
	w.sees("1 comment")
	return []string{"{upload}", upload, "{document}", strings.TrimPrefix(w.shares(), base)}
}

// shares answers the five questions of a file that is ready (MEM-5), and gives the
// address of the document.
func (w *window) shares() string {
	w.t.Helper()
	w.fills("Summary", "How much water young trees need.")
	w.ask(order{Do: "pick", Name: "What kind of document is it?", Text: "Guidance or toolkit"}, nil)
	w.ask(order{Do: "choose", Name: "Draft, not agreed"}, nil)
	w.ask(order{Do: "choose", Name: "I may share this file. It has no personal details in it that should stay private"}, nil)
	w.presses("Share document")
	if !strings.Contains(w.at.URL, "/d/") {
		w.t.Fatalf("shared, and at %s:\n%s", w.at.URL, w.text())
	}
	return w.at.URL
}

// sharesPlainly does the same without scripts (users.md A06).
func (h *hall) sharesPlainly(w *window) {
	w.opens(h.base + "/c/planning/share")
	w.attaches("Choose a file", guide(w.t))
	w.presses("Check this file")
	w.asksUntil("See whether it is ready", "What we found in this file")
	w.sees("1 comment", "Clean and continue")
	at := w.shares()
	w.opens(at + "/new-version")
	w.sees("Add a new version", "Watering young trees")
}
