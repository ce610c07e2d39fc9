package web

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"

	"moothall/actions"
	"moothall/content"
	"moothall/federation/provenance"
	"moothall/store"
	"moothall/templates"
)

// mostMatches bounds how many versions with one file are named.
const mostMatches = 10

// showCheckFile asks for a file, to say whether it is a document of somebody (DOC-5).
func (s *Server) showCheckFile(v *visit) error {
	return s.renderCheckFile(v, http.StatusOK, templates.CheckFilePage{})
}

func (s *Server) renderCheckFile(v *visit, status int, p templates.CheckFilePage) error {
	if !v.SignedIn() {
		if err := s.keepForm(v); err != nil {
			return err
		}
	}
	problems := p.Problems
	p.Base, p.Most = s.base(v), actions.MaxFile
	p.Problems = problems
	return s.render(v, status, p)
}

// checkFile says which documents have this file, as far as the viewer may read them.
// What the viewer may not read is not there, and takes no other time (security.md S144).
func (s *Server) checkFile(v *visit) error {
	p := templates.CheckFilePage{Typed: v.value("sha256"), Asked: true}
	if !s.checked.spend(whoAsks(v), checking, s.Now()) {
		return errBusy
	}
	digest, err := s.digestSent(v)
	if wrong, ok := errors.AsType[content.Problems](err); ok {
		p.Asked, p.Problems = false, wrong
		return s.renderCheckFile(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.Digest = digest.String()
	err = s.look(v, func(l *look) (err error) {
		p.Matches, err = l.matches(digest)
		return err
	})
	if err != nil {
		return err
	}
	return s.renderCheckFile(v, http.StatusOK, p)
}

// whoAsks is what a visitor is counted under: colleagues have one address and accounts of their own.
func whoAsks(v *visit) string {
	if v.SignedIn() {
		return "account " + v.actor.ID.String()
	}
	return "address " + addressOf(v.r)
}

// digestSent is the SHA-256 of the file in the form, or the one that was typed. Nothing
// of the file is kept.
func (s *Server) digestSent(v *visit) (d content.Digest, err error) {
	if v.file == nil {
		d, err = content.ParseDigest(strings.ToLower(strings.Join(strings.Fields(v.value("sha256")), "")))
		if err != nil {
			err = content.Problems{"sha256": "Enter the 64 letters and digits of a fingerprint (SHA-256)"}
		}
		return d, err
	}
	if v.file.part.FileName() == "" {
		return d, content.Problems{fileField: "Choose a file"}
	}
	from := addressOf(v.r)
	if !s.checks.begin(from) {
		return d, content.Problems{fileField: "A file is being checked for you already. Wait until that is done, then choose this one again."}
	}
	defer s.checks.end(from)
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(v.file, actions.MaxFile+1))
	switch {
	case err != nil:
		return d, errBadForm
	case n > actions.MaxFile:
		_, _ = io.Copy(io.Discard, v.file) // a browser that still sends does not hear the answer
		return d, content.Problems{fileField: "The selected file is too large to be checked here. Type its fingerprint instead"}
	case n == 0:
		return d, content.Problems{fileField: "The selected file is empty"}
	}
	return content.Digest(h.Sum(nil)), nil
}

// matches are the versions with this file that the viewer may read.
func (l *look) matches(digest content.Digest) ([]templates.FileMatch, error) {
	list, err := l.tx.VersionsWith(l.ctx, l.viewer, digest, mostMatches)
	if err != nil {
		return nil, err
	}
	var out []templates.FileMatch
	for _, x := range list {
		p, err := l.tx.Paper(l.ctx, l.viewer, x.Document)
		if errors.Is(err, store.ErrNotFound) || err == nil && p.IsGone() {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, templates.FileMatch{
			Title: firstOf(x.Title, p.Title), Path: templates.VersionPath(p.Post, x.Number), Number: x.Number,
			Sentence:  provenance.Of(p.Doc, x, p.URI, p.URI).Sentence(),
			Withdrawn: x.IsWithdrawn(), Current: x.Number == p.Doc.Number,
		})
	}
	return out, nil
}
