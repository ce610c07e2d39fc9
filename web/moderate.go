package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// memberToRun reads the community and the person that the path names, for the
// community's facilitators, on whatever site it lives.
func (s *Server) memberToRun(v *visit) (c templates.Community, who templates.Member, err error) {
	id, err := actors.ParseID(v.param("person"))
	if err != nil {
		return c, who, store.ErrNotFound
	}
	err = s.look(v, func(l *look) error {
		if c, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		if !c.Membership.May(actors.Moderator) {
			return &actions.Refusal{Code: "not_moderator", Words: "Only facilitators can change who belongs to a community."}
		}
		if who.Actor, err = l.tx.Actor(l.ctx, id); err != nil {
			return err
		}
		if who.Membership, err = l.tx.Membership(l.ctx, c.ID, id); err != nil {
			return err
		}
		who.Membership = who.Membership.At(s.Now())
		return l.takesPart(c, who)
	})
	return c, who, err
}

// takesPart says whether somebody has, or had, to do with a community: as a
// member, or by what they wrote in it.
func (l *look) takesPart(c templates.Community, who templates.Member) error {
	if who.Actor.Kind != actors.Person {
		return store.ErrNotFound
	}
	if who.Membership.Standing != actors.NoStanding {
		return nil
	}
	wrote, err := l.tx.AcceptedBy(l.ctx, c.ID, who.Actor.ID, 1)
	if err == nil && len(wrote) == 0 {
		err = store.ErrNotFound
	}
	return err
}

// showMember says what a facilitator can do about somebody.
func (s *Server) showMember(v *visit) error {
	c, who, err := s.memberToRun(v)
	if err != nil {
		return err
	}
	mine, theirs := c.Membership, who.Membership
	p := templates.MemberPage{Base: s.base(v), Community: c, Who: who, Self: who.Actor.ID == v.actor.ID}
	below := !p.Self && (mine.Outranks(theirs) || !c.Local)
	p.MayAppoint = theirs.Standing == actors.Joined && !theirs.May(actors.Moderator)
	p.MayStandDown = theirs.May(actors.Moderator) && (p.Self || below)
	p.MayRemove = theirs.Standing != actors.Banned && below
	p.MayLetBack = theirs.Standing == actors.Banned
	err = s.look(v, func(l *look) error {
		p.Hidden, err = l.hiddenBy(c, who.Actor)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// hiddenBy lists what a facilitator can bring back of what somebody wrote: a removal
// may have hidden all of it at once.
func (l *look) hiddenBy(c templates.Community, who actors.Actor) ([]templates.HiddenPost, error) {
	posts, err := l.tx.HiddenBy(l.ctx, c.ID, who.ID, listPage)
	var out []templates.HiddenPost
	for _, p := range posts {
		out = append(out, templates.HiddenPost{What: kindOf(p), Title: excerptOf(p), Restore: templates.PostPath(p.ID) + "/restore"})
	}
	return out, err
}

// changeMember does what a facilitator chose on that page.
func (s *Server) changeMember(v *visit) error {
	c, who, err := s.memberToRun(v)
	if err != nil {
		return err
	}
	var do func(ctx context.Context, tx *store.Tx) (actors.Activity, error)
	name, news := who.DisplayName(), ""
	switch v.value("do") {
	case "appoint":
		news = name + " is now a facilitator"
		do = func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
			return s.Actions.Appoint(ctx, tx, v.actor, c.Community, who.Actor, true)
		}
	case "stand-down":
		news = name + " is no longer a facilitator"
		do = func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
			return s.Actions.Appoint(ctx, tx, v.actor, c.Community, who.Actor, false)
		}
	case "let-back":
		news = name + " can join again"
		do = func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
			return s.Actions.LetBack(ctx, tx, v.actor, c.Community, who.Actor)
		}
	default:
		return failure{status: http.StatusBadRequest, because: "Choose what is to be done."}
	}
	if err := s.facilitate(v, do); err != nil {
		return err
	}
	return s.tookEffect(v, c, news, templates.ActorPath(c.Actor)+"/members")
}

func (s *Server) facilitate(v *visit, do func(ctx context.Context, tx *store.Tx) (actors.Activity, error)) error {
	return s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		_, err := do(v.ctx(), tx)
		return err
	})
}

// tookEffect says what has happened, or for a community elsewhere what was asked for,
// and goes on.
func (s *Server) tookEffect(v *visit, c templates.Community, news, next string) error {
	flash := templates.Flash{Success: true, Text: news}
	if !c.Local {
		flash.Text = "We have sent this to " + firstOf(c.RunBy, c.Host)
		flash.Detail = "The community’s own site has to agree. That takes a moment: then you see it here."
	}
	if err := s.tell(v, flash); err != nil {
		return err
	}
	return s.seeOther(v, next)
}

// showRemoveMember asks why somebody is removed, and until when.
func (s *Server) showRemoveMember(v *visit) error {
	c, who, err := s.memberToRun(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, templates.RemoveMemberPage{Base: s.base(v), Community: c, Who: who, Report: cameFrom(v)})
}

func (s *Server) removeMember(v *visit) error {
	c, who, err := s.memberToRun(v)
	if err != nil {
		return err
	}
	p := templates.RemoveMemberPage{
		Community: c, Who: who, Reason: v.value("reason"), Day: v.value("day"), Month: v.value("month"), Year: v.value("year"),
		Posts: v.checked("posts"), Report: cameFrom(v),
	}
	until, problem := dayOf(p.Day, p.Month, p.Year)
	err = s.facilitate(v, func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
		act, err := s.Actions.Expel(ctx, tx, v.actor, c.Community, who.Actor, actions.Removal{Reason: p.Reason, Until: until, Posts: p.Posts})
		if problem != "" {
			problems, ok := errors.AsType[content.Problems](err)
			if !ok {
				problems = content.Problems{}
			}
			problems["until"] = problem
			err = problems
		}
		return act, err
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		p.Base = s.base(v)
		p.Problems = problems
		return s.render(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return s.tookEffect(v, c, who.DisplayName()+" has been removed", afterwards(v, templates.ActorPath(c.Actor)+"/members"))
}

// dayOf reads a day as three fields give it; the zero time for none.
func dayOf(day, month, year string) (t time.Time, problem string) {
	if day == "" && month == "" && year == "" {
		return t, ""
	}
	const notADay = "Enter a real date, like 27 3 2027"
	d, err1 := strconv.Atoi(day)
	m, err2 := strconv.Atoi(month)
	y, err3 := strconv.Atoi(year)
	t = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if errors.Join(err1, err2, err3) != nil || t.Day() != d || int(t.Month()) != m || y < 2000 || y > 9999 {
		return time.Time{}, notADay
	}
	return t, ""
}

// pinDiscussion puts a discussion at the top of its community, or takes it from
// there.
func (s *Server) pinDiscussion(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	on := v.value("pin") != "no"
	err = s.facilitate(v, func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
		return s.Actions.Pin(ctx, tx, v.actor, p, on)
	})
	if err != nil {
		return err
	}
	news := "This discussion is pinned"
	if !on {
		news = "This discussion is no longer pinned"
	}
	return s.tookEffect(v, t.community, news, templates.PostPath(p.ID))
}

// findPerson finds somebody by address, here or at their own site.
func (s *Server) findPerson(v *visit, typed string) (who actors.Actor, err error) {
	ctx := v.ctx()
	wrong := func(words string) error { return content.Problems{"address": words} }
	a, ok := s.parseAddress(typed)
	if !ok {
		return who, wrong("Enter the address of a person, like @ann@kent.example")
	}
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		if a.uri != "" {
			who, err = tx.ActorByURI(ctx, a.uri)
		} else {
			who, err = tx.ActorByHandle(ctx, a.name, a.host)
		}
		return err
	})
	switch {
	case err == nil || !errors.Is(err, store.ErrNotFound):
		return who, err
	case a.host == s.Site.Host:
		return who, wrong("There is nobody with that address here")
	case !s.Decide(a.host, actors.ToFollow).OK():
		return who, wrong("This site does not share with " + a.host)
	case !s.fetches.spend(v.actor.ID, asking, s.Now()):
		return who, wrong("You have looked for many addresses in a short time. Wait a few minutes and try again")
	}
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	found, raw, err := fetchActor(ctx, s.Remote.Limited(findRequests), a)
	if err != nil {
		s.Log.InfoContext(ctx, "person not found", "host", a.host, "err", err)
		return who, wrong("We could not find anybody with that address")
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		who, err = s.learn(ctx, tx, found, raw)
		return err
	})
	return who, err
}
