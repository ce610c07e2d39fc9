package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// social is a GoToSocial with one person on it.
type social struct {
	program string
	dir     string
	web     string
	host    string
	base    string
	running *process
}

// settings make it federate over plain HTTP on this machine, and with nobody else.
const settings = `host: "%[1]s"
protocol: "http"
bind-address: "%[2]s"
port: %[3]s
log-level: "debug"
trusted-proxies: []
db-type: "sqlite"
db-address: "%[4]s/sqlite.db"
storage-backend: "local"
storage-local-base-path: "%[4]s/storage"
web-template-base-dir: "%[5]s/template/"
web-asset-base-dir: "%[5]s/assets/"
http-client:
  timeout: "10s"
  allow-ips: ["127.0.0.0/8"]
  insecure-outgoing: true
advanced-rate-limit-requests: 0
advanced-throttling-multiplier: 0
`

func openSocial(ctx context.Context, o options, dir, address string) (*social, error) {
	host, listen, err := anAddress(address)
	if err != nil {
		return nil, err
	}
	s := &social{program: o.peer, web: o.web, dir: filepath.Join(dir, "gotosocial"), host: host, base: "http://" + host}
	if err := os.MkdirAll(filepath.Join(s.dir, "storage"), 0o700); err != nil {
		return s, err
	}
	name, port, _ := strings.Cut(listen, ":")
	config := fmt.Sprintf(settings, host, name, port, s.dir, o.web)
	if err := os.WriteFile(s.config(), []byte(config), 0o600); err != nil {
		return s, err
	}
	return s, s.start(ctx)
}

// anAddress is a host to run under. GoToSocial cannot send reports from a host
// with a port, so it gets port 80 where that is to be had.
func anAddress(address string) (host, listen string, err error) {
	if l, err := net.Listen("tcp", net.JoinHostPort(address, "80")); err == nil {
		return address, l.Addr().String(), l.Close()
	}
	listen, err = freePort(address)
	return listen, listen, err
}

func (s *social) config() string { return filepath.Join(s.dir, "config.yaml") }

func (s *social) start(ctx context.Context) (err error) {
	s.running, err = begin(ctx, s.dir, s.dir+".log", s.program, "--config-path", s.config(), "server", "start")
	if err != nil {
		return err
	}
	return s.running.awaitAnswer(ctx, s.base+"/readyz")
}

func (s *social) stop() error {
	if s == nil || s.running == nil {
		return nil
	}
	p := s.running
	s.running = nil
	return p.stop()
}

// version is what it says of itself.
func (s *social) version(ctx context.Context) (string, error) {
	return output(ctx, s.dir, "", s.program, "--version")
}

// patron is a person on a GoToSocial, as their app.
type patron struct {
	caller
	social *social
	name   string
}

func (p *patron) handle() string { return "@" + p.name + "@" + p.social.host }
func (p *patron) actor() string  { return p.social.base + "/users/" + p.name }

// settle makes an account and signs its app in.
func (s *social) settle(ctx context.Context, name string) (*patron, error) {
	email := name + "@peer.example"
	for _, args := range [][]string{
		{"create", "--username", name, "--email", email, "--password", password},
		{"confirm", "--username", name},
	} {
		if _, err := output(ctx, s.dir, "", s.program, append([]string{"--config-path", s.config(), "admin", "account"}, args...)...); err != nil {
			return nil, err
		}
	}
	p := &patron{caller: newCaller(s.base), social: s, name: name}
	if err := p.signIn(ctx, email); err != nil {
		return nil, fmt.Errorf("sign %s in: %w", name, err)
	}
	// Accounts are locked until their owners say otherwise.
	return p, p.call(ctx, http.MethodPatch, "/api/v1/accounts/update_credentials", map[string]any{"locked": false}, nil)
}

const (
	outOfBand = "urn:ietf:wg:oauth:2.0:oob"
	scopes    = "read write"
)

// signIn walks through the pages on which a person lets an app in (RFC 6749 4.1).
func (p *patron) signIn(ctx context.Context, email string) error {
	var app struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	err := p.call(ctx, http.MethodPost, "/api/v1/apps", map[string]any{"client_name": userAgent, "redirect_uris": outOfBand, "scopes": scopes}, &app)
	if err != nil {
		return err
	}
	client := url.Values{"client_id": {app.ID}, "redirect_uri": {outOfBand}}
	code, err := p.code(ctx, email, with(client, "response_type", "code", "scope", scopes))
	if err != nil {
		return err
	}
	var token struct {
		Token string `json:"access_token"`
	}
	in := map[string]string{"grant_type": "authorization_code", "code": code, "client_id": app.ID, "client_secret": app.Secret, "redirect_uri": outOfBand}
	if err := p.call(ctx, http.MethodPost, "/oauth/token", in, &token); err != nil {
		return err
	}
	if token.Token == "" {
		return errors.New("there is no token in the answer")
	}
	p.token = token.Token
	return nil
}

func (p *patron) code(ctx context.Context, email string, asks url.Values) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := newCaller(p.base)
	browser.client.Jar = jar
	if _, err := browser.ask(ctx, http.MethodGet, "/oauth/authorize?"+asks.Encode(), "text/html", "", nil); err != nil {
		return "", err
	}
	if _, err := browser.form(ctx, "/auth/sign_in", url.Values{"username": {email}, "password": {password}}); err != nil {
		return "", err
	}
	allowed, err := browser.form(ctx, "/oauth/authorize", url.Values{})
	if err != nil {
		return "", err
	}
	to, err := url.Parse(allowed.location)
	if err != nil {
		return "", err
	}
	if code := to.Query().Get("code"); code != "" {
		return code, nil
	}
	return "", fmt.Errorf("there is no code in %q (%d)", allowed.location, allowed.status)
}

func with(v url.Values, pairs ...string) url.Values {
	out := maps.Clone(v)
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// status is what GoToSocial's API says of a post.
type status struct {
	ID        string    `json:"id"`
	URI       string    `json:"uri"`
	Content   string    `json:"content"`
	Warning   string    `json:"spoiler_text"`
	Mentions  []account `json:"mentions"`
	Parent    string    `json:"in_reply_to_id"`
	EditedAt  string    `json:"edited_at"`
	Boosted   *status   `json:"reblog"`
	Favourite int       `json:"favourites_count"`
	Account   account   `json:"account"`
}

type account struct {
	ID     string `json:"id"`
	Handle string `json:"acct"`
	URL    string `json:"url"`
	Name   string `json:"display_name"`
	Group  bool   `json:"group"`
}

type relationship struct {
	Following bool `json:"following"`
	Requested bool `json:"requested"`
	Blocking  bool `json:"blocking"`
}

// finds looks an account up by its handle or address, as a person types it into the search.
func (p *patron) finds(ctx context.Context, what string) (account, error) {
	var found struct {
		Accounts []account `json:"accounts"`
	}
	q := url.Values{"q": {what}, "resolve": {"true"}, "type": {"accounts"}}
	if err := p.call(ctx, http.MethodGet, "/api/v2/search?"+q.Encode(), nil, &found); err != nil {
		return account{}, err
	}
	if len(found.Accounts) != 1 {
		return account{}, fmt.Errorf("searching for %s finds %d accounts", what, len(found.Accounts))
	}
	return found.Accounts[0], nil
}

func (p *patron) toAccount(ctx context.Context, id, verb string) (relationship, error) {
	var r relationship
	return r, p.call(ctx, http.MethodPost, "/api/v1/accounts/"+id+"/"+verb, map[string]any{}, &r)
}

func (p *patron) related(ctx context.Context, id string) (relationship, error) {
	var list []relationship
	if err := p.call(ctx, http.MethodGet, "/api/v1/accounts/relationships?id[]="+id, nil, &list); err != nil {
		return relationship{}, err
	}
	if len(list) != 1 {
		return relationship{}, fmt.Errorf("%d relationships with one account", len(list))
	}
	return list[0], nil
}

// writes posts something, under what it answers where that is not empty.
func (p *patron) writes(ctx context.Context, words, parent string) (status, error) {
	var made status
	in := map[string]any{"status": words, "visibility": "public", "content_type": "text/plain"}
	if parent != "" {
		in["in_reply_to_id"] = parent
	}
	return made, p.call(ctx, http.MethodPost, "/api/v1/statuses", in, &made)
}

// replies answers a post as apps do: they put the author and all who are
// mentioned before the words.
func (p *patron) replies(ctx context.Context, parent, words string) (status, error) {
	above, err := p.status(ctx, parent)
	if err != nil {
		return status{}, err
	}
	start := "@" + above.Account.Handle
	for _, m := range above.Mentions {
		if m.Handle != p.name && m.Handle != above.Account.Handle {
			start += " @" + m.Handle
		}
	}
	return p.writes(ctx, start+" "+words, parent)
}

func (p *patron) toStatus(ctx context.Context, id, verb string) error {
	return p.call(ctx, http.MethodPost, "/api/v1/statuses/"+id+"/"+verb, map[string]any{}, nil)
}

func (p *patron) status(ctx context.Context, id string) (status, error) {
	var s status
	return s, p.call(ctx, http.MethodGet, "/api/v1/statuses/"+id, nil, &s)
}

// timeline is what those whom the person follows wrote or boosted, newest first.
func (p *patron) timeline(ctx context.Context) ([]status, error) {
	var list []status
	return list, p.call(ctx, http.MethodGet, "/api/v1/timelines/home?limit=40", nil, &list)
}

// boosted finds a boost in the timeline by the address of what was boosted.
func (p *patron) boosted(ctx context.Context, uri string) (status, error) {
	list, err := p.timeline(ctx)
	if err != nil {
		return status{}, err
	}
	for _, s := range list {
		if s.Boosted != nil && s.Boosted.URI == uri {
			return s, nil
		}
	}
	return status{}, fmt.Errorf("no boost of %s among %d in the timeline", uri, len(list))
}

type notice struct {
	Type   string  `json:"type"`
	Status *status `json:"status"`
}

// told says whether there is a notification of a kind about a post.
func (p *patron) told(ctx context.Context, kind, uri string) (status, error) {
	var list []notice
	if err := p.call(ctx, http.MethodGet, "/api/v1/notifications?limit=40", nil, &list); err != nil {
		return status{}, err
	}
	for _, n := range list {
		if n.Type == kind && n.Status != nil && n.Status.URI == uri {
			return *n.Status, nil
		}
	}
	return status{}, fmt.Errorf("no notification %q about %s among %d", kind, uri, len(list))
}
