package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/federation/token"
)

const (
	tokenSpare = time.Minute       // before its end a token is asked for anew
	tokenPause = time.Minute       // how long a home is not asked again: it said no, nothing, or just now
	maxToken   = 2 * token.MaxSize // bytes of an answer
)

var errTokenLately = errors.New("asked a moment ago")

// Tokens gets member tokens from the homes of communities and keeps them until
// shortly before they end (decision 0033). One that is older than what is known of
// its community is not used. It is safe for use by several goroutines; the zero value
// needs its exported fields set.
type Tokens struct {
	// Own makes a token of a community that lives here, whose member signs with the
	// key of this thumbprint; nil makes none.
	Own func(ctx context.Context, t token.Token) (string, error)
	Now func() time.Time

	flights singleflight.Group

	mu    sync.Mutex
	kept  shelf[memberToken]
	asked shelf[struct{}] // whom not to ask again for now
}

// memberToken is a token with what it says.
type memberToken struct {
	text string
	says token.Token
}

// wantedToken is a token that somebody needs.
type wantedToken struct {
	group  actors.Community
	signer sign.Signer
	host   string // to which it is shown
}

func (w wantedToken) key() string { return w.signer.KeyID + " " + string(w.group.URI) + " " + w.host }

func (w wantedToken) person() actors.URI { return actors.URI(w.signer.KeyID).WithoutFragment() }

// showsTokens says whether what is read at a host is read with a token.
func (c *Client) showsTokens(host string) bool {
	g := c.member
	return c.Tokens != nil && g != nil && g.Host != host && (g.Local && c.Tokens.Own != nil || g.MemberToken != "")
}

// askAsMember makes one GET with a token, or without where none is to be had: then
// the host may ask the community's home. Where the host does not show what is asked
// for, and the token is of an epoch that has ended since, it is asked once more.
func (c *Client) askAsMember(ctx context.Context, at actors.URI, q question, signer sign.Signer) (*http.Response, error) {
	w := wantedToken{*c.member, signer, at.Host()}
	has := c.Tokens.get(ctx, c, w)
	q.token = has.text
	resp, err := c.askSigned(ctx, at, q, signer)
	if err != nil || resp.StatusCode != http.StatusNotFound || has.text == "" {
		return resp, err
	}
	next, ok := c.Tokens.renew(ctx, c, w)
	if !ok || next.says.Epoch <= has.says.Epoch {
		return resp, nil
	}
	discard(resp)
	q.token = next.text
	return c.askSigned(ctx, at, q, signer)
}

// get finds a token that is good, or asks for one; the zero value where there is none.
func (t *Tokens) get(ctx context.Context, c *Client, w wantedToken) memberToken {
	if has, good, fresh := t.find(w); good && fresh {
		return has
	}
	if next, ok := t.renew(ctx, c, w); ok {
		return next
	}
	if has, good, _ := t.find(w); good {
		return has // the home is away, and it still holds
	}
	return memberToken{}
}

func (t *Tokens) find(w wantedToken) (has memberToken, good, fresh bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Now()
	has, ok := t.kept.get(w.key(), now)
	good = ok && has.says.Epoch >= w.group.Epoch
	return has, good, now.Before(has.says.Expires.Add(-tokenSpare))
}

// renew asks for a token, or gives the one that was asked for a moment ago.
func (t *Tokens) renew(ctx context.Context, c *Client, w wantedToken) (memberToken, bool) {
	done := t.flights.DoChan(w.key(), func() (any, error) {
		if !t.mayAsk(w) {
			if has, good, _ := t.find(w); good {
				return has, nil
			}
			return memberToken{}, errTokenLately
		}
		next, err := t.ask(context.WithoutCancel(ctx), c, w)
		if err == nil {
			t.keep(w, next)
		}
		return next, err
	})
	select {
	case r := <-done:
		next, _ := r.Val.(memberToken)
		return next, r.Err == nil
	case <-ctx.Done():
		return memberToken{}, false
	}
}

func (t *Tokens) mayAsk(w wantedToken) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Now()
	if _, lately := t.asked.get(w.key(), now); lately {
		return false
	}
	t.asked.put(w.key(), struct{}{}, now, tokenPause)
	return true
}

func (t *Tokens) keep(w wantedToken, h memberToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Now()
	t.kept.put(w.key(), h, now, h.says.Expires.Sub(now))
}

// ask gets a token and checks it as the host will to which it is shown.
func (t *Tokens) ask(ctx context.Context, c *Client, w wantedToken) (memberToken, error) {
	groupKey, err := sign.ParseMultikey(w.group.Ed25519Key)
	if err != nil {
		return memberToken{}, fmt.Errorf("key of %s: %w", w.group.URI, err)
	}
	thumbprint := sign.Thumbprint(&w.signer.Key.PublicKey)
	want := token.Token{Group: w.group.URI, Person: w.person(), Audience: w.host, Key: thumbprint}
	text := ""
	if w.group.Local {
		text, err = t.Own(ctx, want)
	} else {
		text, err = c.requestToken(ctx, w)
	}
	if err != nil {
		return memberToken{}, err
	}
	says, err := token.Read(text, token.Shown{
		Group: want.Group, GroupKey: groupKey, Person: want.Person, Key: want.Key, Audience: want.Audience,
		Epoch: w.group.Epoch, Now: t.Now(),
	})
	return memberToken{text, says}, err
}

// requestToken asks the home of a community for a token.
func (c *Client) requestToken(ctx context.Context, w wantedToken) (string, error) {
	at := w.group.MemberToken
	if err := c.admit(at, actors.ToFetch); err != nil {
		return "", err
	}
	body, err := token.WriteRequest(w.host)
	if err != nil {
		return "", err
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	resp, err := c.knock(ctx, envelope{at.Host(), w.signer, body, func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, string(at), bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json")
		return r, nil
	}})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if err := answered(resp, at.Host()); err != nil {
		_, _ = io.CopyN(io.Discard, resp.Body, maxReply) // to keep the connection
		return "", err
	}
	raw, err := readAll(resp, at.Host(), maxToken)
	if err != nil {
		return "", err
	}
	return token.ReadAnswer(raw)
}
