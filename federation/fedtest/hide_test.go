package fedtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

func TestC41_FAC7_HiddenAndBroughtBack(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Appoints(parks, bob)
	post := cer.Posts(parks, "Cheap chairs")
	town.Settle()
	bob.Hides(post, "advertises")
	town.Settle()
	for _, p := range []*Person{ann, bob} {
		p.SeesNot(parks, "Cheap chairs")
	}
	cer.Sees(parks, "A facilitator has hidden this from the community. Reason: advertises")
	_, err := cer.Try(Doc{"type": "Undo", "object": Doc{"type": "Delete", "object": post.URI}})
	refused(t, err, "not_moderator")

	ann.Restores(post)
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		p.Sees(parks, "Cheap chairs")
	}
	town.Agree(parks, ann, bob, cer)

	// A reply, by a facilitator of the community's own site, and back by one elsewhere.
	reply := cer.Replies(post, "Buy now")
	town.Settle()
	ann.Hides(reply, "advertises")
	town.Settle()
	for _, p := range []*Person{ann, bob} {
		p.SeesNot(parks, "Buy now")
	}
	bob.Restores(reply)
	town.Settle()
	bob.Sees(parks, "Buy now")
	town.Agree(parks, ann, bob, cer)
}

func TestC41_HiddenStaysHiddenForItsAuthor(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	post := cer.Posts(parks, "Cheap chairs")
	town.Settle()
	ann.Hides(post, "advertises")
	town.Settle()
	_, err := bob.Try(Doc{"type": "Delete", "object": post.URI, "summary": "I do not like it"})
	if err == nil {
		t.Error("a member can hide")
	}
	cer.Deletes(post)
	town.Settle()
	if _, err := ann.Try(Doc{"type": "Undo", "object": Doc{"type": "Delete", "object": post.URI}}); err == nil {
		t.Error("what its author has withdrawn is brought back")
	}
	for _, p := range []*Person{ann, bob} {
		p.SeesNot(parks, "Cheap chairs")
	}
}

// moderation is what somebody sends to a community as one who looks after it.
func moderation(by *Puppet, parks Community, kind string, object any) Doc {
	return Doc{
		"id": by.ID(), "type": kind, "actor": by.URI, "object": object,
		"to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI}, "audience": parks.URI,
	}
}

// lemmyDelete has the shape of Lemmy's: a summary, be it empty, marks a moderator.
func lemmyDelete(by *Puppet, parks Community, object actors.URI, summary any) Doc {
	d := moderation(by, parks, "Delete", object)
	if summary != nil {
		d["summary"] = summary
	}
	return d
}

func undoOf(by *Puppet, parks Community, inner Doc) Doc {
	return moderation(by, parks, "Undo", inner)
}

func TestC41_LemmysModeratorsHideAndBringBack(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	eve := town.Stranger("lemmy.example").Person("eve")
	eve.follows(parks)
	ann.Appoints(parks, &Person{URI: eve.URI, town: town})
	post := bob.Posts(parks, "Cheap chairs")
	town.Settle()
	for _, summary := range []any{"bad post", "", nil} {
		deleted := lemmyDelete(eve, parks, post.URI, summary)
		eve.of.Forget()
		eve.Sends(inbox(parks), deleted)
		town.Settle()
		ann.SeesNot(parks, "Cheap chairs")
		bob.Sees(parks, "A facilitator has hidden this")
		if heard := heardBy(eve.of); !strings.Contains(heard, `"Announce"`) || !strings.Contains(heard, `"summary":`) {
			t.Errorf("with summary %v was announced:\n%s", summary, heard)
		}
		if summary == nil {
			deleted["summary"] = "bad post" // nobody can undo what has no mark
		}
		eve.Sends(inbox(parks), undoOf(eve, parks, deleted))
		town.Settle()
		ann.Sees(parks, "Cheap chairs")
		bob.Sees(parks, "Cheap chairs")
	}
	town.Agree(parks, ann, bob)
}

func heardBy(s *Stranger) string {
	var out strings.Builder
	for _, x := range s.Requests() {
		out.Write(x.Body)
		out.WriteByte('\n')
	}
	return out.String()
}

// TestAuthorTakesADeletionBack: Lemmy's authors can. The words were erased, so
// every node reads them again at their origin.
func TestAuthorTakesADeletionBack(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	eve := town.Stranger("lemmy.example").Person("eve")
	town.Settle()
	create := note(eve, parks, "A fair question")
	object := create["object"].(Doc)
	uri := actors.URI(object["id"].(string))
	path := strings.TrimPrefix(string(uri), "https://lemmy.example")
	eve.of.Serves(path, Answer{Body: object})
	eve.Sends(inbox(parks), create)
	town.Settle()
	bob.Sees(parks, "A fair question")

	deleted := lemmyDelete(eve, parks, uri, nil)
	eve.of.Serves(path, Answer{Status: http.StatusGone})
	eve.Sends(inbox(parks), deleted)
	town.Settle()
	bob.SeesNot(parks, "A fair question")

	// While its origin does not have it, nothing comes back.
	town.Unchanged("south.example", func() {
		eve.Sends(inbox(parks), undoOf(eve, parks, deleted))
		town.Pass(25 * time.Hour)
	})
	ann.SeesNot(parks, "A fair question")

	eve.of.Serves(path, Answer{Body: object})
	// C52: a Create does not bring it back, whatever its origin says.
	eve.Sends(inbox(parks), create)
	again := note(eve, parks, "A fair question")
	again["object"] = object
	eve.Sends(inbox(parks), again)
	town.Settle()
	ann.SeesNot(parks, "A fair question")

	eve.Sends(inbox(parks), undoOf(eve, parks, deleted))
	town.Settle()
	ann.Sees(parks, "A fair question")
	bob.Sees(parks, "A fair question")
	town.Agree(parks, ann, bob)

	// Whoever joins later sees it too, though the entry of its Create is erased.
	town.open("west.example", 2)
	dan := town.Person("dan@west.example")
	dan.Joins(parks)
	town.Pass(time.Hour)
	dan.Sees(parks, "A fair question")
}

// TestHostTakesAPostDown: an admin of the author's host deletes it there, which is
// asked and not believed (protocol.md 9.1).
func TestHostTakesAPostDown(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	admin := eve.of.Person("admin")
	create := note(eve, parks, "Cheap chairs")
	uri := actors.URI(create["object"].(Doc)["id"].(string))
	path := strings.TrimPrefix(string(uri), "https://evil.example")
	eve.of.Serves(path, Answer{Body: create["object"]})
	eve.Sends(inbox(parks), create)
	town.Settle()
	town.Unchanged("north.example", func() {
		admin.Sends(inbox(parks), lemmyDelete(admin, parks, uri, "spam"))
		town.Settle()
	})
	eve.of.Serves(path, Answer{Status: http.StatusGone})
	admin.Sends(inbox(parks), lemmyDelete(admin, parks, uri, "spam"))
	town.Settle()
	ann.SeesNot(parks, "Cheap chairs")
}
