package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"moothall/actions"
	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/provenance"
	"moothall/library"
	"moothall/store"
	"moothall/templates"
)

// showCopy asks in which community of this site a copy of a document elsewhere is to be
// kept (users.md 3.9).
func (s *Server) showCopy(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	return s.renderCopy(v, http.StatusOK, d, nil)
}

func (s *Server) renderCopy(v *visit, status int, d paper, problems content.Problems) error {
	if err := actions.MayCopy(d.Paper); err != nil {
		return err
	}
	p := templates.CopyPage{
		Base: s.base(v), Community: d.community, Paper: templates.Paper{Title: d.title(), Path: d.path(), Number: d.version.Number},
		Issuer: firstOf(d.Doc.Issuer, d.URI.Host()), ForUs: actions.CopyIsForUs(d.Paper), Chosen: v.value("community"),
	}
	p.Problems = problems
	err := s.look(v, func(l *look) (err error) {
		if p.Communities, err = l.mayShareIn(); err != nil {
			return err
		}
		p.Copies, err = l.copies(d)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

// mayShareIn lists the communities of this site in which the viewer may share.
func (l *look) mayShareIn() (list []templates.Community, err error) {
	mine, err := l.mine()
	for _, c := range mine {
		if c.Local && l.mayPost(c) {
			list = append(list, c)
		}
	}
	return list, err
}

// mostCopies bounds how many copies of one document a page names.
const mostCopies = 20

// copies are those that this site has of a document elsewhere.
func (l *look) copies(d paper) (out []templates.CopyLine, err error) {
	if d.Local {
		return nil, nil
	}
	list, err := l.tx.CopiesOf(l.ctx, l.viewer, d.ID, mostCopies)
	if err != nil {
		return nil, fmt.Errorf("find copies of %s: %w", d.URI, err)
	}
	for _, c := range list {
		in, err := l.communityOf(c.Post)
		if err != nil {
			return nil, err
		}
		from, err := l.tx.CopiedFrom(l.ctx, c.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, templates.CopyLine{Path: templates.DocumentPath(c.Post), Version: from.Number, Community: in.DisplayName()})
	}
	return out, nil
}

// saveCopy keeps a copy of the version that the form showed. Its file is fetched and
// looked into before anything is written.
func (s *Server) saveCopy(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	if err := actions.MayCopy(d.Paper); err != nil {
		return err
	}
	if v.value("version") != strconv.Itoa(d.version.Number) {
		return s.renderCopy(v, http.StatusConflict, d, content.Problems{"community": "The document has a new version. Look at it, and then save a copy of that one"})
	}
	c, err := s.chosenCommunity(v, d)
	if err != nil {
		return s.orAskAgain(v, d, err)
	}
	patience := v.patience(s.Now) // a large file takes longer than a page may
	patience()
	read, err := s.bringFile(v, d)
	if err != nil {
		return s.orAskAgain(v, d, err)
	}
	patience()
	var p content.Post
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) (err error) {
		p, err = s.Actions.SaveCopy(v.ctx(), tx, v.actor, c.Community, d.Paper, d.version, read)
		return err
	})
	if errors.Is(err, actions.ErrCopied) {
		return s.copiedAlready(v, d, p)
	}
	if err != nil {
		return s.orAskAgain(v, d, err)
	}
	who := firstOf(d.Doc.Issuer, d.URI.Host())
	if err := s.tell(v, templates.Flash{Success: true, Text: "You have saved a copy of version " + strconv.Itoa(d.version.Number), Detail: "You look after it. We tell " + who + "."}); err != nil {
		return err
	}
	return s.seeOther(v, templates.DocumentPath(p))
}

// chosenCommunity is the one of those that the form offers.
func (s *Server) chosenCommunity(v *visit, d paper) (c templates.Community, err error) {
	err = s.look(v, func(l *look) error {
		list, err := l.mayShareIn()
		if err != nil {
			return err
		}
		for _, c = range list {
			if c.ID.String() == v.value("community") {
				return s.Actions.MayUpload(l.ctx, l.tx, v.actor, c.Community, d.version.File.Size)
			}
		}
		return content.Problems{"community": "Choose a community"}
	})
	return c, err
}

// bringFile fetches the file of a document elsewhere, unless it is here, and looks what
// it is.
func (s *Server) bringFile(v *visit, d paper) (extract.Reading, error) {
	if err := s.Library.Hold(v.ctx(), v.actor.ID, d.Post, d.version); err != nil {
		return extract.Reading{}, err
	}
	read, err := s.Library.Look(v.ctx(), d.version)
	if errors.Is(err, blobs.ErrNotHeld) { // its time was over a moment ago
		err = library.ErrUnreachable
	}
	return read, err
}

// orAskAgain shows the form with what is wrong, where that can be mended or was not
// known before, or the page for a file that cannot be had (C60).
func (s *Server) orAskAgain(v *visit, d paper, err error) error {
	if no, ok := errors.AsType[*extract.Refusal](err); ok {
		return s.renderCopy(v, http.StatusUnprocessableEntity, d, content.Problems{"community": "We cannot keep a copy of this file. " + no.Words})
	}
	if no, ok := errors.AsType[content.Problems](err); ok {
		problems := content.Problems{}
		for _, words := range no {
			problems.Add("community", words)
		}
		return s.renderCopy(v, http.StatusUnprocessableEntity, d, problems)
	}
	return s.showFileTrouble(v, d, err, d.path()+"/copy")
}

// copiedAlready leads to the copy that is there, if the viewer may read it.
func (s *Server) copiedAlready(v *visit, d paper, there content.Post) error {
	err := s.look(v, func(l *look) error {
		_, err := l.tx.Paper(l.ctx, l.viewer, there.ID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) { // its facilitators have hidden it
		return s.orAskAgain(v, d, content.Problems{"community": "This community has had a copy of this version. Ask a facilitator"})
	}
	if err != nil {
		return err
	}
	if err := s.tell(v, templates.Flash{Text: actions.ErrCopied.Words, Detail: "This is it."}); err != nil {
		return err
	}
	return s.seeOther(v, templates.DocumentPath(there))
}

// origin is of which version elsewhere a document of this site is a copy, and what
// became of that; nil for a document that is none. Where the viewer may not read that
// one, it is told if the copy's own record says it: who only names an address learns
// nothing of what is there (security.md S144), and nobody else learns why it was withdrawn.
func (l *look) origin(copied store.Paper) (*templates.Origin, error) {
	if !copied.Local {
		return nil, nil
	}
	from, err := l.tx.CopiedFrom(l.ctx, copied.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := l.tx.DocumentForRules(l.ctx, from.Document)
	if err != nil {
		return nil, err
	}
	o := templates.Origin{Issuer: firstOf(d.Issuer, from.URI.Host()), Version: from.Number, URI: from.URI, Withdrawn: d.Withdrawn}
	if from.IsWithdrawn() && !d.IsWithdrawn() {
		o.Withdrawn, o.OnlyVersion = from.Withdrawn, true
	}
	seen, err := l.tx.Paper(l.ctx, l.viewer, from.Document)
	if errors.Is(err, store.ErrNotFound) {
		said, err := l.isReceivedFrom(copied, from.URI)
		if !said {
			return nil, err
		}
		return &o, err
	}
	if err != nil {
		return nil, err
	}
	o.Path, o.Reason = templates.DocumentPath(seen.Post), firstOf(d.Withdrawal.Reason, from.Reason)
	if o.Withdrawn.IsZero() && d.Number > from.Number {
		o.Newer = d.Number
	}
	return &o, nil
}

// isReceivedFrom says whether the signed record of a copy names that version.
func (l *look) isReceivedFrom(copied store.Paper, version actors.URI) (bool, error) {
	body, err := l.tx.Provenance(l.ctx, copied.ID, 1)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r, _, err := provenance.Read(body, l.s.Now())
	return err == nil && r.ReceivedFrom == version, err
}
