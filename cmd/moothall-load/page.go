package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

const (
	pageTarget  = 2.0 // CPU milliseconds of the node for one page
	readers     = 16
	discussions = 25
	comments    = 100
)

// page measures what people look at: a community with a full page of
// discussions, and a discussion with many comments.
func page(ctx context.Context, b *bench) (err error) {
	t, h, err := b.openedWithTown(ctx, "page", "parks")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(), t.close()) }()
	t.asleep.Store(true)
	if err := t.debate(h); err != nil {
		return err
	}
	community := h.url("/c/parks")
	body, status, err := h.see(ctx, community, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		b.report.note(fmt.Sprintf("Pages were not measured: %s answers %d.", "/c/parks", status))
		return nil
	}
	discussion, err := longest(h, body)
	if err != nil {
		return err
	}
	cookie, err := h.signIn(ctx)
	if err != nil {
		return err
	}
	for _, as := range []struct {
		words  string
		cookie *http.Cookie
	}{{"signed out", nil}, {"signed in", cookie}} {
		if err := b.readPage(ctx, h, community, as.cookie, fmt.Sprintf("community page, %d discussions, %s", discussions, as.words)); err != nil {
			return err
		}
		if err := b.readPage(ctx, h, discussion, as.cookie, fmt.Sprintf("discussion, %d comments, %s", comments, as.words)); err != nil {
			return err
		}
	}
	return nil
}

// debate posts discussions, and comments on the last one.
func (t *town) debate(h *hall) error {
	hosts := t.hosts("writer", writers)
	if err := t.join(h, "parks", hosts); err != nil {
		return err
	}
	answers := ""
	for i := range discussions + comments {
		r, id, err := t.post(h, "parks", hosts[i%writers], answers, addressOf(i%writers))
		if err != nil {
			return err
		}
		if err := ask(t.client, r, http.StatusAccepted); err != nil {
			return err
		}
		if i == discussions-1 {
			answers = id
		}
	}
	return nil
}

// see reads a page as a browser does.
func (h *hall) see(ctx context.Context, at string, cookie *http.Cookie) (string, int, error) {
	r, err := browse(ctx, at, cookie)
	if err != nil {
		return "", 0, err
	}
	resp, err := h.client.Do(r)
	if err != nil {
		return "", 0, err
	}
	defer resp.Body.Close()
	const maxPage = 4 << 20
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	return string(body), resp.StatusCode, err
}

func browse(ctx context.Context, at string, cookie *http.Cookie) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "text/html")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	return r, nil
}

var postLink = regexp.MustCompile(`href="(?:https?://[^/"]+)?(/p/[0-9a-z]+)"`)

// longest is the discussion with the comments: the last that was posted, and
// the last that was answered, so the first on the page.
func longest(h *hall, body string) (string, error) {
	m := postLink.FindStringSubmatch(body)
	if m == nil {
		return "", errors.New("the community page leads to no discussion")
	}
	return h.url(m[1]), nil
}

// signIn gives the cookie of a session.
func (h *hall) signIn(ctx context.Context) (*http.Cookie, error) {
	form := url.Values{"email": {email}, "password": {password}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url("/sign-in"), strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := h.client.Transport.RoundTrip(r) // which does not follow the redirect
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Value != "" && resp.StatusCode == http.StatusSeeOther {
			return c, nil
		}
	}
	return nil, fmt.Errorf("sign in: answered %d", resp.StatusCode)
}

func (b *bench) readPage(ctx context.Context, h *hall, at string, cookie *http.Cookie, what string) error {
	body, _, err := h.see(ctx, at, cookie)
	if err != nil {
		return err
	}
	requests := make([]*http.Request, b.pages)
	for i := range requests {
		if requests[i], err = browse(ctx, at, cookie); err != nil {
			return err
		}
	}
	var p poured
	cpu, err := h.used(ctx, func() (err error) {
		p, err = pour(h.client, requests, readers, http.StatusOK)
		return err
	})
	if err != nil {
		return err
	}
	x := result{What: what, Value: perThousand(cpu, b.pages), Unit: "CPU ms", Detail: fmt.Sprintf("%d kB, %s", len(body)>>10, p.words())}
	if strings.HasPrefix(what, "community") {
		x.AtMost, x.Of = pageTarget, ofValue
	}
	b.report.add(x)
	return nil
}
