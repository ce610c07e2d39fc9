package ap

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// peerArticle is what other software reads of a document, in the only shapes that
// the strictest of them takes (protocol.md 7.1 and 13).
type peerArticle struct {
	Type         string
	ID           string
	AttributedTo string // Lemmy and Mbin take no array
	To, Cc       []string
	Audience     string
	Name         string
	Content      string
	MediaType    string
	Summary      string
	URL          string
	InReplyTo    *string
	Attachment   []struct{ Type, MediaType, Name, URL string } // text each: Lemmy refuses the post otherwise
	Tag          []struct{ Type, Name, Href string }
	Language     struct{ Identifier, Name string }
	Preview      struct{ Type, Content string }
}

// TestC61_PeersReadOurDocuments holds our documents to what each peer needs.
func TestC61_PeersReadOurDocuments(t *testing.T) {
	t.Parallel()
	goldens := ours(t)
	for _, name := range []string{"document", "document_members", "document_version"} {
		var d peerArticle
		if err := json.Unmarshal(goldens[name], &d); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, w := range []struct {
			peer string
			ok   bool
		}{
			{"Lemmy: an article with a title on one line of 200 characters, and its community", d.Type == "Article" && d.Name != "" &&
				utf8.RuneCountInString(d.Name) <= 200 && !strings.Contains(d.Name, "\n") && slices.Contains(slices.Concat(d.To, d.Cc), d.Audience)},
			{"Lemmy: answers nothing, or it is a comment", d.InReplyTo == nil},
			{"Lemmy: the first attachment is the link of the post", d.Attachment[0].Type == "Document" && strings.HasPrefix(d.Attachment[0].URL, "https://")},
			{"Lemmy: content is HTML and its language has a code", d.MediaType == "text/html" && d.Language.Identifier == "en"},
			{"Mastodon: title, summary and a link", d.Name != "" && strings.HasPrefix(d.Summary, "<p>") && d.URL == d.ID},
			{"GoToSocial: a note to show in place of an article", d.Preview.Type == "Note" && d.Preview.Content != ""},
			{"GoToSocial: content has the title, for it drops the name where there is a summary", strings.Contains(d.Content, d.Name)},
			{"Mbin, PieFed, GoToSocial: content has the link to the file", strings.Contains(d.Content, `<a href="`+d.Attachment[0].URL+`">`)},
			{"all: mentions are the only tags with a handle", !slices.ContainsFunc(d.Tag, func(g struct{ Type, Name, Href string }) bool {
				return g.Href == "" || (g.Type == "Mention") != strings.HasPrefix(g.Name, "@")
			})},
		} {
			if !w.ok {
				t.Errorf("%s: not so: %s\n%+v", name, w.peer, d)
			}
		}
	}
}

// TestS145_NothingOfPeersIsADocument: articles, documents and attachments of
// other software stay the posts that they are.
func TestS145_NothingOfPeersIsADocument(t *testing.T) {
	t.Parallel()
	files := jsonFiles(t, peers)
	for name, raw := range jsonFiles(t, sharedFixtures(t)) {
		files["shared/"+name] = raw
	}
	articles, attached := 0, 0
	for name, raw := range files {
		for kindOf(raw) == "activity" {
			a, err := ParseActivity(raw)
			if err != nil || len(a.Object.Items()) != 1 || !a.Object.Items()[0].Embedded() {
				break
			}
			raw = a.Object.Items()[0].Raw()
		}
		o, err := ParseObject(raw)
		if kindOf(raw) != "object" || err != nil {
			continue
		}
		if o.Paper != nil {
			t.Errorf("%s is taken for a document: %+v", name, o.Paper)
		}
		if o.Type == "Article" || o.Type == "Document" {
			articles++
		}
		attached += len(o.Attachment)
	}
	if articles < 4 || attached < 10 {
		t.Errorf("only %d articles and %d attachments were looked at", articles, attached)
	}
}
