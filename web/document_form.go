package web

import (
	"errors"
	"strconv"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// documentForm is what was typed about a document.
func (v *visit) documentForm() templates.DocumentForm {
	return templates.DocumentForm{
		Title: v.value("title"), Summary: v.value("summary"), Type: v.value("type"), Other: v.value("other"),
		Stage: v.value("stage"), AdoptedBy: v.value("adopted_by"), AdoptedOn: v.value("adopted_on"),
		Audience: v.value("audience"), Licence: v.value("licence"), Attribution: v.value("attribution"),
		Classification: v.value("classification"), Handling: v.value("handling"),
		Language: v.value("language"), Dated: v.value("dated"), Authors: v.value("authors"), Reference: v.value("reference"),
		Subjects: v.value("subjects"), Place: v.value("place"), Period: v.value("period"),
		Review: v.value("review"), Embargo: v.value("embargo"), Effort: v.value("effort"),
		Replaces: v.value("replaces"), Derived: v.value("derived"), Translation: v.value("translation"),
		Note: v.value("note"), Why: v.value("reason"), Confirmed: v.checked("confirmed"), Follows: v.value("follows"),
	}
}

// documentDraft reads a form as a draft. What cannot be read is a problem; the
// rest is for the draft itself to check.
func documentDraft(f templates.DocumentForm) (content.DocumentDraft, content.Problems) {
	p := content.Problems{}
	d := content.DocumentDraft{
		Title: f.Title, Language: f.Language, Audience: actors.Audience(f.Audience), Note: f.Note, Confirmed: f.Confirmed,
		Document: content.Document{
			Summary: f.Summary, Type: content.DocumentType(f.Type), Other: f.Other, Stage: content.Stage(f.Stage),
			Adopted: content.Adoption{Body: f.AdoptedBy, On: partialDate(f.AdoptedOn)},
			Licence: content.Licence(f.Licence), Attribution: f.Attribution,
			Classification: content.Classification(f.Classification), Handling: f.Handling,
			Dated: partialDate(f.Dated), Authors: f.Authors, Reference: f.Reference, Subjects: listOf(f.Subjects),
			Place: f.Place, Period: f.Period,
		},
	}
	d.Number, _ = strconv.Atoi(f.Follows) // our own form says it; whoever leaves it out asks for no check
	readDays(f, &d, p)
	readRelated(f, &d, p)
	if f.Effort != "" {
		n, err := strconv.Atoi(f.Effort)
		if err != nil {
			p.Add("effort", "Working days must be a whole number, such as 12")
		}
		d.Effort = n
	}
	return d, p
}

func readDays(f templates.DocumentForm, d *content.DocumentDraft, p content.Problems) {
	ok := true
	if f.Review != "" {
		if d.Review, ok = day(f.Review); !ok {
			p.Add("review", "Enter a day, such as 4 May 2027")
		}
	}
	if f.Embargo != "" {
		if d.Embargo, ok = day(f.Embargo); !ok {
			p.Add("embargo", "Enter a day, such as 4 May 2027")
		}
	}
}

func readRelated(f templates.DocumentForm, d *content.DocumentDraft, p content.Problems) {
	for _, r := range []struct {
		field, typed string
		relation     content.Relation
	}{
		{"replaces", f.Replaces, content.Replaces}, {"derived", f.Derived, content.DerivedFrom}, {"translation", f.Translation, content.Translation},
	} {
		for at := range strings.FieldsSeq(r.typed) {
			if _, ok := content.WebLink(at); !ok {
				p.Add(r.field, "Enter the full web address of a document, such as https://kent.example/d/4kz7w9xb")
				continue
			}
			d.Related = append(d.Related, content.Related{Relation: r.relation, URI: actors.URI(at)})
		}
	}
}

// listOf is what was typed with commas or line ends between.
func listOf(typed string) (list []string) {
	for _, s := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// wrongIn is what could not be read of a form, with what its draft says is wrong.
func wrongIn(p content.Problems, check error) content.Problems {
	if more, ok := errors.AsType[content.Problems](check); ok {
		for field, words := range more {
			if field == "related" {
				field = "replaces"
			}
			p.Add(field, words)
		}
	}
	return p
}

// formOf is what a document says of itself, to be changed.
func formOf(p store.Paper, related []content.Related) templates.DocumentForm {
	d := p.Doc
	f := templates.DocumentForm{
		Title: p.Title, Summary: d.Summary, Type: string(d.Type), Other: d.Other,
		Stage: string(d.Stage), AdoptedBy: d.Adopted.Body, AdoptedOn: spokenDate(d.Adopted.On),
		Audience: string(p.Audience), Licence: string(d.Licence), Attribution: d.Attribution,
		Classification: string(d.Classification), Handling: d.Handling,
		Language: p.Language, Dated: spokenDate(d.Dated), Authors: d.Authors, Reference: d.Reference,
		Subjects: strings.Join(d.Subjects, ", "), Place: d.Place, Period: d.Period, Review: spokenDay(d.Review),
	}
	if d.Effort > 0 {
		f.Effort = strconv.Itoa(d.Effort)
	}
	for _, r := range related {
		switch r.Relation {
		case content.Replaces:
			f.Replaces = line(f.Replaces, r)
		case content.DerivedFrom:
			f.Derived = line(f.Derived, r)
		case content.Translation:
			f.Translation = line(f.Translation, r)
		}
	}
	return f
}

func line(before string, r content.Related) string {
	return strings.TrimPrefix(before+"\n"+string(r.URI), "\n")
}
