package web

import (
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/content/cite"
	"moothall/federation/provenance"
	"moothall/store"
	"moothall/templates"
)

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
	s.count(v, d, store.UseRead)
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
	p.KeptBy, err = l.keptBy(d.ID)
	return err
}

// keptBy are the organisations that say they keep a copy of a document of this site.
func (l *look) keptBy(document actors.ID) (out []templates.KeptBy, err error) {
	copies, err := l.tx.KeptCopies(l.ctx, document)
	if err != nil {
		return nil, err
	}
	for _, c := range copies {
		name, err := l.home(c.Host)
		if err != nil {
			return nil, err
		}
		out = append(out, templates.KeptBy{Name: firstOf(name, c.Host), Version: c.Number})
	}
	return out, nil
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
