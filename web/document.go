package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// held is a document of this node with its community, for whoever looks after it.
type held struct {
	store.Paper
	community templates.Community
}

// named is the document as its pages name it.
func (h held) named() templates.Paper {
	return templates.Paper{Title: h.Title, Path: templates.DocumentPath(h.Post), Number: h.Doc.Number}
}

// leaves says whether anything of the document has gone to other sites.
func (h held) leaves() bool {
	return h.Audience.Federates() && h.Doc.Classification != content.Sensitive && h.Doc.Embargo.IsZero()
}

// heldNamed reads the document that a path names, if the viewer may read it.
func (l *look) heldNamed(v *visit) (h held, err error) {
	name := content.DocumentName(v.param("name"))
	if !name.Valid() {
		return h, store.ErrNotFound
	}
	p, err := l.tx.PostByURI(l.ctx, l.s.Site.Document(name))
	if err != nil {
		return h, err
	}
	if h.Paper, err = l.tx.Paper(l.ctx, l.viewer, p.ID); err != nil {
		return h, err
	}
	h.community, err = l.communityOf(h.Post)
	return h, err
}

// own reads a document that the viewer may change.
func (s *Server) own(v *visit) (h held, err error) {
	err = s.look(v, func(l *look) (err error) {
		if h, err = l.heldNamed(v); err != nil {
			return err
		}
		return actions.MayChangeDocument(v.actor, h.Post, h.Doc)
	})
	return h, err
}

// change does something with the viewer's document in a transaction.
func (s *Server) change(v *visit, do func(ctx context.Context, tx *store.Tx) error) error {
	return s.DB.Write(v.ctx(), func(tx *store.Tx) error { return do(v.ctx(), tx) })
}

// changed says what was done, and leads to the document.
func (s *Server) changed(v *visit, h held, f templates.Flash) error {
	f.Success = true
	if err := s.tell(v, f); err != nil {
		return err
	}
	return s.seeOther(v, templates.DocumentPath(h.Post))
}

// showNewVersion asks for the file of a new version.
func (s *Server) showNewVersion(v *visit) error {
	h, err := s.own(v)
	if err != nil {
		return err
	}
	return s.renderNewVersion(v, http.StatusOK, h, nil)
}

func (s *Server) renderNewVersion(v *visit, status int, h held, problems content.Problems) error {
	paper := h.named()
	p := templates.SharePage{Base: s.base(v), Community: h.community, Paper: &paper, Most: actions.MaxFile}
	p.Problems = problems
	allowAsking(v)
	return s.render(v, status, p)
}

// receiveVersion takes in the file of a new version.
func (s *Server) receiveVersion(v *visit) error {
	h, err := s.own(v)
	if err != nil {
		return err
	}
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		return s.Actions.MayUpload(v.ctx(), tx, v.actor, h.community.Community, 0)
	})
	if err == nil {
		err = s.takeFile(v, h.community, store.Upload{Document: h.ID})
	}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderNewVersion(v, http.StatusUnprocessableEntity, h, problems)
	}
	return err
}

// showEditDocument is the form that changes what is said of a document.
func (s *Server) showEditDocument(v *visit) error {
	h, err := s.own(v)
	if err != nil {
		return err
	}
	var related []content.Related
	err = s.look(v, func(l *look) (err error) {
		related, err = l.tx.Related(l.ctx, h.ID)
		return err
	})
	if err != nil {
		return err
	}
	return s.renderEditDocument(v, http.StatusOK, h, formOf(h.Paper, related), nil)
}

func (s *Server) renderEditDocument(v *visit, status int, h held, f templates.DocumentForm, problems content.Problems) error {
	p := templates.EditDocumentPage{Base: s.base(v), Community: h.community, Paper: h.named(), Form: f, Audience: h.Audience}
	p.Problems = problems
	return s.render(v, status, p)
}

// editDocument changes what is said of a document.
func (s *Server) editDocument(v *visit) error {
	h, err := s.own(v)
	if err != nil {
		return err
	}
	f := v.documentForm()
	d, problems := documentDraft(f)
	if err = wrongIn(problems, d.CheckDetails()).Err(); err == nil {
		err = s.change(v, func(ctx context.Context, tx *store.Tx) error {
			return s.Actions.EditDocument(ctx, tx, v.actor, h.Post, d)
		})
	}
	if wrong, ok := errors.AsType[content.Problems](err); ok {
		return s.renderEditDocument(v, http.StatusUnprocessableEntity, h, f, wrong)
	}
	if err != nil {
		return err
	}
	return s.changed(v, h, templates.Flash{Text: "Your changes are saved"})
}

// showWithdraw asks whether a document, or one version of it, is really to go.
func (s *Server) showWithdraw(v *visit) error { return s.renderWithdraw(v, http.StatusOK, nil) }

// versionOf is the number in the path; zero for the whole document.
func (v *visit) versionOf() (int, error) {
	typed := v.param("n")
	if typed == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 1 || strconv.Itoa(n) != typed {
		return 0, store.ErrNotFound
	}
	return n, nil
}

func (s *Server) renderWithdraw(v *visit, status int, problems content.Problems) error {
	n, err := v.versionOf()
	if err != nil {
		return err
	}
	h, err := s.own(v)
	if err != nil {
		return err
	}
	p := templates.WithdrawPage{
		Base: s.base(v), Community: h.community, Paper: h.named(), Version: n,
		Reason: v.value("reason"), HideTitle: v.checked("hide_title"), Replacement: v.value("replacement"),
	}
	p.Problems = problems
	err = s.look(v, func(l *look) error {
		if n != 0 {
			version, err := l.tx.Version(l.ctx, h.ID, n)
			if err != nil {
				return err
			}
			if version.IsWithdrawn() {
				return store.ErrNotFound
			}
			p.Current = n == h.Doc.Number
		}
		if !h.leaves() {
			return nil
		}
		if p.KeptBy, err = l.keptBy(h.ID); err != nil {
			return err
		}
		if n != 0 {
			p.KeptBy = slices.DeleteFunc(p.KeptBy, func(k templates.KeptBy) bool { return k.Version != n })
		}
		_, p.Sites, err = l.spread(h.community)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

// withdraw takes away a document, or one version of it, for a reason (DOC-4).
func (s *Server) withdraw(v *visit) error {
	n, err := v.versionOf()
	if err != nil {
		return err
	}
	h, err := s.own(v)
	if err != nil {
		return err
	}
	err = s.change(v, func(ctx context.Context, tx *store.Tx) error {
		if n != 0 {
			return s.Actions.WithdrawVersion(ctx, tx, v.actor, h.Post, n, v.value("reason"))
		}
		left := content.Withdrawal{Title: h.Title, Reason: v.value("reason"), Replaced: v.value("replacement")}
		if v.checked("hide_title") {
			left.Title = ""
		}
		return s.Actions.WithdrawDocument(ctx, tx, v.actor, h.Post, left)
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderWithdraw(v, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	f := templates.Flash{Text: "Your document has been withdrawn"}
	if n != 0 {
		f.Text = "Version " + strconv.Itoa(n) + " has been withdrawn"
	}
	if h.leaves() {
		f.Detail = "Other sites are asked to remove it."
	}
	return s.changed(v, h, f)
}

// showReview asks whether a document still holds.
func (s *Server) showReview(v *visit) error {
	h, err := s.own(v)
	if err != nil {
		return err
	}
	return s.renderReview(v, http.StatusOK, h, spokenDay(s.Now().AddDate(1, 0, 0)), nil)
}

func (s *Server) renderReview(v *visit, status int, h held, until string, problems content.Problems) error {
	p := templates.ReviewPage{Base: s.base(v), Community: h.community, Paper: h.named(), Due: h.Doc.Review, Until: until}
	p.Problems = problems
	return s.render(v, status, p)
}

// stillCurrent says that a document holds until a day (DOC-7).
func (s *Server) stillCurrent(v *visit) error {
	h, err := s.own(v)
	if err != nil {
		return err
	}
	typed := v.value("review")
	until, ok := day(typed)
	err = content.Problems{"review": "Enter a day, such as 4 May 2027"}
	if ok {
		err = s.change(v, func(ctx context.Context, tx *store.Tx) error {
			return s.Actions.StillCurrent(ctx, tx, v.actor, h.Post, until)
		})
	}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderReview(v, http.StatusUnprocessableEntity, h, typed, problems)
	}
	if err != nil {
		return err
	}
	return s.changed(v, h, templates.Flash{Text: "This document is still current", Detail: "We remind you before " + templates.Date(until) + "."})
}

// handing reads a document that the viewer may give to somebody else: its owner
// may, and the facilitators of its community.
func (s *Server) handing(v *visit) (h held, err error) {
	err = s.look(v, func(l *look) (err error) {
		if h, err = l.heldNamed(v); err != nil {
			return err
		}
		if h.community.Local && h.community.Membership.May(actors.Moderator) && !h.IsGone() {
			return nil
		}
		return actions.MayChangeDocument(v.actor, h.Post, h.Doc)
	})
	return h, err
}

// showHandOver asks who is to look after a document.
func (s *Server) showHandOver(v *visit) error {
	h, err := s.handing(v)
	if err != nil {
		return err
	}
	return s.renderHandOver(v, http.StatusOK, h, nil)
}

func (s *Server) renderHandOver(v *visit, status int, h held, problems content.Problems) error {
	p := templates.HandOverPage{Base: s.base(v), Community: h.community, Paper: h.named(), Owner: v.value("owner")}
	p.Problems = problems
	err := s.look(v, func(l *look) (err error) {
		p.Members, err = l.membersHere(h.community.ID, h.Doc.Owner)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

// mostToChoose bounds the list from which a member is chosen, in pages of members.
const mostToChoose = 40

// membersHere are the members of a community who have an account here, by name,
// but for one.
func (l *look) membersHere(group, but actors.ID) (list []actors.Actor, err error) {
	for n := 1; n <= mostToChoose; n++ {
		page, err := l.tx.Members(l.ctx, group, actors.Joined, store.Page{Number: n, Size: listPage})
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			if m.Actor.Local && m.Actor.ID != but {
				list = append(list, m.Actor)
			}
		}
		if len(page) < listPage {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b actors.Actor) int { return cmp.Compare(a.DisplayName(), b.DisplayName()) })
	return list, nil
}

// handOver gives a document to another member to look after.
func (s *Server) handOver(v *visit) error {
	h, err := s.handing(v)
	if err != nil {
		return err
	}
	var to actors.Actor
	err = content.Problems{"owner": "Choose a member"}
	if id, e := v.id("owner"); e == nil {
		err = s.change(v, func(ctx context.Context, tx *store.Tx) (err error) {
			if to, err = tx.Actor(ctx, id); err != nil {
				return err
			}
			return s.Actions.HandOver(ctx, tx, v.actor, h.Post, to)
		})
	}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderHandOver(v, http.StatusUnprocessableEntity, h, problems)
	}
	if err != nil {
		return err
	}
	return s.changed(v, h, templates.Flash{Text: to.DisplayName() + " now looks after this document", Detail: "We have told them."})
}
