package fedtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

// TestNodeBBIsReadAsItWrites: a category without a list of followers, with nulls, a
// key of another name, moderators as whole documents, and each topic twice.
func TestNodeBBIsReadAsItWrites(t *testing.T) {
	town := New(t, "north.example")
	ann := town.Person("ann@north.example")
	s := town.Stranger("nodebb.example")
	group, bo := s.Group("garden"), s.Person("bo")
	doc := group.Document("Group", "garden")
	delete(doc, "followers")
	delete(doc, "assertionMethod")
	doc["@context"] = "https://www.w3.org/ns/activitystreams"
	doc["publicKey"].(Doc)["id"] = group.URI + "#key"
	doc["icon"], doc["image"], doc["summary"], doc["attributedTo"] = nil, nil, nil, group.URI+"/moderators"
	s.Serves("/u/garden", Answer{Body: doc})
	s.Serves("/u/garden/moderators", Answer{Body: Doc{
		"id": group.URI + "/moderators", "type": "OrderedCollection", "totalItems": 1, "orderedItems": []any{bo.Document("Person", "bo")},
	}})
	theirKey := Before(func(l *Letter) { l.Signer.KeyID = string(group.URI) + "#key" })
	says := func(d Doc) {
		t.Helper()
		d["@context"], d["actor"] = "https://www.w3.org/ns/activitystreams", group.URI
		if r := group.Sends("https://north.example/inbox", d, theirKey); r.Status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", d["type"], r.Status, r.Body)
		}
		town.Settle()
	}

	garden := Community{Name: "garden", URI: group.URI}
	ann.Joins(garden)
	town.Settle()
	says(Doc{"id": group.ID(), "type": "Accept", "object": Doc{"id": lastFollow(s), "type": "Follow", "actor": ann.URI, "object": group.URI}})
	if !ann.IsMember(garden) {
		t.Fatal("she was not let in")
	}
	topic := Doc{
		"id": "https://nodebb.example/post/7", "type": "Article", "attributedTo": bo.URI, "name": "Slugs", "content": "<p>Everywhere</p>",
		"inReplyTo": nil, "summary": nil, "to": []actors.URI{actors.Public}, "cc": []actors.URI{group.URI, bo.URI + "/followers"},
		"audience": group.URI, "published": Opening.Format("2006-01-02T15:04:05.000Z"), "tag": []any{}, "attachment": []any{}, "context": "https://nodebb.example/topic/3",
	}
	s.Serves("/post/7", Answer{Body: topic})
	says(Doc{"id": "https://nodebb.example/post/7#activity/announce/cid/2", "type": "Announce", "to": []actors.URI{group.URI + "/followers"}, "cc": []actors.URI{actors.Public}, "object": Doc{
		"id": "https://nodebb.example/post/7#activity/create/1", "type": "Create", "actor": bo.URI, "object": topic,
		"to": topic["to"], "cc": topic["cc"],
	}})
	says(Doc{"id": "https://nodebb.example/post/7#activity/announce/uid/2", "type": "Announce", "to": []actors.URI{actors.Public}, "cc": []actors.URI{}, "object": topic})
	ann.Sees(garden, "Slugs")
	if n := strings.Count(ann.browser().open(ann.pathsOf(garden)[0]), "Slugs"); n != 1 {
		t.Errorf("the topic stands there %d times", n)
	}
	// Its Reject of a post that it does not take names the post.
	post := ann.Posts(garden, "Snails")
	town.Settle()
	s.Forget()
	says(Doc{"id": group.ID(), "type": "Reject", "object": post.URI})
	town.Pass(72 * time.Hour)
	if heard := heardBy(s); strings.Contains(heard, string(post.URI)) {
		t.Errorf("it was sent again: %s", heard)
	}
}

// TestNodeBBAsksForTheHead: before it reads a note it asks whether it is there.
func TestNodeBBAsksForTheHead(t *testing.T) {
	town, ann, _, parks := eventful(t)
	for address, doc := range town.published(t, "north.example", ann.URI, parks.URI) {
		if doc["type"] != "Note" && doc["type"] != "Page" && doc["type"] != "Group" && doc["type"] != "Person" {
			continue
		}
		r, err := http.NewRequest(http.MethodHead, address, nil)
		town.must(err)
		r.Header.Set("Accept", activityType)
		got, want := town.carries("nodebb.example", r), town.get(address, activityType)
		if got.Status != want.Status || got.Header.Get("Content-Type") != activityType || got.Body != "" || got.Header.Get("ETag") != want.Header.Get("ETag") {
			t.Errorf("%s: %d %v %q", address, got.Status, got.Header, got.Body)
		}
	}
}

// TestMbinIsReadAsItWrites: null above a thread, and pins under an address of its own.
func TestMbinIsReadAsItWrites(t *testing.T) {
	town := New(t, "north.example")
	ann := town.Person("ann@north.example")
	s := town.Stranger("mbin.example")
	magazine, bo := s.Group("garden"), s.Person("bo")
	doc := magazine.Document("Group", "garden")
	doc["featured"] = magazine.URI + "/pinned"
	s.Serves("/u/garden", Answer{Body: doc})
	garden := Community{Name: "garden", URI: magazine.URI}
	ann.Joins(garden)
	town.Settle()
	says := func(d Doc) {
		t.Helper()
		d["actor"], d["to"], d["cc"] = magazine.URI, []actors.URI{actors.Public}, []actors.URI{magazine.URI + "/followers"}
		if r := magazine.Sends("https://north.example/inbox", d); r.Status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", d["type"], r.Status, r.Body)
		}
		town.Settle()
	}
	says(Doc{"id": magazine.ID(), "type": "Accept", "object": lastFollow(s)}) // the id alone
	n := note(bo, garden, "Slugs")
	thread := n["object"].(Doc)
	thread["inReplyTo"], thread["contentMap"], thread["commentsEnabled"], thread["stickied"] = nil, Doc{"en": "<p>Slugs</p>"}, true, false
	says(Doc{"id": magazine.ID(), "type": "Announce", "object": n})
	ann.Sees(garden, "Slugs")
	post := Post{URI: actors.URI(thread["id"].(string)), Title: "Slugs"}
	pin := func(kind string) Doc {
		return Doc{"id": magazine.ID(), "type": "Announce", "object": Doc{
			"id": bo.ID(), "type": kind, "actor": bo.URI, "object": post.URI, "target": magazine.URI + "/pinned",
			"to": []actors.URI{actors.Public}, "cc": []actors.URI{magazine.URI}, "audience": magazine.URI,
		}}
	}
	says(pin("Add"))
	if !ann.IsPinned(post) {
		t.Error("it is not pinned")
	}
	says(pin("Remove"))
	if ann.IsPinned(post) {
		t.Error("it is still pinned")
	}
}

// TestWordPressIDsAreQueries: two authors of one site differ in nothing else.
func TestWordPressIDsAreQueries(t *testing.T) {
	town, ann, parks, eve := follower(t)
	for n, name := range map[string]string{"1": "una", "2": "duo"} {
		by := &Puppet{}
		*by = *eve
		by.URI = actors.URI("https://peer.example/?author=" + n)
		doc := by.Document("Person", name)
		doc["inbox"], doc["outbox"], doc["followers"] = "https://peer.example/wp-json/inbox", "https://peer.example/wp-json/outbox", "https://peer.example/wp-json/followers"
		delete(doc, "assertionMethod")
		eve.of.Serves("/?author="+n, Answer{Body: doc})
		post := note(by, parks, "Written by "+name)
		object := post["object"].(Doc)
		object["id"] = "https://peer.example/?p=4" + n
		post["id"] = "https://peer.example/?p=4" + n + "#activity-create"
		if r := by.Sends(inbox(parks), post); r.Status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", name, r.Status, r.Body)
		}
		town.Settle()
		ann.Sees(parks, "Written by "+name)
	}
	// One of them may not speak for the other.
	one := &Puppet{}
	*one = *eve
	one.URI = "https://peer.example/?author=1"
	foul := note(one, parks, "Written by neither")
	foul["actor"] = "https://peer.example/?author=2"
	if r := one.Sends(inbox(parks), foul); r.Status != http.StatusUnauthorized {
		t.Errorf("it was answered %d", r.Status)
	}
}
