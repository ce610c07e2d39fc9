package fedtest

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// stem begins every word that nobody but members may ever read, and absent the words
// of the same length that are nowhere.
const stem, absent = "quartz", "xyloph"

// The words that are planted: each says where it was found.
const (
	markName      = stem + "name" // of the community, in its address
	markTitle     = stem + "title"
	markPurpose   = stem + "purpose"
	markTopic     = stem + "topic"
	markBody      = stem + "body"
	markReply     = stem + "reply"
	markEdit      = stem + "edit"
	markReason    = stem + "reason" // of hiding something
	markLock      = stem + "lock"
	markExpel     = stem + "expel" // why dee was removed, which she is told
	markReport    = stem + "report"
	markPaper     = stem + "paper"
	markSummary   = stem + "summary"
	markSubject   = stem + "subject"
	markReference = stem + "reference"
	markHandling  = stem + "handling"
	markFile      = stem + "file"
	markBytes     = stem + "bytes"
	markNote      = stem + "note"
	markUpload    = stem + "upload"
)

// everyMark is what members find, between them.
var everyMark = []string{
	markName, markTitle, markPurpose, markTopic, markBody, markReply, markEdit, markReason, markLock, markExpel, markReport,
	markPaper, markSummary, markSubject, markReference, markHandling, markFile, markBytes, markNote, markUpload,
}

// secretTown is a closed community that no list shows, in which all has happened that
// members do, and a public one with things in it that are for its members.
//
// north is the home, south a third host where a member wrote, west has a reader, a
// neighbour of hers and somebody who was removed, and east is a partner without a
// member. evil.example is a stranger, blocked.example had a member and is blocked
// since, former.example had one who was removed.
type secretTown struct {
	*closedTown
	dee, rex    *Person            // removed: from west, and at home
	boss, plain map[string]*Person // who runs each node, and who is only signed in there
	parks       Community          // public
	open        []Post             // what is public in parks

	evil, blocked, former      *Stranger
	mal, server, shut, dropped *Puppet
	posts, papers              []Post // for members; papers are among posts
	deeTopic                   Post
	digests                    []content.Digest
	since                      int // exchanges before anything was planted
	ofDee                      []Post
}

var secretHosts = []string{"north.example", "south.example", "west.example", "east.example"}

// withMembers are the hosts to which what members say may go.
var withMembers = map[string]bool{"north.example": true, "south.example": true, "west.example": true}

func newSecretTown(t *testing.T) *secretTown {
	t.Helper()
	town := &secretTown{closedTown: &closedTown{Town: New(t, secretHosts...)}, boss: map[string]*Person{}, plain: map[string]*Person{}}
	town.people()
	town.communities()
	town.leavers()
	town.discussions()
	town.documents()
	town.Pass(time.Hour)
	town.signIn()
	return town
}

func (town *secretTown) people() {
	town.T.Helper()
	town.ann, town.bob, town.cer = town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	town.dee, town.rex = town.Person("dee@west.example"), town.Person("rex@north.example")
	for _, host := range secretHosts {
		town.boss[host] = town.Person("boss@" + host).runs()
		town.plain[host] = town.Person("nan@" + host)
	}
	town.evil, town.blocked, town.former = town.Stranger("evil.example"), town.Stranger("blocked.example"), town.Stranger("former.example")
	town.mal, town.server = town.evil.Person("mal"), town.evil.Actor("Application", "server")
	town.shut, town.dropped = town.blocked.Person("shut"), town.former.Person("dropped")
}

func (town *secretTown) communities() {
	town.T.Helper()
	town.tender = town.ann.StartsAs(actions.Charter{
		Name: markName, Title: markTitle + " board", Purpose: markPurpose, Audience: actors.AudienceMembers, Joining: actors.JoinRequest,
	})
	town.parks = town.ann.Starts("parks")
	lanes := town.ann.Starts("lanes")
	for _, p := range town.plain {
		p.Joins(lanes)
	}
	for _, p := range []*Person{town.bob, town.cer} {
		p.Joins(town.parks)
	}
	for _, p := range []*Person{town.bob, town.cer, town.dee, town.rex} {
		town.joins(p)
	}
	for _, p := range []*Puppet{town.shut, town.dropped} {
		p.follows(town.tender)
		town.lets(p.URI)
	}
	town.mal.Sends(town.bob.URI+"/inbox", Doc{"id": town.mal.ID(), "type": "Follow", "actor": town.mal.URI, "object": town.bob.URI})
	town.Pass(time.Hour)
}

// lets makes somebody a member who has asked.
func (town *secretTown) lets(who actors.URI) {
	town.T.Helper()
	town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
		by, group, them, err := town.parties(ctx, tx, &Person{URI: who})
		if err != nil {
			return err
		}
		return town.Node("north.example").Actions.Decide(ctx, tx, by, group, them, true, "")
	}))
	town.Settle()
}

// leavers are those who were members, each of whom went in another way.
func (town *secretTown) leavers() {
	town.T.Helper()
	town.deeTopic = town.says(town.dee, town.tender, "My own question", "My own words", "")
	town.Settle()
	town.ofDee = []Post{town.deeTopic, town.says(town.dee, town.tender, "", "My own answer", town.deeTopic.URI)}
	town.Settle()
	if !town.dee.IsMember(town.tender) || !town.rex.IsMember(town.tender) {
		town.T.Fatal("those who are to be removed never were members")
	}
	town.ann.Removes(town.tender, town.dee, markExpel, time.Time{})
	town.ann.Removes(town.tender, town.rex, "Off topic", time.Time{})
	town.ann.Removes(town.tender, &Person{URI: town.dropped.URI}, "Off topic", time.Time{})
	town.Settle()
	for _, host := range secretHosts {
		town.refuses(host, town.blocked.Host)
	}
	town.Pass(time.Hour)
	town.hide()
	town.since = len(town.Exchanges())
	for _, s := range []*Stranger{town.evil, town.blocked, town.former} {
		s.Forget()
	}
}

// hide takes the community out of all lists for strangers.
func (town *secretTown) hide() {
	town.T.Helper()
	town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, town.tender.URI)
		if err != nil {
			return err
		}
		group.Discoverable = false
		return tx.SaveActor(ctx, group.Actor, nil)
	}))
}

// says writes something for the members of a community.
func (town *secretTown) says(p *Person, in Community, title, text string, answers actors.URI) Post {
	town.T.Helper()
	object := Doc{
		"type": "Page", "name": title, "content": text, "mediaType": "text/markdown",
		"to": []actors.URI{in.URI, in.URI + "/followers"}, "audience": in.URI,
	}
	if answers != "" {
		object["type"], object["inReplyTo"] = "Note", answers
		delete(object, "name")
	}
	post := p.publish(object)
	post.Reply = answers != ""
	town.Settle()
	return post
}

// discussions is all that members do in discussions, in both communities.
func (town *secretTown) discussions() {
	town.T.Helper()
	public := town.bob.Posts(town.parks, "Open plans")
	town.Settle()
	town.open = []Post{public}
	words := markBody + ", says @mal@evil.example to @bob@south.example"
	for _, x := range []struct {
		by *Person
		in Community
	}{{town.ann, town.tender}, {town.bob, town.tender}, {town.cer, town.tender}, {town.ann, town.parks}} {
		topic := town.says(x.by, x.in, markTopic+" of "+x.by.Name, words, "")
		for _, q := range []*Person{town.ann, town.bob, town.cer} {
			if x.in == town.parks && q != town.ann {
				continue
			}
			town.posts = append(town.posts, town.says(q, x.in, "", markReply+" by @mal@evil.example", topic.URI))
			if q != x.by {
				q.Useful(topic)
			}
		}
		x.by.Edits(topic, markEdit+" and "+words)
		town.posts = append(town.posts, topic)
	}
	town.posts = append(town.posts, town.says(town.ann, town.parks, "", markReply, public.URI),
		town.says(town.ann, town.tender, "", markReply, town.deeTopic.URI))
	withdrawn, hidden := town.says(town.bob, town.tender, markTopic, markBody, ""), town.says(town.bob, town.tender, markTopic, markBody, "")
	town.posts = append(town.posts, withdrawn, hidden)
	town.bob.NotUseful(town.posts[3])
	town.cer.complains(town.posts[3].URI, markReport)
	town.bob.Deletes(withdrawn)
	town.ann.Hides(hidden, markReason)
	town.ann.Locks(town.posts[7], markLock)
	town.ann.Pins(town.tender, town.posts[3])
	town.Pass(time.Hour)
}

// documents are shared by members of two hosts, and two that never leave theirs.
func (town *secretTown) documents() {
	town.T.Helper()
	day := town.Clock.Now().Add(90 * 24 * time.Hour)
	for _, x := range []struct {
		by   *Person
		in   Community
		more content.DocumentDraft
	}{
		{town.bob, town.tender, content.DocumentDraft{}},
		{town.ann, town.tender, content.DocumentDraft{}},
		{town.ann, town.parks, content.DocumentDraft{Audience: actors.AudienceMembers}},
		{town.ann, town.parks, content.DocumentDraft{Document: content.Document{Classification: content.Sensitive, Handling: markHandling}}},
		{town.ann, town.parks, content.DocumentDraft{Document: content.Document{Embargo: day}}},
	} {
		x.more.Title, x.more.Summary, x.more.Subjects, x.more.Reference = markPaper+" plan", markSummary, []string{markSubject}, markReference
		x.more.Type, x.more.Stage, x.more.Confirmed = "guidance", content.InDraft, true
		post := town.shares(x.by, x.in, x.more)
		town.addsVersion(x.by, x.in, post)
		town.posts, town.papers = append(town.posts, post), append(town.papers, post)
	}
	if err := town.cer.opens(town.papers[0]); err != nil {
		town.T.Fatalf("cer opens a document: %v", err)
	}
	town.cer.Saves(town.papers[0])
	town.cer.keeps(town.papers[0], 2)
	town.sends(town.bob, town.tender, markUpload+".md")
}

// sends has a person send a file, which is read then.
func (town *secretTown) sends(p *Person, in Community, name string) (u store.Upload) {
	town.T.Helper()
	body := []byte("# Lining\n\n" + markBytes + " of " + p.Name + " at " + town.Clock.Now().String() + name + "\n")
	digest, size, err := p.hall().node.Files.Put(town.ctx(), bytes.NewReader(body), 1<<20)
	town.must(err)
	town.digests = append(town.digests, digest)
	town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, in.URI)
		if err != nil {
			return err
		}
		u, err = p.hall().node.Actions.Receive(ctx, tx, me, group, store.Upload{Name: name, Format: extract.MD, Digest: digest, Size: size})
		return err
	}))
	town.Pass(time.Second)
	town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		u, err = tx.Upload(ctx, p.id(), u.ID)
		return err
	}))
	return u
}

func (town *secretTown) shares(p *Person, in Community, d content.DocumentDraft) (post Post) {
	town.T.Helper()
	u := town.sends(p, in, markFile+".md")
	town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, in.URI)
		if err != nil {
			return err
		}
		shared, err := p.hall().node.Actions.Share(ctx, tx, me, group, d, u, "")
		post.URI, post.Title = shared.URI, d.Title
		return err
	}))
	town.Settle()
	return post
}

func (town *secretTown) addsVersion(p *Person, in Community, post Post) {
	town.T.Helper()
	u := town.sends(p, in, markFile+".md")
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		draft := content.DocumentDraft{Note: markNote, Confirmed: true, Document: content.Document{Stage: content.InDraft}}
		_, err := p.hall().node.Actions.ShareVersion(ctx, tx, me, d, draft, u, "")
		return err
	})
	town.Settle()
}

// signIn is the last thing that happens: whoever runs a site is soon signed out again.
func (town *secretTown) signIn() {
	town.T.Helper()
	for _, host := range secretHosts {
		town.boss[host].browser()
		town.plain[host].browser()
	}
}

// isSecret says whether a text holds anything that was said among members or about it.
// Addresses of posts and words count; that there is such a community does not.
func (town *secretTown) isSecret(text string) bool {
	low := strings.ToLower(text)
	for _, mark := range everyMark {
		if mark != markName && mark != markExpel && strings.Contains(low, mark) {
			return true
		}
	}
	for _, p := range town.posts {
		if strings.Contains(text, string(p.URI)) {
			return true
		}
	}
	return false
}

var activityID = regexp.MustCompile(`"id":"https://([^/"]+)/a/([0-9a-z]+)"`)

// activitiesOf are the ids of what a host said that is for members.
func (town *secretTown) activitiesOf(host string) (ids []string) {
	town.T.Helper()
	seen := map[string]bool{}
	for _, e := range town.Exchanges() {
		if e.From != host || e.Method != http.MethodPost || !town.isSecret(string(e.Body)) {
			continue
		}
		for _, m := range activityID.FindAllStringSubmatch(string(e.Body), -1) {
			if m[1] == host && !seen[m[2]] {
				seen[m[2]] = true
				ids = append(ids, m[2])
			}
		}
	}
	return ids
}
