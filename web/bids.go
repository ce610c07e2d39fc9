package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showInvite is the form with which facilitators invite people.
func (s *Server) showInvite(v *visit) error {
	c, err := s.communityToRun(v)
	if err != nil {
		return err
	}
	return s.renderInvite(v, http.StatusOK, templates.InvitePage{Community: c}, nil)
}

func (s *Server) renderInvite(v *visit, status int, p templates.InvitePage, problems content.Problems) error {
	p.Base = s.base(v)
	p.Problems = problems
	return s.render(v, status, p)
}

func (s *Server) postInvite(v *visit) error {
	c, err := s.communityToRun(v)
	if err != nil {
		return err
	}
	switch v.value("do") {
	case "invite":
		return s.inviteGuests(v, c)
	case "link":
		return s.makeLink(v, c)
	}
	return s.checkGuests(v, c)
}

// linkLasts are the times that a link to hand round can be made for, by the value of
// the form.
var linkLasts = map[string]time.Duration{
	"week": 7 * 24 * time.Hour, "month": 28 * 24 * time.Hour, "quarter": 91 * 24 * time.Hour, "year": 364 * 24 * time.Hour,
}

// makeLink makes a link to hand round, and shows it this once.
func (s *Server) makeLink(v *visit, c templates.Community) error {
	p := templates.InvitePage{Community: c, Uses: v.value("uses"), Lasts: v.value("lasts")}
	uses, err := strconv.Atoi(p.Uses)
	if err != nil {
		uses = 0
	}
	var secret string
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		secret, err = s.Actions.BidLink(v.ctx(), tx, v.actor, c.Community, uses, s.Now().Add(linkLasts[p.Lasts]))
		return err
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		if words, ok := problems["until"]; ok {
			delete(problems, "until")
			problems["lasts"] = words
		}
		return s.renderInvite(v, http.StatusUnprocessableEntity, p, problems)
	}
	if err != nil {
		return err
	}
	return s.renderBids(v, http.StatusOK, templates.BidsPage{Community: c, Links: []templates.MadeLink{{Link: s.Site.Invited(secret)}}})
}

// showBids lists the invitations of a community and what has become of them.
func (s *Server) showBids(v *visit) error {
	c, err := s.communityToRun(v)
	if err != nil {
		return err
	}
	return s.renderBids(v, http.StatusOK, templates.BidsPage{Community: c})
}

func (s *Server) renderBids(v *visit, status int, p templates.BidsPage) error {
	p.Base = s.base(v)
	err := s.look(v, func(l *look) error { return l.bids(v, &p) })
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

func (l *look) bids(v *visit, p *templates.BidsPage) error {
	group := p.Community.ID
	counts, over, err := l.tx.BidCounts(l.ctx, group, l.s.Now())
	if err != nil {
		return err
	}
	p.Counts = templates.BidCounts{
		Accepted: counts[actors.BidAccepted], Declined: counts[actors.BidDeclined], Bounced: counts[actors.BidBounced],
		Withdrawn: counts[actors.BidWithdrawn], Over: over, Pending: counts[actors.BidPending] - over,
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	if p.Paging, err = paging(v, total, listPage); err != nil {
		return err
	}
	p.Paging.Path = templates.BidsPath(p.Community)
	list, err := l.tx.Bids(l.ctx, group, store.Page{Number: p.Paging.Page, Size: listPage})
	if err != nil {
		return err
	}
	var ids []actors.ID
	for _, b := range list {
		ids = append(ids, b.Actor, b.By)
	}
	people, err := l.tx.ActorsByID(l.ctx, ids)
	for _, b := range list {
		p.Bids = append(p.Bids, templates.Bid{Bid: b, Who: people[b.Actor], By: people[b.By].DisplayName(), Over: b.IsOver(l.s.Now())})
	}
	return err
}

// postBids takes an invitation back, or asks those again who have not answered.
func (s *Server) postBids(v *visit) error {
	c, err := s.communityToRun(v)
	if err != nil {
		return err
	}
	if v.value("do") == "again" {
		return s.askAgain(v, c)
	}
	id, err := v.id("bid")
	if err != nil {
		return err
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return s.Actions.TakeBack(v.ctx(), tx, v.actor, c.Community, id)
	})
	if errors.Is(err, store.ErrNotFound) {
		return failure{status: http.StatusConflict, because: "The invitation has been answered or taken back already."}
	}
	if err != nil {
		return err
	}
	return s.tookEffect(v, c, "The invitation is taken back", templates.BidsPath(c))
}

// askAgain asks all who have not answered once more.
func (s *Server) askAgain(v *visit, c templates.Community) error {
	n := 0
	var links []templates.MadeLink
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		n, links = 0, nil // a write may be carried out twice
		list, err := tx.UnansweredBids(v.ctx(), c.ID, mostAskedAgain)
		if err != nil {
			return err
		}
		for _, b := range list {
			link, err := s.askOnce(v.ctx(), tx, v.actor, c.Community, b)
			if err != nil {
				return err
			}
			if n++; link != "" {
				links = append(links, templates.MadeLink{For: b.Email, Link: link})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.invited(v, c, n, links)
}

// mostAskedAgain is how many are asked again in one go.
const mostAskedAgain = 1000

func (s *Server) askOnce(ctx context.Context, tx *store.Tx, by actors.Actor, c actors.Community, b actors.Bid) (string, error) {
	if err := s.Actions.AskAgain(ctx, tx, by, c, b); err != nil || b.Actor != 0 {
		return "", err
	}
	return s.mailBid(ctx, tx, b)
}
