package fedtest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/proof"
	"moothall/federation/receipt"
	"moothall/federation/sign"
	"moothall/store"
	"moothall/templates"
)

// receiptsAt lists what a node has been told about an object, by host. Each is checked with
// the key that its site publishes.
func (town *Town) receiptsAt(host string, object actors.URI) map[string]receipt.Receipt {
	town.T.Helper()
	told := map[string]receipt.Receipt{}
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.ReceiptsOf(ctx, object)
		for _, one := range list {
			r, err := receipt.Verify([]byte(one.Body), town.siteKey(one.Host), town.Clock.Now())
			if err != nil {
				town.T.Errorf("the receipt of %s: %v", one.Host, err)
			}
			told[one.Host] = r
		}
		return err
	}))
	return told
}

// siteKey is the key with which a node signs as itself.
func (town *Town) siteKey(host string) (key ed25519.PublicKey) {
	town.T.Helper()
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.ActorByURI(ctx, actors.URI("https://"+host+"/"))
		if err != nil {
			return err
		}
		key, err = sign.ParseMultikey(a.Ed25519Key)
		return err
	}))
	return key
}

func (town *Town) wantReceipt(at string, object actors.URI, from string, state receipt.State) receipt.Receipt {
	town.T.Helper()
	told := town.receiptsAt(at, object)
	r, ok := told[from]
	if !ok || r.State != state {
		town.T.Errorf("%s was told by %s of %s: %+v, want %s\n%s", at, from, object, r, state, town.Refusals(at))
	}
	return r
}

// Whoever withdraws a document is told by every site that its file is gone there too,
// and the home says to whom it passed it on.
func TestDOC4_WithdrawalIsConfirmedByEverySite(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	paper := town.bob.SharesFile(town.tender, "Offer", actors.AudienceMembers, "All of the offer.")
	town.Pass(time.Hour)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(town.cer.opens(paper))
	_, versions := town.cer.Paper(paper)
	if !town.cer.holds(versions[0].File.Digest) {
		t.Fatal("west never had the file")
	}
	town.bob.Withdraws(paper, "Wrong sums")
	town.Pass(5 * time.Minute)
	home := town.wantReceipt("south.example", paper.URI, "north.example", receipt.Applied)
	if !slices.Equal(home.PassedOn, []string{"west.example"}) {
		t.Errorf("the home passed it on to %q", home.PassedOn)
	}
	town.bob.reads(town.bob.copiesOf(paper), "Who has copies", "west.example", "north.example", "Confirmed", "taken away, with 1 file")
	if got := town.bob.browser().open(town.bob.copiesOf(paper) + "/west.example"); !strings.Contains(got, `"moothall:state":"applied"`) {
		t.Errorf("the receipt cannot be downloaded: %s", got)
	}
	if status := town.cer.browser().status(town.cer.copiesOf(paper)); status != http.StatusNotFound {
		t.Errorf("a member who did not write it is told who has copies: %d", status)
	}
	third := town.wantReceipt("south.example", paper.URI, "west.example", receipt.Applied)
	if third.Files != 1 || town.cer.holds(versions[0].File.Digest) {
		t.Errorf("west took away %d files, and has it: %t", third.Files, town.cer.holds(versions[0].File.Digest))
	}
	town.wantReceipt("north.example", paper.URI, "west.example", receipt.Applied)
}

// copiesOf is where a person's site says who has copies of a post.
func (p *Person) copiesOf(post Post) (path string) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		id, err := tx.HeldAt(ctx, post.URI)
		path = templates.PostPath(id) + "/copies"
		return err
	}))
	return path
}

// A site that cannot be reached has confirmed nothing, and does when it is back.
func TestDOC4_UnreachableSiteConfirmsLater(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Partition("north.example", "west.example")
	town.Partition("south.example", "west.example")
	town.bob.Deletes(town.late)
	town.Pass(5 * time.Minute)
	town.ann.reads(town.ann.copiesOf(town.late), "west.example", "It has not been reached yet, and is told when it can be")
	if told := town.receiptsAt("south.example", town.late.URI); len(told) != 1 {
		t.Errorf("south was told %+v, want the home's word alone", told)
	}
	town.Heal("north.example", "west.example")
	town.Heal("south.example", "west.example")
	town.Pass(6 * time.Hour)
	town.wantReceipt("south.example", town.late.URI, "west.example", receipt.Applied)
}

// A copy that somebody saved on purpose stays, and is said to.
func TestDOC4_CopiesThatAreKeptAreSaid(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks, shelf := ann.Starts("parks"), bob.Starts("shelf")
	bob.Joins(parks)
	town.Settle()
	guide := ann.SharesFile(parks, "Pond guide", actors.AudiencePublic, "About ponds.")
	town.Pass(time.Minute)
	if err := bob.opens(guide); err != nil {
		t.Fatal(err)
	}
	if status, answer := bob.savesCopy(guide, shelf); status >= 400 {
		t.Fatalf("no copy: %d %s", status, answer)
	}
	town.Pass(time.Minute)
	if len(bob.copiesHere(guide)) != 1 {
		t.Fatal("the copy is not kept")
	}
	ann.Withdraws(guide, "Wrong")
	town.Pass(5 * time.Minute)
	if r := town.wantReceipt("north.example", guide.URI, "south.example", receipt.Partly); r.Kept != 1 || r.Files != 0 {
		t.Errorf("%+v, want one copy that is kept, with its file", r)
	}
}

// Whoever is removed takes with them what only they could read, and their site says so
// when it is done.
func TestS188_RemovalIsConfirmed(t *testing.T) {
	town := markedTown(t)
	town.ann.reads(town.ann.copiesOf(town.talk), "south.example", "west.example", "It has a copy")
	town.ann.Removes(town.tender, town.cer, "Not of the tender", time.Time{})
	town.ann.reads("/c/tender/ended", "west.example", "has not confirmed yet")
	town.Pass(5 * time.Minute)
	town.ann.reads("/c/tender/ended", "west.example", "taken away, with 1 file")
	town.ann.reads("/c/tender", "Organisations without members")
	town.ann.reads(town.ann.copiesOf(town.talk), "west.example", "Nobody there is a member any more", "has confirmed it")
	town.ann.Deletes(town.talk)
	town.Pass(5 * time.Minute)
	town.ann.reads(town.ann.copiesOf(town.talk), "west.example", "Nobody there is a member any more")
	if got := town.ann.browser().open("/c/tender/ended/west.example"); !strings.Contains(got, `"moothall:filesRemoved":1`) {
		t.Errorf("the receipt cannot be downloaded: %s", got)
	}
	if status := town.bob.browser().status("/c/tender@north.example/ended"); status != http.StatusNotFound {
		t.Errorf("elsewhere it is shown who has gone: %d", status)
	}
	town.wantNothing("west.example")
	if r := town.wantReceipt("north.example", town.cer.URI, "west.example", receipt.Applied); r.Files != 1 {
		t.Errorf("%d files were taken away, want 1", r.Files)
	}
}

// A receipt goes only to whoever asked about their own, and counts only where it was asked.
func TestReceiptsAreBelievedFromThemselvesAlone(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	evil := town.Stranger("evil.example")
	mal, server := evil.Person("mal"), evil.Actor("Application", "server")
	town.bob.Deletes(town.late)
	town.Pass(5 * time.Minute)
	about := town.wantReceipt("south.example", town.late.URI, "west.example", receipt.Applied).About
	forged := func(by actors.URI) []byte {
		body, err := receipt.Write(receipt.Receipt{
			ID: by + "#1", By: by, About: about, Object: town.late.URI, State: receipt.Applied, At: town.Clock.Now(),
		}, proof.Signer{Method: string(by) + "#ed25519-key", Key: ed25519.NewKeyFromSeed(make([]byte, 32))})
		town.must(err)
		return body
	}
	inbox := town.bob.URI + "/inbox"
	before := len(town.receiptsAt("south.example", town.late.URI))
	for _, who := range []*Puppet{mal, server} {
		who.Sends(inbox, Doc{"id": who.ID(), "type": "Accept", "actor": who.URI, "object": about, "result": json.RawMessage(forged(who.URI))})
		who.Sends(inbox, Doc{"id": who.ID(), "type": "Accept", "actor": who.URI, "object": about, "result": json.RawMessage(forged("https://west.example/"))})
	}
	town.Pass(time.Minute)
	if told := town.receiptsAt("south.example", town.late.URI); len(told) != before {
		t.Errorf("south believed a stranger: %+v", told)
	}
	n := len(town.Exchanges())
	mal.Sends(inbox, Doc{"id": mal.ID(), "type": "Delete", "actor": mal.URI, "object": town.late.URI, "moothall:receiptTo": town.ann.URI})
	town.Pass(5 * time.Minute)
	for _, e := range town.Exchanges()[n:] {
		if e.From == "south.example" && e.To == "north.example" {
			t.Errorf("south wrote to somebody because a stranger said so: %s", e.Body)
		}
	}
}
