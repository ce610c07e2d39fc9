package fedtest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"

	"github.com/google/go-cmp/cmp"
)

// uses is what the node of a person counted of a document, without its month.
func (p *Person) uses(post Post) (list []store.Use) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, _ actors.Actor, d content.Post) (err error) {
		list, err = tx.UseOf(ctx, d.ID, 0, 999999)
		return err
	})
	for i := range list {
		list[i].Document, list[i].Month = 0, 0
	}
	return list
}

// TestDOC6_AFetchOfAnotherSiteIsAllThatIsKnownOfItsReaders: one for all of them in a
// month, and nothing is said of who they are.
func TestDOC6_AFetchOfAnotherSiteIsAllThatIsKnownOfItsReaders(t *testing.T) {
	town, _, bob, cer, parks := parish(t)
	guide := cer.SharesFile(parks, "Pond lining guide", actors.AudiencePublic, "Lined with bentonite.")
	town.Settle()
	for range 3 {
		town.must(bob.opens(guide))
	}
	want := []store.Use{{Host: bob.URI.Host(), Kind: store.UseDownloaded, Times: 1}}
	if d := cmp.Diff(want, cer.uses(guide)); d != "" {
		t.Errorf("its own site counted (-want +got):\n%s", d)
	}
	if got := bob.uses(guide); len(got) != 0 {
		t.Errorf("the site of its readers counted %+v", got)
	}
}
