package fedtest

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// A community for the network is read as such by nodes of ours, and by everyone
// else as closed.
func TestC48_NetworkCommunity(t *testing.T) {
	town := closed(t, actors.AudienceNetwork)
	dan := town.Person("dan@west.example") // no member
	dan.Sees(town.tender, "Late offer")
	town.cer.Sees(town.tender, "Early offer")
	town.wantHistory("west.example", actors.HistoryComplete)
	town.Agree(town.tender, town.ann, town.bob, town.cer, dan)
	evil := town.Stranger("evil.example")
	server := evil.Actor("Application", "server")
	for name, got := range map[string]Reply{
		"nobody":   town.ask("evil.example", string(town.early.URI), nil),
		"a server": town.ask("evil.example", string(town.early.URI), server.signer()),
	} {
		if got.Status != http.StatusNotFound {
			t.Errorf("%s asks for a post of the network: %d", name, got.Status)
		}
	}
	doc := town.ask("evil.example", string(town.tender.URI), nil)
	if !strings.Contains(doc.Body, `"manuallyApprovesFollowers":true`) || !strings.Contains(doc.Body, `"moothall:audience":"network"`) {
		t.Errorf("the community says of itself: %s", doc.Body)
	}
	// Narrower is believed at once, wider never.
	town.describe(actors.AudienceMembers)
	town.Settle()
	town.wantAudience("west.example", actors.AudienceMembers)
}

func (town *closedTown) describe(a actors.Audience) {
	town.T.Helper()
	town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
		by, group, _, err := town.parties(ctx, tx, town.ann)
		if err != nil {
			return err
		}
		_, err = town.Node("north.example").Actions.Describe(ctx, tx, by, group, actions.Charter{
			Title: group.Title, Audience: a, Joining: group.Joining,
		})
		return err
	}))
}

func (town *closedTown) wantAudience(host string, want actors.Audience) {
	town.T.Helper()
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.CommunityByURI(ctx, town.tender.URI)
		if err == nil && c.Audience != want {
			town.T.Errorf("at %s it is for %q, want %q", host, c.Audience, want)
		}
		return err
	}))
}
