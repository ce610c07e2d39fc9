package browser_test

import (
	"strings"
	"testing"
	"time"
)

// TestModeration goes the whole way of a reply that should not be there, across
// three councils and without JavaScript: it is reported, hidden for a reason that its
// author reads, and brought back.
func TestModeration_FAC7_FAC4_A06_A11(t *testing.T) {
	t.Parallel()
	j := journey{}
	j.north, j.south, j.west = founds(t, false)
	n, s, w := j.north, j.south, j.west
	j.community()
	j.joining()
	j.question()
	j.answer()

	s.within(soon, time.Now(), answered)
	s.follows("Report what " + w.person + " wrote…")
	s.presses("Send report")
	s.sees("There is a problem", "Say what is wrong")
	s.fills("What is wrong?", "It says where a school is left open.")
	s.presses("Send report")
	s.sees("Your report is sent", "Those who look after the community at "+n.title+" decide about it.")
	discussion := n.at.URL

	n.opens(n.base() + "/reports")
	n.within(soon, time.Now(), "where a school is left open", "someone at ")
	n.follows("Reply by " + w.person + "…")
	n.sees("Report about a reply", "It says where a school is left open.", answered)
	n.follows("Hide what " + w.person + " wrote")
	n.presses("Hide reply")
	n.sees("There is a problem", "Say why you are hiding this")
	n.fills("Why are you hiding it?", "It says where a school is left open")
	n.presses("Hide reply")
	n.sees("The reply is hidden", "Report about a reply", "Hidden by a facilitator", "Dealt with") // which closes the report
	n.opens(n.base() + "/reports")
	n.sees("Nothing waits for your decision.")

	w.reloads()
	w.within(soon, time.Now(), answered, "A facilitator has hidden this from the community. Reason: It says where a school is left open. If you think that is wrong, you can complain.")
	s.within(soon, time.Now(), "No replies yet")
	s.seesNot(answered)

	n.opens(n.base() + "/c/trees")
	n.follows("What facilitators did")
	n.sees(n.person+" hid a reply", "Reason: It says where a school is left open")
	n.presses("Bring it back…")
	n.sees("The reply can be read again", n.person+" brought back a reply")
	n.opens(discussion)
	allSee(soon, answered, j.all()...)
	if text := w.text(); strings.Contains(text, "has hidden this") {
		t.Errorf("its author still reads that it is hidden:\n%s", text)
	}
}
