package web

import (
	"errors"

	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// related are the documents that one names and those that name it, as far as the
// viewer may know of them. Of what it is a copy stands elsewhere.
func (l *look) related(p content.Post, origin *templates.Origin) ([]templates.RelatedDocument, error) {
	var out []templates.RelatedDocument
	for _, r := range []struct {
		relation content.Relation
		words    string
	}{{content.Replaces, "Replaced by"}, {content.Translation, "In another language:"}, {content.DerivedFrom, "Used in"}} {
		list, err := l.relatedTo(p, r.relation, r.words)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	named, err := l.tx.Related(l.ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range named {
		if origin != nil && r.URI == origin.URI {
			continue
		}
		x, known, err := l.relation(r)
		if err != nil {
			return nil, err
		}
		if known && !contains(out, x.Href) {
			out = append(out, x)
		}
	}
	return out, nil
}

func contains(list []templates.RelatedDocument, href string) bool {
	for _, x := range list {
		if x.Href == href {
			return true
		}
	}
	return false
}

// mostRelated bounds how many documents that name one are listed.
const mostRelated = 10

// relatedTo lists documents that name this one in a relation.
func (l *look) relatedTo(p content.Post, r content.Relation, words string) ([]templates.RelatedDocument, error) {
	list, err := l.tx.RelatedTo(l.ctx, l.viewer, r, p.URI, mostRelated)
	if err != nil {
		return nil, err
	}
	var out []templates.RelatedDocument
	for _, x := range list {
		out = append(out, templates.RelatedDocument{Words: words, Title: firstOf(x.Title, "Document"), Href: templates.DocumentPath(x.Post)})
	}
	return out, nil
}

var relationWords = map[content.Relation]string{
	content.Replaces: "Replaces", content.DerivedFrom: "Builds on", content.Translation: "In another language:",
}

// relation is what one document says of another. What this site has and the viewer
// may not read is not named; what it does not have is an address elsewhere.
func (l *look) relation(r content.Related) (x templates.RelatedDocument, known bool, err error) {
	x = templates.RelatedDocument{Words: relationWords[r.Relation], Title: firstOf(r.Title, string(r.URI)), Href: string(r.URI), Host: r.URI.Host()}
	p, err := l.tx.PostByURI(l.ctx, r.URI)
	if errors.Is(err, store.ErrNotFound) {
		var v content.Version
		if v, err = l.tx.VersionByURI(l.ctx, r.URI); err == nil {
			p.ID = v.Document
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return x, x.Host != l.s.Site.Host, nil
	}
	if err != nil {
		return x, false, err
	}
	seen, err := l.tx.Post(l.ctx, l.viewer, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return x, false, nil
	}
	x.Title, x.Href, x.Host = firstOf(seen.Title, x.Title), templates.DocumentPath(seen), ""
	return x, true, err
}
