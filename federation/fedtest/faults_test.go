package fedtest

import (
	"fmt"
	"testing"
	"time"
)

// TestI1_KilledAtAnyRequest kills each node after its first, second, third …
// request to others. Whatever was done before is there afterwards, once.
func TestI1_KilledAtAnyRequest(t *testing.T) {
	for _, host := range []string{"north.example", "south.example"} {
		for n := 1; n <= 12; n++ {
			t.Run(fmt.Sprintf("%s after %d", host, n), func(t *testing.T) {
				t.Parallel()
				killedAfter(t, host, n)
			})
		}
	}
}

func killedAfter(t *testing.T, host string, n int) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	cer.Joins(parks)
	bob.Joins(parks)
	town.KillAfter(host, n)
	town.Pass(time.Hour)
	question := ann.Asks(parks, "When do you plant trees?")
	town.Pass(time.Hour)
	answer := bob.Replies(question, "In November")
	cer.Replies(question, "In December")
	town.Pass(time.Hour)
	ann.Useful(answer)
	cer.Useful(answer)
	town.Pass(30 * time.Hour)
	for _, p := range []*Person{ann, bob, cer} {
		p.Sees(parks, "In November")
		p.Sees(parks, "In December")
		if n := p.UsefulTo(answer); n != 2 {
			t.Errorf("%s knows of %d who found it useful, want 2", p.URI, n)
		}
	}
	town.Agree(parks, ann, bob, cer)
}

func TestI2_DeliveredTwiceCountsOnce(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	town.Duplicate(1)
	question := bob.Asks(parks, "When do you plant trees?")
	town.Settle()
	cer.Useful(question)
	ann.Replies(question, "In November")
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if n := p.UsefulTo(question); n != 1 {
			t.Errorf("%s knows of %d who found it useful, want 1", p.URI, n)
		}
	}
	town.Agree(parks, ann, bob, cer)
}

func TestI6_DeadPartnerDelaysNobody(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	town.Partition("north.example", "south.example")
	for i := range 5 {
		ann.Posts(parks, fmt.Sprintf("Notice %d", i))
		town.Settle()
		cer.Sees(parks, fmt.Sprintf("Notice %d", i))
	}
}

func TestI8_EveryPartnerReceivesInOrder(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	town.Lose(0.3)
	town.Duplicate(0.3)
	want := []string{}
	for i := range 20 {
		post := ann.Posts(parks, fmt.Sprintf("Notice %d", i))
		want = append(want, string(post.URI))
		town.Pass(time.Minute)
	}
	town.Lose(0)
	town.Pass(24 * time.Hour)
	at := 0
	for _, uri := range town.Arrivals("south.example", "Announce") {
		if at < len(want) && uri == want[at] {
			at++
		}
	}
	if at != len(want) {
		t.Errorf("only the first %d of %d arrived in the order in which they were written", at, len(want))
	}
}

// TestP7_HistoriesConverge plays out random lives of three councils, with
// partitions, losses, repeats, restarts and kills. In the end all see the same.
func TestP7_HistoriesConverge(t *testing.T) {
	for seed := range 12 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			live(t, 40)
		})
	}
}

func live(t *testing.T, steps int) {
	hosts := []string{"north.example", "south.example", "west.example"}
	town := New(t, hosts...)
	people := []*Person{town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")}
	parks := people[0].Starts("parks")
	people[1].Joins(parks)
	people[2].Joins(parks)
	town.Settle()
	life := &life{town: town, hosts: hosts, people: people, parks: parks}
	for range steps {
		life.day()
	}
	life.peace()
	town.Pass(72 * time.Hour)
	town.Agree(parks, people...)
	if len(life.posts) == 0 || people[0].View(parks) == "" {
		t.Error("nothing happened in this life")
	}
}

// life is a random history.
type life struct {
	town   *Town
	hosts  []string
	people []*Person
	parks  Community
	posts  []Post
	by     []*Person
}

func (l *life) day() {
	c := l.town.Chaos
	who := l.people[c.IntN(len(l.people))]
	a, b := l.hosts[c.IntN(3)], l.hosts[c.IntN(3)]
	switch n := c.IntN(20); {
	case n < 4:
		l.wrote(who, who.Posts(l.parks, fmt.Sprintf("Discussion %d", len(l.posts))))
	case n < 8:
		if post, ok := l.any(who); ok {
			l.wrote(who, who.Replies(post, fmt.Sprintf("Reply %d", len(l.posts))))
		}
	case n < 10:
		if post, ok := l.own(who); ok {
			who.Edits(post, fmt.Sprintf("Edited at %s", l.town.Clock.Now().Format(time.TimeOnly)))
		}
	case n < 11:
		l.deletesOne(who)
	case n < 13:
		if post, ok := l.others(who); ok {
			who.Useful(post)
		}
	case n < 14:
		l.town.Lose(c.Float64() / 2)
	case n < 15:
		l.town.Duplicate(c.Float64())
	case n < 16 && a != b:
		l.town.Partition(a, b)
	case n < 17:
		l.town.Heal(a, b)
	case n < 18:
		l.town.Restart(a)
	case n < 19:
		l.town.KillAfter(a, 1+c.IntN(5))
	}
	l.town.Pass(time.Duration(c.IntN(3600)) * time.Second)
}

func (l *life) peace() {
	l.town.Lose(0)
	l.town.Duplicate(0)
	for _, a := range l.hosts {
		for _, b := range l.hosts {
			l.town.Heal(a, b)
		}
	}
}

func (l *life) wrote(who *Person, p Post) { l.posts, l.by = append(l.posts, p), append(l.by, who) }

// pick finds a post by chance for which fits holds and that who's node knows.
func (l *life) pick(who *Person, fits func(by *Person) bool) (Post, bool) {
	for range 10 {
		if len(l.posts) == 0 {
			break
		}
		i := l.town.Chaos.IntN(len(l.posts))
		if fits(l.by[i]) && who.Holds(l.posts[i]) {
			return l.posts[i], true
		}
	}
	return Post{}, false
}

func (l *life) any(who *Person) (Post, bool) {
	return l.pick(who, func(*Person) bool { return true })
}

func (l *life) own(who *Person) (Post, bool) {
	return l.pick(who, func(by *Person) bool { return by == who })
}

func (l *life) others(who *Person) (Post, bool) {
	return l.pick(who, func(by *Person) bool { return by != who })
}

func (l *life) deletesOne(who *Person) {
	if post, ok := l.own(who); ok {
		who.Deletes(post)
	}
}
