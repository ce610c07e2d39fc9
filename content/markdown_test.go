package content

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"paragraph", "Hello *there*", "<p>Hello <em>there</em></p>\n"},
		{"headings start at three", "# One\n## Two", "<h3>One</h3>\n<h4>Two</h4>\n"},
		{"table", "|a|b|\n|-|:-:|\n|1|2|", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>\n"},
		{"strikethrough", "~~no~~", "<p><del>no</del></p>\n"},
		{"bare address", "See https://a.example/x.", `<p>See <a href="https://a.example/x"` + rel + `>https://a.example/x</a>.</p>` + "\n"},
		{"raw HTML is left out", "a <b>b</b>\n\n<div>c</div>\n\nd", "<p>a b</p>\n\n<p>d</p>\n"},
		{"S118 script link", "[x](javascript:alert(1))", "<p>x</p>\n"},
		{"S120 image", "![a chart](https://t.example/x.png)", `<p><a href="https://t.example/x.png"` + rel + `>image: a chart</a></p>` + "\n"},
		{"S122 relative link", "[x](/logout)", "<p>x</p>\n"},
		{"S125 text names another host", "[https://council.gov.uk](https://evil.example)",
			`<p><a href="https://evil.example"` + rel + `>https://council.gov.uk (evil.example)</a></p>` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Markdown(tt.in)
			if string(got) != tt.want {
				t.Errorf("Markdown(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
			checkSafe(t, tt.in, got)
		})
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     []Handle
	}{
		{"none", "Nobody here", nil},
		{"local", "Thanks @ann!", []Handle{{"ann", ""}}},
		{"remote", "Thanks @Ann@South.Example.", []Handle{{"ann", "south.example"}}},
		{"with a port in development", "@ann@south.localhost:8081, hello", []Handle{{"ann", "south.localhost:8081"}}},
		{"each once, in order", "@bo @ann @bo", []Handle{{"bo", ""}, {"ann", ""}}},
		{"in brackets and emphasis", "(@ann) *@bo* “@cy”", []Handle{{"ann", ""}, {"bo", ""}, {"cy", ""}}},
		{"underscores belong to names", "@ann_lee_ ok", []Handle{{"ann_lee_", ""}}},
		{"not in code", "`@ann` and\n\n    @bo\n\n```\n@cy\n```", nil},
		{"not in e-mail addresses", "write to ann@south.example or x.@south.example", nil},
		{"not in addresses", "https://south.example/@ann", nil},
		{"not in the words of a link", "[@ann](https://south.example/)", nil},
		{"not when it runs on", "@ann@ @é @bob@south@east", nil},
		{"no name", "@ and @. and @@ann", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Mentions(tt.in)); diff != "" {
				t.Errorf("Mentions(%q): -want +got\n%s", tt.in, diff)
			}
		})
	}
}

func TestMentionsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 3 * MaxMentions {
		b.WriteString("@x" + strings.Repeat("y", i%60) + string(rune('a'+i%26)) + " ")
	}
	if n := len(Mentions(b.String())); n != MaxMentions {
		t.Errorf("got %d, want %d", n, MaxMentions)
	}
}

func TestMarkdownWithLinksMentions(t *testing.T) {
	t.Parallel()
	links := map[Handle]string{
		{"ann", ""}:              "https://north.example/u/ann",
		{"bo", "south.example"}:  "https://south.example/u/bo",
		{"eve", "south.example"}: "javascript:alert(1)",
	}
	got := MarkdownWith("@ann, @Bo@south.example, @nobody and @eve@south.example", links)
	want := `<p><a class="mention" href="https://north.example/u/ann"` + rel + `>@ann</a>, ` +
		`<a class="mention" href="https://south.example/u/bo"` + rel + `>@Bo@south.example</a>, @nobody and @eve@south.example</p>` + "\n"
	if string(got) != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// hard are texts on which a careless parser takes time that grows faster than
// the text (security.md S115).
var hard = map[string]string{
	"dots": "a.", "brackets": "[", "round": "(", "at": "@", "at names": "@a", "mail": "a@", "images": "![", "stars": "*a ",
	"quotes": ">", "lists": "- ", "ticks": "`a", "under": "_", "tilde": "~~a", "addresses": "https://a.", "www": "www.",
	"angle": "<", "tags": "<b>", "links": "[a](", "table": "|a", "mixed": "*_~", "entities": "&a", "back": "\\",
	"numbers": "1.", "open comments": "<!--", "quoted lists": "> - ", "references": "[a]: b\n", "spans": "[a][b]",
}

// TestS115_HardTextsEnd gives each parser the most that fits in MaxText. Work that grows
// with the text takes well under a second; work that grows with its square
// takes minutes. The bound lies far from both, on any machine.
func TestS115_HardTextsEnd(t *testing.T) {
	for name, unit := range hard {
		t.Run(name, func(t *testing.T) {
			in := strings.Repeat(unit, 4*MaxText/len(unit))
			start := time.Now()
			Markdown(in)
			Mentions(in)
			Clean(in)
			PlainText(in)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("%d bytes took %s", len(in), d)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, unit := range hard {
		f.Add(strings.Repeat(unit, 3))
	}
	f.Add("# a\n\n* b\n  1. c\n\n| d |\n|---|\n| @e@f.example |\n")
	f.Fuzz(func(t *testing.T, in string) { checkSafe(t, in, Markdown(in)) })
}

func FuzzMentions(f *testing.F) {
	f.Add("@ann and @bo@south.example.")
	f.Add("`@a` @@b@ c@d @e@f@g")
	f.Fuzz(func(t *testing.T, in string) {
		for _, h := range Mentions(in) {
			again, size, ok := scanHandle(h.String())
			if !ok || size != len(h.String()) || again != h {
				t.Errorf("%q does not read back: %q", h, again)
			}
		}
	})
}

func BenchmarkMarkdown(b *testing.B) {
	in := "We moved our **tree planting** to November, and the survival rate went from 60% to 85%.\n\n" +
		"- the contract costs more\n- replacing dead trees cost us £40,000\n\nPaper: https://north.example/trees, ask @ann@north.example.\n"
	b.ReportAllocs()
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		Markdown(in)
	}
}
