package content

import (
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"
)

const rel = ` rel="nofollow noopener noreferrer"`

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain paragraphs stay", `<p>One.</p><p>Two.</p>`, `<p>One.</p><p>Two.</p>`},
		{"bare text stays", `Trees & hedges`, `Trees &amp; hedges`},
		{"S118 script link keeps its words", `<a href="javascript:alert(1)">read</a>`, `read`},
		{"S118 written in entities", `<a href="&#106;avascript&colon;alert(1)">read</a>`, `read`},
		{"S118 with a tab in it", "<a href=\"java\tscript:alert(1)\">read</a>", `read`},
		{"S118 in capitals", `<a href="VBSCRIPT:x">read</a>`, `read`},
		{"S118 data", `<a href="data:text/html,<script>x</script>">read</a>`, `read`},
		{"S118 blob", `<a href="blob:https://x.example/1">read</a>`, `read`},
		{"S119 svg", `<svg onload="x()"><p>in</p></svg><p>out</p>`, `<p>out</p>`},
		{"S119 noscript", `<noscript><p title="</noscript><img src=x onerror=x()>">`, `&#34;&gt;`},
		{"S119 template", `<template><b>in</b></template>out`, `out`},
		{"S119 open comment", `a<!-- b <b>c`, `a`},
		{"S119 script", `a<script>b()</script>c`, `ac`},
		{"S120 image becomes a link", `<p><img src="https://t.example/x.png" alt="a chart"></p>`,
			`<p><a href="https://t.example/x.png"` + rel + `>image: a chart</a></p>`},
		{"S120 image in a link becomes words", `<a href="https://t.example/"><img src="https://t.example/x.png" alt="chart"></a>`,
			`<a href="https://t.example/"` + rel + `>image: chart</a>`},
		{"S120 image without an address", `<img src="x.png" alt="chart">`, `image: chart`},
		{"S121 attributes go", `<p style="position:fixed" id="main" name="n" class="govuk-button" data-module="m" aria-hidden="true" role="alert" onclick="x()">a</p>`, `<p>a</p>`},
		{"S121 forms go", `<form action="/logout"><input name="x"><button>Go</button></form>b`, `b`},
		{"S121 known classes stay", `<p><a class="u-url mention x" href="https://a.example/@bob">@bob</a></p>`,
			`<p><a class="mention" href="https://a.example/@bob"` + rel + `>@bob</a></p>`},
		{"S121 nothing is hidden outside links", `<p><span class="invisible">secret</span></p>`, `<p>secret</p>`},
		{"S121 nothing is hidden in what was a link", `<a href="/x"><span class="invisible">secret</span></a>`, `secret`},
		{"S122 relative", `<a href="/logout">x</a>`, `x`},
		{"S122 host only", `<a href="//evil.example">x</a>`, `x`},
		{"S122 query", `<a href="?x">x</a>`, `x`},
		{"S122 fragment", `<a href="#skip">x</a>`, `x`},
		{"S122 backslash", `<a href="\evil">x</a><a href="https:\\evil.example">y</a>`, `xy`},
		{"S122 without slashes", `<a href="https:evil">x</a>`, `x`},
		{"S122 mail keeps the address only", `<a href="mailto:a@b.example?bcc=spy@evil.example">write</a>`,
			`<a href="mailto:a@b.example"` + rel + `>write</a>`},
		{"S123 what is open gets closed", `<div><table><ul>x`, `<div><table><tbody><tr><td><ul><li>x</li></ul></td></tr></tbody></table></div>`},
		{"S123 paragraphs end each other", `<p>a<p>b`, `<p>a</p><p>b</p>`},
		{"S123 items end each other", `<ul><li>a<li>b</ul>`, `<ul><li>a</li><li>b</li></ul>`},
		{"S123 item without a list", `<li>a</li>`, `<div>a</div>`},
		{"S123 misnested", `<b>a<i>b</b>c</i>`, `<b>a<i>b</i></b>c`},
		{"S124 bidi controls go", "<p>a\u202eb&#x2066;c</p>", `<p>abc</p>`},
		{"S124 marks are capped", "<p>e" + strings.Repeat("\u0301", 50) + "</p>", "<p>e" + strings.Repeat("\u0301", 4) + "</p>"},
		{"S125 another host is shown", `<a href="https://evil.example/x">https://council.gov.uk</a>`,
			`<a href="https://evil.example/x"` + rel + `>https://council.gov.uk (evil.example)</a>`},
		{"S125 bare name of another host", `<a href="https://evil.example/x">council.gov.uk</a>`,
			`<a href="https://evil.example/x"` + rel + `>council.gov.uk (evil.example)</a>`},
		{"S125 a file name is not a host", `<a href="https://a.example/x">report.pdf</a>`,
			`<a href="https://a.example/x"` + rel + `>report.pdf</a>`},
		{"S125 hidden words do not help", `<a href="https://evil.example/"><span class="invisible">https://evil.example/</span> council.gov.uk</a>`,
			`<a href="https://evil.example/"` + rel + `><span class="invisible">https://evil.example/</span> council.gov.uk (evil.example)</a>`},
		{"S125 user name in front of the host", `<a href="https://council.gov.uk@evil.example/">x</a>`, `x`},
		{"S125 look-alike letters", `<a href="https://сouncil.example/">https://сouncil.example/</a>`,
			`<a href="https://xn--ouncil-hrf.example/"` + rel + `>https://сouncil.example/ (xn--ouncil-hrf.example)</a>`},
		{"S125 shortened address of the same host", `<a href="https://www.gov.uk/x/y"><span class="invisible">https://www.</span><span class="ellipsis">gov.uk/x</span><span class="invisible">/y</span></a>`,
			`<a href="https://www.gov.uk/x/y"` + rel + `><span class="invisible">https://www.</span><span class="ellipsis">gov.uk/x</span><span class="invisible">/y</span></a>`},
		{"A04 headings start at three", `<h1>a</h1><h3>b</h3><h2>c</h2>`, `<h3>a</h3><h4>b</h4><h4>c</h4>`},
		{"A18 language and direction stay", `<p lang="cy" dir="auto">Bore da</p>`, `<p dir="auto" lang="cy">Bore da</p>`},
		{"A19 abbreviations and scope stay", `<table><tr><th scope="col"><abbr title="Highways">Hw</abbr></th></tr></table>`,
			`<table><tbody><tr><th scope="col"><abbr title="Highways">Hw</abbr></th></tr></tbody></table>`},
		{"a link without words shows its host", `<a href="https://a.example/x"></a>`, `<a href="https://a.example/x"` + rel + `>a.example</a>`},
		{"S125 a version is not a host", `<a href="https://a.example/x">v1.2</a>`, `<a href="https://a.example/x"` + rel + `>v1.2</a>`},
		{"an empty heading goes", `<h2> </h2><p>a</p>`, `<p>a</p>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Clean(tt.in)
			if string(got) != tt.want {
				t.Errorf("Clean(%q)\n got %s\nwant %s", tt.in, got, tt.want)
			}
			checkSafe(t, tt.in, got)
		})
	}
}

func TestS123_DepthIsBounded(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"b", "div", "blockquote", "ul><li", "table><tr><td"} {
		in := strings.Repeat("<"+tag+">", 600) + "deep"
		got := Clean(in)
		checkSafe(t, in, got)
		if !strings.Contains(string(got), "deep") {
			t.Errorf("600 of %s: the words are lost", tag)
		}
	}
}

func TestS119_UnstableMarkupBecomesWords(t *testing.T) {
	t.Parallel()
	in := `<p>a <b>c</b></p>`
	if got, want := asText(in), SafeHTML(`<p>a c</p>`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	checkSafe(t, in, asText(in))
}

// checkSafe reads out again and checks every rule by other means than Clean's own.
func checkSafe(t *testing.T, in string, out SafeHTML) {
	t.Helper()
	if again := Clean(string(out)); again != out {
		t.Fatalf("not stable\n in    %q\n once  %q\n twice %q", in, out, again)
	}
	nodes, err := nethtml.ParseFragment(strings.NewReader(string(out)), divContext)
	if err != nil {
		t.Fatalf("cannot be read again: %v\n in %q", err, in)
	}
	for _, n := range nodes {
		checkNode(t, n, 1)
	}
	if strings.Count(string(out), "<") != strings.Count(string(out), ">") {
		t.Errorf("tags do not balance: %q", out)
	}
}

func checkNode(t *testing.T, n *nethtml.Node, depth int) {
	t.Helper()
	switch n.Type {
	case nethtml.TextNode:
		for _, r := range n.Data {
			if isBidiControl(r) {
				t.Errorf("bidi control %U", r)
			}
		}
		return
	case nethtml.ElementNode:
	default:
		t.Fatalf("node of type %d", n.Type)
	}
	if elements[n.Data] == dropped || n.Data == "img" || n.Namespace != "" {
		t.Errorf("element %s %s", n.Namespace, n.Data)
	}
	if depth > MaxDepth {
		t.Errorf("%s at depth %d", n.Data, depth)
	}
	for _, a := range n.Attr {
		checkAttribute(t, n.Data, a)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		checkNode(t, c, depth+1)
	}
}

func checkAttribute(t *testing.T, tag string, a nethtml.Attribute) {
	t.Helper()
	switch tag + " " + a.Key {
	case "a href":
		v := a.Val
		if !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "mailto:") {
			t.Errorf("link to %q", v)
		}
	case "a rel":
		if a.Val != relValue {
			t.Errorf("rel %q", a.Val)
		}
	case "a class", "span class":
		for _, c := range strings.Fields(a.Val) {
			if !classes[c] {
				t.Errorf("class %q", c)
			}
		}
	case "abbr title", "th scope", "ol start":
	default:
		if a.Key != "lang" && a.Key != "dir" {
			t.Errorf("attribute %s on %s", a.Key, tag)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		`<p>a</p>`, `<a href="https://a.example/">b</a>`, `<table><tr><td>x<table>y`, `<ul><li>a<ol>b`,
		`<b><p>a</b></p>`, `<a href=http://a.example><table><a href=http://b.example>x`, `<dl><dt>a<dd>b`,
		`<svg><style><img src=x>`, `<pre>` + "\n\n" + `x</pre>`, `<h1>a<h6>b`, `<p>a<hr>b`, `<select><option>x`,
		`<math><mtext><table><mglyph><style><img>`, `<span class=invisible>x</span>`, `<!-- x`, `<![CDATA[x]]>`,
		"<p>\u202e&#x202e;</p>", `<caption>x<tr>y`, `<br></br>`, `</p>`, `<abbr title="a'b">c</abbr>`,
		`<a href="mailto:a@b.example">c@d.example</a>`, `<img alt="https://x.example" src=https://y.example/>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := Clean(in)
		checkSafe(t, in, out)
		if full := cleanFully(bound(in, MaxHTML)); full != out {
			t.Errorf("the fast path gives %q, the long way %q", out, full)
		}
	})
}

var sample = `<p><span class="h-card"><a href="https://north.example/@ann" class="u-url mention">@<span>ann</span></a></span> ` +
	`We moved our tree planting to November, and the survival rate went from 60% to 85% in two winters. ` +
	`The contract costs more, but replacing dead trees cost us &pound;40,000 last year.</p>` +
	`<p>Paper: <a href="https://www.north.example/papers/trees-2026" rel="nofollow noopener noreferrer" target="_blank">` +
	`<span class="invisible">https://www.</span><span class="ellipsis">north.example/papers</span><span class="invisible">/trees-2026</span></a></p>`

func BenchmarkClean(b *testing.B) {
	for name, in := range map[string]string{
		"mastodon": sample,
		"plain":    "<p>" + strings.Repeat("We moved our tree planting to November. ", 12) + "</p>",
		"markup":   strings.Repeat("<p>We <em>moved</em> our <strong>planting</strong>, it&#39;s in November.</p>\n", 7),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				Clean(in)
			}
		})
	}
}
