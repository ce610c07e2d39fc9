package templates

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The rules of users.md section 7 that a machine can check on markup, on every
// page in every state.
func TestRulesOfPages(t *testing.T) {
	s := newSet(t)
	rules := []struct {
		name  string
		check func(*testing.T, Page, document)
	}{
		{"A04 title", checkTitle}, {"A04 headings", checkHeadings}, {"A04 landmarks", checkLandmarks},
		{"labels", checkLabels}, {"S238 nothing inline", checkNothingInline}, {"C02 words", checkWords},
		{"C01 short sentences", checkSentences}, {"ids", checkIDs}, {"forms", checkForms},
		{"A11 errors", checkErrors}, {"A10 help", checkHelp}, {"A15 links", checkLinks}, {"A16 tables", checkTables},
		{"C03 buttons", checkButtons},
	}
	for _, f := range fixtures() {
		d := parseDocument(t, render(t, s, f.page))
		for _, r := range rules {
			t.Run(f.name+"/"+r.name, func(t *testing.T) { r.check(t, f.page, d) })
		}
	}
}

type document struct{ all []*html.Node }

func parseDocument(t *testing.T, src string) document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	var d document
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			d.all = append(d.all, n)
		}
	}
	return d
}

func (d document) tags(tags ...atom.Atom) []*html.Node {
	var out []*html.Node
	for _, n := range d.all {
		if slices.Contains(tags, n.DataAtom) {
			out = append(out, n)
		}
	}
	return out
}

func (d document) id(id string) *html.Node {
	for _, n := range d.all {
		if attr(n, "id") == id {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func inClass(n *html.Node, class string) bool {
	for ; n != nil; n = n.Parent {
		if slices.Contains(strings.Fields(attr(n, "class")), class) {
			return true
		}
	}
	return false
}

func inside(n *html.Node, tag atom.Atom) bool {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == tag {
			return true
		}
	}
	return false
}

// words is what can be read in n, leaving out what members wrote.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !inClass(d.Parent, "app-prose") && !inside(d.Parent, atom.Bdi) {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// whole is all that can be read in n.
func whole(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func checkTitle(t *testing.T, p Page, d document) {
	titles := d.tags(atom.Title)
	if len(titles) != 1 {
		t.Fatalf("%d titles", len(titles))
	}
	title := whole(titles[0])
	if !strings.HasSuffix(title, " – "+p.common().Site.Name) || strings.HasPrefix(title, " –") {
		t.Errorf("title %q", title)
	}
	if wrong := len(p.common().Problems) > 0; wrong != strings.HasPrefix(title, "Error: ") {
		t.Errorf("title %q on a page with %d problems", title, len(p.common().Problems))
	}
}

func checkHeadings(t *testing.T, _ Page, d document) {
	last, first := 0, 0
	for _, n := range d.tags(atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6) {
		level := int(n.Data[1] - '0')
		if level == 1 {
			first++
		}
		if inClass(n, "govuk-error-summary") || inClass(n, "govuk-notification-banner") || inClass(n, "govuk-panel") {
			continue // stand above the h1, as the Design System has it
		}
		if level > last+1 {
			t.Errorf("h%d after h%d: %s", level, last, whole(n))
		}
		if whole(n) == "" {
			t.Errorf("empty h%d", level)
		}
		last = level
	}
	if first != 1 {
		t.Errorf("%d h1", first)
	}
}

func checkLandmarks(t *testing.T, _ Page, d document) {
	for _, tag := range []atom.Atom{atom.Main, atom.Header, atom.Footer} {
		n := 0
		for _, e := range d.tags(tag) {
			if !inside(e.Parent, atom.Article) && !inside(e.Parent, atom.Section) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of %s", n, tag)
		}
	}
	links := d.tags(atom.A)
	if attr(links[0], "href") != "#main-content" || d.id("main-content") == nil {
		t.Error("the first link does not skip to the main content")
	}
	if attr(d.tags(atom.Html)[0], "lang") == "" {
		t.Error("page without a language")
	}
}

func checkLabels(t *testing.T, _ Page, d document) {
	labelled := map[string]bool{}
	for _, n := range d.tags(atom.Label) {
		labelled[attr(n, "for")] = whole(n) != ""
	}
	for _, n := range d.tags(atom.Input, atom.Textarea, atom.Select) {
		if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] {
			t.Errorf("%s %q has no label", n.Data, attr(n, "name"))
		}
	}
	for _, n := range d.all {
		for _, key := range []string{"aria-describedby", "aria-labelledby", "aria-controls"} {
			for id := range strings.FieldsSeq(attr(n, key)) {
				if d.id(id) == nil {
					t.Errorf("%s names %q, which is not there", key, id)
				}
			}
		}
	}
}

func checkNothingInline(t *testing.T, _ Page, d document) {
	for _, n := range d.all {
		if n.DataAtom == atom.Style || n.DataAtom == atom.Script && (!has(n, "src") || n.FirstChild != nil) {
			t.Errorf("inline %s", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
				t.Errorf("%s=%q on %s", a.Key, a.Val, n.Data)
			}
		}
		for _, key := range []string{"src", "srcset", "background", "poster"} {
			if has(n, key) && !strings.HasPrefix(attr(n, key), "/") {
				t.Errorf("%s is loaded from elsewhere: %s", n.Data, attr(n, key))
			}
		}
	}
}

// banned are the words of users.md section 7 that pages never use.
var banned = regexp.MustCompile(`(?i)\b(instances?|nodes?|servers?|remote|federat\w*|defederat\w*|actors?|groups?|handles?|toots?|boost\w*|fav(e|ou?rite)s?|moderators?|bann?(ed|s)?|threads?|op|artefacts?|assets?|tombstones?|upload\w*|activit(y|ies)|submit|click here)\b`)

func checkWords(t *testing.T, _ Page, d document) {
	text := words(d.tags(atom.Body)[0])
	if m := banned.FindAllString(text, -1); m != nil {
		t.Errorf("words that pages do not use: %q", m)
	}
	for _, n := range d.all {
		for _, key := range []string{"aria-label", "alt", "placeholder", "value"} {
			if n.DataAtom != atom.Input && n.DataAtom != atom.Option && n.DataAtom != atom.Button && banned.MatchString(attr(n, key)) {
				t.Errorf("%s=%q", key, attr(n, key))
			}
		}
	}
}

var sentenceEnd = regexp.MustCompile(`[.!?:](\s|$)`)

func checkSentences(t *testing.T, _ Page, d document) {
	for _, n := range d.tags(atom.P, atom.Li, atom.Dd, atom.Label) {
		if inClass(n, "app-prose") || inClass(n, "app-meta") || hasBlocks(n) {
			continue
		}
		for _, sentence := range sentenceEnd.Split(words(n), -1) {
			if w := strings.Fields(sentence); len(w) > 25 {
				t.Errorf("%d words: %s", len(w), sentence)
			}
		}
	}
}

func hasBlocks(n *html.Node) bool {
	for d := range n.Descendants() {
		if slices.Contains([]atom.Atom{atom.P, atom.Div, atom.Ul, atom.Form, atom.H2, atom.H3}, d.DataAtom) {
			return true
		}
	}
	return false
}

func checkIDs(t *testing.T, _ Page, d document) {
	seen := map[string]bool{}
	for _, n := range d.all {
		id := attr(n, "id")
		if id != "" && seen[id] {
			t.Errorf("id %q twice", id)
		}
		seen[id] = true
		if has(n, "id") && (id == "" || strings.ContainsFunc(id, unicode.IsSpace)) {
			t.Errorf("id %q", id)
		}
	}
}

func checkForms(t *testing.T, p Page, d document) {
	for _, n := range d.tags(atom.Button) {
		if attr(n, "type") == "submit" && !inside(n, atom.Form) && d.id(attr(n, "form")) == nil {
			t.Errorf("button %q belongs to no form", whole(n))
		}
	}
	for _, n := range d.tags(atom.Form) {
		token, button := "", false
		for c := range n.Descendants() {
			if attr(c, "name") == "csrf" {
				token = attr(c, "value")
			}
			if c.DataAtom == atom.Button && attr(c, "type") == "submit" {
				button = true
			}
			if has(c, "required") || has(c, "pattern") {
				t.Errorf("%s is checked by the browser", attr(c, "name"))
			}
		}
		for _, c := range d.tags(atom.Button) {
			button = button || has(n, "id") && attr(c, "form") == attr(n, "id")
		}
		post := strings.EqualFold(attr(n, "method"), "post")
		if post && token != p.common().CSRF {
			t.Errorf("form to %s without its token", attr(n, "action"))
		}
		if !post && token != "" {
			t.Errorf("form to %s puts the token in the address", attr(n, "action"))
		}
		if !button && attr(n, "id") != "useful" {
			t.Errorf("form to %s has no button", attr(n, "action"))
		}
		if !strings.HasPrefix(attr(n, "action"), "/") {
			t.Errorf("form goes to %q", attr(n, "action"))
		}
	}
}

func checkErrors(t *testing.T, p Page, d document) {
	problems := p.common().Problems
	var summary []*html.Node
	for _, n := range d.tags(atom.Li) {
		if inClass(n, "govuk-error-summary") {
			summary = append(summary, n)
		}
	}
	if len(summary) != len(problems) {
		t.Fatalf("%d lines for %d problems", len(summary), len(problems))
	}
	for _, n := range summary {
		link := n.FirstChild
		if link.Type != html.ElementNode {
			continue
		}
		name := strings.TrimPrefix(attr(link, "href"), "#")
		field := d.id(name)
		if field == nil {
			t.Errorf("summary leads to %q, which is not there", name)
			continue
		}
		beside := d.id(name + "-error")
		if beside == nil || whole(beside) != "Error: "+whole(link) {
			t.Errorf("the words beside %s are not those of the summary", name)
		}
		described := attr(field, "aria-describedby")
		if group := field.Parent.Parent.Parent; attr(field, "type") == "radio" || group.Data == "fieldset" {
			described = attr(group, "aria-describedby")
		}
		if !slices.Contains(strings.Fields(described), name+"-error") {
			t.Errorf("%s is not described by its error", name)
		}
	}
	for _, name := range p.fields() {
		if len(problems) > 0 && problems[name] != "" && d.id(name) == nil {
			t.Errorf("no field %q", name)
		}
	}
}

func checkHelp(t *testing.T, _ Page, d document) {
	var got []string
	for _, n := range d.tags(atom.A) {
		if inClass(n, "govuk-footer") {
			got = append(got, attr(n, "href"))
		}
	}
	want := []string{"/help", "/contact", "/accessibility", "/privacy", "/cookies", "/complain"}
	if !slices.Equal(got, want) {
		t.Errorf("footer has %v", got)
	}
}

func checkLinks(t *testing.T, _ Page, d document) {
	where := map[string]string{}
	for _, n := range d.tags(atom.A) {
		text := whole(n)
		if l := attr(n, "aria-label"); l != "" {
			text = l
		}
		if text == "" {
			t.Errorf("link to %s has no words", attr(n, "href"))
		}
		if href := attr(n, "href"); href == "" || strings.Contains(href, "ZgotmplZ") {
			t.Errorf("link %q goes to %q", text, href)
		}
		if inClass(n, "govuk-tag") {
			t.Errorf("tag %q is a link", text)
		}
		if inClass(n, "app-prose") || !inside(n, atom.Main) || inClass(n, "app-meta") {
			continue
		}
		if to, ok := where[text]; ok && to != attr(n, "href") {
			t.Errorf("two links say %q: %s and %s", text, to, attr(n, "href"))
		}
		where[text] = attr(n, "href")
	}
}

func checkTables(t *testing.T, _ Page, d document) {
	for _, n := range d.tags(atom.Table) {
		if n.FirstChild == nil || !slices.ContainsFunc(d.tags(atom.Caption), func(c *html.Node) bool { return c.Parent == n && whole(c) != "" }) {
			t.Error("table without a caption")
		}
	}
	for _, n := range d.tags(atom.Th) {
		if attr(n, "scope") == "" {
			t.Errorf("heading %q has no scope", whole(n))
		}
	}
}

func checkButtons(t *testing.T, _ Page, d document) {
	seen := map[string]bool{}
	for _, n := range d.tags(atom.Button) {
		text := whole(n)
		if text == "" || text == "OK" || text == "Submit" || text == "Continue" {
			t.Errorf("button says %q", text)
		}
		if inside(n, atom.Main) && attr(n, "type") == "submit" && seen[text] {
			t.Errorf("two buttons say %q", text)
		}
		seen[text] = true
	}
}
