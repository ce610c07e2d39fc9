package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"moothall/content"
)

// The debates of the demonstration, written for it, as text that people who do
// not program can change.
//
//go:embed demo
var demoFiles embed.FS

// script is all that happens in the demonstration.
type script struct {
	councils    []council
	communities []debateHall
	papers      []paper
}

type council struct {
	key    string // first label of its host
	name   string
	people []resident
}

type resident struct {
	name, title, job string
	admin            bool
}

// email is the address that somebody signs in with.
func (r resident) email(of council) string { return r.name + "@" + of.key + ".example" }

// debateHall is a community with its members and what they say.
type debateHall struct {
	name, title, purpose string
	facilitator          string // name@key, as everywhere below
	members              []string
	debates              []debate
}

type debate struct {
	by       string
	kind     content.Kind
	title    string
	language string
	text     string
	replies  []demoReply
	closed   *remark // to replies
}

type demoReply struct {
	by   string
	text string
	deep bool // answers the reply before it, not the discussion

	reported, hidden *remark
}

// remark is what somebody does about what was said, and why.
type remark struct{ by, why string }

// readScript reads the embedded files.
func readScript() (script, error) {
	var s script
	files, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return s, err
	}
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		return s, err
	}
	for _, name := range append([]string{"councils.txt"}, names...) {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return s, err
		}
		r := scriptReader{script: &s}
		for i, line := range strings.Split(string(raw), "\n") {
			if err := r.line(line); err != nil {
				return s, fmt.Errorf("demo/%s line %d: %w", name, i+1, err)
			}
		}
	}
	s.papers, err = readPapers(files)
	return s, err
}

// scriptReader reads one file: lines that begin with a known word start
// something, all others are the text of what was started last.
type scriptReader struct {
	script *script
	text   *string
}

var errScript = errors.New("something is missing")

func (r *scriptReader) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	parts := strings.Split(rest, " | ")
	start, ok := scriptWords[word]
	if !ok || rest == "" {
		if r.text != nil {
			*r.text = strings.TrimLeft(*r.text+line+"\n", "\n")
		}
		return nil
	}
	if len(parts) < start.parts {
		return errScript
	}
	r.text = start.do(r.script, parts)
	return nil
}

// scriptWords say what each word starts, and return where its text goes.
var scriptWords = map[string]struct {
	parts int
	do    func(s *script, parts []string) *string
}{
	"council": {2, func(s *script, p []string) *string {
		s.councils = append(s.councils, council{key: p[0], name: p[1]})
		return nil
	}},
	"person": {3, func(s *script, p []string) *string {
		c := &s.councils[len(s.councils)-1]
		c.people = append(c.people, resident{name: p[0], title: p[1], job: p[2], admin: len(p) > 3})
		return nil
	}},
	"community": {3, func(s *script, p []string) *string {
		s.communities = append(s.communities, debateHall{name: p[0], title: p[1], facilitator: p[2]})
		return &s.last().purpose
	}},
	"members": {1, func(s *script, p []string) *string {
		s.last().members = strings.Fields(p[0])
		return nil
	}},
	"question":   {2, func(s *script, p []string) *string { return s.debate(content.Question, p) }},
	"discussion": {2, func(s *script, p []string) *string { return s.debate(content.Discussion, p) }},
	"reply":      {1, func(s *script, p []string) *string { return s.reply(p[0], false) }},
	"then":       {1, func(s *script, p []string) *string { return s.reply(p[0], true) }},
	"report":     {1, func(s *script, p []string) *string { return because(&s.lastReply().reported, p[0]) }},
	"hide":       {1, func(s *script, p []string) *string { return because(&s.lastReply().hidden, p[0]) }},
	"close":      {1, func(s *script, p []string) *string { return because(&s.lastDebate().closed, p[0]) }},
}

func (s *script) last() *debateHall { return &s.communities[len(s.communities)-1] }

func (s *script) lastDebate() *debate {
	c := s.last()
	return &c.debates[len(c.debates)-1]
}

func (s *script) lastReply() *demoReply {
	d := s.lastDebate()
	return &d.replies[len(d.replies)-1]
}

func because(what **remark, by string) *string {
	*what = &remark{by: by}
	return &(*what).why
}

func (s *script) debate(kind content.Kind, parts []string) *string {
	by, language, isWelsh := strings.Cut(parts[0], " (")
	if language = strings.TrimSuffix(language, ")"); !isWelsh {
		language = "en-GB"
	}
	c := s.last()
	c.debates = append(c.debates, debate{by: by, kind: kind, title: parts[1], language: language})
	return &c.debates[len(c.debates)-1].text
}

func (s *script) reply(by string, deep bool) *string {
	d := s.lastDebate()
	d.replies = append(d.replies, demoReply{by: by, deep: deep})
	return &d.replies[len(d.replies)-1].text
}
