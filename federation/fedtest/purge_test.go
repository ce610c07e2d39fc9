package fedtest

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

// marker is in everything that must not stay behind, and nowhere else.
const marker = "Zanzibarmarker"

// marked is a closed community at north with a discussion, an answer and a document that
// all carry the marker, and members at south and west. West has opened the document.
type marked struct {
	*closedTown
	talk, answer, paper Post
	mine                Post // what west's member said, without the marker
}

func markedTown(t *testing.T) *marked {
	t.Helper()
	town := &marked{closedTown: closed(t, actors.AudienceMembers)}
	town.talk = town.ann.Posts(town.tender, marker+" opening")
	town.Pass(time.Minute)
	town.answer = town.bob.Replies(town.talk, marker+" answer")
	town.paper = town.ann.SharesFile(town.tender, marker+" paper", actors.AudienceMembers, marker+" in the file")
	town.Pass(time.Hour)
	town.mine = town.cer.Replies(town.talk, "My own humble words")
	if err := town.cer.opens(town.paper); err != nil {
		t.Fatalf("west cannot open the document: %v", err)
	}
	town.cer.Saves(town.paper)
	town.Pass(time.Hour)
	if !strings.Contains(town.dump("west.example"), marker) || len(town.bytesAt("west.example")) == 0 {
		t.Fatal("west never had it: the test says nothing")
	}
	return town
}

// bytesAt lists the files whose bytes a node has.
func (town *Town) bytesAt(host string) (names []string) {
	town.T.Helper()
	town.must(filepath.WalkDir(town.hall(host).data, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && len(d.Name()) == 64 {
			names = append(names, d.Name())
		}
		return err
	}))
	return names
}

// wantNothing fails the test where a node holds a word or a byte that it should not.
func (town *marked) wantNothing(host string) {
	town.T.Helper()
	for line := range strings.Lines(town.dump(host)) {
		if strings.Contains(line, marker) {
			town.T.Errorf("%s still has: %.600s", host, line)
		}
		if strings.HasPrefix(line, "purge") {
			town.T.Errorf("%s has not finished: %s", host, line)
		}
	}
	_, versions := town.ann.Paper(town.paper)
	for _, v := range versions {
		for _, name := range town.bytesAt(host) {
			if strings.Contains(name, v.File.Digest.String()) {
				town.T.Errorf("%s still has the bytes of %s", host, v.File.Name)
			}
		}
		if town.cer.holds(v.File.Digest) {
			town.T.Errorf("%s still has the row of file %s", host, v.File.Digest)
		}
	}
	if n := town.cer.Finds(marker); n != 0 {
		town.T.Errorf("%d things are found at %s", n, host)
	}
}

// However the last member goes, nothing of a closed community stays on their node but
// their own words, and these are theirs.
func TestS188_NothingStaysWhereNobodyMayReadIt(t *testing.T) {
	for name, end := range map[string]func(*marked){
		"leaves":              func(town *marked) { town.cer.Leaves(town.tender) },
		"is removed":          func(town *marked) { town.ann.Removes(town.tender, town.cer, "Not of the tender", time.Time{}) },
		"has no more account": func(town *marked) { town.stops(town.cer) },
		"home is refused":     func(town *marked) { town.refuses("west.example", "north.example") },
	} {
		t.Run(name, func(t *testing.T) {
			town := markedTown(t)
			end(town)
			town.Settle()
			town.wantNothing("west.example")
			if !strings.Contains(town.dump("west.example"), "My own humble words") {
				t.Error("what west's member wrote is gone too")
			}
			if !town.bob.Holds(town.talk) {
				t.Error("south has lost it")
			}
		})
	}
}

// stops ends an account as an admin of its node does.
func (town *Town) stops(p *Person) {
	town.T.Helper()
	town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		return tx.DisableAccount(ctx, p.id(), town.Clock.Now())
	}))
}

// A node keeps everything as long as one of its people may read it.
func TestS188_SecondMemberKeepsEverything(t *testing.T) {
	town := markedTown(t)
	dan := town.Person("dan@west.example")
	town.joins(dan)
	town.cer.Leaves(town.tender)
	town.Pass(time.Hour)
	dan.Sees(town.tender, marker+" opening")
	if err := dan.opens(town.paper); err != nil {
		t.Errorf("the document cannot be opened any more: %v", err)
	}
}

// Whoever joins again finds everything as it was, also what people here said below it.
func TestS188_JoiningAgainBringsEverythingBack(t *testing.T) {
	town := markedTown(t)
	town.cer.Leaves(town.tender)
	town.Settle()
	town.wantNothing("west.example")
	town.Pass(time.Hour)
	missed := town.ann.Posts(town.tender, "Said meanwhile")
	town.Settle()
	town.joins(town.cer)
	town.Pass(2 * time.Hour)
	for _, p := range []Post{town.talk, town.answer, town.paper, town.early, town.late, missed} {
		if !town.cer.Holds(p) {
			t.Errorf("%q did not come back:\n%s", p.Title, town.Refusals("west.example"))
		}
	}
	town.Agree(town.tender, town.ann, town.bob, town.cer)
	town.wantHistory("west.example", actors.HistoryComplete)
	if n := town.cer.Finds(marker); n == 0 {
		t.Error("nothing is found")
	}
	town.cer.Sees(town.tender, marker+" answer")
	town.cer.Sees(town.tender, "My own humble words")
	if err := town.cer.opens(town.paper); err != nil {
		t.Errorf("the document cannot be opened: %v", err)
	}
}

// A member who comes back while their node is taking things away finds everything too.
func TestS188_JoiningAgainInTheMiddle(t *testing.T) {
	town := markedTown(t)
	town.cer.Leaves(town.tender)
	h := town.hall("west.example")
	for range 2 {
		h.stepLibrary()
	}
	town.joins(town.cer)
	town.Pass(2 * time.Hour)
	for _, p := range []Post{town.talk, town.answer, town.paper, town.early, town.late} {
		if !town.cer.Holds(p) {
			t.Errorf("%q did not come back", p.Title)
		}
	}
	town.Agree(town.tender, town.ann, town.bob, town.cer)
}

// stepLibrary does the next thing that the library of a node is due for.
func (h *hall) stepLibrary() {
	h.town.T.Helper()
	if _, _, err := h.node.Library.Step(h.town.ctx()); err != nil {
		h.town.T.Fatal(err)
	}
}

// A power cut in the middle of it leaves nothing behind.
func TestS188_PurgeOutlivesAPowerCut(t *testing.T) {
	for steps := range 6 {
		town := markedTown(t)
		town.cer.Leaves(town.tender)
		for range steps {
			town.hall("west.example").stepLibrary()
		}
		town.Kill("west.example")
		town.Settle()
		for line := range strings.Lines(town.dump("west.example")) {
			if strings.Contains(line, marker) || strings.HasPrefix(line, "purge") {
				t.Errorf("after %d steps: %.300s", steps, line)
			}
		}
	}
}

// What a public community keeps for its members goes with the last of them; what everybody
// may read stays.
func TestS188_MembersItemsOfAPublicCommunityGoToo(t *testing.T) {
	town := narrow(t)
	if err := town.cer.opens(town.guide); err != nil {
		t.Fatal(err)
	}
	town.cer.Leaves(town.parks)
	town.Settle()
	held := town.dump("west.example")
	for _, words := range []string{"Felling", "Remark on the oak"} {
		if strings.Contains(held, words) {
			t.Errorf("west still has %q", words)
		}
	}
	if len(town.bytesAt("west.example")) != 0 {
		t.Errorf("west still has the file: %v", town.bytesAt("west.example"))
	}
	if !town.cer.Holds(town.open) || !strings.Contains(held, "Trees") {
		t.Error("what is public is gone too")
	}
	town.cer.Joins(town.parks)
	town.Pass(2 * time.Hour)
	for _, p := range town.narrowed() {
		if !town.cer.Holds(p) {
			t.Errorf("%q did not come back", p.Title)
		}
	}
	town.Agree(town.parks, town.ann, town.bob, town.cer)
}
