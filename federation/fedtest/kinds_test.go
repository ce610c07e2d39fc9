package fedtest

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/store"
)

// example is one of our own documents of a peer, at its own hosts.
func example(t *testing.T, name string) (doc Doc) {
	t.Helper()
	raw, err := os.ReadFile("../testdata/peers/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// guests is a node with a member of a community of other software: the community
// and one of its own people, at the addresses of our examples.
func guests(t *testing.T, host, group, person string) (town *Town, ann *Person, there Community, community, bo *Puppet) {
	t.Helper()
	town = New(t, ours)
	ann = town.Person("ann@" + ours)
	sc := &scene{stage: &stage{town: town, ann: ann, key: town.Stranger("key.example").Person("key")}, served: map[string]Doc{}}
	community, bo = sc.cast("https://"+host+group, "Group"), sc.cast("https://"+host+person, "Person")
	sc.join(Doc{}, community)
	return town, ann, Community{URI: community.URI}, community, bo
}

func (town *Town) posts(t *testing.T) (n int) {
	t.Helper()
	town.must(town.hall(ours).read(func(ctx context.Context, tx *store.Tx) error {
		return tx.Dump(ctx, func(table string, _ map[string]string) {
			if table == "post" {
				n++
			}
		})
	}))
	return n
}

// TestNodeBBTopicSentTwiceIsOnePost: NodeBB announces a topic as a Create and as an
// Article (protocol.md 13).
func TestNodeBBTopicSentTwiceIsOnePost(t *testing.T) {
	for name, order := range map[string][]string{
		"Create first":  {"nodebb/announce_create_article", "nodebb/announce_article"},
		"Article first": {"nodebb/announce_article", "nodebb/announce_create_article"},
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, sedge, category, _ := guests(t, "bb.example", "/category/2", "/uid/1")
			for _, file := range order {
				category.Sends(sharedInbox, example(t, file))
				town.Settle()
			}
			ann.Sees(sedge, "Sedge")
			if n := town.posts(t); n != 1 {
				t.Errorf("it is %d posts", n)
			}
		})
	}
}

// TestC38_VoteWithAnIDThatComesAgainIsCounted: all of NodeBB's votes of one person
// on one post have one id.
func TestC38_VoteWithAnIDThatComesAgainIsCounted(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	post := ann.Posts(parks, "A fair question")
	town.Settle()
	like, undo := example(t, "nodebb/like"), example(t, "nodebb/undo_like")
	id := string(eve.URI) + "#activity/like/7"
	like["id"], like["actor"], like["object"] = id, eve.URI, post.URI
	for i, want := range []int{1, 0, 1, 0, 1} {
		act := Doc{}
		for k, v := range like {
			act[k] = v
		}
		if want == 0 {
			act = Doc{"id": string(eve.URI) + "#activity/undo:like/7/" + string(rune('a'+i)), "type": undo["type"], "actor": eve.URI, "object": like}
		}
		eve.Sends(inbox(parks), act)
		town.Settle()
		if n := ann.UsefulTo(post); n != want {
			t.Fatalf("after %d it is useful to %d, want %d", i+1, n, want)
		}
	}
}

// TestDislikeTakesThePlaceOfALike: Lemmy sends no Undo before it (protocol.md 5.4).
func TestDislikeTakesThePlaceOfALike(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	post := ann.Posts(parks, "A fair question")
	town.Settle()
	for i, kind := range []string{"Dislike", "Like", "Dislike"} {
		eve.Sends(inbox(parks), Doc{"id": eve.ID(), "type": kind, "actor": eve.URI, "object": post.URI})
		town.Settle()
		if n, want := ann.UsefulTo(post), i%2; n != want {
			t.Errorf("after %s it is useful to %d, want %d", kind, n, want)
		}
	}
}

// TestC62_VotesAreNeverShownOrPassedOn: a vote that answers a poll in a community of
// ours, by itself and with others, changes nothing and is answered by nobody.
func TestC62_VotesAreNeverShownOrPassedOn(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	poll := note(eve, parks, "Which day?")
	object := poll["object"].(Doc)
	object["type"], object["oneOf"] = "Question", []Doc{{"type": "Note", "name": "Monday"}, {"type": "Note", "name": "Friday"}}
	eve.Sends(inbox(parks), poll)
	town.Settle()
	ann.Sees(parks, "Which day?")
	vote := func(name string) Doc {
		return Doc{
			"id": eve.ID(), "type": "Note", "name": name, "attributedTo": eve.URI, "inReplyTo": object["id"],
			"to": []any{eve.URI, actors.Public, parks.URI},
		}
	}
	for _, created := range []any{vote("Monday"), []Doc{vote("Monday"), vote("Friday")}} {
		eve.of.Forget()
		town.Unchanged(ours, func() {
			r := eve.Sends(inbox(parks), Doc{"id": eve.ID(), "type": "Create", "actor": eve.URI, "to": []any{actors.Public, parks.URI}, "object": created})
			if r.Status != 202 {
				t.Errorf("answered %d %s", r.Status, r.Body)
			}
			town.Settle()
		})
		for _, e := range eve.of.Requests() {
			if e.Method == "POST" {
				t.Errorf("it was told %s", e.Body)
			}
		}
	}
}

// TestPollCountsAreRefreshed: an Update with new counts and no new date (protocol.md
// 7.3) changes the counts, and is no edit of the words.
func TestPollCountsAreRefreshed(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	poll := note(eve, parks, "Which day?")
	object := poll["object"].(Doc)
	option := func(n int) []Doc {
		return []Doc{{"type": "Note", "name": "Monday", "replies": Doc{"type": "Collection", "totalItems": n}}}
	}
	object["type"], object["oneOf"] = "Question", option(1)
	eve.Sends(inbox(parks), poll)
	town.Settle()
	for _, n := range []int{2, 5} {
		object["oneOf"] = option(n)
		eve.Sends(inbox(parks), Doc{"id": eve.ID(), "type": "Update", "actor": eve.URI, "to": poll["to"], "object": object})
		town.Settle()
	}
	p, _ := ann.post(Post{URI: actors.URI(object["id"].(string))})
	if !strings.Contains(string(p.HTML), "Monday: 5 votes") || !p.Updated.IsZero() {
		t.Errorf("edited %v: %s", p.Updated, p.HTML)
	}
}

// TestPrivateMessagesNeverBecomePosts (protocol.md 7.6), not even as answers in a
// discussion, and not when a community passes them on.
func TestPrivateMessagesNeverBecomePosts(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	post := ann.Posts(parks, "A fair question")
	town.Settle()
	message := func(kind string) Doc {
		return Doc{
			"id": eve.ID(), "type": kind, "attributedTo": eve.URI, "content": "<p>Between us</p>", "inReplyTo": post.URI,
			"to": []any{ann.URI}, "cc": []any{}, "tag": []Doc{{"type": "Mention", "href": parks.URI}, {"type": "Mention", "href": ann.URI}},
		}
	}
	for _, kind := range []string{"Note", "ChatMessage"} {
		town.Unchanged(ours, func() {
			eve.Sends(ann.URI+"/inbox", Doc{"id": eve.ID(), "type": "Create", "actor": eve.URI, "to": []any{ann.URI}, "object": message(kind)})
			town.Settle()
		})
	}
	town, ann, there, community, bo := guests(t, "bb.example", "/category/2", "/uid/1")
	hushed := Doc{
		"id": string(bo.URI) + "/1", "type": "Note", "attributedTo": bo.URI, "content": "<p>Between us</p>", "to": []any{ann.URI},
		"tag": []Doc{{"type": "Mention", "href": community.URI}},
	}
	community.Sends(sharedInbox, Doc{"id": community.ID(), "type": "Announce", "actor": community.URI, "object": hushed})
	town.Settle()
	ann.SeesNot(there, "Between us")
	if n := town.posts(t); n != 0 {
		t.Errorf("it is %d posts", n)
	}
}
