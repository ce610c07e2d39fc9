package web

import (
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

func (s *Server) showProfile(v *visit) error {
	return s.renderProfile(v, http.StatusOK, templates.ProfileForm{
		Title: v.actor.Title, Organisation: v.actor.Organisation, JobTitle: v.actor.JobTitle, About: v.actor.Source,
		Discoverable: v.actor.Discoverable,
	}, nil)
}

func (s *Server) renderProfile(v *visit, status int, form templates.ProfileForm, problems content.Problems) error {
	p := templates.ProfilePage{Base: s.base(v), Person: v.actor, Form: form}
	p.Problems = problems
	return s.render(v, status, p)
}

func (s *Server) saveProfile(v *visit) error {
	form := templates.ProfileForm{
		Title: v.value("title"), Organisation: v.value("organisation"), JobTitle: v.value("job"), About: v.value("about"),
		Discoverable: v.checked("discoverable"),
	}
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		_, err := s.Actions.SaveProfile(v.ctx(), tx, v.actor, actions.Profile(form))
		return err
	})
	var problems content.Problems
	if errors.As(err, &problems) {
		return s.renderProfile(v, http.StatusUnprocessableEntity, form, problems)
	}
	if err != nil {
		return err
	}
	return s.done(v, "/settings", "Your profile is saved", "Other sites with people in your communities are told.")
}

// done says what was done on the page that follows.
func (s *Server) done(v *visit, next, text, detail string) error {
	if err := s.tell(v, templates.Flash{Success: true, Text: text, Detail: detail}); err != nil {
		return err
	}
	return s.seeOther(v, next)
}

func (s *Server) showPassword(v *visit) error { return s.renderPassword(v, http.StatusOK, nil) }

func (s *Server) renderPassword(v *visit, status int, problems content.Problems) error {
	p := templates.PasswordPage{Base: s.base(v)}
	p.Problems = problems
	return s.render(v, status, p)
}

// changePassword needs the current one: a browser left open must not be enough.
// All other sessions end, and this one gets a new id (security.md S148).
func (s *Server) changePassword(v *visit) error {
	current, password := v.typed("current"), v.typed("password")
	problems := content.Problems{}
	if current == "" {
		problems.Add("current", "Enter the password you have now")
	}
	var wrong content.Problems
	if errors.As(actions.CheckPasswordChange(v.actor, v.account, password), &wrong) {
		problems.Add("password", wrong["password"])
	}
	if len(problems) > 0 {
		return s.renderPassword(v, http.StatusUnprocessableEntity, problems)
	}
	_, err := s.checkPassword(v, v.account.Email, current)
	if words := whyNot(err, "This is not the password you have now"); words != "" {
		return s.renderPassword(v, http.StatusUnprocessableEntity, content.Problems{"current": words})
	}
	if err != nil {
		return err
	}
	hash, err := s.hashPassword(v.ctx(), password)
	if err != nil {
		return err
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error { return s.Actions.ChangePassword(v.ctx(), tx, v.actor.ID, hash) })
	if err != nil {
		return err
	}
	if err := s.letIn(v, v.account); err != nil {
		return err
	}
	return s.done(v, "/settings/password", "Your password is changed", "You are signed out everywhere else.")
}

func (s *Server) showDevices(v *visit) error {
	p := templates.DevicesPage{Base: s.base(v)}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		list, err := tx.Sessions(v.ctx(), v.actor.ID, s.Now())
		for _, x := range list {
			p.Devices = append(p.Devices, templates.Device{Session: x, Current: x.ID == v.session.ID})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// endDevices signs the person out in one other browser, or in all others.
func (s *Server) endDevices(v *visit) error {
	if v.checked("others") {
		err := s.DB.Write(v.ctx(), func(tx *store.Tx) error { return tx.EndSessions(v.ctx(), v.actor.ID, v.session.ID) })
		if err != nil {
			return err
		}
		return s.done(v, "/settings/devices", "You are signed out everywhere else", "")
	}
	id, err := v.id("device")
	if err != nil {
		return err
	}
	if err := s.endDevice(v, id); err != nil {
		return err
	}
	return s.done(v, "/settings/devices", "The device is signed out", "")
}

// endDevice is content with a session that has ended already.
func (s *Server) endDevice(v *visit, id actors.ID) error {
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error { return tx.EndSession(v.ctx(), v.actor.ID, id) })
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
