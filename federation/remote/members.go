package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"moothall/actors"
)

const (
	memberFor      = 10 * time.Minute // how long a yes is believed (protocol.md 8.11)
	strangerFor    = time.Minute      // a no, or no answer
	asksPerGroup   = 60               // per minute
	asksPerHost    = 30               // per minute, about people of one host
	maxFollowersID = 2048
)

// Members finds out whether somebody elsewhere belongs to a closed community
// elsewhere, by asking that community's home (protocol.md 8.11, C50). It is safe
// for use by several goroutines; the zero value needs its exported fields set.
type Members struct {
	// Client reads in the name of a member of the community who lives here;
	// ErrNotThere when there is none, and then nobody is asked.
	Client func(ctx context.Context, group actors.Community) (*Client, error)
	Now    func() time.Time

	flights singleflight.Group

	mu     sync.Mutex
	told   shelf[bool] // by community and person
	groups allowance
	hosts  allowance
}

// IsMember says whether the community's home names who as a member. A yes is
// believed for ten minutes, a no for one. Where the home cannot be asked the
// answer is an error, which is to be treated as a no; it is not asked again for
// a minute either. Over its limits it asks nobody and returns ErrBudget.
func (m *Members) IsMember(ctx context.Context, group actors.Community, who actors.URI) (bool, error) {
	// An epoch ends with each membership that ends, and what was told in it.
	key := fmt.Sprint(group.URI, " ", who, " ", group.Epoch)
	if is, ok := m.remembered(key); ok {
		return is, nil
	}
	done := m.flights.DoChan(key, func() (any, error) { return m.ask(context.WithoutCancel(ctx), key, group, who) })
	select {
	case r := <-done:
		is, _ := r.Val.(bool)
		return is, r.Err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (m *Members) remembered(key string) (is, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.told.get(key, m.Now())
}

func (m *Members) ask(ctx context.Context, key string, group actors.Community, who actors.URI) (bool, error) {
	if is, ok := m.remembered(key); ok {
		return is, nil // told while we waited for our turn
	}
	if err := m.spend(group.URI, who); err != nil {
		return false, err
	}
	is, err := m.question(ctx, group, who)
	d := strangerFor
	if is {
		d = memberFor
	}
	m.mu.Lock()
	m.told.put(key, is, m.Now(), d)
	m.mu.Unlock()
	if err != nil {
		return false, fmt.Errorf("ask for a member of %s: %w", group.URI, err)
	}
	return is, nil
}

func (m *Members) question(ctx context.Context, group actors.Community, who actors.URI) (bool, error) {
	at := group.Followers
	if at == "" {
		at = group.URI + "/followers"
	}
	client, err := m.Client(ctx, group)
	if errors.Is(err, ErrNotThere) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return client.Confirms(ctx, at, url.Values{"is_follower": {string(who)}})
}

// spend counts a question against its community and the host of whom it is
// about, or refuses it.
func (m *Members) spend(group, who actors.URI) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, domain := m.Now(), Domain(who.Host())
	if !m.groups.left(string(group), asksPerGroup, now) || !m.hosts.left(domain, asksPerHost, now) {
		return refuse(CodeBudget, group.Host(), ErrBudget)
	}
	m.groups.take(string(group), now)
	m.hosts.take(domain, now)
	return nil
}

var errNoAnswer = errors.New("neither yes nor no")

// Confirms asks a yes or no question with a signed GET: 200 is yes, 404 is no,
// whatever the answer says besides. It follows no redirect.
func (c *Client) Confirms(ctx context.Context, at actors.URI, query url.Values) (bool, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	u, err := url.Parse(string(at.WithoutFragment()))
	if err != nil || len(at) > maxFollowersID {
		return false, fmt.Errorf("ask: %w", refuse(CodeAddress, at.Host(), err))
	}
	u.RawQuery = query.Encode()
	to := actors.URI(u.String())
	if err := c.admit(to, actors.ToFetch); err != nil {
		return false, fmt.Errorf("ask: %w", err)
	}
	resp, err := c.ask(ctx, to, document)
	if err != nil {
		return false, fmt.Errorf("ask: %w", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return true, nil
	case http.StatusNotFound:
		return false, nil
	}
	return false, fmt.Errorf("ask: %w", &Error{Code: CodeStatus, Host: to.Host(), Status: resp.StatusCode, Err: errNoAnswer})
}
