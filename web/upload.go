package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
	"moothall/templates"
)

// showUploads lists what the viewer sent and has not shared.
func (s *Server) showUploads(v *visit) error {
	p := templates.UploadsPage{Base: s.base(v)}
	err := s.look(v, func(l *look) error {
		list, err := l.tx.UploadsBy(l.ctx, v.actor.ID, store.Page{Number: 1, Size: mostUploads})
		if err != nil {
			return err
		}
		for _, u := range list {
			f, err := l.sent(u)
			if errors.Is(err, store.ErrNotFound) {
				continue // they may no longer know of its community
			}
			if err != nil {
				return err
			}
			p.Files = append(p.Files, f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// mostUploads is how many files that wait are listed: they are gone within days.
const mostUploads = 100

// sent is what a page says of an upload.
func (l *look) sent(u store.Upload) (f templates.Sent, err error) {
	f = templates.Sent{
		ID: u.ID, Name: u.Name, Kind: u.Format.Words(), Size: u.Size, State: string(u.State), Why: u.Why, At: u.At,
	}
	if f.Community, err = l.communityByID(u.Group); err != nil || u.Document == 0 {
		return f, err
	}
	p, err := l.tx.Paper(l.ctx, l.viewer, u.Document)
	f.Paper = &templates.Paper{Title: p.Title, Path: templates.DocumentPath(p.Post), Number: p.Doc.Number}
	return f, err
}

// upload reads the viewer's upload that a path names.
func (l *look) upload(v *visit) (store.Upload, error) {
	id, err := actors.ParseID(v.param("id"))
	if err != nil {
		return store.Upload{}, store.ErrNotFound
	}
	return l.tx.Upload(l.ctx, v.actor.ID, id)
}

// showUpload says what was found in a file, and asks what else has to be known.
func (s *Server) showUpload(v *visit) error { return s.renderUpload(v, http.StatusOK, nil, nil) }

// renderUpload shows an upload with a form: what was typed, or where typed is nil
// what the file says of itself.
func (s *Server) renderUpload(v *visit, status int, typed *templates.DocumentForm, problems content.Problems) error {
	p := templates.UploadPage{Base: s.base(v)}
	p.Problems = problems
	err := s.look(v, func(l *look) error {
		u, err := l.upload(v)
		if err != nil {
			return err
		}
		if p.File, err = l.sent(u); err != nil || u.State != store.UploadReady {
			return err
		}
		read, err := actions.ReadingOf(l.ctx, l.tx, u.Digest)
		if err != nil {
			return err
		}
		if p.Without, err = actions.NoReason(l.ctx, l.tx); err != nil {
			return err
		}
		p.Found = read.Findings
		if u.Clean || u.Format.IsImage() { // pictures are always made anew
			p.Found, p.File.Cleaned = withoutCleaned(read.Findings, u.Clean)
		}
		if p.Form, err = l.prefilled(v, u, read, p.File.Community); err != nil {
			return err
		}
		if typed != nil {
			typed.Follows = firstOf(typed.Follows, p.Form.Follows)
			p.Form = *typed
		}
		p.Readers, err = l.readers(p.File.Community, l.audienceOf(u, p))
		return err
	})
	if err != nil {
		return err
	}
	allowAsking(v)
	return s.render(v, status, p)
}

// withoutCleaned leaves out what has been taken out of a file, and says whether
// anything has been.
func withoutCleaned(found []extract.Finding, cleaned bool) (left []extract.Finding, any bool) {
	for _, f := range found {
		if f.Severity != extract.Clean {
			left = append(left, f)
		}
	}
	return left, cleaned || len(left) < len(found)
}

// audienceOf is who will read an upload: as chosen, or as all of its community.
func (l *look) audienceOf(u store.Upload, p templates.UploadPage) actors.Audience {
	chosen, widest := actors.Audience(p.Form.Audience), p.File.Community.Audience
	switch {
	case u.Document == 0 && p.Form.Classification == string(content.Sensitive):
		return actors.AudienceOrganisation
	case chosen.Valid() && !chosen.WiderThan(widest):
		return chosen
	}
	return widest
}

// prefilled is the form as the file and its community fill it in (users.md 3.3).
func (l *look) prefilled(v *visit, u store.Upload, r extract.Reading, c templates.Community) (templates.DocumentForm, error) {
	if u.Document != 0 {
		p, err := l.tx.Paper(l.ctx, l.viewer, u.Document)
		return templates.DocumentForm{Follows: strconv.Itoa(p.Doc.Number), Stage: string(p.Doc.Stage), AdoptedBy: p.Doc.Adopted.Body, AdoptedOn: spokenDate(p.Doc.Adopted.On), Audience: string(p.Audience)}, err
	}
	return templates.DocumentForm{
		Title: content.PlainName(r.Title, 200), Summary: shortened(r.Summary, content.MaxDocumentSummary),
		Audience: string(c.Audience), Classification: string(content.Official),
		Language: firstOf(content.Lang(r.Language), firstOf(c.Language, "en")), Dated: spokenDate(r.Dated),
		Authors: firstOf(v.actor.Organisation, l.s.Site.Name), Review: spokenDay(l.s.Now().AddDate(1, 0, 0)),
	}, nil
}

// shortened cuts words to so many characters, at a space where it can.
func shortened(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	s = string(runes[:most-1])
	if at := strings.LastIndexByte(s, ' '); at > 0 {
		s = s[:at]
	}
	return s + "…"
}

// shareUpload makes a document, or a new version of one, of an upload.
func (s *Server) shareUpload(v *visit) error {
	var u store.Upload
	var c templates.Community
	var read extract.Reading
	var without []extract.StopKind
	err := s.look(v, func(l *look) (err error) {
		if u, err = l.upload(v); err != nil {
			return err
		}
		if without, err = actions.NoReason(l.ctx, l.tx); err != nil {
			return err
		}
		if c, err = l.communityByID(u.Group); err != nil {
			return err
		}
		read, err = actions.ReadingOf(l.ctx, l.tx, u.Digest)
		return err
	})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(read.Findings, func(f extract.Finding) bool { return f.IsBarred(without) }) {
		return s.renderUpload(v, http.StatusForbidden, nil, nil) // the page says what to do
	}
	f := v.documentForm()
	d, problems := documentDraft(f)
	check := d.Check
	if u.Document != 0 {
		check = d.CheckVersion
	}
	problems = wrongIn(problems, check())
	if stops(read) && f.Why == "" {
		problems.Add("reason", "Say why this file can be shared as it is")
	}
	p, err := content.Post{}, problems.Err()
	if err == nil {
		p, err = s.share(v, c, u, d, f.Why)
	}
	if wrong, ok := errors.AsType[content.Problems](err); ok {
		if wrong["file"] != "" {
			f.Follows = "" // who presses again has been told of the version that is the current one now
		}
		return s.renderUpload(v, http.StatusUnprocessableEntity, &f, wrongIn(content.Problems{}, wrong))
	}
	if err != nil {
		return err
	}
	if err := s.tell(v, sharedNews(c, u, p, d)); err != nil {
		return err
	}
	return s.seeOther(v, templates.DocumentPath(p))
}

func stops(r extract.Reading) bool {
	for _, f := range r.Findings {
		if f.Severity == extract.Stop {
			return true
		}
	}
	return false
}

// share gives an upload to its community.
func (s *Server) share(v *visit, c templates.Community, u store.Upload, d content.DocumentDraft, why string) (p content.Post, err error) {
	ctx := v.ctx()
	err = s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if u, err = tx.Upload(ctx, v.actor.ID, u.ID); err != nil { // as it is now
			return err
		}
		if u.Document == 0 {
			if p, err = s.Actions.Share(ctx, tx, v.actor, c.Community, d, u, why); err != nil {
				return err
			}
			return s.noteReaders(v, tx, c, p)
		}
		paper, err := tx.Paper(ctx, v.viewer(), u.Document)
		if err != nil {
			return err
		}
		p = paper.Post
		if _, err = s.Actions.ShareVersion(ctx, tx, v.actor, p, d, u, why); err != nil {
			return err
		}
		return s.noteReaders(v, tx, c, p)
	})
	return p, err
}

// sharedNews says what happened and who was told (users.md C05).
func sharedNews(c templates.Community, u store.Upload, p content.Post, d content.DocumentDraft) templates.Flash {
	f := templates.Flash{Success: true, Text: "Your document is shared", Detail: "Its address stays the same for every new version."}
	switch {
	case u.Document != 0:
		f.Text, f.Detail = "Your new version is shared", "It has the same address. We tell people who saved the document."
	case !d.Embargo.IsZero() && p.Standing == content.Sent && c.Local:
		f.Text, f.Detail = "Your document is kept back", "Until "+templates.Date(d.Embargo)+" only you can see it."
	case p.Standing == content.Sent:
		f.Detail = "We are sending it to " + firstOf(c.RunBy, c.Host) + ", whose site passes it on."
	}
	return f
}

// cleanUpload asks for what a file says of people to be taken out.
func (s *Server) cleanUpload(v *visit) error {
	return s.withUpload(v, func(tx *store.Tx, u store.Upload) error {
		return s.Actions.Clean(v.ctx(), tx, v.actor, u)
	}, func(u store.Upload) string { return templates.UploadPath(u.ID) })
}

// deleteUpload forgets a file that its sender does not want to share.
func (s *Server) deleteUpload(v *visit) error {
	err := s.withUpload(v, func(tx *store.Tx, u store.Upload) error {
		return tx.DropUpload(v.ctx(), v.actor.ID, u.ID)
	}, nil)
	if err != nil {
		return err
	}
	if err := s.tell(v, templates.Flash{Success: true, Text: "Your file is deleted"}); err != nil {
		return err
	}
	return s.seeOther(v, "/uploads")
}

// withUpload does something with the viewer's upload that a path names, and then
// leads on.
func (s *Server) withUpload(v *visit, do func(tx *store.Tx, u store.Upload) error, next func(u store.Upload) string) error {
	var u store.Upload
	err := s.look(v, func(l *look) (err error) {
		u, err = l.upload(v)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.DB.Write(v.ctx(), func(tx *store.Tx) error { return do(tx, u) }); err != nil || next == nil {
		return err
	}
	return s.seeOther(v, next(u))
}
