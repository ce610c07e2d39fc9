package ap

import (
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/multibase"
	"moothall/federation/proof"
	"moothall/federation/sign"
)

var (
	early = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	noon  = time.Date(2026, 6, 9, 8, 5, 0, 123_456_789, time.UTC)
	later = time.Date(2026, 6, 9, 10, 0, 0, 0, time.FixedZone("BST", 3600))
)

func localActor(kind actors.Kind, base, name string) actors.Actor {
	id := actors.URI("https://north.example" + base)
	inbox := id + "/inbox"
	if kind == actors.Application {
		inbox = "https://north.example/inbox"
	}
	return actors.Actor{
		URI: id, Kind: kind, Name: name, Host: "north.example", Local: true,
		Inbox: inbox, Outbox: id + "/outbox", SharedInbox: "https://north.example/inbox",
		KeyID: string(id) + "#main-key", PublicKey: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
		Published: early, Discoverable: true, Indexable: true,
	}
}

func ana() actors.Actor {
	a := localActor(actors.Person, "/u/ana", "ana")
	a.Title, a.Summary, a.Source = "Ana Okoro", "<p>Parks &amp; ponds</p>", "Parks & ponds"
	a.Organisation, a.JobTitle = "North Council <Parks>", "Officer"
	a.Ed25519Key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	a.Updated = later
	return a
}

// provedByAna has the secret half of the key in ana's document: the published
// example of FEP-8b32.
var provedByAna = proof.Signer{Method: ProofKeyID(ana().URI), Key: exampleKey()}

func exampleKey() ed25519.PrivateKey {
	b, _ := multibase.Decode("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")
	return ed25519.NewKeyFromSeed(b[2:]) // behind the two bytes that name the kind
}

func proved(raw []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return provedByAna.Attach(raw, noon)
}

// TestC20_ProofsOfGoldens: what is shown as ours holds, alone and inside an Announce.
func TestC20_ProofsOfGoldens(t *testing.T) {
	t.Parallel()
	pub := exampleKey().Public().(ed25519.PublicKey)
	if got := sign.EncodeMultikey(pub); got != ana().Ed25519Key {
		t.Fatalf("the example's key is %s", got)
	}
	for name, inside := range map[string]bool{"like_proved": false, "announce_proved": true, "page_proved": false, "update_proved": false} {
		raw, err := os.ReadFile(filepath.Join(golden, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if inside {
			a, err := ParseActivity(raw)
			if err != nil {
				t.Fatal(err)
			}
			raw = a.Object.Raw()
		}
		c, err := proof.Read(raw, ana().URI, later)
		if err == nil {
			err = c.Prove(proof.Key{ID: ProofKeyID(ana().URI), Owner: ana().URI, Public: pub})
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func bo() actors.Actor {
	return actors.Actor{URI: "https://south.example/u/bo", Kind: actors.Person, Name: "bo", Host: "south.example"}
}

func soil() actors.Actor {
	a := localActor(actors.Group, "/c/soil", "soil")
	a.Title = "Soil"
	return a
}

func node() actors.Actor {
	a := localActor(actors.Application, "/", "north.example")
	a.Title, a.Outbox = "North Council", "https://north.example/outbox"
	return a
}

func trial(audience actors.Audience) content.Post {
	return content.Post{
		URI: "https://north.example/p/41", Kind: content.Discussion, Title: "Trial results <b> & more",
		HTML: "<p>Plot B kept moisture.</p>", Source: "Plot B kept moisture.", Language: "en-GB",
		Audience: audience, Published: noon,
	}
}

func envelope(p content.Post, n string) Envelope {
	to, cc := PostAddress(p.Audience, ana(), soil(), nil, nil)
	return Envelope{
		ID: actors.URI("https://north.example/a/" + n), Actor: ana().URI, To: to, Cc: cc,
		Audience: soil().URI, Published: noon,
	}
}

func groupEnvelope(audience actors.Audience, n string) Envelope {
	to, cc := GroupAddress(audience, soil())
	return Envelope{ID: actors.URI("https://north.example/a/" + n), Actor: soil().URI, To: to, Cc: cc, Audience: soil().URI, Published: noon}
}

// ours are all kinds of document that this package writes.
func ours(t testing.TB) map[string][]byte {
	t.Helper()
	docs := map[string][]byte{}
	add := func(name string, raw []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(name, err)
		}
		docs[name] = raw
		return raw
	}
	write := func(name string) func([]byte, error) []byte {
		return func(raw []byte, err error) []byte { return add(name, raw, err) }
	}
	oursActors(write)
	page := oursPosts(write)
	oursPapers(write)
	oursActivities(write, page)
	oursCollections(write, page)
	return docs
}

type writing func(name string) func([]byte, error) []byte

func oursActors(write writing) {
	person := write("actor_person")(WriteActor(ana()))
	write("update_person")(WriteUpdate(Envelope{ID: "https://north.example/a/up4", Actor: ana().URI,
		To: []actors.URI{actors.Public}, Cc: []actors.URI{ana().URI + "/followers"}, Published: noon}, person))
	write("actor_node")(WriteActor(node()))
	group := write("actor_community")(WriteCommunity(actors.Community{Actor: soil(), Audience: actors.AudiencePublic, Posting: actors.PostModerators}))
	write("update_community")(WriteDescription(groupEnvelope(actors.AudiencePublic, "up3"), group, Description{
		Name: "Soil and water", Summary: "<p>What <em>grows</em>.</p>\n", Source: "What *grows*.", Updated: noon,
	}))
	write("actor_community_members")(WriteCommunity(actors.Community{Actor: soil(), Audience: actors.AudienceMembers}))
	known, moved := ana(), soil()
	known.AlsoKnownAs = "https://old.example/u/ana"
	moved.MovedTo, moved.Moved = "https://south.example/c/soil", later
	write("actor_person_known_as")(WriteActor(known))
	write("actor_community_moved")(WriteCommunity(actors.Community{Actor: moved, Audience: actors.AudiencePublic}))
	write("tombstone")(WriteTombstone("https://north.example/p/40", "Page", later))
}

func oursPosts(write writing) (page []byte) {
	p := trial(actors.AudiencePublic)
	page = write("page")(WritePost(p, ana(), soil(), nil, ConversationAt(p.URI, true), []Mention{{"@bo@south.example", bo().URI}}))

	link := p
	link.Link, link.Source, link.HTML, link.Language, link.Updated = "https://example.org/a?b=1&c=2", "", "", "", later
	write("page_link")(WritePost(link, ana(), soil(), nil, ConversationAt(p.URI, true), nil))

	question := p
	question.Kind, question.Type = content.Question, "Article"
	write("article_question")(WritePost(question, ana(), soil(), nil, ConversationAt(p.URI, true), nil))

	write("page_members")(WritePost(trial(actors.AudienceMembers), ana(), soil(), nil, ConversationAt(p.URI, true), []Mention{{"@bo@south.example", bo().URI}}))

	for name, audience := range map[string]actors.Audience{"note": actors.AudiencePublic, "note_members": actors.AudienceMembers} {
		c := content.Post{URI: "https://north.example/p/42", Kind: content.Comment, HTML: "<p>Which plot?</p>", Audience: audience, Published: later}
		write(name)(WritePost(c, ana(), soil(), &Parent{"https://south.example/p/7", bo()}, ConversationAt(p.URI, true), nil))
	}
	return page
}

// given is a receipt as package receipt writes it.
var given = json.RawMessage(`{"attributedTo":"https://south.example/","id":"https://south.example/a/rc1#receipt","moothall:about":"https://north.example/a/de1",` +
	`"moothall:filesRemoved":1,"moothall:kept":1,"moothall:passedOnTo":["west.example"],"moothall:state":"partly","object":"https://north.example/p/41",` +
	`"proof":{"created":"2026-06-09T08:05:00Z","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","proofValue":"zFidHon7Mkki6BWK4hYprTcPUmvedQotnHrBFfKXdUtWseZcDeyXttsV1hZALVHirqqFBZpPKGhCncYHXKzX3qEE","type":"DataIntegrityProof",` +
	`"verificationMethod":"https://south.example/#ed25519-key"},"published":"2026-06-09T08:05:00Z","type":"moothall:Receipt"}`)

func oursActivities(write writing, page []byte) {
	p := trial(actors.AudiencePublic)
	follow := Follow{"https://north.example/a/f1", ana().URI, "https://south.example/c/ponds"}
	asked := Follow{"https://south.example/a/91", bo().URI, soil().URI}
	raw := write("follow")(WriteFollow(follow))
	write("accept")(WriteAccept("https://north.example/a/ac1", asked))
	write("reject_removal")(WriteRemoval("https://north.example/a/re2", asked))
	write("reject")(WriteReject("https://north.example/a/re1", asked, ""))
	write("reject_reason")(WriteReject("https://north.example/a/re4", asked, "This community is for people who work in licensing"))
	asks := Invite{"https://north.example/a/in1", soil().URI, bo().URI, noon}
	write("invite")(WriteInvite(asks))
	write("undo_invite")(WriteUndoInvite("https://north.example/a/un6", asks))
	write("reject_invite")(WriteRejectInvite("https://north.example/a/re5", Invite{"https://south.example/a/in2", "https://south.example/c/ponds", ana().URI, noon}))
	write("decline")(WriteDecline(Envelope{ID: "https://north.example/a/de1", Actor: soil().URI, To: []actors.URI{bo().URI}}, "https://south.example/p/7"))
	write("undo_follow")(WriteUndo(Envelope{ID: "https://north.example/a/un1", Actor: ana().URI, To: []actors.URI{follow.Object}}, raw))
	create := write("create")(WriteCreate(envelope(p, "c1"), page))
	write("update")(WriteUpdate(envelope(p, "up1"), page))
	write("update_proved")(proved(WriteUpdate(envelope(p, "up3"), write("page_proved")(proved(page, nil)))))
	asking := envelope(p, "de1")
	asking.ReceiptTo = asking.Actor
	write("delete")(WriteDelete(asking, p.URI, ""))
	write("accept_receipt")(WriteReceipt(Envelope{ID: "https://south.example/a/rc1", Actor: "https://south.example/", To: []actors.URI{ana().URI}, Published: later},
		asking.ID, given))
	write("delete_moderator")(WriteDelete(envelope(p, "de2"), p.URI, "off topic"))
	write("add_featured")(WriteAdd(envelope(p, "ad1"), p.URI, soil().URI+"/featured"))
	write("remove_featured")(WriteRemove(envelope(p, "re1"), p.URI, soil().URI+"/featured"))
	write("add_moderator")(WriteAdd(envelope(p, "ad2"), bo().URI, soil().URI+"/moderators"))
	write("lock")(WriteLock(envelope(p, "lo1"), p.URI, "settled"))
	write("undo_lock")(WriteUndoLock(envelope(p, "un4"), p.URI, "there is news"))
	write("choose_answer")(WriteAnswer(envelope(p, "ca1"), "https://south.example/p/9"))
	write("undo_choose_answer")(WriteUndoAnswer(envelope(p, "un7"), "https://south.example/p/9"))
	write("undo_delete_moderator")(WriteUndoDelete(envelope(p, "un5"), p.URI, "off topic"))
	write("update_comments")(WriteComments(envelope(p, "up2"), page, false, noon))
	removal := Block{Posts: true, Who: bo().URI, Group: soil().URI, Reason: "advertises", Until: noon.AddDate(0, 1, 0)}
	write("block")(WriteBlock(envelope(p, "bl1"), removal))
	write("undo_block")(WriteUndoBlock(envelope(p, "un3"), removal))
	write("flag")(WriteFlag(Flag{ID: "https://north.example/a/fl1", Actor: ana().URI, To: "https://south.example/c/ponds",
		Group: "https://south.example/c/ponds", Objects: []actors.URI{"https://south.example/p/7"}, Words: "An advertisement"}))
	write("flag_person")(WriteFlag(Flag{ID: "https://north.example/a/fl2", Actor: node().URI, To: bo().URI,
		Objects: []actors.URI{bo().URI, "https://south.example/p/7"}, Words: "Reported to the community"}))
	write("move")(WriteMove(Envelope{ID: "https://north.example/a/mo1", Actor: soil().URI, To: []actors.URI{soil().URI + "/followers"}, Published: later},
		"https://south.example/c/soil"))
	like := write("like")(WriteLike(envelope(p, "li1"), p.URI))
	provedLike := write("like_proved")(proved(like, nil))
	write("undo_like")(WriteUndo(envelope(p, "un2"), like))
	write("announce")(WriteAnnounce(groupEnvelope(actors.AudiencePublic, "an1"), embeddable(create), nil))
	write("announce_proved")(WriteAnnounce(groupEnvelope(actors.AudiencePublic, "an4"), embeddable(provedLike), nil))
	write("announce_members")(WriteAnnounce(groupEnvelope(actors.AudienceMembers, "an2"), embeddable(like),
		&LogHead{Audience: "members", Seq: 7, Hash: "aa11", Prev: "bb22", Epoch: 3, Signature: "sig"}))
	boost := write("announce_boost")(WriteBoost(groupEnvelope(actors.AudiencePublic, "an3"), p.URI))
	write("undo_boost")(WriteUndo(groupEnvelope(actors.AudiencePublic, "un6"), boost))
}

func oursCollections(write writing, page []byte) {
	id := soil().URI
	write("followers")(WriteCount(id+"/followers", 12))
	write("moderators")(WriteCollection(Listing{ID: id + "/moderators", Total: 1, Items: Refs(ana().URI)}))
	write("featured")(WriteCollection(Listing{ID: id + "/featured", Total: 1, Items: []json.RawMessage{page}, First: id + "/featured?page=1"}))
	write("outbox")(WriteCollection(Listing{ID: id + "/outbox", First: id + "/outbox?page=1"}))
	write("outbox_page")(WritePage(Listing{ID: id + "/outbox?page=2", PartOf: id + "/outbox", Total: 120,
		Items: Refs("https://north.example/a/an1"), Next: id + "/outbox?page=3", Prev: id + "/outbox?page=1"}))
	write("context")(WriteCollection(Listing{ID: "https://north.example/p/41/context", Total: 2,
		Items: Refs("https://north.example/p/41", "https://south.example/?p=42&x=1"), AttributedTo: id, Audience: id,
		History: "https://north.example/p/41/context/history"}))
	like, _ := WriteLike(envelope(trial(actors.AudiencePublic), "li1"), trial(actors.AudiencePublic).URI)
	create, _ := WriteCreate(envelope(trial(actors.AudiencePublic), "c1"), page)
	write("context_history")(WriteCollection(Listing{ID: "https://north.example/p/41/context/history", Total: 2,
		Items: []json.RawMessage{create, like}, AttributedTo: id, Audience: id}))
	write("followers_synchronization")(WriteCollection(Listing{ID: id + "/followers_synchronization", Total: 2,
		Items: Refs("https://south.example/u/bo", "https://south.example/u/cy"), AttributedTo: id}))
	write("log_page")(WriteLogPage(somePage()))
	write("replies")(WriteReplies("https://north.example/p/41/replies", 1, []actors.URI{"https://north.example/p/42"}, ""))
}

// embeddable is a document that was written here, which is always embeddable.
func embeddable(raw []byte) Embedded {
	e, err := Embeddable(raw)
	if err != nil {
		panic(err)
	}
	return e
}
