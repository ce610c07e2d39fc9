package browser_test

import (
	"strings"
	"testing"
)

// held is what has the keyboard.
type held struct {
	Tag, Name, ID           string
	Marked, Inside, Covered bool
}

// key presses one key.
func (w *window) key(name string) { w.t.Helper(); w.ask(order{Do: "key", Name: name}, nil) }

// leads presses a key that leads to another page.
func (w *window) leads(name string) { w.t.Helper(); w.goes(order{Do: "key", Name: name, Leads: true}) }

func (w *window) types(text string) { w.t.Helper(); w.ask(order{Do: "type", Text: text}, nil) }

// focus is what has the keyboard now, nil for nothing. It fails the test where
// one cannot see what that is (WCAG 2.4.7, 2.4.11).
func (w *window) focus() *held {
	w.t.Helper()
	var h *held
	w.ask(order{Do: "focused"}, &h)
	if h != nil && (!h.Marked || !h.Inside || h.Covered) {
		w.t.Errorf("A03: at %s %s %q does not show that it has the keyboard: %+v", w.at.URL, h.Tag, h.Name, *h)
	}
	return h
}

// most is how many times Tab is pressed in search of something.
const most = 120

// tabsTo presses Tab until something of this kind and name has the keyboard.
func (w *window) tabsTo(tag, name string) {
	w.t.Helper()
	for range most {
		w.key("Tab")
		if h := w.focus(); h != nil && h.Tag == tag && strings.HasPrefix(h.Name, name) {
			return
		}
	}
	w.t.Fatalf("A03: the keyboard does not come to %s %q at %s", tag, name, w.at.URL)
}

// TestA03_A06_A21_KeyboardAndMedia shares one demonstration: each takes seconds to start.
func TestA03_A06_A21_KeyboardAndMedia(t *testing.T) {
	t.Parallel()
	h := startHall(t)
	h.keyboardAlone()
	h.everyStopShows()
	h.otherMedia()
	h.withoutScripts()
}

// keyboardAlone signs in, opens a community, asks a question and replies
// to one, with nothing but the keyboard, on a desk and in a low, narrow window.
func (h *hall) keyboardAlone() {
	for _, size := range [][2]int{{1280, 900}, {320, 256}} {
		w := h.chromium.window("keyboard", true, size[0], size[1])
		w.opens(h.base + "/sign-in")
		w.key("Tab")
		if got := w.focus(); got == nil || got.Name != "Skip to main content" {
			h.t.Errorf("A04: the first stop is %+v", got)
		}
		w.tabsTo("input", "Email address")
		w.types("owen@north.example")
		w.tabsTo("input", "Password")
		w.types(demoPassword)
		w.leads("Enter")
		w.tabsTo("a", "Trees and woodland")
		w.leads("Enter")
		w.tabsTo("a", "Ask a question")
		w.leads("Enter")
		w.tabsTo("input", "A question") // the one that is chosen has the stop
		w.tabsTo("input", "Title")
		w.types("Who waters new trees in August?")
		w.tabsTo("textarea", "Text")
		w.types("Ours stand dry.")
		w.tabsTo("button", "Ask question")
		w.leads("Enter")
		w.sees("Who waters new trees in August?", "Ours stand dry.")
		w.tabsTo("textarea", "Your reply")
		w.types("The contractor does.")
		w.tabsTo("button", "Post reply")
		w.leads("Enter")
		w.sees("The contractor does.")
		w.close()
	}
}

// everyStopShows walks through the main pages with Tab.
func (h *hall) everyStopShows() {
	replace := strings.NewReplacer(h.words...)
	w := h.windows["helen"]
	for _, page := range []string{"/", "/communities", "/communities/new", "/c/trees", "{post}", "/settings", "/admin/policy", "/admin/invitations", "/help"} {
		for _, width := range widths {
			w.is(width, 256)
			w.opens(h.base + replace.Replace(page))
			stops := 0
			for w.key("Tab"); w.focus() != nil && stops < most; w.key("Tab") {
				stops++
			}
			if stops < 8 || stops == most {
				h.t.Errorf("A03: %s has %d stops at %d", page, stops, width)
			}
		}
	}
}

// otherMedia looks at pages as they are printed and in the colours of
// people who choose their own.
func (h *hall) otherMedia() {
	replace := strings.NewReplacer(h.words...)
	w := h.windows["owen"]
	for _, m := range []order{{Do: "media", Media: "print"}, {Do: "media", Forced: true}} {
		for _, page := range []string{"/", "/c/trees", "{post}", "/c/trees/new"} {
			w.opens(h.base + replace.Replace(page))
			w.ask(m, nil) // again for each: a picture brings the screen's style back
			if faults := append(w.list("axe"), w.list("overflow")...); len(faults) > 0 {
				h.t.Errorf("A21: %s in %+v:\n  %s", page, m, strings.Join(faults, "\n  "))
			}
			w.picture(pictures+"/media-"+letters.ReplaceAllString(page, "-")+m.Media+".png", true)
		}
	}
}
