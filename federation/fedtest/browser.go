package fedtest

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
	"moothall/templates"
)

// password is everybody's.
const password = "correct horse battery"

// passwordHash is made once: it takes long on purpose.
var passwordHash = sync.OnceValues(func() (string, error) { return (&actions.Actions{}).HashPassword(password) })

// browser is a person's, without JavaScript. It keeps its cookies when the node
// is started again.
type browser struct {
	person *Person
	jar    http.CookieJar
}

// browser signs the person in at the first use.
func (p *Person) browser() *browser {
	p.town.T.Helper()
	if p.tab != nil {
		return p.tab
	}
	jar, err := cookiejar.New(nil)
	p.town.must(err)
	b := &browser{p, jar}
	form := hiddenFields(b.open("/sign-in"), "/sign-in")
	form.Set("email", p.Name+"@"+p.host)
	form.Set("password", password)
	r, err := http.NewRequest(http.MethodPost, b.at("/sign-in"), strings.NewReader(form.Encode()))
	p.town.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if status, page := b.send(r); status != http.StatusSeeOther {
		p.town.T.Fatalf("%s cannot sign in: %d\n%s", p.URI, status, page)
	}
	p.tab = b
	return b
}

func (b *browser) at(path string) string { return "https://" + b.person.host + path }

// send goes to the node as the person's browser does.
func (b *browser) send(r *http.Request) (status int, body string) {
	p := b.person
	p.town.T.Helper()
	for _, c := range b.jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	resp := p.request(r)
	b.jar.SetCookies(r.URL, resp.Cookies())
	return resp.StatusCode, p.bodyOf(resp)
}

// open gets a page.
func (b *browser) open(path string) string {
	b.person.town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, b.at(path), nil)
	b.person.town.must(err)
	r.Header.Set("Accept", "text/html")
	status, body := b.send(r)
	if status != http.StatusOK {
		b.person.town.T.Fatalf("%s: %d\n%s", b.at(path), status, body)
	}
	return body
}

// status gets a page that may not be there.
func (b *browser) status(path string) int {
	b.person.town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, b.at(path), nil)
	b.person.town.must(err)
	r.Header.Set("Accept", "text/html")
	status, _ := b.send(r)
	return status
}

// submits opens a page and sends its form, which goes back to the page itself.
func (b *browser) submits(path string, values map[string]string) (status int, body string) {
	b.person.town.T.Helper()
	form := hiddenFields(b.open(path), path)
	for name, value := range values {
		form.Set(name, value)
	}
	r, err := http.NewRequest(http.MethodPost, b.at(path), strings.NewReader(form.Encode()))
	b.person.town.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

// request is asked of the person's node over the town's network, which nothing
// parts from its own people.
func (p *Person) request(r *http.Request) *http.Response {
	p.town.T.Helper()
	resp, err := p.town.net.visit(p.host, r)
	p.town.must(err)
	return resp
}

func (p *Person) bodyOf(resp *http.Response) string {
	p.town.T.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	p.town.must(err)
	return string(body)
}

// pagesOf is the text of all that the person's node shows them of a community:
// its own pages and that of every discussion in it.
func (p *Person) pagesOf(c Community) string {
	p.town.T.Helper()
	paths := p.pathsOf(c)
	var out strings.Builder
	for _, path := range paths {
		out.WriteString(textOf(p.browser().open(path)))
		out.WriteByte('\n')
	}
	return out.String()
}

// Opens is the text of the first page of a discussion.
func (p *Person) Opens(post Post) string {
	p.town.T.Helper()
	found, err := p.post(post)
	p.town.must(err)
	return textOf(p.browser().open(templates.PostPath(found.ID)))
}

// pathsOf finds the pages, as links would.
func (p *Person) pathsOf(c Community) []string {
	var paths []string
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		paths = append(paths, templates.ActorPath(group.Actor))
		list, err := tx.Discussions(ctx, actors.Viewer{Actor: me.ID, Local: true}, group.ID, store.Page{Size: 100})
		for i, d := range list {
			if i > 0 && i%25 == 0 {
				paths = append(paths, templates.ActorPath(group.Actor)+"?page="+strconv.Itoa(1+i/25))
			}
			paths = append(paths, templates.PostPath(d.ID))
		}
		return err
	}))
	return paths
}

func textOf(page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// hiddenFields are what the form that goes to action holds already.
func hiddenFields(page, action string) url.Values {
	values := url.Values{}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return values
	}
	for form := range root.Descendants() {
		if form.DataAtom != atom.Form || attribute(form, "action") != action {
			continue
		}
		for n := range form.Descendants() {
			if n.DataAtom == atom.Input && attribute(n, "type") == "hidden" {
				values.Set(attribute(n, "name"), attribute(n, "value"))
			}
		}
	}
	return values
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
