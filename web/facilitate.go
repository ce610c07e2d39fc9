package web

import (
	"context"
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
	"moothall/templates"
)

// showStart is the form for a new community (users.md FAC-1).
func (s *Server) showStart(v *visit) error {
	form := templates.CommunityForm{
		Audience: actors.AudiencePublic, Joining: actors.JoinOpen, Posting: actors.PostMembers, Language: "en",
	}
	return s.render(v, http.StatusOK, templates.StartCommunityPage{Base: s.base(v), Form: form})
}

func (v *visit) communityForm() templates.CommunityForm {
	return templates.CommunityForm{
		Title: v.value("title"), Name: v.value("name"), Purpose: v.value("purpose"), Language: v.value("language"),
		Audience: actors.Audience(v.value("audience")), Joining: actors.Joining(v.value("joining")), Posting: actors.Posting(v.value("posting")),
		ThreadType: v.value("thread"),
	}
}

func charterOf(f templates.CommunityForm) actions.Charter {
	return actions.Charter{
		Name: f.Name, Title: f.Title, Purpose: f.Purpose, Audience: f.Audience, Joining: f.Joining, Posting: f.Posting, Language: f.Language,
		ThreadType: f.ThreadType,
	}
}

// checkCharter says what is wrong with a charter, who may post included.
func checkCharter(c actions.Charter) error {
	err := c.Check()
	switch c.Posting {
	case actors.PostAnyone, actors.PostMembers, actors.PostModerators:
		return err
	}
	problems, ok := errors.AsType[content.Problems](err)
	if !ok {
		problems = content.Problems{}
	}
	problems.Add("posting", "Select who can post")
	return problems
}

// postStart starts a community. The keys are made first: that takes long.
func (s *Server) postStart(v *visit) error {
	form := v.communityForm()
	c, err := s.start(v, charterOf(form))
	if problems, ok := errors.AsType[content.Problems](err); ok {
		p := templates.StartCommunityPage{Base: s.base(v), Form: form}
		p.Problems = problems
		return s.render(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	news := templates.Flash{
		Success: true, Text: c.DisplayName() + " is ready",
		Detail: "You are its only facilitator. A community is safer with two: ask a colleague to join, and make them one.",
	}
	if err := s.tell(v, news); err != nil {
		return err
	}
	return s.seeOther(v, templates.ActorPath(c.Actor))
}

func (s *Server) start(v *visit, charter actions.Charter) (c actors.Community, err error) {
	if err := checkCharter(charter); err != nil {
		return c, err
	}
	keys, err := s.Actions.MakeKeys()
	if err != nil {
		return c, err
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		c, err = s.Actions.StartCommunity(v.ctx(), tx, v.actor, charter, keys)
		return err
	})
	return c, err
}

// communityToRun reads the community that the path names, for its facilitators.
func (s *Server) communityToRun(v *visit) (templates.Community, error) {
	c, err := s.community(v)
	if err == nil && (!c.Local || !c.Membership.May(actors.Moderator)) {
		err = &actions.Refusal{Code: "not_moderator", Words: "Only facilitators can change a community."}
	}
	return c, err
}

// communityToDescribe reads the community that the path names, for those who look
// after it, wherever it lives.
func (s *Server) communityToDescribe(v *visit) (templates.Community, error) {
	c, err := s.community(v)
	if err == nil && !c.Membership.May(actors.Moderator) {
		err = &actions.Refusal{Code: "not_moderator", Words: "Only facilitators can change a community."}
	}
	return c, err
}

// purposeOf is the purpose of a community as it can be typed on. That of one
// elsewhere is in its document, unless that has nothing but HTML.
func purposeOf(ctx context.Context, tx *store.Tx, c actors.Community) (string, error) {
	if c.Local {
		return c.Source, nil
	}
	raw, err := tx.ActorRaw(ctx, c.ID)
	if err != nil {
		return "", err
	}
	if doc, err := ap.ParseActor(raw); err == nil && doc.Source.MediaType == mediaMarkdown {
		return doc.Source.Content, nil
	}
	return content.PlainText(c.Summary), nil
}

// showSettings is the form with which facilitators change a community.
func (s *Server) showSettings(v *visit) error {
	c, err := s.communityToDescribe(v)
	if err != nil {
		return err
	}
	purpose := ""
	err = s.look(v, func(l *look) (err error) {
		purpose, err = purposeOf(l.ctx, l.tx, c.Community)
		return err
	})
	if err != nil {
		return err
	}
	form := templates.CommunityForm{
		Title: c.Title, Name: c.Name, Purpose: purpose, Audience: c.Audience,
		Joining: c.Joining, Posting: c.Posting, Language: c.Language, ThreadType: c.ThreadType,
	}
	return s.render(v, http.StatusOK, templates.CommunitySettingsPage{Base: s.base(v), Community: c, Form: form})
}

func (s *Server) postSettings(v *visit) error {
	c, err := s.communityToDescribe(v)
	if err != nil {
		return err
	}
	form := v.communityForm()
	form.Name = c.Name
	if form.Audience == "" {
		form.Audience = c.Audience
	}
	if !c.Local {
		form.Audience = c.Audience
		form.Joining, form.Posting, form.Language = c.Joining, c.Posting, ""
	}
	err = checkCharter(charterOf(form))
	if err == nil && c.Audience.WiderThan(form.Audience) && v.value("sure") != "yes" {
		return s.askNarrow(v, c, form.Audience)
	}
	if err == nil {
		err = s.facilitate(v, func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
			if !c.Local {
				return s.Actions.Suggest(ctx, tx, v.actor, c.Community, form.Title, form.Purpose)
			}
			return s.Actions.Describe(ctx, tx, v.actor, c.Community, charterOf(form))
		})
	}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		p := templates.CommunitySettingsPage{Base: s.base(v), Community: c, Form: form}
		p.Problems = problems
		return s.render(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return s.tookEffect(v, c, "Your changes are saved", templates.ActorPath(c.Actor))
}

// askNarrow says what happens when a community is made narrower, and asks (users.md DOC-3).
func (s *Server) askNarrow(v *visit, c templates.Community, to actors.Audience) error {
	p := templates.NarrowCommunityPage{Base: s.base(v), Community: c, To: to, Kept: v.kept("")}
	err := s.look(v, func(l *look) error {
		hosts, err := s.Actions.FormerHosts(l.ctx, l.tx, c.Community)
		if err != nil {
			return err
		}
		_, sites, err := l.spread(c)
		p.Asked = sites + len(hosts)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// showMembers lists the members, and for facilitators those who ask to join.
func (s *Server) showMembers(v *visit) error {
	p := templates.MembersPage{Base: s.base(v)}
	err := s.look(v, func(l *look) (err error) {
		if p.Community, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		c := p.Community
		if !l.viewer.MayRead(c.Audience, 0, c.Membership) {
			return &actions.Refusal{Code: "not_a_member", Words: "Only members can see who the members are."}
		}
		return l.members(v, &p)
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (l *look) members(v *visit, p *templates.MembersPage) (err error) {
	c := &p.Community
	if p.Paging, err = paging(v, c.MemberCount, listPage); err != nil {
		return err
	}
	if p.Members, err = l.memberRows(c.ID, actors.Joined, p.Paging.Page); err != nil {
		return err
	}
	if c.Organisations, _, err = l.spread(*c); err != nil {
		return err
	}
	p.MayModerate = c.Membership.May(actors.Moderator)
	p.MayRead = c.Membership.Standing == actors.Joined
	if p.MayRun = c.Local && p.MayModerate; p.MayRun {
		if p.Asking, err = l.memberRows(c.ID, actors.Asked, 1); err != nil {
			return err
		}
	}
	if p.MayModerate {
		p.Removed, err = l.memberRows(c.ID, actors.Banned, 1)
	}
	return err
}

func (l *look) memberRows(group actors.ID, s actors.Standing, page int) ([]templates.Member, error) {
	list, err := l.tx.Members(l.ctx, group, s, store.Page{Number: page, Size: listPage})
	out := make([]templates.Member, 0, len(list))
	for _, m := range list {
		if m.Membership = m.Membership.At(l.s.Now()); m.Membership.Standing != s {
			continue // a removal that has ended by itself
		}
		out = append(out, templates.Member{Actor: m.Actor, Membership: m.Membership})
	}
	return out, err
}

// answerRequest lets somebody join, or does not.
func (s *Server) answerRequest(v *visit) error {
	c, err := s.communityToRun(v)
	if err != nil {
		return err
	}
	id, err := v.id("person")
	if err != nil {
		return err
	}
	yes := v.value("decision") == "accept"
	if !yes && v.value("decision") != "refuse" {
		return failure{status: http.StatusBadRequest, because: "Choose whether to let them join."}
	}
	var who actors.Actor
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		if who, err = tx.Actor(v.ctx(), id); err != nil {
			return err
		}
		return s.Actions.Decide(v.ctx(), tx, v.actor, c.Community, who, yes, v.value("reason"))
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return failure{status: http.StatusBadRequest, because: problems["reason"] + "."}
	}
	if err != nil {
		return err
	}
	news := templates.Flash{Success: true, Text: who.DisplayName() + " is now a member", Detail: "They will be told."}
	if !yes {
		news.Text = who.DisplayName() + " has not been let in"
	}
	if err := s.tell(v, news); err != nil {
		return err
	}
	return s.seeOther(v, templates.ActorPath(c.Actor)+"/members")
}
