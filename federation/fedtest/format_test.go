package fedtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// asksFormat asks for a document in another format, at a person's own site.
func (p *Person) asksFormat(post Post, words string) error {
	return p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		d, err := tx.PostByURI(ctx, post.URI)
		if err != nil {
			return err
		}
		return p.hall().node.Actions.AskFormat(ctx, tx, me, d, words, "")
	})
}

// formats are the requests about a document that a person's node has.
func (p *Person) formats(post Post) (list []store.FormatRequest) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, _ actors.Actor, d content.Post) (err error) {
		list, err = tx.FormatRequests(ctx, d.ID, 0)
		return err
	})
	return list
}

func (p *Person) answersFormat(post Post, answer string) {
	p.town.T.Helper()
	asked := p.formats(post)
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		return p.hall().node.Actions.AnswerFormat(ctx, tx, me, d, asked[0], answer)
	})
}

// TestDOC8_ANeedCrossesSitesAndSoDoesItsAnswer: to the two sites that it concerns, and
// to no other.
func TestDOC8_ANeedCrossesSitesAndSoDoesItsAnswer(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	guide := cer.Shares(parks, "Pond lining guide")
	town.Settle()
	if err := bob.asksFormat(guide, "Large print, please"); err != nil {
		t.Fatal(err)
	}
	town.Settle()
	got := cer.formats(guide)
	if len(got) != 1 || got[0].Words != "Large print, please" || !slices.Contains(cer.Told(), actions.NoticeFormatAsked) {
		t.Fatalf("the owner has %+v and was told %v", got, cer.Told())
	}
	if strings.Contains(town.State("north.example"), "Large print") {
		t.Error("the community's own site reads what somebody cannot read")
	}
	cer.answersFormat(guide, "It is in the post")
	town.Settle()
	mine := bob.formats(guide)
	if len(mine) != 1 || mine[0].Answer != "It is in the post" || !slices.Contains(bob.Told(), actions.NoticeFormatAnswered) {
		t.Errorf("whoever asked has %+v and was told %v", mine, bob.Told())
	}
	if len(ann.formats(guide)) != 0 {
		t.Error("another site has it")
	}
}

// TestDOC8_RequestsAreErasedWithTheirMessages: on both sites, when their time is over or
// when whoever asked has gone.
func TestDOC8_RequestsAreErasedWithTheirMessages(t *testing.T) {
	for name, forget := range map[string]func(ctx context.Context, tx *store.Tx, asked store.FormatRequest) error{
		"in time": func(ctx context.Context, tx *store.Tx, asked store.FormatRequest) error {
			return tx.ForgetFormatRequests(ctx, asked.Answered.Add(1000))
		},
		"with whoever asked": func(ctx context.Context, tx *store.Tx, asked store.FormatRequest) error {
			return tx.ForgetFormatRequestsOf(ctx, asked.By)
		},
	} {
		t.Run(name, func(t *testing.T) {
			town, _, bob, cer, parks := parish(t)
			guide := cer.Shares(parks, "Pond lining guide")
			town.Settle()
			town.must(bob.asksFormat(guide, "Large print, please"))
			town.Settle()
			cer.answersFormat(guide, "It comes by carrier pigeon")
			town.Settle()
			for _, p := range []*Person{bob, cer} {
				host := p.URI.Host()
				for _, words := range []string{"Large print", "carrier pigeon"} {
					if !strings.Contains(town.dump(host), words) {
						t.Fatalf("%s never had %q: the test looks in the wrong place", host, words)
					}
				}
				asked := p.formats(guide)[0]
				town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error { return forget(ctx, tx, asked) }))
				for _, words := range []string{"Large print", "carrier pigeon"} {
					if strings.Contains(town.dump(host), words) {
						t.Errorf("%s still has %q", host, words)
					}
				}
			}
		})
	}
}

// TestDOC8_NobodyElseAnswersOrAsks: a message is refused that answers for another site, or
// asks about what its author may not read.
func TestDOC8_NobodyElseAnswersOrAsks(t *testing.T) {
	town, _, bob, cer, parks := parish(t)
	guide := cer.Shares(parks, "Pond lining guide")
	town.Settle()
	if err := bob.asksFormat(guide, "Large print"); err != nil {
		t.Fatal(err)
	}
	err := bob.asksFormat(guide, "Large print again")
	if no, ok := errors.AsType[*actions.Refusal](err); !ok || no.Code != "asked_already" {
		t.Errorf("asked twice: %v", err)
	}
	town.Settle()
	asked := bob.formats(guide)[0]
	eve := town.Stranger("evil.example").Person("eve")
	message := func(kind string, about, to actors.URI) Doc {
		id := eve.ID()
		return Doc{"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Create", "actor": eve.URI, "to": []actors.URI{to}, "object": Doc{
			"id": id + "#note", "type": "Note", "attributedTo": eve.URI, "to": []actors.URI{to}, "inReplyTo": about, "content": "<p>Come to my site</p>", "moothall:kind": kind}}
	}
	eve.Sends(bob.URI+"/inbox", message("format-answer", asked.URI, bob.URI))
	closed := cer.StartsAs(actions.Charter{Name: "closed", Title: "Closed", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	secret := cer.Shares(closed, "Closed guide")
	town.Settle()
	eve.Sends(cer.URI+"/inbox", message("format-request", secret.URI, cer.URI))
	town.Settle()
	if got := bob.formats(guide)[0]; !got.Answered.IsZero() || slices.Contains(bob.Told(), actions.NoticeFormatAnswered) {
		t.Errorf("another site answered: %+v", got)
	}
	if got := cer.formats(secret); len(got) != 0 {
		t.Errorf("somebody asks about what they may not read: %+v", got)
	}
	fair := message("format-request", guide.URI, cer.URI)
	eve.Sends(cer.URI+"/inbox", fair)
	eve.Sends(cer.URI+"/inbox", fair)
	town.Settle()
	if got := cer.formats(guide); len(got) != 2 || got[0].Words != "Come to my site" {
		t.Errorf("a fair request of other software, sent twice: %+v", got)
	}
}
