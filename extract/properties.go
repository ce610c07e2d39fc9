package extract

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// openOOXML reads what all OOXML packages have: properties, and what is bound to
// or put into the document. It gives the name of the main part.
func (b *builder) openOOXML(ctx context.Context, a *archive) (string, error) {
	main, err := a.mainPart(ctx)
	if err != nil {
		return "", err
	}
	inside, _, err := a.relations(ctx, "")
	if err != nil {
		return "", err
	}
	for _, r := range inside {
		if r.is("core-properties") || r.is("extended-properties") {
			if err := a.walkIfThere(ctx, r.target, &properties{b: b}); err != nil {
				return "", err
			}
		}
	}
	for _, f := range a.files {
		if dir := path.Base(path.Dir(f.Name)); strings.EqualFold(dir, "embeddings") && !strings.HasSuffix(f.Name, "/") {
			b.found.add(EmbeddedObjects, path.Base(f.Name))
		}
	}
	return main, b.findExternal(ctx, a)
}

// walkIfThere streams a part that a file may leave out.
func (a *archive) walkIfThere(ctx context.Context, name string, h handler) error {
	err := a.walk(ctx, name, h)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// findExternal finds what is fetched from elsewhere when the file is opened:
// every relation to the outside but the links that people click.
func (b *builder) findExternal(ctx context.Context, a *archive) error {
	for _, f := range a.files {
		dir, file := path.Split(f.Name)
		part, isRels := strings.CutSuffix(file, ".rels")
		if !isRels {
			continue
		}
		_, outside, err := a.relations(ctx, path.Join(strings.TrimSuffix(dir, "_rels/"), part))
		if err != nil {
			return err
		}
		for _, r := range outside {
			if !r.is("hyperlink") {
				b.found.add(ExternalLinks, externalWords[path.Base(r.kind)])
			}
		}
	}
	return nil
}

var externalWords = map[string]string{
	"image": "a picture", "attachedTemplate": "the template", "oleObject": "an object", "externalLinkPath": "another workbook",
	"video": "a video", "audio": "a sound", "subDocument": "another document", "mailMergeSource": "the source of a mail merge",
}

// properties reads what a file says about itself: docProps/core.xml and app.xml,
// or ODF's meta.xml.
type properties struct {
	b     *builder
	name  string
	value strings.Builder
}

func (p *properties) start(e element) {
	p.name = e.name
	if n := number(e.attr("page-count")); e.name == "meta:document-statistic" && n > 0 && n <= p.b.limits.Pages {
		p.b.reading.Pages = n
	}
	p.value.Reset()
}

func (p *properties) text(s string) {
	if p.value.Len() < 1<<10 {
		p.value.WriteString(clip(s, 1<<10))
	}
}

func (p *properties) end(name string) {
	if name != p.name {
		return
	}
	p.name = ""
	v, r := tidy(p.value.String()), &p.b.reading
	if v == "" {
		return
	}
	switch name {
	case "dc:title":
		if plausibleTitle(v) {
			r.Title = v
		}
	case "dc:language":
		r.Language = v
	case "dcterms:modified", "dc:date":
		r.Dated = day(v)
	case "dcterms:created", "meta:creation-date":
		if r.Dated == "" {
			r.Dated = day(v)
		}
	case "ep:Pages", "ep:Slides":
		if n, err := strconv.Atoi(v); err == nil && n > 0 && n <= p.b.limits.Pages {
			r.Pages = n
		}
	default:
		p.person(name, v)
	}
}

// person finds who made the file.
func (p *properties) person(name, v string) {
	switch name {
	case "dc:creator", "meta:initial-creator":
		if p.b.reading.Author == "" || name == "meta:initial-creator" {
			p.b.reading.Author = v
		}
		p.b.found.add(PersonalMetadata, "author")
	case "cp:lastModifiedBy":
		p.b.found.add(PersonalMetadata, "last modified by")
	case "meta:printed-by":
		p.b.found.add(PersonalMetadata, "printed by")
	case "ep:Manager":
		p.b.found.add(PersonalMetadata, "manager")
	case "ep:Company":
		p.b.found.add(PersonalMetadata, "company")
	}
}

var dayPattern = regexp.MustCompile(`^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`)

// day is the date of a time in ISO 8601; empty when there is none.
func day(s string) string { return dayPattern.FindString(s) }

var (
	fileNamed   = regexp.MustCompile(`(?i)\.(docx?|xlsx?|pptx?|od[tsp]|pdf|rtf|csv|txt|indd)$`)
	programName = regexp.MustCompile(`(?i)^(microsoft (word|excel|powerpoint) ?[-–]|(document|presentation|slide|sheet|book|untitled|powerpoint presentation|title|cyflwyniad|dogfen)( ?[0-9]*)$)`)
)

// plausibleTitle leaves out what programs write when nobody gave a title.
func plausibleTitle(s string) bool {
	return len([]rune(s)) >= 5 && !fileNamed.MatchString(s) && !programName.MatchString(s)
}
