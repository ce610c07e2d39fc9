package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

const (
	largestList  = 100_000          // characters of a list of people
	guestTime    = 20 * time.Second // for asking other sites about all people on one list
	guestsAtOnce = 8
)

// guesting is having people of a list looked up at their own sites.
var guesting = rate{each: actions.MostGuests, together: 4 * actions.MostGuests}

// guest is one line of a list of people to invite, and what can come of it.
type guest struct {
	line  int
	typed string
	email string       // for an e-mail address
	at    address      // for the address of a person
	who   actors.Actor // once they are known
	is    templates.GuestKind
}

// readGuests reads a list of people, one a line. Empty lines do not count.
func (s *Server) readGuests(text string) (list []guest, err error) {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.Trim(strings.TrimSpace(line), ",;<>")
		if line == "" {
			continue
		}
		if len(list) == actions.MostGuests || len(text) > largestList {
			return nil, content.Problems{"people": "Enter 500 people or less at a time"}
		}
		g := s.readGuest(line)
		g.line = i + 1
		key := strings.ToLower(line)
		if seen[key] {
			g.is = templates.GuestTwice
		}
		seen[key] = true
		list = append(list, g)
	}
	if len(list) == 0 {
		return nil, content.Problems{"people": "Enter whom you invite, one person a line"}
	}
	return list, nil
}

// readGuest reads one line: name@host is an e-mail address, @name@host and the
// address of a page are people of other sites or this one.
func (s *Server) readGuest(line string) guest {
	g := guest{typed: line}
	if !strings.HasPrefix(line, "@") && !strings.Contains(line, "/") {
		if g.email = store.FoldEmail(line); !actions.ValidEmail(g.email) {
			g.is = templates.GuestUnclear
		}
		return g
	}
	var ok bool
	if g.at, ok = s.parseAddress(line); !ok || strings.HasPrefix(line, "!") {
		g.is = templates.GuestUnclear
	}
	return g
}

// check says of each person of a list what can come of it. Nothing is written.
func (s *Server) check(ctx context.Context, tx *store.Tx, c actors.Community, list []guest) error {
	rules, err := s.Actions.GuestRules(ctx, tx)
	if err != nil {
		return err
	}
	people := map[actors.ID]bool{}
	for i := range list {
		g := &list[i]
		switch {
		case g.is != templates.GuestNew:
			continue
		case g.email != "":
			g.is, err = s.checkEmail(ctx, tx, c, rules, g.email)
		default:
			err = s.checkPerson(ctx, tx, c, g)
		}
		if err != nil {
			return err
		}
		if g.who.ID != 0 && people[g.who.ID] && g.is == templates.GuestNew {
			g.is = templates.GuestTwice // by another way of writing it
		}
		people[g.who.ID] = true
	}
	return nil
}

func (s *Server) checkEmail(ctx context.Context, tx *store.Tx, c actors.Community, rules actions.GuestRules, email string) (templates.GuestKind, error) {
	if !rules.Takes(email) {
		return templates.GuestNotAllowed, nil
	}
	b, err := tx.BidByEmail(ctx, c.ID, email)
	if err == nil && !b.IsOver(s.Now()) {
		return templates.GuestInvited, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	account, err := tx.AccountByLogin(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return templates.GuestNew, nil
	}
	if err != nil {
		return "", err
	}
	m, err := tx.Membership(ctx, c.ID, account.Actor)
	if m.At(s.Now()).Standing == actors.Joined {
		return templates.GuestMember, err
	}
	return templates.GuestNew, err // whether there is an account is for its owner to say
}

func (s *Server) checkPerson(ctx context.Context, tx *store.Tx, c actors.Community, g *guest) (err error) {
	if g.at.uri != "" {
		g.who, err = tx.ActorByURI(ctx, g.at.uri)
	} else {
		g.who, err = tx.ActorByHandle(ctx, g.at.name, g.at.host)
	}
	switch {
	case !s.mayCome(c, g.at.host):
		g.is = templates.GuestNotAllowed
		return nil
	case errors.Is(err, store.ErrNotFound):
		g.is = templates.GuestNotFound
		return nil
	case err != nil:
		return err
	case g.who.Kind != actors.Person || g.who.IsGone():
		g.is = templates.GuestNotFound
		return nil
	}
	m, err := tx.Membership(ctx, c.ID, g.who.ID)
	if err != nil {
		return err
	}
	switch m.At(s.Now()).Standing {
	case actors.Joined:
		g.is = templates.GuestMember
	case actors.Banned:
		g.is = templates.GuestRemoved
	case actors.Asked:
		g.is = templates.GuestAsked
	case actors.Invited:
		b, err := tx.BidFor(ctx, c.ID, g.who.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if !b.IsOver(s.Now()) {
			g.is = templates.GuestInvited
		}
	}
	return nil
}

// mayCome says whether people of a host can belong to a community here.
func (s *Server) mayCome(c actors.Community, host string) bool {
	return host == s.Site.Host || c.Audience.Federates() && s.Decide(host, actors.ToFollow).OK()
}

// meetGuests asks other sites about people who are not known here, several at a time
// and all within guestTime. Who cannot be found in it stays unknown.
func (s *Server) meetGuests(v *visit, c actors.Community, list []guest) {
	ctx, cancel := context.WithTimeout(v.ctx(), guestTime)
	defer cancel()
	turn := make(chan struct{}, guestsAtOnce)
	var all sync.WaitGroup
	for _, g := range list {
		if g.is != templates.GuestNotFound || g.at.host == s.Site.Host || g.who.ID != 0 || !s.mayCome(c, g.at.host) {
			continue
		}
		if !s.guests.spend(v.actor.ID, guesting, s.Now()) {
			break
		}
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			found, raw, err := fetchActor(ctx, s.Remote.Limited(findRequests), g.at)
			if err == nil {
				err = s.DB.Write(ctx, func(tx *store.Tx) error {
					_, err := s.learn(ctx, tx, found, raw)
					return err
				})
			}
			if err != nil {
				s.Log.InfoContext(ctx, "person not found", "host", g.at.host, "err", err)
			}
		})
	}
	all.Wait()
}

// checkedGuests reads a list and says what can come of each; ask looks for those who
// are not known here.
func (s *Server) checkedGuests(v *visit, c actors.Community, text string, ask bool) ([]guest, error) {
	read, err := s.readGuests(text)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(read)
	look := func() error {
		copy(list, read)
		return s.DB.Read(v.ctx(), func(tx *store.Tx) error { return s.check(v.ctx(), tx, c, list) })
	}
	if err := look(); err != nil || !ask || !slices.ContainsFunc(list, func(g guest) bool { return g.is == templates.GuestNotFound }) {
		return list, err
	}
	s.meetGuests(v, c, list)
	return list, look()
}

// checkGuests shows what would come of a list.
func (s *Server) checkGuests(v *visit, c templates.Community) error {
	p := templates.InvitePage{Community: c, People: v.value("people")}
	list, err := s.checkedGuests(v, c.Community, p.People, true)
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderInvite(v, http.StatusUnprocessableEntity, p, problems)
	}
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, s.guestsPage(v, c, p.People, list))
}

func (s *Server) guestsPage(v *visit, c templates.Community, text string, list []guest) templates.CheckGuestsPage {
	p := templates.CheckGuestsPage{Base: s.base(v), Community: c, Text: text}
	for _, kind := range templates.GuestKinds() {
		group := templates.GuestGroup{Kind: kind}
		for _, g := range list {
			if g.is == kind {
				group.Lines = append(group.Lines, templates.GuestLine{Line: g.line, Typed: g.typed})
			}
		}
		if len(group.Lines) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	return p
}

// inviteGuests invites those of a list who can be, all or none.
func (s *Server) inviteGuests(v *visit, c templates.Community) error {
	text := v.value("people")
	list, err := s.checkedGuests(v, c.Community, text, false)
	if err != nil {
		return err
	}
	ctx, n := v.ctx(), 0
	var links []templates.MadeLink
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		n, links = 0, nil // a write may be carried out twice
		for _, g := range list {
			if g.is != templates.GuestNew && g.is != templates.GuestAsked {
				continue
			}
			link, err := s.inviteGuest(ctx, tx, v.actor, c.Community, g)
			if err != nil {
				return err
			}
			if n++; link != "" {
				links = append(links, templates.MadeLink{For: g.email, Link: link})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.invited(v, c, n, links)
}

// inviteGuest invites one. Where this node sends no mail, the link of an e-mail
// address is given back.
func (s *Server) inviteGuest(ctx context.Context, tx *store.Tx, by actors.Actor, c actors.Community, g guest) (string, error) {
	if g.email == "" {
		return "", s.Actions.Welcome(ctx, tx, by, c, g.who)
	}
	b, err := s.Actions.BidByMail(ctx, tx, by, c, g.email)
	if err != nil {
		return "", err
	}
	return s.mailBid(ctx, tx, b)
}

// mailBid makes the link of a bid that goes to an e-mail address.
func (s *Server) mailBid(ctx context.Context, tx *store.Tx, b actors.Bid) (string, error) {
	secret, err := s.Actions.NewBidSecret(ctx, tx, b.ID)
	return s.Site.Invited(secret), err
}

// invited says what was done: with links to copy on a page that shows them once,
// otherwise on the list of invitations.
func (s *Server) invited(v *visit, c templates.Community, n int, links []templates.MadeLink) error {
	if len(links) > 0 {
		return s.renderBids(v, http.StatusOK, templates.BidsPage{Community: c, Links: links})
	}
	return s.tookEffect(v, c, templates.Count(n, "person", "people")+" invited", templates.BidsPath(c))
}
