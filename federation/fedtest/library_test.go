package fedtest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// has fails the test unless a person's node has these versions of a document, the
// latest first, as its author's has them.
func (p *Person) has(author *Person, post Post, numbers ...int) {
	p.town.T.Helper()
	want, theirs := author.Paper(post)
	d, versions := p.Paper(post)
	if d.Number != want.Number || d.Licence != want.Licence || d.Issuer != want.Issuer ||
		d.Stage != want.Stage || !slices.Equal(d.Subjects, want.Subjects) || !d.Review.Equal(want.Review.Truncate(24*time.Hour)) {
		p.town.T.Errorf("%s has %+v, and its author %+v", p.URI, d, want)
	}
	var got []int
	for _, v := range versions {
		got = append(got, v.Number)
		i := slices.IndexFunc(theirs, func(t content.Version) bool { return t.Number == v.Number })
		if i < 0 || v.URI != theirs[i].URI || v.File != theirs[i].File || v.Note != theirs[i].Note || v.IsWithdrawn() != theirs[i].IsWithdrawn() || v.Reason != theirs[i].Reason {
			p.town.T.Errorf("%s has version %+v, and its author %+v", p.URI, v, theirs)
		}
	}
	if !slices.Equal(got, numbers) {
		p.town.T.Errorf("%s has versions %v, want %v", p.URI, got, numbers)
	}
}

// TestDocumentsTravel: by members of the community's own site and of another one.
func TestDocumentsTravel(t *testing.T) {
	for _, home := range []bool{true, false} {
		t.Run(fmt.Sprint("at home: ", home), func(t *testing.T) {
			town, ann, bob, cer, parks := parish(t)
			author, reader := ann, bob
			if !home {
				author, reader = bob, ann
			}
			guide := author.Shares(parks, "Pond lining guide")
			town.Settle()
			for _, p := range []*Person{reader, cer} {
				p.has(author, guide, 1)
			}
			town.Agree(parks, ann, bob, cer)
			cer.Saves(guide)
			cer.Replies(guide, "Very useful")
			town.Settle()
			town.Pass(time.Hour)
			author.AddsVersion(guide, "New costs")
			town.Settle()
			for _, p := range []*Person{reader, cer} {
				p.has(author, guide, 2, 1)
			}
			if told := cer.Told(); !slices.Equal(told, []string{"version", "joined"}) {
				t.Errorf("who saved it was told %v", told)
			}
			town.Pass(time.Hour)
			author.AddsVersion(guide, "Newer costs")
			author.WithdrawsVersion(guide, 2, "The costs were wrong")
			town.Settle()
			for _, p := range []*Person{reader, cer} {
				p.has(author, guide, 3, 2, 1)
			}
			town.Agree(parks, ann, bob, cer)
		})
	}
}

// TestDOC4_WithdrawalsTravel: with title, reason and what to read instead, whoever passes them on, and in a
// closed community too, where they have no proof.
func TestDOC4_WithdrawalsTravel(t *testing.T) {
	for _, audience := range []actors.Audience{actors.AudiencePublic, actors.AudienceMembers} {
		t.Run(string(audience), func(t *testing.T) {
			town := closed(t, audience)
			guide := town.bob.Shares(town.tender, "Pond lining guide")
			town.Settle()
			town.cer.has(town.bob, guide, 1)
			town.cer.Saves(guide)
			town.Pass(time.Hour)
			town.bob.WithdrawsFor(guide, "The figures were wrong", "https://west.example/d/4kz7w9xb")
			town.Settle()
			town.Pass(time.Hour)
			for _, p := range []*Person{town.ann, town.bob, town.cer} {
				d, _ := p.Paper(guide)
				if !d.IsWithdrawn() || d.Withdrawal != (content.Withdrawal{Title: "Pond lining guide", Reason: "The figures were wrong", Replaced: "https://west.example/d/4kz7w9xb"}) || p.Holds(guide) || d.Summary != "" {
					t.Errorf("%s: %+v", p.URI, d)
				}
			}
			if told := town.cer.Told(); !slices.Contains(told, "withdrawn") {
				t.Errorf("who saved it was told %v", told)
			}
		})
	}
}

// TestHistoryBringsDocuments: who joins later has them as documents, and so has who is
// answered in one that is not here.
func TestHistoryBringsDocuments(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	guide := ann.Shares(parks, "Pond lining guide")
	town.Pass(time.Hour)
	ann.AddsVersion(guide, "New costs")
	town.Settle()
	bob.Joins(parks)
	town.Pass(time.Hour)
	bob.has(ann, guide, 2)
	town.Pass(time.Hour)
	ann.AddsVersion(guide, "Newer costs")
	ann.WithdrawsVersion(guide, 1, "The first figures were wrong")
	ann.WithdrawsVersion(guide, 2, "So were these")
	town.Settle()
	bob.has(ann, guide, 3, 2)
	cer.Joins(parks)
	town.Pass(time.Hour)
	cer.has(ann, guide, 3)
	if refusals := town.Refusals("south.example") + town.Refusals("west.example"); refusals != "" {
		t.Errorf("refused on the way: %s", refusals)
	}
}

// TestC23_CommunityCannotWithdrawTheVersionsOfOthers: a community elsewhere says that
// an author on a third host withdrew a version. That host is asked, and its words count.
func TestC23_CommunityCannotWithdrawTheVersionsOfOthers(t *testing.T) {
	town := New(t, ours)
	ann := town.Person("ann@" + ours)
	far, evil := town.Stranger("far.example"), town.Stranger("evil.example")
	group, eve := far.Group("parks"), evil.Person("eve")
	parks := Community{URI: group.URI}
	follow, err := ann.Try(Doc{"type": "Follow", "object": group.URI})
	town.must(err)
	town.Settle()
	group.Sends(sharedInbox, Doc{"id": group.ID(), "type": "Accept", "actor": group.URI, "object": follow})
	town.Settle()
	id := "https://evil.example/d/1"
	evil.Serves("/d/1", Answer{Body: paper(eve, parks, id, 2, "Second words")})
	announce := func(inner Doc) {
		group.Sends(sharedInbox, Doc{"@context": "https://www.w3.org/ns/activitystreams", "id": group.ID(), "type": "Announce", "actor": group.URI,
			"to": []actors.URI{actors.Public}, "cc": []string{}, "audience": group.URI, "object": inner})
		town.Settle()
	}
	announce(eve.said(parks, "Create", paper(eve, parks, id, 9, "Words that were never said")))
	post := Post{URI: actors.URI(id)}
	if _, versions := ann.Paper(post); len(versions) != 1 || versions[0].Number != 2 {
		t.Fatalf("taken in as %+v", versions)
	}
	stone := Doc{"type": "Tombstone", "id": id + "/v/2", "moothall:reason": "Words of the community"}
	for _, c := range []struct {
		origin Answer
		gone   bool
		reason string
	}{
		{Answer{Body: Doc{"type": "Article", "id": id + "/v/2"}}, false, ""},
		{Answer{Status: http.StatusGone, Body: Doc{"type": "Tombstone", "id": id + "/v/2", "moothall:reason": "Words of its author"}}, true, "Words of its author"},
	} {
		evil.Serves("/d/1/v/2", c.origin)
		announce(eve.said(parks, "Delete", stone))
		if _, versions := ann.Paper(post); len(versions) != 1 || versions[0].IsWithdrawn() != c.gone || versions[0].Reason != c.reason {
			t.Errorf("%d: %+v", c.origin.Status, versions)
		}
	}
}

// TestC49_S140_MembersDocumentsReachMembersHostsOnly looks for words of a document in
// everything that a host without members was ever sent.
func TestC49_S140_MembersDocumentsReachMembersHostsOnly(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	evil := town.Stranger("evil.example")
	mal := evil.Person("mal")
	mal.Sends(town.bob.URI+"/inbox", Doc{"id": mal.ID(), "type": "Follow", "actor": mal.URI, "object": town.bob.URI})
	town.Settle()
	guide := town.bob.Shares(town.tender, "Obsidian guide")
	town.Pass(time.Hour)
	town.bob.AddsVersion(guide, "Obsidian costs")
	town.Pass(time.Hour)
	for _, r := range evil.Requests() {
		if strings.Contains(string(r.Body), "bsidian") || strings.Contains(string(r.Body), string(guide.URI)) {
			t.Errorf("%s %s: %s", r.Method, r.URL, r.Body)
		}
	}
	for _, part := range []string{"", "/v/1", "/v/2", "/history", "/context", "/replies", "/context/history"} {
		for name, who := range map[string]actors.URI{"nobody": "", "mal": mal.URI} {
			r := town.get(string(guide.URI)+part, activityType)
			if who != "" {
				r = mal.asks(t, guide.URI+actors.URI(part))
			}
			if r.Status != http.StatusNotFound || strings.Contains(r.Body, "bsidian") {
				t.Errorf("%s asks for %q: %d %s", name, part, r.Status, r.Body)
			}
		}
	}
	town.cer.has(town.bob, guide, 2, 1)
}

func (p *Puppet) asks(t *testing.T, at actors.URI) Reply {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, string(at), nil)
	p.of.town.must(err)
	r.Header.Set("Accept", activityType)
	l := &Letter{Request: r, At: p.of.town.Clock.Now()}
	l.Signer.KeyID, l.Signer.Key = p.KeyID(), p.Key
	return p.of.post(l, nil)
}

// paper is a document by the puppet, as another node of ours would write it.
func paper(by *Puppet, parks Community, id string, number int, words string) Doc {
	return Doc{
		"id": id, "type": "Article", "attributedTo": by.URI, "actor": by.URI, "name": "Their guide", "content": "<p>" + words + "</p>",
		"to": []actors.URI{parks.URI, actors.Public}, "cc": []string{}, "audience": parks.URI,
		"published": Opening.Format(time.RFC3339), "updated": by.of.town.Clock.Now().Format(time.RFC3339),
		"moothall:kind": "document", "moothall:version": fmt.Sprint(number), "moothall:abstract": words,
		"attachment": []Doc{{"type": "Document", "url": id + "/file", "name": "a.pdf", "mediaType": "application/pdf",
			"digestMultibase": content.DigestOf([]byte(words)).Multibase(), "size": len(words)}},
	}
}

func (p *Puppet) said(parks Community, kind string, object Doc) Doc {
	return Doc{"@context": "https://www.w3.org/ns/activitystreams", "id": p.ID(), "type": kind, "actor": p.URI,
		"to": []actors.URI{parks.URI, actors.Public}, "cc": []string{}, "audience": parks.URI, "object": object}
}

// TestS59_VersionsNeverChange: what is here of a version stays, whatever an Update
// says and however new it is. Each refusal is in the log with its reason.
func TestS59_VersionsNeverChange(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	id := eve.ID()
	post := Post{URI: actors.URI(id)}
	eve.follows(parks)
	eve.Sends(inbox(parks), eve.said(parks, "Create", paper(eve, parks, id, 3, "Third words")))
	town.Settle()
	ann.Saves(post)
	for name, c := range map[string]struct {
		code   string
		change func(d Doc)
	}{
		"lower":           {"lower_version", func(d Doc) { d["moothall:version"] = "2" }},
		"another file":    {"same_version", func(d Doc) { d["attachment"].([]Doc)[0]["digestMultibase"] = content.DigestOf([]byte("x")).Multibase() }},
		"another address": {"same_version", func(d Doc) { d["tag"] = []Doc{{"type": "Link", "rel": "latest-version", "href": id + "/w/3"}} }},
		"no file":         {"not_a_document", func(d Doc) { d["attachment"] = []Doc{} }},
		"no digest":       {"not_a_document", func(d Doc) { delete(d["attachment"].([]Doc)[0], "digestMultibase") }},
		"a version of ours": {"version_elsewhere", func(d Doc) {
			d["tag"] = []Doc{{"type": "Link", "rel": "latest-version", "href": "https://north.example/d/x/v/4"}}
		}},
		"S141 a file of another": {"file_elsewhere", func(d Doc) { d["attachment"].([]Doc)[0]["url"] = "https://third.example/d/x/v/1/file" }},
		"a file of ours":         {"local_forgery", func(d Doc) { d["attachment"].([]Doc)[0]["url"] = "https://north.example/d/x/v/1/file" }},
		"classified":             {"classified", func(d Doc) { d["moothall:classification"] = "SECRET" }},
		"a version by itself":    {"version", func(d Doc) { d["moothall:versionOf"] = id }},
		"classified, and higher": {"classified", func(d Doc) { d["moothall:version"], d["moothall:classification"] = "4", "OFFICIAL-SENSITIVE" }},
	} {
		town.Pass(time.Minute)
		object := paper(eve, parks, id, 3, "Third words")
		c.change(object)
		town.Unchanged(ours, func() {
			eve.Sends(inbox(parks), eve.said(parks, "Update", object))
			town.Settle()
		})
		if !strings.Contains(town.dump(ours), `reason="`+c.code+`:`) {
			t.Errorf("%s: no line of the log says %s", name, c.code)
		}
	}
	town.Pass(time.Minute)
	edit := paper(eve, parks, id, 3, "Third words")
	edit["name"], edit["moothall:place"] = "Their better guide", "Leeds"
	eve.Sends(inbox(parks), eve.said(parks, "Update", edit))
	town.Settle()
	if d, versions := ann.Paper(post); d.Place != "Leeds" || len(versions) != 1 || versions[0].Title != "Their guide" || len(ann.Told()) != 0 {
		t.Errorf("after a change of words: %+v %+v %v", d, versions, ann.Told())
	}
	town.Pass(time.Minute)
	eve.Sends(inbox(parks), eve.said(parks, "Update", paper(eve, parks, id, 5, "Fifth words")))
	town.Settle()
	if d, versions := ann.Paper(post); d.Number != 5 || len(versions) != 2 || !slices.Equal(ann.Told(), []string{"version"}) {
		t.Errorf("after a new version: %+v %+v %v", d, versions, ann.Told())
	}
	ann.Sees(parks, "Their guide")
	town.Pass(time.Minute)
	eve.Sends(inbox(parks), eve.said(parks, "Update", edit)) // an old one that comes again
	town.Settle()
	if d, versions := ann.Paper(post); d.Number != 5 || d.Place != "" || len(versions) != 2 {
		t.Errorf("after an old edit: %+v %+v", d, versions)
	}
}

// TestC60_ArticleWithoutADigestIsNoDocument: what could not be checked is not offered
// as a file of a document.
func TestC60_ArticleWithoutADigestIsNoDocument(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.follows(parks)
	for name, digest := range map[string]any{"none": nil, "of another kind": "zQmUJPTFZnR2CPGAzmfdYPghgrFtYFB6pf1BqMvqfiPDa", "not text": 7} {
		id := eve.ID()
		object := paper(eve, parks, id, 1, "Words")
		object["attachment"].([]Doc)[0]["digestMultibase"] = digest
		eve.Sends(inbox(parks), eve.said(parks, "Create", object))
		town.Settle()
		post := Post{URI: actors.URI(id)}
		if _, versions := ann.Paper(post); versions != nil || !ann.Holds(post) {
			t.Errorf("%s: %+v, held: %v", name, versions, ann.Holds(post))
		}
	}
}

// TestUnknownSoftwareSeesADocument: an Article with a link, a boost of its id, and the
// file as the first thing attached.
func TestUnknownSoftwareSeesADocument(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.follows(parks)
	eve.of.Forget()
	guide := ann.Shares(parks, "Pond lining guide")
	town.Settle()
	var kinds []string
	for _, x := range eve.of.Requests() {
		if act, err := ap.ParseActivity(x.Body); x.Method == http.MethodPost && err == nil {
			kinds = append(kinds, act.Type+" "+act.Object.Type())
			if act.Type == "Announce" && !act.Object.Embedded() && act.Object.ID() != string(guide.URI) {
				t.Errorf("a boost of %s", act.Object.ID())
			}
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"Announce ", "Announce Create"}) {
		t.Errorf("was sent %v", kinds)
	}
	o, err := ap.ParseObject([]byte(town.get(string(guide.URI), activityType).Body))
	if err != nil || o.Type != "Article" || o.Name != guide.Title || !strings.Contains(o.Summary, "About: Pond") ||
		!strings.Contains(o.Content, "Download "+guide.Title+"</a>, version 1 (guide.docx, ") || o.Attachment[0].URL != string(guide.URI)+"/v/1/file" {
		t.Errorf("%+v %v", o, err)
	}
}

// keeps tells the author that the reader's node keeps a copy of a version.
func (p *Person) keeps(post Post, number int) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, _ actors.Actor, d content.Post) error {
		v, err := tx.Version(ctx, d.ID, number)
		if err != nil {
			return err
		}
		return p.hall().node.Actions.TellKeptCopy(ctx, tx, d, v)
	})
	p.town.Settle()
}

// copies are the hosts that a person's node knows to keep copies of a document.
func (p *Person) copies(post Post) (hosts []string) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, _ actors.Actor, d content.Post) error {
		list, err := tx.KeptCopies(ctx, d.ID)
		for _, k := range list {
			hosts = append(hosts, fmt.Sprint(k.Host, " ", k.Number))
		}
		return err
	})
	return hosts
}

// TestMEM5_WhoKeepsACopySaysSo: a node speaks of its own copies only, and of what its
// people may read. The owner is told once for each version.
func TestMEM5_WhoKeepsACopySaysSo(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	guide := town.ann.Shares(town.tender, "Pond lining guide")
	town.Settle()
	town.Pass(time.Minute)
	town.cer.keeps(guide, 1)
	town.cer.keeps(guide, 1)
	if got := town.ann.copies(guide); !slices.Equal(got, []string{"west.example 1"}) {
		t.Errorf("copies at %v", got)
	}
	told := slices.DeleteFunc(town.ann.Told(), func(kind string) bool { return kind != "copied" })
	if len(told) != 1 {
		t.Errorf("the owner was told %v", told)
	}
	evil := town.Stranger("evil.example")
	server, mal := evil.Actor("Application", "server"), evil.Person("mal")
	for name, by := range map[string]*Puppet{"a server without members": server, "a person": mal} {
		for _, target := range []string{"https://evil.example/library", "https://west.example/library"} {
			by.Sends("https://north.example/inbox", Doc{"id": by.ID(), "type": "Add", "actor": by.URI, "to": []actors.URI{town.ann.URI},
				"cc": []string{}, "object": guide.URI + "/v/1", "target": target})
			town.Settle()
			if got := town.ann.copies(guide); len(got) != 1 {
				t.Errorf("%s, %s: copies at %v", name, target, got)
			}
		}
	}
	open := town.ann.Starts("parks")
	plans := town.ann.Shares(open, "Pond plans")
	server.Sends("https://north.example/inbox", Doc{"id": server.ID(), "type": "Add", "actor": server.URI, "to": []actors.URI{town.ann.URI},
		"cc": []string{}, "object": plans.URI + "/v/1", "target": "https://evil.example/library"})
	town.Settle()
	if got := town.ann.copies(plans); !slices.Equal(got, []string{"evil.example 1"}) {
		t.Errorf("of what is public: copies at %v", got)
	}
}

// TestS216_WithdrawnVersionsAreErased: from all that any site holds, also from what
// told of them before, whichever site the document is from. The others stay.
func TestS216_WithdrawnVersionsAreErased(t *testing.T) {
	for _, home := range []bool{true, false} {
		t.Run(fmt.Sprint("at home: ", home), func(t *testing.T) {
			town, ann, bob, cer, parks := parish(t)
			author := ann
			if !home {
				author = bob
			}
			guide := author.Shares(parks, "Pond lining guide")
			for _, note := range []string{"Bentonite costs", "Newer costs"} {
				town.Pass(time.Hour)
				author.AddsVersion(guide, note)
				town.Settle()
			}
			marks := []string{"Bentonite costs", content.DigestOf([]byte("Bentonite costs")).Multibase()}
			stays := content.DigestOf([]byte("Newer costs")).Multibase()
			for _, host := range []string{ann.URI.Host(), bob.URI.Host(), cer.URI.Host()} {
				for _, mark := range append(marks, stays) {
					if !strings.Contains(town.dump(host), mark) {
						t.Fatalf("%s never had %s", host, mark)
					}
				}
			}
			author.WithdrawsVersion(guide, 2, "The costs were wrong")
			town.Settle()
			town.Pass(time.Hour)
			for _, host := range []string{ann.URI.Host(), bob.URI.Host(), cer.URI.Host()} {
				held := town.dump(host)
				for row := range strings.Lines(held) {
					for _, mark := range marks {
						if strings.Contains(row, mark) {
							t.Errorf("%s still has %s: %s", host, mark, row)
						}
					}
				}
				if !strings.Contains(held, stays) {
					t.Errorf("%s has erased the version that stays", host)
				}
			}
			town.Agree(parks, ann, bob, cer)
			cer.has(author, guide, 3, 2, 1)
		})
	}
}
