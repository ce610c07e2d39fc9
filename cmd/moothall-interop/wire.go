package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	userAgent    = "moothall-interop"
	activityType = "application/activity+json"
	formType     = "application/x-www-form-urlencoded"
	maxAnswer    = 8 << 20
)

// caller asks one server for one person.
type caller struct {
	base   string
	token  string
	client *http.Client
}

func newCaller(base string) caller {
	return caller{base: base, client: &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what a server said.
type answer struct {
	status   int
	location string
	body     []byte
}

// ask makes one request. A path may be a whole address.
func (c caller) ask(ctx context.Context, method, path, accept, kind string, body []byte) (answer, error) {
	if strings.HasPrefix(path, "/") {
		path = c.base + path
	}
	r, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("User-Agent", userAgent)
	r.Header.Set("Accept", accept)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if kind == formType || strings.HasPrefix(kind, "multipart/") {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer{resp.StatusCode, resp.Header.Get("Location"), raw}, err
}

// good refuses an answer that is not a success.
func (a answer) good(what string) error {
	if a.status >= 200 && a.status < 300 {
		return nil
	}
	return fmt.Errorf("%s: %d %.300s", what, a.status, a.body)
}

// call sends JSON and reads JSON into out, which may be nil.
func (c caller) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	a, err := c.ask(ctx, method, path, "application/json", "application/json", body)
	if err != nil {
		return err
	}
	if err := a.good(method + " " + path); err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// form sends a form as a browser does.
func (c caller) form(ctx context.Context, path string, values url.Values) (answer, error) {
	return c.ask(ctx, http.MethodPost, path, "text/html", formType, []byte(values.Encode()))
}

// document reads an ActivityPub document.
func (c caller) document(ctx context.Context, id string, out any) error {
	a, err := c.ask(ctx, http.MethodGet, id, activityType, "", nil)
	if err != nil {
		return err
	}
	if err := a.good("read " + id); err != nil {
		return err
	}
	return json.Unmarshal(a.body, out)
}
