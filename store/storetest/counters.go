package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// story is a random history of one community, with what its numbers should say.
type story struct {
	*Town
	t      *testing.T
	random *rand.Rand
	group  actors.Community
	people []actors.Actor
	posts  []content.Post // as first stored: stale copies are what callers hold
}

// countersNeverDrift counts again from the rows after random histories.
func countersNeverDrift(t *testing.T, w *Town) {
	for seed := range uint64(4) {
		s := &story{Town: w, t: t, random: rand.New(rand.NewPCG(seed, 7))}
		name := string(rune('a' + seed))
		s.group = w.Community("group_"+name, actors.AudiencePublic)
		for i, host := range []string{"", "", "peer.example", "peer.example", "other.example"} {
			s.people = append(s.people, w.Person(string(rune('a'+i))+"_of_"+name, host))
		}
		for step := range 120 {
			s.step(step)
		}
		s.check(seed)
	}
}

func (s *story) step(at int) {
	s.Helper()
	who := s.people[s.random.IntN(len(s.people))]
	if len(s.posts) == 0 || s.random.IntN(4) == 0 {
		var parent *content.Post
		if len(s.posts) > 0 && s.random.IntN(3) > 0 {
			parent = &s.posts[s.random.IntN(len(s.posts))]
		}
		p := s.Draft(s.group.ID, who.ID, parent, audiences[s.random.IntN(4)], s.random.IntN(1000))
		p.Standing = []content.Standing{content.Accepted, content.Sent}[s.random.IntN(2)]
		s.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, p, nil) })
		s.posts = append(s.posts, p)
		return
	}
	p := s.posts[s.random.IntN(len(s.posts))]
	s.Write(func(ctx context.Context, tx *store.Tx) error {
		switch s.random.IntN(7) {
		case 5:
			return tx.SetAudience(ctx, p, audiences[s.random.IntN(4)])
		case 6:
			if s.random.IntN(6) > 0 {
				return nil
			}
			_, err := tx.NarrowCommunity(ctx, s.group.ID, audiences[s.random.IntN(3)])
			return err
		case 0:
			err := tx.MarkPostGone(ctx, p, At(at))
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		case 1, 2:
			to := []content.Standing{content.Accepted, content.Hidden, content.Declined}[s.random.IntN(3)]
			return tx.SetStanding(ctx, p, to)
		case 3:
			m := actors.Membership{Group: s.group.ID, Actor: who.ID, Role: actors.Member, Standing: standings[1+s.random.IntN(5)], Since: At(at)}
			return tx.SetMembership(ctx, m)
		}
		change := tx.DropUseful
		if s.random.IntN(2) == 0 {
			change = func(ctx context.Context, post, actor actors.ID) (bool, error) {
				return tx.AddUseful(ctx, post, actor, "", At(at))
			}
		}
		_, err := change(ctx, p.ID, who.ID)
		return err
	})
}

// check reads every row by itself and counts.
func (s *story) check(seed uint64) {
	s.Helper()
	s.Read(func(ctx context.Context, tx *store.Tx) error {
		perAudience := map[actors.Audience]int{}
		replies := map[actors.ID]int{}
		lastReply := map[actors.ID]time.Time{}
		var now []content.Post
		for i, p := range s.posts {
			p, err := tx.PostForRules(ctx, p.ID)
			if err != nil {
				return err
			}
			s.posts[i].Audience = p.Audience // as it was made since
		}
		for _, p := range s.posts {
			p, err := tx.PostForRules(ctx, p.ID)
			if err != nil {
				return err
			}
			now = append(now, p)
			if p.Standing != content.Accepted || p.IsGone() {
				continue
			}
			if !p.IsComment() {
				perAudience[p.Audience]++
				continue
			}
			if start := s.start(p); p.Audience.WiderThan(start.Audience) || p.Audience == start.Audience {
				replies[p.Root]++
			} else {
				continue
			}
			if p.Published.After(lastReply[p.Root]) {
				lastReply[p.Root] = p.Published
			}
		}
		for _, p := range now {
			if p.Replies != replies[p.ID] {
				s.t.Errorf("seed %d: post %s has %d replies, counted %d", seed, p.ID, p.Replies, replies[p.ID])
			}
			want := p.Published
			if last := lastReply[p.ID]; last.After(want) {
				want = last
			}
			if !p.IsComment() && !p.LastReply.Equal(want) {
				s.t.Errorf("seed %d: post %s moved last at %v, counted %v", seed, p.ID, p.LastReply, want)
			}
			n := 0
			for _, who := range s.people {
				_, err := tx.Useful(ctx, p.ID, who.ID)
				if err == nil {
					n++
				} else if !errors.Is(err, store.ErrNotFound) {
					return err
				}
			}
			if p.Useful != n {
				s.t.Errorf("seed %d: post %s was useful to %d, counted %d", seed, p.ID, p.Useful, n)
			}
		}
		if err := s.checkSeen(ctx, tx, seed, now); err != nil {
			return err
		}
		return s.checkCommunity(ctx, tx, seed, perAudience)
	})
}

// start is the start of the discussion that a post is in.
func (s *story) start(p content.Post) content.Post {
	return s.posts[slices.IndexFunc(s.posts, func(q content.Post) bool { return q.ID == p.Root })]
}

// checkSeen holds that whoever may read the start of a discussion is told how many
// replies there are for them, and not of others (security.md S176).
func (s *story) checkSeen(ctx context.Context, tx *store.Tx, seed uint64, now []content.Post) error {
	viewers := []actors.Viewer{{}}
	for _, who := range s.people {
		viewers = append(viewers, actors.Viewer{Actor: who.ID, Local: who.Local, Host: who.Host})
	}
	for _, v := range viewers {
		m, err := tx.Membership(ctx, s.group.ID, v.Actor)
		if err != nil {
			return err
		}
		list, err := tx.Discussions(ctx, v, s.group.ID, store.Page{Size: 100})
		if err != nil {
			return err
		}
		for _, p := range list {
			want := 0
			for _, c := range now {
				isAside := p.Audience.WiderThan(c.Audience) // these are not counted for whoever wrote them
				if c.IsComment() && c.Root == p.ID && c.Standing == content.Accepted && !c.IsGone() && (!isAside || v.MayRead(c.Audience, 0, m)) {
					want++
				}
			}
			one, err := tx.Post(ctx, v, p.ID)
			if err != nil || one.Replies != want || p.Replies != want {
				s.t.Errorf("seed %d: of post %s %v sees %d and %d replies, counted %d: %v", seed, p.ID, v, p.Replies, one.Replies, want, err)
			}
		}
	}
	return nil
}

func (s *story) checkCommunity(ctx context.Context, tx *store.Tx, seed uint64, perAudience map[actors.Audience]int) error {
	members, behind := 0, map[string]bool{}
	var joined actors.ID
	for _, who := range s.people {
		m, err := tx.Membership(ctx, s.group.ID, who.ID)
		if err != nil {
			return err
		}
		if m.Standing == actors.Joined {
			members++
			if who.Local {
				joined = who.ID
			} else {
				behind[who.Host] = true
			}
		}
	}
	c, err := tx.Community(ctx, s.group.ID)
	if err != nil {
		return err
	}
	all := 0
	for _, n := range perAudience {
		all += n
	}
	if c.MemberCount != members || c.DiscussionCnt != all {
		s.t.Errorf("seed %d: %d members, counted %d; %d discussions, counted %d", seed, c.MemberCount, members, c.DiscussionCnt, all)
	}
	hosts, err := tx.FollowerHosts(ctx, s.group.ID)
	if err != nil || len(hosts) != len(behind) {
		s.t.Errorf("seed %d: inboxes at %v, want %v, %v", seed, hosts, behind, err)
	}
	public, err := tx.CountDiscussions(ctx, actors.Viewer{}, s.group.ID)
	if err != nil || public != perAudience[actors.AudiencePublic] {
		s.t.Errorf("seed %d: the public is told %d, counted %d, %v", seed, public, perAudience[actors.AudiencePublic], err)
	}
	if joined == 0 {
		return nil
	}
	full, err := tx.CountDiscussions(ctx, actors.Viewer{Actor: joined, Local: true}, s.group.ID)
	if full != all {
		s.t.Errorf("seed %d: a member is told %d, counted %d", seed, full, all)
	}
	return err
}

// countersUnderRaces does the same thing many times at once: it counts once.
func countersUnderRaces(t *testing.T, w *Town) {
	g := w.Community("busy", actors.AudiencePublic)
	author := w.Person("author", "")
	p := w.Draft(g.ID, author.ID, nil, actors.AudiencePublic, 1)
	p.Standing = content.Sent
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, p, nil) })
	var all sync.WaitGroup
	atOnce := func(f func(ctx context.Context, tx *store.Tx) error) {
		for range 6 {
			all.Go(func() {
				if err := w.DB.Write(context.Background(), func(tx *store.Tx) error { return f(context.Background(), tx) }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	m := actors.Membership{Group: g.ID, Actor: author.ID, Role: actors.Member, Standing: actors.Joined, Since: At(2)}
	atOnce(func(ctx context.Context, tx *store.Tx) error { return tx.SetMembership(ctx, m) })
	atOnce(func(ctx context.Context, tx *store.Tx) error { return tx.SetStanding(ctx, p, content.Accepted) })
	atOnce(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddUseful(ctx, p.ID, author.ID, "https://here.example/a/1", At(3))
		return err
	})
	check := func(members, discussions, useful int) {
		t.Helper()
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Community(ctx, g.ID)
			if err != nil {
				return err
			}
			now, err := tx.PostForRules(ctx, p.ID)
			if c.MemberCount != members || c.DiscussionCnt != discussions || now.Useful != useful {
				t.Errorf("%d members, %d discussions, useful to %d", c.MemberCount, c.DiscussionCnt, now.Useful)
			}
			return err
		})
	}
	check(1, 1, 1)
	m.Standing = actors.Left
	atOnce(func(ctx context.Context, tx *store.Tx) error { return tx.SetMembership(ctx, m) })
	atOnce(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MarkPostGone(ctx, p, At(4)); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
	check(0, 0, 1)
}
