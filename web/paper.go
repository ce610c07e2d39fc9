package web

import (
	"net/http"
	"strconv"

	"moothall/actors"
	"moothall/content"
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
	if l.viewer.Actor != 0 && (d.Author == l.viewer.Actor || d.community.Membership.May(actors.Moderator) || l.viewer.Admin) {
		p.Copies = templates.PostPath(d.ID) + "/copies"
	}
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
