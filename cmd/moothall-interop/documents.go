package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// sends posts the form of a page with a file in it, as a browser without scripts does.
func (c caller) sends(ctx context.Context, path, name, words string) (answer, error) {
	form, err := c.ask(ctx, http.MethodGet, path, "text/html", "", nil)
	if err == nil {
		err = form.good("open " + path)
	}
	if err != nil {
		return form, err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, values := range hiddenIn(form.body) {
		if err := w.WriteField(field, values[0]); err != nil {
			return answer{}, err
		}
	}
	file, err := w.CreateFormFile("file", name)
	if err != nil {
		return answer{}, err
	}
	if _, err := file.Write([]byte(words)); err != nil {
		return answer{}, err
	}
	if err := w.Close(); err != nil {
		return answer{}, err
	}
	return c.ask(ctx, http.MethodPost, path, "text/html", w.FormDataContentType(), b.Bytes())
}

// fills fills in a form and sends it; it leads on to another page.
func (c caller) fills(ctx context.Context, path string, typed url.Values) (string, error) {
	page, err := c.ask(ctx, http.MethodGet, path, "text/html", "", nil)
	if err != nil {
		return "", err
	}
	in := hiddenIn(page.body)
	for name, values := range typed {
		in[name] = values
	}
	a, err := c.form(ctx, path, in)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("%s: %d %.600s", path, a.status, problemsOf(a.body))
	}
	return a.location, err
}

// problemsOf is what a page says is wrong.
func problemsOf(page []byte) string {
	_, after, _ := strings.Cut(plain(string(page)), "There is a problem")
	return after
}

// shares sends a file, waits until it has been looked into, and shares it; path is
// where the file is asked for.
func (t *talk) shares(ctx context.Context, c caller, path, name, words string, typed url.Values) (string, error) {
	a, err := c.sends(ctx, path, name, words)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("%s: %d %.600s", path, a.status, problemsOf(a.body))
	}
	if err != nil {
		return "", err
	}
	err = t.soon(ctx, func() error {
		page, err := c.ask(ctx, http.MethodGet, a.location, "text/html", "", nil)
		if err != nil {
			return err
		}
		return contains(string(page.body), `name="confirmed"`)
	})
	if err != nil {
		return "", err
	}
	typed.Set("confirmed", "yes")
	return c.fills(ctx, a.location, typed)
}

// linking is about a document, which other software knows as a post with a link.
func linking() []step {
	return []step{
		{"a document arrives at GoToSocial with title, summary and a link that opens the file", func(ctx context.Context, t *talk) (err error) {
			if t.browser, err = t.north.signIn(ctx, "ann"); err != nil {
				return err
			}
			at, err := t.shares(ctx, t.browser, "/c/water/share", "lining.txt", "How ponds are lined.\n\nWith clay.\n", url.Values{
				"title": {"Pond lining guide"}, "summary": {"How we line ponds."}, "type": {"guidance"}, "stage": {"draft"},
				"audience": {"public"}, "licence": {"OGL-UK-3.0"}, "classification": {"OFFICIAL"}, "language": {"en"}, "authors": {"Parks team"},
			})
			if err != nil {
				return err
			}
			t.words["paper"] = t.north.base + at
			return t.soon(ctx, func() error {
				boost, err := t.gina.boosted(ctx, t.words["paper"])
				if err != nil {
					return err
				}
				t.words["paperID"] = boost.Boosted.ID
				// GoToSocial puts the summary where content warnings go, and drops the name.
				return errors.Join(contains(boost.Boosted.Warning, "How we line ponds."), contains(boost.Boosted.Content, "Pond lining guide", "How we line ponds."),
					t.opensFile(ctx, boost.Boosted.Content, "With clay."))
			})
		}},
		{"a reply from GoToSocial appears under the document", func(ctx context.Context, t *talk) error {
			if _, err := t.gina.replies(ctx, t.words["paperID"], "or with rubber sheets?"); err != nil {
				return err
			}
			return t.soon(ctx, func() error { return t.north.shows(ctx, t.words["paper"], "or with rubber sheets?", true) })
		}},
		{"a new version of the document is an edit at GoToSocial", func(ctx context.Context, t *talk) error {
			_, err := t.shares(ctx, t.browser, t.words["paper"]+"/new-version", "lining-2.txt", "How ponds are lined.\n\nWith rubber.\n",
				url.Values{"note": {"Rubber"}, "stage": {"agreed"}})
			if err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				s, err := t.gina.status(ctx, t.words["paperID"])
				if err != nil {
					return err
				}
				return errors.Join(contains(s.Content, "version 2"), t.opensFile(ctx, s.Content, "With rubber."))
			})
		}},
		{"a withdrawn document is gone from GoToSocial", func(ctx context.Context, t *talk) error {
			if _, err := t.browser.fills(ctx, t.words["paper"]+"/withdraw", url.Values{"reason": {"It was wrong about clay"}}); err != nil {
				return err
			}
			return t.soon(ctx, t.socialLost(ctx, "paperID"))
		}},
	}
}

// opensFile follows the link to a file that is in a post, as anyone may.
func (t *talk) opensFile(ctx context.Context, content, words string) error {
	for _, m := range anchors.FindAllStringSubmatch(content, -1) {
		if !strings.Contains(m[2], "Download") {
			continue
		}
		a, err := newCaller(t.north.base).ask(ctx, http.MethodGet, m[1], "*/*", "", nil)
		if err != nil {
			return err
		}
		return errors.Join(a.good("open "+m[1]), contains(string(a.body), words))
	}
	return fmt.Errorf("no link to a file in %q", content)
}
