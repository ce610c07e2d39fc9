package foreign

import (
	"fmt"
	"html"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
)

// kind says what is shown of one kind of object beside its name and its text.
type kind struct {
	parts  []part
	see    string // words of the link to the original; %s is its host
	isLink bool   // what it points at is the link of a link post
	never  bool   // nothing that people write
}

// part writes something that an object says in other ways than by its text.
type part func(r Reader, o ap.Object, to *strings.Builder)

// kinds are those that peers send (protocol.md 5.2, 7).
var kinds = map[string]kind{
	"Page":     {},
	"Article":  {},
	"Note":     {},
	"Link":     {isLink: true},
	"Question": {parts: []part{poll}, see: "Vote, or see the latest count, on %s"},
	"Event":    {parts: []part{calledOff, startsAndEnds, place}, see: "See this event on %s"},
	"Video":    {parts: []part{length}, see: "Watch this video on %s"},
	"Audio":    {parts: []part{length}, see: "Listen to this on %s"},
	"Image":    {see: "See this picture on %s"},
	"Document": {see: "Open this document on %s", isLink: true},

	"Tombstone": {never: true}, "Relationship": {never: true}, "Profile": {never: true},
	"Collection": {never: true}, "OrderedCollection": {never: true},
	"CollectionPage": {never: true}, "OrderedCollectionPage": {never: true},
	"Mention": {never: true}, "Hashtag": {never: true}, "Emoji": {never: true},
}

// unknown is for every kind that is not in the table.
var unknown = kind{parts: []part{sharedAs}, see: "See all of it on %s"}

// own writes a line of this node's own words, which are English whatever language
// the text is in.
func own(to *strings.Builder, format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(s)
		}
	}
	fmt.Fprintf(to, `<p lang="en">`+format+`</p>`, args...)
}

// see writes the link to the original.
func see(k kind, o ap.Object, to *strings.Builder) {
	at, ok := content.WebLink(string(o.URL))
	if !ok {
		at, ok = content.WebLink(o.ID)
	}
	if k.see != "" && ok {
		own(to, `<a href="%s">`+k.see+`</a>`, at, actors.URI(at).Host())
	}
}

// warned is how Mastodon's people say what their words are about before they are
// read. Elsewhere a summary is just that, and so is one that stands in for words.
func warned(o ap.Object) string {
	if !o.Sensitive || o.Content == "" || o.Type != "Note" && o.Type != "Question" {
		return ""
	}
	return content.PlainText(o.Summary)
}

func warning(o ap.Object, to *strings.Builder) {
	if about := warned(o); about != "" {
		own(to, "Content warning by the author: %s", about)
	}
}

func sharedAs(_ Reader, o ap.Object, to *strings.Builder) {
	own(to, "Shared from %s as “%s”, which this site cannot show in full.", actors.URI(o.ID).Host(), content.PlainName(o.Type, maxType))
}

const maxType = 60

func poll(r Reader, o ap.Object, to *strings.Builder) {
	if len(o.Poll.Options) == 0 {
		return
	}
	choose := "one"
	if o.Poll.Several {
		choose = "one or more"
	}
	own(to, "Poll: choose %s.", choose)
	to.WriteString("<ul>")
	for _, c := range o.Poll.Options {
		fmt.Fprintf(to, "<li>%s: %s</li>", html.EscapeString(c.Name), count(c.Votes, "vote"))
	}
	to.WriteString("</ul>")
	if o.Poll.Voters > 0 {
		own(to, "%s voted so far.", count(o.Poll.Voters, "person"))
	}
	switch {
	case o.Poll.Closed:
		own(to, "Voting has ended.")
	case !o.EndTime.IsZero():
		own(to, "Voting ends on %s.", r.When(o.EndTime.Time))
	}
}

func count(n int64, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case what == "person":
		what = "people"
	default:
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

func calledOff(_ Reader, o ap.Object, to *strings.Builder) {
	if o.Off {
		own(to, "<strong>This event has been cancelled.</strong>")
	}
}

func startsAndEnds(r Reader, o ap.Object, to *strings.Builder) {
	if !o.StartTime.IsZero() {
		own(to, "Starts: %s", r.When(o.StartTime.Time))
	}
	if !o.EndTime.IsZero() {
		own(to, "Ends: %s", r.When(o.EndTime.Time))
	}
}

func place(_ Reader, o ap.Object, to *strings.Builder) {
	if o.Place != "" {
		own(to, "Where: %s", o.Place)
	}
}

func length(_ Reader, o ap.Object, to *strings.Builder) {
	switch d := o.Duration.Round(time.Second); {
	case d <= 0:
	case d < time.Minute:
		own(to, "Length: %s", count(int64(d.Seconds()), "second"))
	default:
		own(to, "Length: %s", count(int64(d.Round(time.Minute).Minutes()), "minute"))
	}
}

// files are what is attached, as links: no page here loads anything from elsewhere
// (security.md S120). What a link post points at is shown apart.
func files(o ap.Object, to *strings.Builder) {
	var list strings.Builder
	for i, a := range o.Attachment {
		at, ok := content.WebLink(a.URL)
		if !ok || (a.Type == "Link" && at == linkOf(o, kind{}) && o.InReplyTo == "") {
			continue
		}
		name := content.PlainName(a.Name, content.MaxAlt)
		if name == "" {
			name = fmt.Sprintf("attachment %d, on %s", i+1, actors.URI(at).Host())
		}
		fmt.Fprintf(&list, `<li><a href="%s">%s: %s</a></li>`, html.EscapeString(at), fileKind(a), html.EscapeString(name))
	}
	if list.Len() > 0 {
		to.WriteString(`<ul lang="en">` + list.String() + "</ul>")
	}
}

// fileKind says what a file is, by its media type or else by its type.
func fileKind(a ap.Attachment) string {
	major, _, _ := strings.Cut(a.MediaType, "/")
	switch {
	case major == "image" || a.Type == "Image":
		return "Picture"
	case major == "video" || a.Type == "Video":
		return "Video"
	case major == "audio" || a.Type == "Audio":
		return "Recording"
	case a.Type == "Link":
		return "Link"
	}
	return "File"
}
