package foreign

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/content"
	"moothall/federation/ap"
)

var reader = Reader{When: func(t time.Time) string { return t.Format("2 Jan 2006 15:04") }}

// written reads what an example of a peer is about, down to the innermost object.
func written(t *testing.T, name string) ap.Object {
	t.Helper()
	raw, err := os.ReadFile("../testdata/peers/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	for {
		var outer struct{ Type, Object json.RawMessage }
		if err := json.Unmarshal(raw, &outer); err != nil {
			t.Fatal(err)
		}
		if len(outer.Object) == 0 || outer.Object[0] != '{' {
			break
		}
		raw = outer.Object
	}
	return parsed(t, string(raw))
}

func parsed(t *testing.T, raw string) ap.Object {
	t.Helper()
	o, err := ap.ParseObject([]byte(raw))
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return o
}

func TestKindsOfPeersAreShown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ title, words, link string }{
		"mobilizon/event": {"Pond day", `Bring boots.
Starts: 9 Jun 2026 09:00
Ends: 9 Jun 2026 15:00
Where: West <gate>, 1 High Street, LS1 1AA, Leeds, United Kingdom
Picture: banner
See this event on moots.example`, "https://ponds.example/day"},
		"peertube/video_hls": {"Lining a pond", "How we did it\nLength: 5 minutes\nWatch this video on tube.example", ""},
		"mastodon/create_question": {"Which liner?", `Which liner?
Poll: choose one.
Butyl: 3 votes
Clay: 1 vote
4 people voted so far.
Voting ends on 8 Jun 2026 09:00.
Vote, or see the latest count, on toot.example`, ""},
		"piefed/announce_question": {"Which day suits?", `Which day suits?
Poll: choose one or more.
Monday: 2 votes
Friday: 0 votes
2 people voted so far.
Voting ends on 8 Jun 2026 09:00.
Vote, or see the latest count, on piefed.example`, ""},
		"mobilizon/document":      {"Plans", "Open this document on plans.example", "https://plans.example/ponds"},
		"mobilizon/article":       {"Minutes", "We met.", ""},
		"nodebb/announce_article": {"Sedge", "Sedge grows.", ""},
		"mbin/announce_entry":     {"Newts", "Seen one.\nPicture: A newt on a stone", ""},
		"bonfire/create_minutes": {"Minutes of May", `We agreed on clay.
Shared from fire.example as “Minutes”, which this site cannot show in full.
See all of it on fire.example`, ""},
	} {
		s, err := reader.Read(written(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := content.PlainText(string(s.HTML)); s.Title != want.title || got != want.words || s.Link != want.link {
			t.Errorf("%s: %q, link %q\n%s", name, s.Title, s.Link, cmp.Diff(want.words, got))
		}
		if strings.Contains(string(s.HTML), "<img") {
			t.Errorf("%s loads a picture from elsewhere (S120): %s", name, s.HTML)
		}
	}
}

// TestShapesOfOneThing changes a document in one thing each.
func TestShapesOfOneThing(t *testing.T) {
	t.Parallel()
	const at = `"id":"https://x.example/1"`
	for name, c := range map[string]struct{ raw, title, html, link string }{
		"a type among others":     {`{"type":["schema:Thing","Event"],` + at + `,"name":"Pond day"}`, "Pond day", `<a href="https://x.example/1" rel="nofollow noopener noreferrer">See this event on x.example</a>`, ""},
		"an event that is off":    {`{"type":"Event",` + at + `,"name":"A","ical:status":"CANCELLED"}`, "A", "This event has been cancelled.", ""},
		"an event called off":     {`{"type":"Event",` + at + `,"name":"A","eventStatus":"https://schema.org/EventCancelled"}`, "A", "This event has been cancelled.", ""},
		"a place in words":        {`{"type":"Event",` + at + `,"name":"A","location":["",{"type":"Place","name":1},"Town hall"]}`, "A", "Where: Town hall", ""},
		"a place with an address": {`{"type":"Event",` + at + `,"name":"A","location":{"type":"Place","name":"Hall","address":"Hall, 1 High Street"}}`, "A", "Where: Hall, Hall, 1 High Street", ""},
		"a poll that is over":     {`{"type":"Question",` + at + `,"content":"Q","closed":"2026-01-01T00:00:00Z","oneOf":{"type":"Note","name":"A<b>"}}`, "Q", "<li>A&lt;b&gt;: 0 votes</li>", ""},
		"a poll with odd numbers": {`{"type":"Question",` + at + `,"content":"Q","votersCount":"x","anyOf":[{"name":"A","replies":{"totalItems":-4}},{"name":[]},7]}`, "Q", "<li>A: 0 votes</li>", ""},
		"an hour":                 {`{"type":"Audio",` + at + `,"name":"A","duration":"PT1H"}`, "A", "Length: 60 minutes", ""},
		"a moment":                {`{"type":"Audio",` + at + `,"name":"A","duration":"PT1.5S"}`, "A", "Length: 1 second", ""},
		"no duration":             {`{"type":"Audio",` + at + `,"name":"A","duration":"soon"}`, "A", "Listen to this on x.example", ""},
		"a link":                  {`{"type":"Link",` + at + `,"name":"A","href":"https://y.example/a"}`, "A", "", "https://y.example/a"},
		"a link to nowhere":       {`{"type":"Link",` + at + `,"name":"A","href":"javascript:alert(1)"}`, "A", "", ""},
		"a picture":               {`{"type":"Image",` + at + `,"name":"A","url":"https://x.example/a.png"}`, "A", `<a href="https://x.example/a.png" rel="nofollow noopener noreferrer">See this picture on x.example</a>`, ""},
		"plain text":              {`{"type":"Note",` + at + `,"content":"a < b\nc","mediaType":"text/plain"}`, "a < b", "a &lt; b<br/>c", ""},
		"Markdown":                {`{"type":"Video",` + at + `,"name":"A","content":"**b**","mediaType":"text/markdown"}`, "A", "<strong>b</strong>", ""},
		"source alone":            {`{"type":"Page",` + at + `,"name":"A","source":{"content":"**b**","mediaType":"text/markdown"}}`, "A", "<strong>b</strong>", ""},
		"words by language":       {`{"type":"Note",` + at + `,"contentMap":{"cy":"<p>Helo</p>"}}`, "Helo", "<p>Helo</p>", ""},
		"a summary alone":         {`{"type":"Article",` + at + `,"name":"A","summary":"<p>Short</p>"}`, "A", "<p>Short</p>", ""},
		"a content warning":       {`{"type":"Note",` + at + `,"summary":"Newts","sensitive":true,"content":"<p>b</p>"}`, "Newts", `<p lang="en">Content warning by the author: Newts</p><p>b</p>`, ""},
		"C63 a script":            {`{"type":"Note",` + at + `,"content":"<p>b</p><script>x</script><img src=x onerror=y>"}`, "b", "<p>b</p>", ""},
		"S128 an emoji":           {`{"type":"Note",` + at + `,"content":"<p>:a:</p>","tag":[{"type":"Emoji","name":":a\"><script>:","icon":{"type":"Image","url":"data:image/png,x"}}]}`, ":a:", "<p>:a:</p>", ""},
		"S129 a preview":          {`{"type":"Note",` + at + `,"content":"<p>b</p><iframe src=https://y.example></iframe><object data=x></object><embed src=x><link rel=x><meta property=og:image>","preview":{"type":"Note","content":"<iframe src=https://y.example>"},"attachment":{"type":"Link","href":"https://y.example/v","html":"<iframe>","icon":{"url":"https://y.example/i"}}}`, "b", "<p>b</p>", "https://y.example/v"},
		"a file without a name":   {`{"type":"Note",` + at + `,"content":"b","attachment":{"type":"Document","url":[{"href":"https://x.example/f"}]}}`, "b", "File: attachment 1, on x.example", ""},
		"a file with a bad name":  {`{"type":"Note",` + at + `,"content":"b","attachment":{"type":"Image","url":"https://x.example/f","name":"\"><script>"}}`, "b", "Picture: &#34;&gt;&lt;script&gt;", ""},
		"a kind with a bad name":  {`{"type":"<script>",` + at + `,"name":"A"}`, "A", "as “&lt;script&gt;”", ""},
		"nothing":                 {`{"type":"Note",` + at + `}`, "(no title)", "", ""},
	} {
		s, err := reader.Read(parsed(t, c.raw))
		if err != nil || s.Title != c.title || !strings.Contains(string(s.HTML), c.html) || s.Link != c.link {
			t.Errorf("%s: %+v %v", name, s, err)
		}
		for _, bad := range []string{"<script", "onerror", "<img", "javascript:", "data:", "<iframe", "<object", "<embed", "<link", "<meta"} {
			if strings.Contains(string(s.HTML), bad) {
				t.Errorf("%s: %s in %s", name, bad, s.HTML)
			}
		}
	}
}

func TestWhatIsNotShown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"C62 a vote":               {`{"type":"Note","id":"https://x.example/1","name":"Clay","inReplyTo":"https://x.example/2"}`, ErrVote},
		"C62 a vote of null words": {`{"type":"Note","id":"https://x.example/1","name":"Clay","content":null,"inReplyTo":"https://x.example/2"}`, ErrVote},
		"a private message":        {`{"type":"ChatMessage","id":"https://x.example/1","content":"Hush"}`, ErrPrivate},
		"a person":                 {`{"type":"Person","id":"https://x.example/1","name":"Bo"}`, ErrDone},
		"a deletion":               {`{"type":"Delete","id":"https://x.example/1","name":"Bo","actor":"https://x.example/u"}`, ErrDone},
		"a collection":             {`{"type":"OrderedCollection","id":"https://x.example/1","name":"All"}`, ErrDone},
		"an unknown kind":          {`{"type":"CacheFile","id":"https://x.example/1"}`, ErrWordless},
	} {
		if s, err := reader.Read(parsed(t, c.raw)); !errors.Is(err, c.want) || s != (Shown{}) {
			t.Errorf("%s: %+v %v", name, s, err)
		}
	}
}

func TestS102_PollHasItsChoicesAndNoMore(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"type":"Note","name":"one"},`, 500) + `{"type":"Note","name":"last"}`
	s, err := reader.Read(parsed(t, `{"type":"Question","id":"https://x.example/1","content":"<p>Which?</p>","oneOf":[`+many+`]}`))
	if n := strings.Count(string(s.HTML), "<li>"); err != nil || n != content.MaxOptions || strings.Contains(string(s.HTML), "last") {
		t.Errorf("%d choices, %v", n, err)
	}
}

// FuzzRead holds what is shown to be safe and to stay as it is when it is cleaned
// once more.
func FuzzRead(f *testing.F) {
	for _, raw := range []string{
		`{"type":"Event","id":"https://x.example/1","name":"A","location":[null,{"address":{"postalCode":1}}],"startTime":"2026-06-09T10:00:00Z","attachment":[{"url":"https://x.example/a\"b"}]}`,
		`{"type":"Question","id":"https://x.example/1","anyOf":[{"type":["Note","x"],"name":[1]},{"name":"</li><p>"}],"votersCount":1}`,
		`{"type":"Video","id":"https://x.example/1","url":"https://x.example/\u0022onclick=1","duration":"P1DT1H","content":"<p>a","mediaType":"text/markdown"}`,
		`{"type":"%s<b>","id":"https://x.example/%d","name":"%v","summary":"<i>"}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := ap.ParseObject(raw)
		if err != nil {
			return
		}
		s, err := reader.Read(o)
		if err != nil {
			if s != (Shown{}) {
				t.Fatal("an error and something to show")
			}
			return
		}
		if again := content.Clean(string(s.HTML)); again != s.HTML {
			t.Fatalf("cleaning changed\n%s\nto\n%s", s.HTML, again)
		}
	})
}
