package fedtest

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// ask makes one request from a host, signed when a signer is given.
func (town *Town) ask(from, address string, as *sign.Signer) Reply {
	town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	town.must(err)
	r.Header.Set("Accept", activityType)
	if as != nil {
		town.must(as.Sign(r, nil, town.Clock.Now()))
	}
	return town.carries(from, r)
}

// carries brings a request from a host and its answer back.
func (town *Town) carries(from string, r *http.Request) Reply {
	town.T.Helper()
	resp, err := town.net.from(from).RoundTrip(r)
	town.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	town.must(err)
	return Reply{resp.StatusCode, resp.Header, string(body)}
}

// signerOf signs for an actor of a node, such as one of its people or the node.
func (town *Town) signerOf(host string, who actors.URI) *sign.Signer {
	town.T.Helper()
	var s sign.Signer
	h := town.hall(host)
	town.must(h.read(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.ActorByURI(ctx, who)
		if err != nil {
			return err
		}
		s, err = h.node.Actions.Keys.SignerOf(ctx, tx, a)
		return err
	}))
	return &s
}

func (p *Person) signer() *sign.Signer { return p.town.signerOf(p.host, p.URI) }

func (p *Puppet) signer() *sign.Signer { return &sign.Signer{KeyID: p.KeyID(), Key: p.Key} }

func (town *Town) memberQuestion(c Community, who actors.URI) string {
	return string(c.URI) + "/followers?is_follower=" + url.QueryEscape(string(who))
}
