package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showAskFormat asks in which format somebody needs a document (DOC-8).
func (s *Server) showAskFormat(v *visit) error { return s.renderAskFormat(v, http.StatusOK, nil) }

func (s *Server) renderAskFormat(v *visit, status int, problems content.Problems) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	p := templates.AskFormatPage{
		Base: s.base(v), Community: d.community, Paper: templates.Paper{Title: d.title(), Path: d.path(), Number: d.version.Number},
		Words: v.value("words"), Contact: v.value("contact"),
	}
	p.Problems = problems
	if !d.Local {
		p.Site = cmp.Or(d.Doc.Issuer, d.URI.Host())
	}
	if known := !d.version.File.Digest.IsZero(); !isPicture(d.version) && (d.Local || known && v.SignedIn()) {
		p.Text = d.here() + "/text"
	}
	v.w.Header().Set("X-Robots-Tag", "noindex")
	return s.render(v, status, p)
}

// askFormat asks whoever looks after a document for another format.
func (s *Server) askFormat(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	err = s.change(v, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Post(ctx, v.viewer(), d.ID) // as it is now
		if err != nil {
			return err
		}
		return s.Actions.AskFormat(ctx, tx, v.actor, p, v.value("words"), v.value("contact"))
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderAskFormat(v, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	f := templates.Flash{Success: true, Text: "You have asked for another format", Detail: "We tell you here when somebody answers."}
	if err := s.tell(v, f); err != nil {
		return err
	}
	return s.seeOther(v, d.path())
}

// formats says what was asked about a document: all to those who may answer, and to
// everybody else what they asked themselves.
func (l *look) formats(v *visit, d paper, p *templates.DocumentPage) error {
	if !v.SignedIn() || d.single {
		return nil
	}
	err := l.s.Actions.MayAnswerFormat(l.ctx, l.tx, v.actor, d.Post, d.Doc)
	if err != nil && !errors.Is(err, actors.ErrForbidden) {
		return err
	}
	p.May.Answer = err == nil
	by := l.viewer.Actor
	if p.May.Answer {
		by = 0
	}
	list, err := l.tx.FormatRequests(l.ctx, d.ID, by)
	if err != nil {
		return err
	}
	for _, f := range list {
		x, err := l.formatRequest(d.Post, f)
		if err != nil {
			return err
		}
		p.Formats = append(p.Formats, x)
	}
	return nil
}

func (l *look) formatRequest(p content.Post, f store.FormatRequest) (x templates.FormatRequest, err error) {
	x = templates.FormatRequest{
		Words: f.Words, At: f.At, Answer: f.Answer, Answered: f.Answered, Path: templates.DocumentPath(p) + "/formats/" + f.ID.String(),
	}
	if x.By, err = l.tx.Actor(l.ctx, f.By); err != nil || f.AnsweredBy == 0 {
		return x, err
	}
	x.AnsweredBy, err = l.tx.Actor(l.ctx, f.AnsweredBy)
	return x, err
}

// asked reads a request about a document of this node that the viewer may answer.
func (l *look) asked(v *visit) (h held, f store.FormatRequest, err error) {
	if h, err = l.heldNamed(v); err != nil {
		return h, f, err
	}
	if err = l.s.Actions.MayAnswerFormat(l.ctx, l.tx, v.actor, h.Post, h.Doc); err != nil {
		return h, f, err
	}
	id, err := actors.ParseID(v.param("request"))
	if err != nil {
		return h, f, store.ErrNotFound
	}
	f, err = l.tx.FormatRequest(l.ctx, h.ID, id)
	return h, f, err
}

// showAnswerFormat shows what somebody asked, and asks for an answer.
func (s *Server) showAnswerFormat(v *visit) error {
	return s.renderAnswerFormat(v, http.StatusOK, nil)
}

func (s *Server) renderAnswerFormat(v *visit, status int, problems content.Problems) error {
	p := templates.AnswerFormatPage{Base: s.base(v), Answer: v.value("answer")}
	p.Problems = problems
	err := s.look(v, func(l *look) error {
		h, f, err := l.asked(v)
		if err != nil {
			return err
		}
		p.Community, p.Paper = h.community, h.named()
		p.MayChange = actions.MayChangeDocument(v.actor, h.Post, h.Doc) == nil
		p.Request, err = l.formatRequest(h.Post, f)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

// answerFormat answers whoever asked for another format.
func (s *Server) answerFormat(v *visit) error {
	var h held
	var f store.FormatRequest
	err := s.look(v, func(l *look) (err error) {
		h, f, err = l.asked(v)
		return err
	})
	if err != nil {
		return err
	}
	err = s.change(v, func(ctx context.Context, tx *store.Tx) error {
		return s.Actions.AnswerFormat(ctx, tx, v.actor, h.Post, f, v.value("answer"))
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderAnswerFormat(v, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	return s.changed(v, h, templates.Flash{Text: "Your answer is sent", Detail: "Only whoever asked reads it, and those who look after this document."})
}
