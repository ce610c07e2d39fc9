package fedtest

import (
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
)

// answers fails the test unless each person's node has this answer to a question; the
// empty address for none.
func answers(t *testing.T, question Post, want actors.URI, people ...*Person) {
	t.Helper()
	for _, p := range people {
		if got := p.AnswerTo(question); got != want {
			t.Errorf("%s: %q is the answer, not %q", p.URI, got, want)
		}
	}
}

func TestFAC4_AnswerIsMarkedEverywhere(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	question := cer.Asks(parks, "When are trees planted?")
	town.Settle()
	first, second := ann.Replies(question, "In May"), bob.Replies(question, "In January")
	town.Settle()

	// Whoever asked says so, and anyone else does not.
	cer.Marks(first)
	town.Settle()
	answers(t, question, first.URI, ann, bob, cer)
	_, err := bob.Try(Doc{"type": "moothall:ChooseAnswer", "object": second.URI})
	refused(t, err, "not_moderator")

	// A facilitator elsewhere chooses another, and takes that back.
	ann.Appoints(parks, bob)
	town.Settle()
	bob.Marks(second)
	town.Settle()
	answers(t, question, second.URI, ann, bob, cer)
	ann.Unmarks(first) // it is the answer no longer
	town.Settle()
	answers(t, question, second.URI, ann, bob, cer)
	town.Agree(parks, ann, bob, cer)

	// What is hidden answers nothing; what is brought back does.
	ann.Hides(second, "off topic")
	town.Settle()
	answers(t, question, "", ann, bob, cer)
	ann.Restores(second)
	town.Settle()
	answers(t, question, second.URI, ann, bob, cer)

	// Whoever joins later learns of it from the log.
	town.open("east.example", 3)
	dan := town.Person("dan@east.example")
	dan.Joins(parks)
	town.Pass(time.Hour)
	answers(t, question, second.URI, dan)

	bob.Unmarks(second)
	town.Settle()
	answers(t, question, "", ann, bob, cer, dan)
	cer.Marks(first)
	town.Settle()
	ann.Deletes(first)
	town.Settle()
	answers(t, question, "", ann, bob, cer, dan)
	town.Agree(parks, ann, bob, cer, dan)
}

func TestFAC4_OnlyRepliesToQuestionsAreAnswers(t *testing.T) {
	town, ann, _, cer, parks := parish(t)
	talk := ann.Posts(parks, "Dogs in the park")
	question := ann.Asks(parks, "When?")
	town.Settle()
	for _, post := range []Post{ann.Replies(talk, "On a lead"), talk, question} {
		_, err := ann.Try(Doc{"type": "moothall:ChooseAnswer", "object": post.URI})
		refused(t, err, "not_a_question")
	}
	reply := cer.Replies(question, "In May")
	town.Settle()
	cer.Leaves(parks)
	town.Settle()
	_, err := cer.Try(Doc{"type": "moothall:ChooseAnswer", "object": reply.URI})
	refused(t, err, "not_moderator")
	answers(t, question, "", ann)
}

// TestFAC4_AnswersOfOtherSoftware: a community elsewhere says what answers a question in it,
// with or without our prefix, and nobody else does.
func TestFAC4_AnswersOfOtherSoftware(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.follows(parks)
	question := note(eve, parks, "When?")
	question["object"].(Doc)["type"] = "Question"
	eve.Sends(inbox(parks), question)
	town.Settle()
	post := Post{URI: actors.URI(question["object"].(Doc)["id"].(string))}
	reply := ann.Replies(post, "In May")
	mark := func(by *Puppet) Doc {
		return Doc{"id": by.ID(), "type": "ChooseAnswer", "actor": by.URI, "object": reply.URI, "to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI}}
	}
	mal := town.Stranger("other.example").Person("mal")
	mal.follows(parks)
	town.Settle()
	town.Unchanged("north.example", func() {
		mal.Sends(inbox(parks), mark(mal))
		town.Settle()
	})
	eve.of.Forget()
	done := mark(eve)
	eve.Sends(inbox(parks), done)
	town.Settle()
	answers(t, post, reply.URI, ann)
	heard := 0
	for _, act := range announcedBy(t, eve.of) {
		if act.Type == "ChooseAnswer" {
			heard++
		}
	}
	if heard != 1 {
		t.Errorf("it was announced %d times", heard)
	}
	eve.Sends(inbox(parks), Doc{"id": eve.ID(), "type": "Undo", "actor": eve.URI, "object": done, "to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI}})
	town.Settle()
	answers(t, post, "", ann)
}

// TestFAC4_AnswerInAClosedCommunity: nothing of it is public.
func TestFAC4_AnswerInAClosedCommunity(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	board := ann.StartsAs(actions.Charter{Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinOpen})
	bob.Joins(board)
	town.Settle()
	question := bob.Asks(board, "How much?")
	town.Settle()
	reply := ann.Replies(question, "Ten pounds")
	town.Settle()
	since := len(town.Exchanges())
	bob.Marks(reply)
	town.Settle()
	answers(t, question, reply.URI, ann, bob)
	for _, x := range town.Exchanges()[since:] {
		if strings.Contains(string(x.Body), "Public") {
			t.Errorf("%s to %s is public: %s", x.Method, x.URL, x.Body)
		}
	}
	town.Agree(board, ann, bob)
}
