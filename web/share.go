package web

import (
	"errors"
	"net/http"
	"strings"

	"moothall/actions"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
	"moothall/templates"
)

// allowAsking lets the script of a page send a file and ask how far it is.
func allowAsking(v *visit) {
	v.w.Header().Set("Content-Security-Policy", pagePolicy+"; connect-src 'self'")
}

// showShare asks for the file of a new document.
func (s *Server) showShare(v *visit) error { return s.renderShare(v, http.StatusOK, nil) }

func (s *Server) renderShare(v *visit, status int, problems content.Problems) error {
	p := templates.SharePage{Base: s.base(v), Most: actions.MaxFile}
	p.Problems = problems
	err := s.look(v, func(l *look) (err error) {
		if p.Community, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		if !l.mayPost(p.Community) {
			return mayNotPost(p.Community)
		}
		return nil
	})
	if err != nil {
		return err
	}
	allowAsking(v)
	return s.render(v, status, p)
}

// receiveFile takes in the file of a new document.
func (s *Server) receiveFile(v *visit) error {
	var c templates.Community
	err := s.look(v, func(l *look) (err error) {
		if c, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		return s.Actions.MayUpload(l.ctx, l.tx, v.actor, c.Community, 0)
	})
	if err == nil {
		err = s.takeFile(v, c, store.Upload{})
	}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderShare(v, http.StatusUnprocessableEntity, problems)
	}
	return err
}

// takeFile receives a file for a document in a community, and leads to where it
// is checked. What is known of the upload is in u.
func (s *Server) takeFile(v *visit, c templates.Community, u store.Upload) (err error) {
	p, err := s.receive(v)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	u.Name, u.Digest, u.Size = fileName(v.file.part.FileName()), p.Digest(), p.Size()
	if u.Format, err = extract.Sniff(u.Name, p, p.Size()); err != nil {
		if refusal, ok := errors.AsType[*extract.Refusal](err); ok {
			return content.Problems{fileField: refusal.Words}
		}
		return err
	}
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		return s.Actions.MayUpload(v.ctx(), tx, v.actor, c.Community, u.Size)
	})
	if err != nil {
		return err
	}
	if err := s.Files.Keep(v.ctx(), p); err != nil {
		return err
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		u, err = s.Actions.Receive(v.ctx(), tx, v.actor, c.Community, u)
		return err
	})
	if err != nil {
		return err
	}
	return s.seeOther(v, templates.UploadPath(u.ID))
}

// mostFileName is the longest name of a file that is kept, in characters.
const mostFileName = 150

// fileName is the name that a browser gave a file, without folders and with
// nothing that does not show. A long one keeps its end, which says its kind.
func fileName(sent string) string {
	name := content.PlainName(sent[strings.LastIndexAny(sent, `/\`)+1:], 4*mostFileName)
	runes := []rune(name)
	if len(runes) <= mostFileName {
		return name
	}
	end := ""
	if at := strings.LastIndexByte(name, '.'); at >= 0 && len(name)-at <= 10 {
		end = name[at:]
	}
	return strings.TrimRight(string(runes[:mostFileName-len(end)]), " .") + end
}
