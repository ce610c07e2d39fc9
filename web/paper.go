package web

import (
	"errors"
	"net/http"
	"strconv"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/content/cite"
	"moothall/federation/provenance"
	"moothall/store"
	"moothall/templates"
)

// paper is a document as its viewer can read it, with the version that is asked for.
type paper struct {
	store.Paper
	community templates.Community
	versions  []content.Version // all, the latest first
	version   content.Version
	single    bool // the version was asked for by its number
}

// paper reads the document that a path names: by its name where it is of this site,
// and by the id of its post where it is from elsewhere.
func (l *look) paper(v *visit) (d paper, err error) {
	id, err := l.paperID(v)
	if err != nil {
		return d, err
	}
	if d.Paper, err = l.tx.Paper(l.ctx, l.viewer, id); err != nil {
		return d, err
	}
	if d.Local == (v.param("id") != "") {
		return d, store.ErrNotFound // it has one address
	}
	return d, l.fillPaper(v, &d)
}

func (l *look) paperID(v *visit) (actors.ID, error) {
	if v.param("id") != "" {
		id, err := actors.ParseID(v.param("id"))
		if err != nil {
			return 0, store.ErrNotFound
		}
		return id, nil
	}
	name := content.DocumentName(v.param("name"))
	if !name.Valid() {
		return 0, store.ErrNotFound
	}
	p, err := l.tx.PostByURI(l.ctx, l.s.Site.Document(name))
	return p.ID, err
}

func (l *look) fillPaper(v *visit, d *paper) (err error) {
	if d.community, err = l.communityOf(d.Post); err != nil {
		return err
	}
	if d.versions, err = l.tx.Versions(l.ctx, d.ID); err != nil {
		return err
	}
	number := d.Doc.Number
	if typed := v.param("n"); typed != "" {
		if number = wholeNumber(typed); number == 0 {
			return store.ErrNotFound
		}
		d.single = true
	}
	var found bool
	d.version, found = d.numbered(number)
	if !found && !d.IsGone() {
		return store.ErrNotFound
	}
	return nil
}

// numbered is the version of that number.
func (d paper) numbered(number int) (content.Version, bool) {
	for _, x := range d.versions {
		if x.Number == number {
			return x, true
		}
	}
	return content.Version{}, false
}

// wholeNumber reads a number as we write it; zero for anything else.
func wholeNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || n < 0 {
		return 0
	}
	return n
}

// isPublic says whether everybody may read the document.
func (d paper) isPublic() bool {
	return d.Audience == actors.AudiencePublic && d.Standing == content.Accepted
}

// path is where the document is, and here where the version is.
func (d paper) path() string { return templates.DocumentPath(d.Post) }
func (d paper) here() string { return templates.VersionPath(d.Post, d.version.Number) }

// lost says that a document, or the version that was asked for, is withdrawn.
func (d paper) lost() bool { return d.IsGone() || d.version.IsWithdrawn() }

// title is what the version was called when it was shared.
func (d paper) title() string { return firstOf(d.version.Title, d.Title) }

// readPaper reads the document of a path with nothing around it. What is withdrawn is
// an error that has a page.
func (s *Server) readPaper(v *visit) (d paper, err error) {
	err = s.look(v, func(l *look) error {
		d, err = l.paper(v)
		if err != nil || !d.lost() {
			return err
		}
		page, err := l.whatIsLeft(d)
		if err != nil {
			return err
		}
		return withdrawn{page}
	})
	return d, err
}

// withdrawn is an error for what is no longer read.
type withdrawn struct{ page templates.WithdrawnPage }

func (withdrawn) Error() string { return "withdrawn" }

// showWithdrawn shows what is left of it.
func (s *Server) showWithdrawn(v *visit, p templates.WithdrawnPage) {
	p.Base = s.base(v)
	v.w.Header().Set("X-Robots-Tag", "noindex")
	s.showFault(v, http.StatusGone, p)
}

// whatIsLeft is what the page of a withdrawn document or version says.
func (l *look) whatIsLeft(d paper) (p templates.WithdrawnPage, err error) {
	p = templates.WithdrawnPage{Community: d.community}
	if !d.IsGone() {
		p.What = "version " + strconv.Itoa(d.version.Number)
		p.Reason, p.At, p.Current = d.version.Reason, d.version.Withdrawn, d.path()
		return p, nil
	}
	p.What, p.At = "document", d.Deleted
	p.Title, p.Reason = d.Doc.Withdrawal.Title, d.Doc.Withdrawal.Reason
	if p.Instead, err = l.relatedTo(d.Post, content.Replaces, ""); err != nil || d.Doc.Withdrawal.Replaced == "" {
		return p, err
	}
	named, known, err := l.relation(content.Related{URI: actors.URI(d.Doc.Withdrawal.Replaced)})
	if known && err == nil && !contains(p.Instead, named.Href) {
		p.Instead = append([]templates.RelatedDocument{named}, p.Instead...)
	}
	return p, err
}

// showDocument shows a document or one of its versions.
func (s *Server) showDocument(v *visit) error {
	var p templates.DocumentPage
	var d paper
	err := s.look(v, func(l *look) (err error) {
		if d, err = l.paper(v); err != nil {
			return err
		}
		if d.lost() {
			page, err := l.whatIsLeft(d)
			if err != nil {
				return err
			}
			return withdrawn{page}
		}
		return l.documentPage(v, d, &p)
	})
	if err != nil {
		return err
	}
	s.wakeThread(v, p.DiscussionPage)
	p.Base = s.base(v)
	return s.renderPaper(v, d, p)
}

func (s *Server) renderPaper(v *visit, d paper, p templates.DocumentPage) error {
	unlessIndexable(v, p.Community.Actor, p.Paging.Page)
	if !d.Local || !d.isPublic() || d.single {
		v.w.Header().Set("X-Robots-Tag", "noindex")
	}
	v.w.Header().Add("Link", "<"+p.Head.CiteAs+`>; rel="cite-as"`)
	return s.render(v, http.StatusOK, p)
}

// documentPage fills in the page of a document.
func (l *look) documentPage(v *visit, d paper, p *templates.DocumentPage) (err error) {
	if d.single {
		err = l.justEntry(d, p)
	} else {
		err = l.documentTalk(v, d, p)
	}
	if err != nil {
		return err
	}
	p.Doc, p.Version, p.Versions, p.Single = d.Doc, d.version, d.versions, d.single
	p.Sentence = provenance.Of(d.Doc, d.version, d.URI, d.URI).Sentence()
	p.Head = l.documentHead(d)
	if err = l.documentFile(d, p); err != nil {
		return err
	}
	if p.Origin, err = l.origin(d.Paper); err != nil {
		return err
	}
	if p.Copies, err = l.copies(d); err != nil {
		return err
	}
	if p.Related, err = l.related(d.Post, p.Origin); err != nil {
		return err
	}
	if err = l.formats(v, d, p); err != nil {
		return err
	}
	return l.documentPeople(v, d, p)
}

func (l *look) justEntry(d paper, p *templates.DocumentPage) error {
	p.Community = d.community
	entries, err := l.entries([]content.Post{d.Post}, d.community)
	if err == nil {
		p.Entry = entries[0]
	}
	return err
}

func (l *look) documentTalk(v *visit, d paper, p *templates.DocumentPage) error {
	t, _, err := l.thread(d.ID)
	if err != nil {
		return err
	}
	return l.discussion(v, t, &p.DiscussionPage)
}

// documentFile says what is known of the file here, and what the viewer can do with it.
func (l *look) documentFile(d paper, p *templates.DocumentPage) (err error) {
	known := !d.version.File.Digest.IsZero()
	p.May.Open = d.Local || known && l.viewer.SignedIn()
	p.May.Save = l.viewer.SignedIn() && d.Standing == content.Accepted
	p.May.Copy = l.viewer.SignedIn() && known && d.version.Number == d.Doc.Number && actions.MayCopy(d.Paper) == nil
	if p.Text = templates.TextRead; isPicture(d.version) {
		p.Text = templates.TextNone
	}
	if p.May.Save {
		if p.Saved, err = l.tx.HasSaved(l.ctx, l.viewer.Actor, d.ID); err != nil {
			return err
		}
	}
	if !d.Local && known {
		p.Matches, err = l.tx.HasFileOf(l.ctx, d.version)
	}
	return err
}

// documentPeople says who looks after a document and, to them, who keeps a copy.
func (l *look) documentPeople(v *visit, d paper, p *templates.DocumentPage) (err error) {
	if d.Doc.Owner != 0 && d.Doc.Owner != d.Author {
		if p.Owner, err = l.tx.Actor(l.ctx, d.Doc.Owner); err != nil {
			return err
		}
	}
	p.May.Change = v.SignedIn() && actions.MayChangeDocument(v.actor, d.Post, d.Doc) == nil
	if !p.May.Change {
		return nil
	}
	copies, err := l.tx.KeptCopies(l.ctx, d.ID)
	if err != nil {
		return err
	}
	for _, c := range copies {
		name, err := l.home(c.Host)
		if err != nil {
			return err
		}
		p.KeptBy = append(p.KeptBy, templates.KeptBy{Name: firstOf(name, c.Host), Version: c.Number})
	}
	return nil
}

// work is the version as it is cited.
func (l *look) work(d paper) cite.Work {
	w := cite.Of(d.Doc, d.version, string(d.URI))
	w.Title = d.title()
	w.Language, w.Access, w.Accessed = d.Language, templates.WhoCan(d.Audience), l.s.Now()
	if !d.Local {
		w.Via = l.s.Site.Host
	}
	return w
}

// documentHead is what the page says to programs. What is not public is said to none.
func (l *look) documentHead(d paper) templates.DocumentHead {
	h := templates.DocumentHead{Canonical: string(d.URI), CiteAs: string(d.version.URI)}
	if d.single {
		h.Canonical = string(d.version.URI)
	}
	if d.isPublic() && d.Local {
		h.Tags, h.Data = cite.Tags(l.work(d)), d.here()+"/cite.jsonld"
	}
	return h
}

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

// saveDocument keeps a document at hand for whoever asks, or no longer (MEM-6).
func (s *Server) saveDocument(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	keep := v.value("save") != "no"
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		if !keep {
			return tx.Unsave(v.ctx(), v.actor.ID, d.ID)
		}
		if _, err := tx.Post(v.ctx(), v.viewer(), d.ID); err != nil {
			return err
		}
		return tx.Save(v.ctx(), v.actor.ID, d.ID, d.Doc.Number, s.Now())
	})
	if err != nil {
		return err
	}
	news := templates.Flash{Success: true, Text: "We have removed this document from those you saved."}
	if keep {
		news = templates.Flash{Success: true, Text: "You have saved this document.", Detail: "We tell you when it has a new version.", Link: "/library", LinkText: "See all that you saved"}
	}
	if err := s.tell(v, news); err != nil {
		return err
	}
	return s.seeOther(v, d.path())
}
