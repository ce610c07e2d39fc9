package ap

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
)

// Paper is a document as it goes over the wire: the post that carries it, what is
// known of it, and one of its versions.
type Paper struct {
	Post     content.Post
	Document content.Document
	Version  content.Version
	Related  []content.Related
}

// ErrKept says that a document does not leave its node: it is classified, under
// embargo or withdrawn (users.md 3.9).
var ErrKept = errors.New("this document does not leave its site")

// Travels says whether the document may be written for others at all.
func (p Paper) Travels() bool {
	return !p.Document.StaysHere() && !p.Document.IsWithdrawn() && !p.Version.IsWithdrawn() && !p.Post.IsGone()
}

// The relations of a document's links. Those with an address are our own: RFC 8288
// asks for addresses where no name is registered.
const (
	relLatest      = "latest-version"      // RFC 5829
	relPredecessor = "predecessor-version" // RFC 5829
	relSuccessor   = "successor-version"   // RFC 5829
	relReplaces    = moothallTerms + "replaces"
	relDerived     = moothallTerms + "derivedFrom"
	relTranslation = moothallTerms + "translation"
)

const (
	moothallTerms   = "https://moothall.org/ns#"
	streamsLinked   = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"` // FEP-e232
	maxPaperSummary = 500                                                                    // characters of HTML (FEP-b2b8)
)

var relations = map[content.Relation]string{
	content.Replaces: relReplaces, content.DerivedFrom: relDerived, content.Translation: relTranslation,
}

// paperDocument is a postDocument with a file. Its own attachment and tag take the
// place of those of the post.
type paperDocument struct {
	postDocument
	Summary    string          `json:"summary,omitempty"`
	Preview    previewDocument `json:"preview"`
	Past       actors.URI      `json:"history"`
	Attachment []fileDocument  `json:"attachment"`
	Tag        []linkDocument  `json:"tag"`

	Of             actors.URI             `json:"moothall:versionOf,omitempty"`
	Number         string                 `json:"moothall:version"`
	Note           string                 `json:"moothall:whatChanged,omitempty"`
	Abstract       string                 `json:"moothall:abstract,omitempty"`
	DocumentType   content.DocumentType   `json:"moothall:documentType,omitempty"`
	Other          string                 `json:"moothall:otherType,omitempty"`
	Stage          content.Stage          `json:"moothall:stage,omitempty"`
	AdoptedBy      string                 `json:"moothall:adoptedBy,omitempty"`
	AdoptedOn      string                 `json:"moothall:adoptedOn,omitempty"`
	License        string                 `json:"moothall:license,omitempty"`
	Attribution    string                 `json:"moothall:attribution,omitempty"`
	Classification content.Classification `json:"moothall:classification,omitempty"`
	Issuer         string                 `json:"moothall:issuer,omitempty"`
	IssuerCode     string                 `json:"moothall:issuerCode,omitempty"`
	Authors        string                 `json:"moothall:authors,omitempty"`
	Dated          string                 `json:"moothall:dated,omitempty"`
	Reference      string                 `json:"moothall:reference,omitempty"`
	Subjects       []string               `json:"moothall:subjects,omitempty"`
	Place          string                 `json:"moothall:place,omitempty"`
	Period         string                 `json:"moothall:period,omitempty"`
	Effort         int                    `json:"moothall:effort,omitempty"`
	Review         string                 `json:"moothall:reviewDate,omitempty"`
	Pages          int                    `json:"moothall:pages,omitempty"`
	TextURL        string                 `json:"moothall:textUrl,omitempty"`
}

// previewDocument is what those show who do not show articles (FEP-b2b8).
type previewDocument struct {
	Type    string `json:"type"`
	Content string `json:"content"`
}

// fileDocument is the file of a version (protocol.md 7.1, FEP-1311).
type fileDocument struct {
	Type      string `json:"type"`
	MediaType string `json:"mediaType"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	Digest    string `json:"digestMultibase"`
	Size      int64  `json:"size,omitempty"`
}

// VersionAddress is the address of a version of a document of this node.
func VersionAddress(document actors.URI, number int) actors.URI {
	return below(document, fmt.Sprintf("v/%d", number))
}

// HistoryAddress is the address of what the author did with a document (FEP-bad1).
func HistoryAddress(document actors.URI) actors.URI { return below(document, "history") }

// WritePaper writes a document as it is now, with its current version (protocol.md
// 7.1). ErrKept when it does not leave this node.
func WritePaper(p Paper, author, group actors.Actor, talk Conversation, mentions []Mention) ([]byte, error) {
	d, err := p.document(author, group, talk, mentions)
	if err != nil {
		return nil, err
	}
	d.Tag = append(append(d.Tag, versionLink(relLatest, p.Version.URI, p.Version.Number)), p.links()...)
	return document(d)
}

// WriteVersion writes one version of a document at its own address, where it never
// changes. It is not announced, and what people say of it belongs to the document.
// latest is the number of the current version.
func WriteVersion(p Paper, latest int, author, group actors.Actor, talk Conversation) ([]byte, error) {
	d, err := p.document(author, group, talk, nil)
	if err != nil {
		return nil, err
	}
	work, closed := p.Post.URI, false
	d.ID, d.Of, d.URL, d.Comments = p.Version.URI, work, string(p.Version.URI), &closed
	d.Published, d.Updated = written(p.Version.At), ""
	d.Tag = append(d.Tag, versionLink(relLatest, VersionAddress(work, latest), latest))
	if n := p.Version.Number + 1; n <= latest {
		d.Tag = append(d.Tag, versionLink(relSuccessor, VersionAddress(work, n), n))
	}
	d.Tag = append(d.Tag, p.links()...)
	return document(d)
}

func (p Paper) document(author, group actors.Actor, talk Conversation, mentions []Mention) (paperDocument, error) {
	if !p.Travels() {
		return paperDocument{}, fmt.Errorf("write document %s: %w", p.Post.URI, ErrKept)
	}
	if p.Version.File.URL == "" || p.Version.File.Digest.IsZero() {
		return paperDocument{}, fmt.Errorf("write document %s: its file has no address or no digest", p.Post.URI)
	}
	to, cc := PostAddress(p.Post.Audience, author, group, nil, mentions)
	d := paperDocument{
		postDocument: postDocument{
			ID: p.Post.URI, AttributedTo: author.URI, To: to, Cc: cc, Audience: group.URI, MediaType: "text/html",
			Content: p.content(), URL: p.Post.URL, Published: written(p.Post.Published), Updated: written(p.Post.Updated),
			Context: talk.Context, History: talk.History, Replies: below(p.Post.URI, "replies"), Kind: content.KindDocument,
		},
		Summary: p.summary(),
		Preview: previewDocument{"Note", paragraph(html.EscapeString(p.title()) + ": " + html.EscapeString(p.Document.Summary))},
		Past:    HistoryAddress(p.Post.URI), Attachment: []fileDocument{p.file()},
		Tag: mentionTags(author, group, nil, mentions),
	}
	d.start(p.Post)
	d.Type, d.Name, d.Actor = "Article", p.title(), author.URI // Mobilizon reads no Article without actor
	if d.URL == "" {
		d.URL = string(p.Post.URI)
	}
	if p.Post.Language != "" {
		d.ContentMap, d.Language = map[string]string{p.Post.Language: d.Content}, languageOf(p.Post.Language)
	}
	d.details(p)
	return d, nil
}

// details are what only nodes of ours read.
func (d *paperDocument) details(p Paper) {
	doc, v := p.Document, p.Version
	d.Number, d.Note = fmt.Sprint(v.Number), v.Note
	d.Abstract, d.DocumentType, d.Other, d.Stage = doc.Summary, doc.Type, doc.Other, p.stage()
	d.AdoptedBy, d.AdoptedOn = doc.Adopted.Body, doc.Adopted.On
	d.License, d.Attribution, d.Classification = p.license(), doc.Attribution, doc.Classification
	d.Issuer, d.IssuerCode, d.Authors, d.Dated, d.Reference = doc.Issuer, doc.IssuerCode, doc.Authors, doc.Dated, doc.Reference
	d.Subjects, d.Place, d.Period, d.Effort = doc.Subjects, doc.Place, doc.Period, doc.Effort
	if !doc.Review.IsZero() {
		d.Review = doc.Review.UTC().Format(time.DateOnly)
	}
	d.Pages = v.File.Pages
	if doc.Licence.IsOpen() {
		d.TextURL = v.File.Text
	}
}

func (p Paper) title() string {
	if p.Version.Title != "" {
		return p.Version.Title
	}
	return p.Post.Title
}

// stage is that of the version, and of the document where it is the current one.
func (p Paper) stage() content.Stage {
	if p.Version.Number == p.Document.Number && p.Document.Stage != "" {
		return p.Document.Stage
	}
	return p.Version.Stage
}

func (p Paper) license() string {
	if p.Document.Licence != "" {
		return string(p.Document.Licence)
	}
	return p.Document.LicenceURL
}

func (p Paper) file() fileDocument {
	f := p.Version.File
	return fileDocument{"Document", f.MediaType, f.Name, f.URL, f.Digest.Multibase(), f.Size}
}

// summary is what Mastodon shows beside the title, as much as it may be.
func (p Paper) summary() string {
	words := strings.Join(strings.Fields(p.Document.Summary), " ")
	for utf8.RuneCountInString(paragraph(html.EscapeString(words))) > maxPaperSummary {
		words = content.FirstRunes(strings.TrimSuffix(words, "…"), utf8.RuneCountInString(words)-2) + "…"
	}
	if words == "" {
		return ""
	}
	return paragraph(html.EscapeString(words))
}

func paragraph(safe string) string { return "<p>" + safe + "</p>" }

// content is the document for those who know nothing of documents: its summary, the
// file and what may be done with it.
func (p Paper) content() string {
	var b strings.Builder
	for line := range strings.Lines(p.Document.Summary) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(paragraph(html.EscapeString(line)))
		}
	}
	f := p.Version.File
	// GoToSocial shows no name where there is a summary, so the title is here too.
	b.WriteString(paragraph(fmt.Sprintf(`<a href="%s">Download %s</a>, version %d (%s, %s)`,
		html.EscapeString(f.URL), html.EscapeString(p.title()), p.Version.Number, html.EscapeString(f.Name), sizeWords(f.Size))))
	if l := p.licenceLine(); l != "" {
		b.WriteString(paragraph(l))
	}
	return b.String()
}

func (p Paper) licenceLine() string {
	d := p.Document
	words, link := d.LicenceURL, d.LicenceURL
	if d.Licence != "" {
		words, link = d.Licence.Words(), d.Licence.URL()
	}
	safe := html.EscapeString(words)
	if link != "" {
		safe = fmt.Sprintf(`<a href="%s" rel="license">%s</a>`, html.EscapeString(link), safe)
	}
	var parts []string
	if safe != "" {
		parts = append(parts, "Licence: "+safe)
	}
	if d.Attribution != "" {
		parts = append(parts, html.EscapeString(d.Attribution))
	}
	return strings.Join(parts, ". ")
}

// sizeWords are a number of bytes as people read it.
func sizeWords(n int64) string {
	switch {
	case n <= 0:
		return "size unknown"
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// links are the document's relations to others, and to its own version before.
func (p Paper) links() []linkDocument {
	var out []linkDocument
	if n := p.Version.Number - 1; n > 0 {
		out = append(out, versionLink(relPredecessor, VersionAddress(p.Post.URI, n), n))
	}
	related := slices.Clone(p.Related)
	slices.SortFunc(related, func(a, b content.Related) int { return strings.Compare(string(a.URI), string(b.URI)) })
	for _, r := range related {
		if rel, ok := relations[r.Relation]; ok {
			out = append(out, linkDocument{Type: "Link", Name: r.Title, Href: string(r.URI), MediaType: streamsLinked, Rel: rel})
		}
	}
	return out
}

func versionLink(rel string, to actors.URI, number int) linkDocument {
	return linkDocument{Type: "Link", Name: fmt.Sprintf("version %d", number), Href: string(to), MediaType: streamsLinked, Rel: rel}
}
