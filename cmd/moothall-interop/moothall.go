package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	public   = "https://www.w3.org/ns/activitystreams#Public"
	password = "seven green canal boats"
)

// hall is a Moothall node with one person, its admin.
type hall struct {
	caller
	program string
	dir     string
	host    string
	person  string
	running *process
}

func openHall(ctx context.Context, program, dir, address, person string) (*hall, error) {
	host, err := freePort(address)
	if err != nil {
		return nil, err
	}
	h := &hall{caller: newCaller("http://" + host), program: program, dir: filepath.Join(dir, person), host: host, person: person}
	if err := h.start(ctx); err != nil {
		return h, err
	}
	if err := h.admit(ctx, person, "admin"); err != nil {
		return h, err
	}
	h.token, err = h.command(ctx, "", "user", "token", person)
	return h, err
}

func (h *hall) start(ctx context.Context) (err error) {
	h.running, err = begin(ctx, "", h.dir+".log", h.program,
		"serve", "--development", "--host", h.host, "--listen", h.host, "--data", h.dir)
	if err != nil {
		return err
	}
	return h.running.awaitAnswer(ctx, h.base+"/healthz")
}

func (h *hall) stop() error {
	if h == nil || h.running == nil {
		return nil
	}
	p := h.running
	h.running = nil
	return p.stop()
}

func (h *hall) command(ctx context.Context, stdin string, args ...string) (string, error) {
	return output(ctx, "", stdin, h.program, append(args, "--data", h.dir)...)
}

func (h *hall) community(name string) string { return h.base + "/c/" + name }

// does posts an activity of the person, and returns its id and that of its object.
func (h *hall) does(ctx context.Context, activity map[string]any) (id, object string, err error) {
	raw, err := json.Marshal(activity)
	if err != nil {
		return "", "", err
	}
	a, err := h.ask(ctx, http.MethodPost, "/u/"+h.person+"/outbox", activityType, activityType, raw)
	if err != nil {
		return "", "", err
	}
	if err := a.good("post to the outbox"); err != nil {
		return "", "", err
	}
	var made struct {
		ID     string          `json:"id"`
		Object json.RawMessage `json:"object"`
	}
	if err := json.Unmarshal(a.body, &made); err != nil {
		return "", "", err
	}
	return made.ID, idOf(made.Object), nil
}

func idOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var o struct{ ID string }
	if json.Unmarshal(raw, &o) == nil {
		return o.ID
	}
	return ""
}

// opens starts a discussion.
func (h *hall) opens(ctx context.Context, community, title, words string) (string, error) {
	_, id, err := h.does(ctx, map[string]any{
		"type": "Page", "name": title, "source": markdown(words), "to": []string{public, community}, "audience": community,
	})
	return id, err
}

func (h *hall) answers(ctx context.Context, community, parent, words string) (string, error) {
	_, id, err := h.does(ctx, map[string]any{
		"type": "Note", "inReplyTo": parent, "source": markdown(words), "to": []string{public, community}, "audience": community,
	})
	return id, err
}

func (h *hall) edits(ctx context.Context, id, kind, title, words string) error {
	object := map[string]any{"type": kind, "id": id, "source": markdown(words)}
	if title != "" {
		object["name"] = title
	}
	_, _, err := h.does(ctx, map[string]any{"type": "Update", "object": object})
	return err
}

func markdown(words string) map[string]any {
	return map[string]any{"content": words, "mediaType": "text/markdown"}
}

// page is what a visitor sees at an address, as one line of text.
func (h *hall) page(ctx context.Context, path string) (string, error) {
	visitor := h.caller
	visitor.token = ""
	a, err := visitor.ask(ctx, http.MethodGet, path, "text/html", "", nil)
	if err != nil {
		return "", err
	}
	return string(a.body), a.good("open " + path)
}

// moderator makes an account of somebody who may see all reports, and signs it in.
func (h *hall) moderator(ctx context.Context, name string) (caller, error) {
	if err := h.admit(ctx, name, "moderator"); err != nil {
		return caller{}, err
	}
	return h.signIn(ctx, name)
}

// signIn signs somebody in, in a browser.
func (h *hall) signIn(ctx context.Context, name string) (caller, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return caller{}, err
	}
	browser := newCaller(h.base)
	browser.client.Jar = jar
	form, err := browser.ask(ctx, http.MethodGet, "/sign-in", "text/html", "", nil)
	if err != nil {
		return browser, err
	}
	in := hiddenIn(form.body)
	in.Set("email", email(name))
	in.Set("password", password)
	_, err = browser.form(ctx, "/sign-in", in)
	return browser, err
}

// hiddenIn are the hidden fields of the forms on a page.
func hiddenIn(page []byte) url.Values {
	in := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(string(page), -1) {
		in.Set(m[1], html.UnescapeString(m[2]))
	}
	return in
}

// admit makes an account.
func (h *hall) admit(ctx context.Context, name, role string) error {
	_, err := h.command(ctx, password+"\n", "user", "create", name, "--email", email(name), "--role", role, "--password-stdin")
	return err
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

func email(person string) string { return person + "@council.example" }

var tags = regexp.MustCompile(`<[^>]*>`)

func plain(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

// shows says whether a page has some words, or has them no more.
func (h *hall) shows(ctx context.Context, path, words string, want bool) error {
	page, err := h.page(ctx, path)
	if err != nil {
		return err
	}
	if has := strings.Contains(plain(page), words); has != want {
		return fmt.Errorf("%s: shows %q: %v, want %v", path, words, has, want)
	}
	return nil
}

// heard says whether an activity of a type that holds some text is in the person's inbox.
func (h *hall) heard(ctx context.Context, kind string, parts ...string) error {
	var box struct {
		Items []json.RawMessage `json:"orderedItems"`
	}
	if err := h.document(ctx, "/u/"+h.person+"/inbox", &box); err != nil {
		return err
	}
	for _, item := range box.Items {
		var a struct{ Type string }
		if json.Unmarshal(item, &a) == nil && a.Type == kind && containsAll(string(item), parts) {
			return nil
		}
	}
	return fmt.Errorf("%s's inbox has no %s with %q among %d", h.person, kind, parts, len(box.Items))
}

func containsAll(s string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

// discussion finds the path of a discussion by its title, on the page of its community.
func (h *hall) discussion(ctx context.Context, community, title string) (string, error) {
	page, err := h.page(ctx, community)
	if err != nil {
		return "", err
	}
	for _, m := range links.FindAllStringSubmatch(page, -1) {
		if plain(m[2]) == title {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("%s lists no discussion %q", community, title)
}

var links = regexp.MustCompile(`(?s)<a [^>]*href="(/p/[^"#]+)[^"]*"[^>]*>(.*?)</a>`)

var anchors = regexp.MustCompile(`(?s)<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>`)
