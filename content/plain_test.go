package content

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestS66_S124_PlainName(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain", "Ann Lee", "Ann Lee"},
		{"Welsh and Urdu stay", "Siân آمنہ", "Siân آمنہ"},
		{"space at the ends and between", "  Ann\n\t Lee ", "Ann Lee"},
		{"control characters", "Ann\x00\x1b Lee\x7f", "Ann Lee"},
		{"bidi controls", "Ann\u202eeeL\u2066", "AnneeL"},
		{"zero width", "A\u200bn\u200dn\ufeff\u2060", "Ann"},
		{"only zero width", "\u200b\u00ad\u2800\u3164", ""},
		{"marks", "e" + strings.Repeat("\u0300", 90), "e" + strings.Repeat("\u0300", 4)},
		{"long", strings.Repeat("ŵ", 300), strings.Repeat("ŵ", 200)},
		{"long with a space at the cut", strings.Repeat("w", 199) + " x", strings.Repeat("w", 199)},
		{"broken", "A\xffnn", "Ann"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := PlainName(tt.in, MaxName)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again := PlainName(got, MaxName); again != got {
				t.Errorf("not stable: %q, then %q", got, again)
			}
		})
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"<p>One &amp; two</p><p>three<br>four</p>", "One & two\nthree\nfour"},
		{"<ul><li>a</li><li>b  c</li></ul>", "a\nb c"},
		{"<table><tr><td>a</td> <td>b</td></tr></table>", "a b"},
		{"a<script>alert(1)</script><style>p{}</style>b", "ab"},
		{"a\u202eb", "ab"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := PlainText(tt.in); got != tt.want {
			t.Errorf("PlainText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		limit int
		want  string
	}{
		{"<p>Short</p>", 20, "Short"},
		{"<p>One two three</p><p>four</p>", 12, "One two…"},
		{"<p>One, two</p>", 6, "One…"},
		{"<p>" + strings.Repeat("ŵ", 50) + "</p>", 10, strings.Repeat("ŵ", 9) + "…"},
	}
	for _, tt := range tests {
		got := Excerpt(tt.in, tt.limit)
		if got != tt.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
		if n := utf8.RuneCountInString(got); n > tt.limit {
			t.Errorf("%d characters, limit %d", n, tt.limit)
		}
	}
}

func TestFirstLine(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"<p>Tree planting</p><p>When?</p>", "Tree planting"},
		{"a &lt;b&gt; c<br>d", "a <b> c"},
		{"<p> </p>", ""},
		{"<p><a href=\"https://north.example/c/soil\">@<span>soil</span></a> Rain barrels<br>Who has them?</p>", "Rain barrels"},
		{"<p>@soil@north.example @ann</p><p>Rain barrels</p>", "Rain barrels"},
		{"<p>@soil@north.example</p>", "@soil@north.example"},
		{"<p>@ 5 pm</p>", "@ 5 pm"},
		{"<p>" + strings.Repeat("word ", 60) + "</p>", strings.TrimSpace(strings.Repeat("word ", 39)) + "…"},
	}
	for _, tt := range tests {
		if got := FirstLine(tt.in); got != tt.want {
			t.Errorf("FirstLine(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
