package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestS102_DraftCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   Draft
		want Problems
	}{
		{"a discussion", Draft{Kind: Discussion, Title: "Tree planting dates", Source: "When?"}, nil},
		{"a question in Welsh with a link", Draft{Kind: Question, Title: "Pryd?", Link: "https://a.example/x", Language: "cy", Audience: "members"}, nil},
		{"a comment", Draft{Kind: Comment, Source: "In November."}, nil},
		{"no title", Draft{Kind: Discussion, Title: " \u200b", Source: "x"}, Problems{"title": "Enter a title"}},
		{"title of 200 characters", Draft{Kind: Discussion, Title: strings.Repeat("ŵ", 200)}, nil},
		{"title too long", Draft{Kind: Discussion, Title: strings.Repeat("ŵ", 201)}, Problems{"title": "Title must be 200 characters or less"}},
		{"text of 50,000 characters", Draft{Kind: Comment, Source: strings.Repeat("ŵ", MaxText)}, nil},
		{"text too long", Draft{Kind: Comment, Source: strings.Repeat("ŵ", MaxText+1)}, Problems{"text": "Text must be 50,000 characters or less"}},
		{"empty comment", Draft{Kind: Comment, Source: "\n "}, Problems{"text": "Enter your comment"}},
		{"comment with a title", Draft{Kind: Comment, Title: "x", Source: "y"}, Problems{"title": "Comments cannot have a title"}},
		{"all at once", Draft{Kind: "sermon", Link: "www.gov.uk", Language: "welsh!", Audience: "everyone"}, Problems{
			"kind":     "Select whether this is a discussion or a question",
			"link":     "Link must be a full web address starting with https:// or http://",
			"language": "Select a language from the list",
			"audience": "Select who can read this",
		}},
		{"script link", Draft{Kind: Discussion, Title: "x", Link: "javascript:alert(1)"}, Problems{"link": "Link must be a full web address starting with https:// or http://"}},
		{"mail link", Draft{Kind: Discussion, Title: "x", Link: "mailto:a@b.example"}, Problems{"link": "Link must be a full web address starting with https:// or http://"}},
		{"long link", Draft{Kind: Discussion, Title: "x", Link: "https://a.example/" + strings.Repeat("x", MaxLink)}, Problems{"link": "Link must be 2,048 characters or less"}},
		{"broken text", Draft{Kind: Comment, Source: "a\xff"}, Problems{"text": "Text must not include characters that cannot be read"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _ := tt.in.Check().(Problems)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestLang(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want, name string }{
		{"en", "en", "English"},
		{"EN-gb", "en-GB", "British English"},
		{"cy", "cy", "Welsh"},
		{"zh-Hant", "zh-Hant", "Traditional Chinese"},
		{"", "", ""},
		{"und", "", ""},
		{"x-secret", "", ""},
		{"welsh!", "", ""},
		{"<b>", "", ""},
		{strings.Repeat("en-", 40), "", ""},
	}
	for _, tt := range tests {
		if got := Lang(tt.in); got != tt.want {
			t.Errorf("Lang(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if got := LanguageName(tt.in); got != tt.name {
			t.Errorf("LanguageName(%q) = %q, want %q", tt.in, got, tt.name)
		}
	}
}

func TestDraftInHTMLIsCheckedByItsWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		html SafeHTML
		want string
	}{
		"words":    {"<p>In autumn.</p>", ""},
		"no words": {"<p> </p><hr/>", "Enter your comment"},
		"long":     {SafeHTML("<p>" + strings.Repeat("a", MaxText+1) + "</p>"), "Text must be 50,000 characters or less"},
		"marked":   {SafeHTML("<p>" + strings.Repeat("<b>a</b>", MaxText/2) + "</p>"), ""},
	} {
		got, _ := Draft{Kind: Comment, HTML: c.html}.Check().(Problems)
		if got["text"] != c.want {
			t.Errorf("%s: %q, want %q", name, got["text"], c.want)
		}
	}
	if d := (Draft{HTML: "<p>@ann</p>", Source: "x"}); d.Rendered(nil) != d.HTML {
		t.Error("HTML is not kept as it is")
	}
}
