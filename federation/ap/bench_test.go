package ap

import (
	"fmt"
	"strings"
	"testing"
)

// announceCreatePage is about 2 kB of what a community sends most.
func announceCreatePage() []byte {
	words := strings.Repeat("Plot B kept its moisture through the dry weeks. ", 10)
	return fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",
 {"lemmy":"https://join-lemmy.org/ns#","stickied":"lemmy:stickied","sensitive":"as:sensitive"}],
 "id":"https://north.example/a/an9","type":"Announce","actor":"https://north.example/c/soil",
 "to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://north.example/c/soil/followers"],
 "audience":"https://north.example/c/soil","published":"2026-06-09T08:05:02.123Z",
 "object":{"id":"https://south.example/a/c1","type":"Create","actor":"https://south.example/u/ana",
  "to":["https://www.w3.org/ns/activitystreams#Public","https://north.example/c/soil"],
  "cc":["https://south.example/u/ana/followers"],"audience":"https://north.example/c/soil",
  "object":{"id":"https://south.example/p/41","type":"Page","attributedTo":"https://south.example/u/ana",
   "to":["https://www.w3.org/ns/activitystreams#Public","https://north.example/c/soil"],
   "cc":["https://south.example/u/ana/followers"],"audience":"https://north.example/c/soil",
   "name":"Trial results","content":"<p>%[1]s</p>\n","mediaType":"text/html",
   "source":{"content":"%[1]s","mediaType":"text/markdown"},"language":{"identifier":"en","name":"English"},
   "url":"https://south.example/p/41","published":"2026-06-09T08:05:00.5Z",
   "context":"https://south.example/p/41/context","replies":"https://south.example/p/41/replies",
   "attachment":[],"tag":[],"sensitive":false,"commentsEnabled":true}}}`, words)
}

func BenchmarkCheck(b *testing.B) {
	raw := announceCreatePage()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Check(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseActivity(b *testing.B) {
	raw := announceCreatePage()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseActivity(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadAnnounce reads all three layers of Announce{Create{Page}}.
func BenchmarkReadAnnounce(b *testing.B) {
	raw := announceCreatePage()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		announce, err := ParseActivity(raw)
		if err != nil {
			b.Fatal(err)
		}
		create, err := announce.Object.AsActivity()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := create.Object.AsObject(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheckWorst is the slowest mebibyte that was found: as many long names
// as are allowed, in one object, alike but for their ends.
func BenchmarkCheckWorst(b *testing.B) {
	var s strings.Builder
	s.WriteByte('{')
	for i := range 9_900 {
		fmt.Fprintf(&s, `"%s%05d":1,`, strings.Repeat("K", 90), i)
	}
	raw := []byte(s.String() + `"z":1}`)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Check(raw); err != nil {
			b.Fatal(err)
		}
	}
}
