package ap

import (
	"slices"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
)

// Mention names an actor in a text.
type Mention struct {
	Name string // @name@host
	Href actors.URI
}

// Parent is what a comment answers.
type Parent struct {
	URI    actors.URI
	Author actors.Actor
}

type postDocument struct {
	ID           actors.URI        `json:"id"`
	Type         string            `json:"type"`
	AttributedTo actors.URI        `json:"attributedTo"`
	Actor        actors.URI        `json:"actor,omitempty"`
	To           []actors.URI      `json:"to"`
	Cc           []actors.URI      `json:"cc"`
	Audience     actors.URI        `json:"audience,omitempty"`
	InReplyTo    actors.URI        `json:"inReplyTo,omitempty"`
	Name         string            `json:"name,omitempty"`
	Content      string            `json:"content"`
	MediaType    string            `json:"mediaType"`
	Source       *sourceDocument   `json:"source,omitempty"`
	ContentMap   map[string]string `json:"contentMap,omitempty"`
	Language     *languageDocument `json:"language,omitempty"`
	URL          string            `json:"url"`
	Published    string            `json:"published"`
	Updated      string            `json:"updated,omitempty"`
	Context      actors.URI        `json:"context"`
	History      actors.URI        `json:"contextHistory,omitempty"`
	Replies      actors.URI        `json:"replies"`
	Attachment   []linkDocument    `json:"attachment"`
	Tag          []linkDocument    `json:"tag"`
	Sensitive    bool              `json:"sensitive"`
	Comments     *bool             `json:"commentsEnabled,omitempty"` // nil for a comment
	Kind         content.Kind      `json:"moothall:kind,omitempty"`
}

type sourceDocument struct {
	Content   string `json:"content"`
	MediaType string `json:"mediaType"`
}

type languageDocument struct {
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
}

// linkDocument is a Mention, an attached Link or a Link to something else (FEP-e232).
type linkDocument struct {
	Type      string `json:"type"`
	Name      string `json:"name,omitempty"`
	Href      string `json:"href"`
	MediaType string `json:"mediaType,omitempty"`
	Rel       string `json:"rel,omitempty"`
}

// Conversation is the discussion that a post belongs to (FEP-7888, FEP-171b).
type Conversation struct {
	Context actors.URI // its posts
	History actors.URI // what its community announced about it; empty when nobody keeps that
}

// ConversationAt is the conversation that begins with a post of this node. Only
// a community of this node announced anything about it.
func ConversationAt(start actors.URI, local bool) Conversation {
	c := Conversation{Context: below(start, "context")}
	if local {
		c.History = below(c.Context, "history")
	}
	return c
}

// WritePost writes a discussion, question or comment (protocol.md 5.2, 6). parent
// is nil for the start of a discussion.
func WritePost(p content.Post, author, group actors.Actor, parent *Parent, talk Conversation, mentions []Mention) ([]byte, error) {
	to, cc := PostAddress(p.Audience, author, group, parent, mentions)
	d := postDocument{
		ID: p.URI, Type: "Note", AttributedTo: author.URI,
		To: to, Cc: cc, Audience: group.URI,
		Content: string(p.HTML), MediaType: "text/html",
		URL: p.URL, Published: written(p.Published), Updated: written(p.Updated),
		Context: talk.Context, History: talk.History, Replies: below(p.URI, "replies"),
		Attachment: []linkDocument{}, Tag: mentionTags(author, group, parent, mentions),
	}
	if d.URL == "" {
		d.URL = string(p.URI)
	}
	if p.Source != "" {
		d.Source = &sourceDocument{p.Source, "text/markdown"}
	}
	if p.Language != "" {
		d.ContentMap = map[string]string{p.Language: string(p.HTML)}
		d.Language = languageOf(p.Language)
	}
	if parent != nil {
		d.InReplyTo = parent.URI
	} else {
		d.start(p)
	}
	return document(d)
}

// start fills in what only the start of a discussion has. Its type is one that
// link aggregators and forums take for a thread; that it is a question is our
// own word (protocol.md 5.2).
func (d *postDocument) start(p content.Post) {
	open := !p.Locked
	d.Type, d.Name, d.Comments = "Page", p.Title, &open
	if p.Type == "Article" {
		d.Type, d.Actor = "Article", d.AttributedTo // Mobilizon reads no Article without actor
	}
	if p.Kind == content.Question {
		d.Kind = p.Kind
	}
	if p.Link != "" {
		d.Attachment = []linkDocument{{Type: "Link", Href: p.Link, MediaType: "text/html"}}
	}
}

// PostAddress says to whom a post is addressed, and so its Create, Update and
// Delete. Only what is public ever names the public collection, the followers
// of the author or those who are mentioned (protocol.md 5.2, 8.3).
func PostAddress(a actors.Audience, author, group actors.Actor, parent *Parent, mentions []Mention) (to, cc []actors.URI) {
	if a != actors.AudiencePublic {
		return []actors.URI{group.URI, followers(group)}, []actors.URI{}
	}
	if parent == nil {
		to = []actors.URI{actors.Public, group.URI}
		cc = []actors.URI{followers(author)}
	} else {
		to = []actors.URI{actors.Public}
		if parent.Author.URI != "" && parent.Author.URI != author.URI {
			to = append(to, parent.Author.URI)
		}
		cc = []actors.URI{group.URI, followers(author)}
	}
	for _, m := range mentions {
		if !slices.Contains(to, m.Href) && !slices.Contains(cc, m.Href) {
			cc = append(cc, m.Href)
		}
	}
	return to, cc
}

// GroupAddress says to whom a community's Announce is addressed.
func GroupAddress(a actors.Audience, group actors.Actor) (to, cc []actors.URI) {
	if a != actors.AudiencePublic {
		return []actors.URI{group.URI, followers(group)}, []actors.URI{}
	}
	return []actors.URI{actors.Public}, []actors.URI{followers(group)}
}

// mentionTags lists who is mentioned: the author above a comment and, always, the
// community, so that what people answer from Mastodon or GoToSocial is addressed
// to both (C36).
func mentionTags(author, group actors.Actor, parent *Parent, mentions []Mention) []linkDocument {
	var all []Mention
	if parent != nil {
		if a := parent.Author; a.URI != "" && a.URI != author.URI {
			all = append(all, Mention{a.Handle(), a.URI})
		}
	}
	all = append(append(all, Mention{group.Handle(), group.URI}), mentions...)
	tags := make([]linkDocument, 0, len(all))
	for i, m := range all {
		if !slices.ContainsFunc(all[:i], func(n Mention) bool { return n.Href == m.Href }) {
			tags = append(tags, linkDocument{Type: "Mention", Name: m.Name, Href: string(m.Href)})
		}
	}
	return tags
}

// languageNames are the languages that communities here are likely to use.
// Lemmy's parser wants a name and makes no use of it.
var languageNames = map[string]string{
	"en": "English", "cy": "Cymraeg", "gd": "Gàidhlig", "ga": "Gaeilge", "fr": "Français", "de": "Deutsch",
	"es": "Español", "it": "Italiano", "pt": "Português", "nl": "Nederlands", "pl": "Polski", "ro": "Română",
	"uk": "Українська", "ar": "العربية", "ur": "اردو", "pa": "ਪੰਜਾਬੀ", "bn": "বাংলা", "gu": "ગુજરાતી",
}

// languageOf is a language as Lemmy writes it: it knows those of two letters.
func languageOf(tag string) *languageDocument {
	id, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if name, ok := languageNames[id]; ok {
		return &languageDocument{id, name}
	}
	return &languageDocument{id, id}
}

type tombstoneDocument struct {
	ID         actors.URI `json:"id"`
	Type       string     `json:"type"`
	FormerType string     `json:"formerType,omitempty"`
	Deleted    string     `json:"deleted,omitempty"`
}

// WriteTombstone writes what is left of a deleted thing (protocol.md 9.1).
func WriteTombstone(id actors.URI, formerType string, deleted time.Time) ([]byte, error) {
	return document(tombstoneDocument{id, "Tombstone", formerType, written(deleted)})
}
