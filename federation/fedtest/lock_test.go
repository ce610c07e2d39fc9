package fedtest

import (
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
)

func TestC43_LockStopsRepliesEverywhere(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Appoints(parks, bob)
	post := cer.Posts(parks, "Dogs in the park")
	town.Settle()
	first := ann.Replies(post, "On a lead")
	town.Settle()
	bob.Locks(post, "settled in June")
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if !p.IsLocked(post) {
			t.Fatalf("%s: it is not locked", p.URI)
		}
		p.Sees(parks, "closed this discussion to replies. Reason: settled in June")
	}
	refused(t, cer.TryReply(post, "But"), "locked")
	refused(t, cer.TryReply(first, "But"), "locked")
	bob.Replies(post, "As was agreed")
	town.Settle()
	cer.Sees(parks, "As was agreed")
	_, err := cer.Try(Doc{"type": "Undo", "object": Doc{"type": "Lock", "object": post.URI}})
	refused(t, err, "not_moderator")

	ann.Unlocks(post)
	town.Settle()
	cer.Replies(post, "Thank you")
	town.Settle()
	ann.Sees(parks, "Thank you")
	town.Agree(parks, ann, bob, cer)
}

func TestC43_LockReachesWhatAnswersAComment(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	post := cer.Posts(parks, "Dogs in the park")
	town.Settle()
	reply := ann.Replies(post, "On a lead")
	town.Settle()
	below, beside := bob.Replies(reply, "Why?"), bob.Replies(post, "Off the lead")
	town.Settle()
	ann.Locks(reply, "this leads nowhere")
	town.Settle()
	for _, p := range []*Person{bob, cer} {
		refused(t, p.TryReply(reply, "But"), "locked")
		refused(t, p.TryReply(below, "But"), "locked")
		p.Replies(beside, "Agreed, says "+p.Name)
		p.Replies(post, "On the whole, says "+p.Name)
	}
	town.Settle()
	town.Agree(parks, ann, bob, cer)

	// Whoever joins later learns of it from the log.
	town.open("east.example", 3)
	dan := town.Person("dan@east.example")
	dan.Joins(parks)
	town.Pass(time.Hour)
	if !dan.IsLocked(reply) || dan.IsLocked(post) {
		t.Error("dan does not know what is locked")
	}
}

// TestC43_RemoteCommentIntoALockedThread: the community's own node decides, and
// tells the author.
func TestC43_RemoteCommentIntoALockedThread(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.Sends(inbox(parks), follow(eve, parks))
	post := ann.Posts(parks, "Dogs in the park")
	ann.Locks(post, "settled")
	town.Settle()
	eve.of.Forget()
	comment := note(eve, parks, "But")
	comment["object"].(Doc)["inReplyTo"], comment["object"].(Doc)["type"] = post.URI, "Note"
	eve.Sends(inbox(parks), comment)
	town.Settle()
	ann.SeesNot(parks, "But")
	answers := ""
	for _, x := range eve.of.Requests() {
		answers += string(x.Body)
	}
	if strings.Contains(answers, `"Announce"`) || !strings.Contains(answers, `"Reject"`) {
		t.Errorf("eve's server was told:\n%s", answers)
	}
}

// TestLockGoesOutInBothForms: servers that do not know Lock read commentsEnabled
// (protocol.md 5.4).
func TestLockGoesOutInBothForms(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.Sends(inbox(parks), follow(eve, parks))
	question := note(eve, parks, "A fair question")
	eve.Sends(inbox(parks), question)
	town.Settle()
	post := Post{URI: actors.URI(question["object"].(Doc)["id"].(string))}
	for _, want := range []string{"false", "true"} {
		eve.of.Forget()
		if want == "false" {
			ann.Locks(post, "settled")
		} else {
			ann.Unlocks(post)
		}
		town.Settle()
		sent := ""
		for _, x := range eve.of.Requests() {
			sent += string(x.Body) + "\n"
		}
		if !strings.Contains(sent, `"type":"Lock"`) || !strings.Contains(sent, `"commentsEnabled":`+want) || !strings.Contains(sent, "A fair question") {
			t.Errorf("with comments %s was sent:\n%s", want, sent)
		}
	}
}

// TestLockInItsOlderForm: a facilitator's server that knows no other. Of somebody
// else's words nothing is taken from it, and nothing passed on.
func TestLockInItsOlderForm(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.follows(parks)
	post := ann.Posts(parks, "Dogs in the park")
	update := func(enabled any) Doc {
		page := Doc{
			"id": post.URI, "type": "Page", "attributedTo": ann.URI, "name": "Forged", "content": "Forged",
			"to": []actors.URI{parks.URI, actors.Public}, "audience": parks.URI,
			"updated": town.Clock.Now().Add(time.Minute).Format(time.RFC3339), "commentsEnabled": enabled,
		}
		return Doc{"id": eve.ID(), "type": "Update", "actor": eve.URI, "object": page, "to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI}}
	}
	town.Settle()
	town.Unchanged("north.example", func() {
		eve.Sends(inbox(parks), update(false)) // a plain member
		town.Settle()
	})
	ann.Appoints(parks, &Person{URI: eve.URI, town: town})
	town.Settle()
	town.Unchanged("north.example", func() {
		eve.Sends(inbox(parks), update(nil)) // a facilitator, and no lock
		town.Settle()
	})
	eve.of.Forget()
	for _, enabled := range []bool{false, true} {
		eve.Sends(inbox(parks), update(enabled))
		town.Settle()
		if ann.IsLocked(post) == enabled {
			t.Errorf("commentsEnabled %v is not taken", enabled)
		}
	}
	ann.SeesNot(parks, "Forged")
	for _, x := range eve.of.Requests() {
		if strings.Contains(string(x.Body), "Forged") {
			t.Errorf("passed on: %s", x.Body)
		}
	}
}

// TestC43_LockInAClosedCommunity: nothing of it is public, in either form.
func TestC43_LockInAClosedCommunity(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	board := ann.StartsAs(actions.Charter{Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinOpen})
	bob.Joins(board)
	cer.Joins(board)
	town.Settle()
	ann.Appoints(board, bob)
	post := cer.Posts(board, "Budget")
	town.Settle()
	since := len(town.Exchanges())
	bob.Locks(post, "decided")
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if !p.IsLocked(post) {
			t.Errorf("%s: it is not locked", p.URI)
		}
	}
	for _, x := range town.Exchanges()[since:] {
		if strings.Contains(string(x.Body), "Public") {
			t.Errorf("%s to %s is public: %s", x.Method, x.URL, x.Body)
		}
	}
	bob.Hides(post, "not for everyone")
	town.Settle()
	ann.SeesNot(board, "Budget")
	bob.Restores(post)
	town.Settle()
	town.Agree(board, ann, bob, cer)
}
