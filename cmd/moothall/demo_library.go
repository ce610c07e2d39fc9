package main

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
)

// paper is a document that somebody in the demonstration shares.
type paper struct {
	key       string // of its file in demo/library
	by, in    string // name@key; name of the community
	draft     content.DocumentDraft
	related   []relation
	editions  []edition
	look      string // what to see in it first; empty for most
	withdrawn string // why, once everything else has been shared
}

// relation names another paper of the same community that is shared before.
type relation struct {
	kind content.Relation
	key  string
}

// edition is one version of a paper.
type edition struct {
	file    string // its name
	note    string // what changed
	stage   content.Stage
	adopted content.Adoption
	hidden  []string // names of sheets that nobody sees
	anyway  string   // why it is shared although the check found something
	blocks  []extract.Block
}

// newEdition is the line between the versions of a paper.
const newEdition = "\n==== next version\n"

// readPapers reads the papers, in the order of their names. Each file has one part
// for each version: lines of "word: value", an empty line, and what the paper says.
func readPapers(files fs.FS) ([]paper, error) {
	names, err := fs.Glob(files, "library/*.txt")
	if err != nil {
		return nil, err
	}
	var all []paper
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		p := paper{key: strings.TrimSuffix(path.Base(name), ".txt")}
		p.draft.Confirmed, p.draft.Language = true, "en-GB"
		for _, part := range strings.Split(string(raw), newEdition) {
			if err := p.read(part); err != nil {
				return nil, fmt.Errorf("demo/%s: %w", name, err)
			}
		}
		p.draft.Stage, p.draft.Document.Adopted = p.editions[0].stage, p.editions[0].adopted
		all = append(all, p)
	}
	return all, nil
}

func (p *paper) read(part string) error {
	head, body, _ := strings.Cut(strings.TrimSpace(part), "\n\n")
	p.editions = append(p.editions, edition{})
	for line := range strings.Lines(head) {
		word, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		set, ok := paperWords[word]
		if !ok {
			return fmt.Errorf("%q is not known", word)
		}
		if err := set(p, &p.editions[len(p.editions)-1], value); err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
	}
	p.editions[len(p.editions)-1].blocks = readBlocks(body)
	return nil
}

// paperWords say what each word before a paper is about.
var paperWords = map[string]func(p *paper, e *edition, value string) error{
	"by":        func(p *paper, _ *edition, v string) error { p.by = v; return nil },
	"in":        func(p *paper, _ *edition, v string) error { p.in = v; return nil },
	"title":     func(p *paper, _ *edition, v string) error { p.draft.Title = v; return nil },
	"summary":   func(p *paper, _ *edition, v string) error { p.draft.Summary = v; return nil },
	"type":      func(p *paper, _ *edition, v string) error { p.draft.Type = content.DocumentType(v); return nil },
	"other":     func(p *paper, _ *edition, v string) error { p.draft.Other = v; return nil },
	"language":  func(p *paper, _ *edition, v string) error { p.draft.Language = v; return nil },
	"licence":   func(p *paper, _ *edition, v string) error { p.draft.Licence = content.Licence(v); return nil },
	"audience":  func(p *paper, _ *edition, v string) error { p.draft.Audience = actors.Audience(v); return nil },
	"subjects":  func(p *paper, _ *edition, v string) error { p.draft.Subjects = strings.Split(v, "; "); return nil },
	"place":     func(p *paper, _ *edition, v string) error { p.draft.Place = v; return nil },
	"period":    func(p *paper, _ *edition, v string) error { p.draft.Period = v; return nil },
	"reference": func(p *paper, _ *edition, v string) error { p.draft.Reference = v; return nil },
	"dated":     func(p *paper, _ *edition, v string) error { p.draft.Dated = v; return nil },
	"look":      func(p *paper, _ *edition, v string) error { p.look = v; return nil },
	"withdrawn": func(p *paper, _ *edition, v string) error { p.withdrawn = v; return nil },
	"review": func(p *paper, _ *edition, v string) (err error) {
		p.draft.Review, err = time.Parse(time.DateOnly, v)
		return err
	},
	"effort": func(p *paper, _ *edition, v string) error {
		_, err := fmt.Sscan(v, &p.draft.Effort)
		return err
	},
	"related": func(p *paper, _ *edition, v string) error {
		kind, key, _ := strings.Cut(v, " ")
		p.related = append(p.related, relation{content.Relation(kind), key})
		return nil
	},
	"file":   func(_ *paper, e *edition, v string) error { e.file = v; return nil },
	"note":   func(_ *paper, e *edition, v string) error { e.note = v; return nil },
	"stage":  func(_ *paper, e *edition, v string) error { e.stage = content.Stage(v); return nil },
	"hidden": func(_ *paper, e *edition, v string) error { e.hidden = append(e.hidden, v); return nil },
	"anyway": func(_ *paper, e *edition, v string) error { e.anyway = v; return nil },
	"adopted": func(_ *paper, e *edition, v string) error {
		e.adopted.Body, e.adopted.On, _ = strings.Cut(v, ", ")
		return nil
	},
}

// readBlocks reads what a paper says: "# " begins a heading, "- " an item, "| " a
// row, "~ " a note, and "== " a sheet or a slide.
func readBlocks(body string) []extract.Block {
	var blocks []extract.Block
	page, part := 0, ""
	for line := range strings.Lines(body) {
		mark, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		x := extract.Block{Kind: extract.Paragraph, Text: strings.TrimSpace(line), Page: page, Part: part}
		switch {
		case x.Text == "":
			continue
		case mark == "==":
			page, part = page+1, text
			continue
		case mark == "-":
			x.Kind, x.Text = extract.Item, text
		case mark == "~":
			x.Kind, x.Text = extract.Note, text
		case mark == "|":
			x.Kind, x.Text, x.Cells = extract.Row, "", strings.Split(strings.TrimSuffix(text, " |"), " | ")
		case mark != "" && strings.Trim(mark, "#") == "":
			x.Kind, x.Level, x.Text = extract.Heading, len(mark), text
		}
		blocks = append(blocks, x)
	}
	return blocks
}
