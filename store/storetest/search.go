package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
	"moothall/store"
)

func searchFinds(t *testing.T, w *Town) {
	ann := w.Person("Ann", "")
	g := w.Community("homes", actors.AudiencePublic)
	me := actors.Viewer{Actor: ann.ID, Local: true}
	talk := w.say(g.ID, ann.ID, nil, actors.AudiencePublic, 10, "Who licenses landlords?", "<p>We think of selective licensing.</p>")
	answer := w.say(g.ID, ann.ID, &talk, actors.AudiencePublic, 20, "", "<p>We do, in Môn, since 2019. <script>secret</script></p>")
	strategy := w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, 30, Paper{Title: "Selective licensing strategy", Language: "en-GB",
		Doc:   content.Document{Type: "strategy", Stage: content.Adopted, Licence: content.OGL, Issuer: "Kent County Council", Dated: "2024", Subjects: []string{"private renting"}, Reference: "HSG-17"},
		Pages: []string{"Contents", "Officers inspect homes of multiple occupation."}})
	welsh := w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, 40, Paper{Title: "Strategaeth drwyddedu", Language: "cy",
		Doc: content.Document{Type: "strategy", Summary: "Trwyddedu landlordiaid."}, Pages: []string{"Tai amlfeddiannaeth yng Ngwynedd"}})
	old := w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, 50, Paper{Title: "Selective licensing strategy", Doc: content.Document{Type: "strategy", Stage: content.Superseded}})
	w.Index()
	none := search.Filter{}
	w.finds(t, me, "selective licensing", none, strategy, talk, old)
	w.finds(t, me, "SELECTIVE-licences", none, strategy, talk, old)
	w.finds(t, me, `"selective licensing"`, none, strategy, old, talk)
	w.finds(t, me, `"licensing selective"`, none)
	w.finds(t, me, `"homes of multiple occupation"`, none, strategy)
	w.finds(t, me, `"homes multiple"`, none)
	w.finds(t, me, "occup*", none, strategy)
	w.finds(t, me, "licensing -strategy", none, talk)
	w.finds(t, me, `licensing -"selective licensing"`, none)
	w.finds(t, me, "hsg 17 renting kent", none, strategy)
	w.finds(t, me, "mon", none, answer)
	w.finds(t, me, "môn", none, answer)
	w.finds(t, me, "secret", none)
	w.finds(t, me, "ngwynedd", none, welsh)
	w.finds(t, me, "", none)
	w.finds(t, me, "the of", none)
	w.finds(t, me, "licensing", search.Filter{Kind: search.Documents}, strategy, old)
	w.finds(t, me, "licensing", search.Filter{Kind: search.Discussions}, talk)
	w.finds(t, me, "mon", search.Filter{Kind: search.Comments, Group: g.ID, Year: At(20).Year()}, answer)
	w.finds(t, me, "licensing", search.Filter{Stage: content.Adopted, Licence: content.OGL, Issuer: "KENT county council", Year: 2024, Language: "en"}, strategy)
	w.finds(t, me, "strateg*", search.Filter{Language: "cy"}, welsh)
	w.finds(t, me, "licensing", search.Filter{Type: "minutes"})
	w.finds(t, actors.Viewer{}, "licensing", search.Filter{Audience: actors.AudiencePublic}, strategy, talk, old)

	list := w.results(me, "occupation", ids(strategy, answer))
	if len(list) != 2 || list[0].Passage.Page != 2 || len(list[0].Passage.Pieces) != 3 || list[0].Doc == nil || list[1].Start.ID != talk.ID {
		t.Errorf("results %+v", list)
	}
	searchFollows(t, w, me, talk, strategy)
}

// searchFollows holds that what is found follows what changes, and that nothing
// that is gone is found even before its words are erased.
func searchFollows(t *testing.T, w *Town, me actors.Viewer, talk, strategy content.Post) {
	none := search.Filter{}
	do := func(f func(ctx context.Context, tx *store.Tx) error) { t.Helper(); w.Write(f) }
	talk.HTML, talk.Updated = "<p>Kites</p>", At(60)
	do(func(ctx context.Context, tx *store.Tx) error { return tx.EditPost(ctx, talk, nil) })
	w.Index()
	w.finds(t, me, "selective", search.Filter{Kind: search.Discussions})
	w.finds(t, me, "kite", none, talk)
	do(func(ctx context.Context, tx *store.Tx) error { return tx.HidePost(ctx, talk, "off topic") })
	w.finds(t, actors.Viewer{}, "kite", none)
	w.finds(t, me, "kite", none, talk) // its author reads it
	do(func(ctx context.Context, tx *store.Tx) error { return tx.MarkPostGone(ctx, talk, At(70)) })
	w.finds(t, me, "kite", none)
	w.Index()
	do(func(ctx context.Context, tx *store.Tx) error { return tx.RestorePost(ctx, talk, nil) })
	w.Index()
	w.finds(t, me, "kite", none, talk)

	second := w.Version(strategy, 2)
	do(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddVersion(ctx, second); err != nil {
			return err
		}
		return tx.AddReading(ctx, second.File.Digest, Reading("Bungalows only."), At(80))
	})
	w.Index()
	w.finds(t, me, "occupation", none)
	w.finds(t, me, "bungalow", none, strategy)
	do(func(ctx context.Context, tx *store.Tx) error {
		return tx.WithdrawVersion(ctx, strategy.ID, 2, "wrong file", At(81))
	})
	w.Index()
	w.finds(t, me, "bungalow", none)
	do(func(ctx context.Context, tx *store.Tx) error {
		return tx.EditDocument(ctx, content.Document{Post: strategy.ID, Summary: "Chalets.", Type: "strategy", Stage: content.Agreed, Licence: content.OGL, Number: 2})
	})
	w.Index()
	w.finds(t, me, "chalet", none, strategy)
	do(func(ctx context.Context, tx *store.Tx) error {
		return tx.WithdrawDocument(ctx, strategy.ID, content.Withdrawal{}, At(90))
	})
	w.finds(t, me, "chalet", none)
	w.Index()
	w.finds(t, me, "chalet", none)
}

// searchShowsOnlyWhatMayBeRead compares what is found with the rule, over random
// posts, memberships and viewers (security.md S176).
func searchShowsOnlyWhatMayBeRead(t *testing.T, w *Town) {
	random := rand.New(rand.NewPCG(176, 1))
	pick := func(n int) int { return random.IntN(n) }
	var people []actors.Actor
	var groups []actors.Community
	member := map[[2]actors.ID]actors.Membership{}
	for i := range 5 {
		people = append(people, w.Person(fmt.Sprintf("p%d", i), ""))
		groups = append(groups, w.Community(fmt.Sprintf("g%d", i), audiences[pick(4)]))
	}
	for _, g := range groups {
		for _, p := range people {
			if s := standings[pick(len(standings))]; s != actors.NoStanding {
				w.Stands(g.ID, p.ID, s)
				member[[2]actors.ID{g.ID, p.ID}] = actors.Membership{Group: g.ID, Actor: p.ID, Standing: s}
			}
		}
	}
	var posts []content.Post
	for i := range 120 {
		g, by, a := groups[pick(5)], people[pick(5)], audiences[pick(4)]
		switch pick(3) {
		case 0:
			posts = append(posts, w.AddPaper(g.ID, by.ID, a, i, Paper{Title: "Common thing", Pages: []string{"common"}}))
		case 1:
			posts = append(posts, w.say(g.ID, by.ID, nil, a, i, "Other", "<p>Common ground</p>"))
		default:
			p := w.say(g.ID, by.ID, nil, a, i, "Common sense", "")
			if s := []content.Standing{content.Accepted, content.Hidden, content.Sent}[pick(3)]; s != content.Accepted {
				w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.SetStanding(ctx, p, s) })
				p.Standing = s
			}
			posts = append(posts, p)
		}
	}
	w.Index()
	viewers := []actors.Viewer{{}, {Admin: true}, {Host: "peer.example"}}
	for _, p := range people {
		viewers = append(viewers, actors.Viewer{Actor: p.ID, Local: true}, actors.Viewer{Actor: p.ID})
	}
	for _, v := range viewers {
		for _, f := range []search.Filter{{}, {Kind: search.Documents}, {Group: groups[0].ID}, {Audience: actors.AudienceMembers}} {
			var want []actors.ID
			for _, p := range posts {
				m := member[[2]actors.ID{p.Group, v.Actor}]
				m.Group = p.Group
				may := v.MayRead(p.Audience, p.Author, m) && (p.Standing == content.Accepted || v.Actor == p.Author)
				asked := (f.Kind == "" || f.Kind == search.KindOf(p)) && (f.Group == 0 || f.Group == p.Group) && (f.Audience == "" || f.Audience == p.Audience)
				if may && asked {
					want = append(want, p.ID)
				}
			}
			for _, typed := range []string{"common", `"common thing" -absent`, "comm*"} {
				if typed[0] == '"' && f.Kind != search.Documents {
					continue
				}
				got := slices.Clone(w.Search(v, typed, f).IDs)
				slices.Sort(got)
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%+v looks for %s in %+v: found %v, may read %v", v, typed, f, got, want)
				}
			}
		}
	}
}

// searchLeavesNoTrace holds that what a viewer is shown is the same whether there
// is closed text or not: order, numbers, passages (security.md S176).
func searchLeavesNoTrace(t *testing.T, w *Town) {
	ann, eve := w.Person("ann", ""), w.Person("eve", "")
	g := w.Community("g", actors.AudiencePublic)
	w.Stands(g.ID, ann.ID, actors.Joined)
	for i := range 10 {
		w.say(g.ID, ann.ID, nil, actors.AudiencePublic, i, "Budget", fmt.Sprintf("<p>Budget number %d</p>", i))
	}
	w.Index()
	v := actors.Viewer{Actor: eve.ID, Local: true}
	look := func() string {
		f := w.Search(v, "budget", search.Filter{})
		return fmt.Sprintf("%+v %+v", f, w.results(v, "budget", f.IDs))
	}
	before := look()
	for i := range store.SearchReach + 50 {
		w.say(g.ID, ann.ID, nil, actors.AudienceMembers, 100+i, "Budget budget", "<p>Closed budget</p>")
	}
	w.Index()
	if after := look(); after != before {
		t.Errorf("closed posts changed what a stranger sees from\n%s\nto\n%s", before, after)
	}
	if f := w.Search(actors.Viewer{Actor: ann.ID, Local: true}, "budget", search.Filter{}); len(f.IDs) != store.SearchReach || !f.More {
		t.Errorf("a member finds %d, more %v", len(f.IDs), f.More)
	}
}

// hostileSearches go through both databases' own languages unharmed (S112).
func hostileSearches(t *testing.T, w *Town) {
	ann := w.Person("ann", "")
	g := w.Community("g", actors.AudiencePublic)
	p := w.say(g.ID, ann.ID, nil, actors.AudiencePublic, 1, "Near and or not", "<p>by words</p>")
	w.Index()
	for _, typed := range []string{"%%%%", "NEAR(a b, 999999)", `"`, `a"b`, "words:title", "*", `-""`, "'; DROP TABLE post; --", "a & !b | c <-> d:*A", "\x00", "\xff\xfe",
		"^a + b", "{title} : x", strings.Repeat("(", 5000), strings.Repeat("a* ", 3000), strings.Repeat("x", 10_000), "ÅÅÅ* ﬁ* 日本語* أهلا", "_k_documents", "_1near"} {
		w.finds(t, actors.Viewer{}, typed, search.Filter{})
		w.finds(t, actors.Viewer{}, "near", search.Filter{Issuer: typed, Type: content.DocumentType("x" + typed), Language: "zz" + typed})
	}
	w.finds(t, actors.Viewer{}, "near AND or NOT words", search.Filter{}, p) // they are words like others
	w.finds(t, actors.Viewer{}, "near NOT absent", search.Filter{})
}

// searchIsTheSame compares both databases with a search in memory, over random texts.
func searchIsTheSame(t *testing.T, w *Town) {
	random := rand.New(rand.NewPCG(5, 5))
	vocabulary := strings.Fields("plan planning planned policy policies waste wastes budget tree trees road roads homes home school schools é Élan über ffordd ffyrdd 2024 17 x1")
	text := func(n int) string {
		var words []string
		for range n {
			words = append(words, vocabulary[min(random.IntN(len(vocabulary)), random.IntN(len(vocabulary)))])
		}
		return strings.Join(words, " ")
	}
	ann := w.Person("ann", "")
	g := w.Community("g", actors.AudiencePublic)
	type stored struct {
		search.Candidate
		tokens string
	}
	var all []stored
	for i := range 150 {
		x := Paper{Title: text(3), Language: []string{"en", "cy", ""}[i%3], Pages: []string{text(random.IntN(400)), text(5)},
			Doc: content.Document{Summary: text(4), Stage: []content.Stage{content.Agreed, content.Superseded}[i%2]}}
		p := w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, random.IntN(100), x)
		words := search.Item{Post: p, Doc: &x.Doc}.Words(new(search.Stems))
		for _, page := range x.Pages {
			words.Text(page)
		}
		all = append(all, stored{search.Candidate{ID: p.ID, Title: x.Title, About: search.About(x.Doc), Published: p.Published, Superseded: i%2 == 1}, " " + words.String() + " "})
	}
	w.Index()
	matches := func(m search.Match, tokens string) bool {
		has := func(c search.Clause) bool {
			return slices.ContainsFunc(c, func(k search.Token) bool {
				end := " "
				if k.Prefix {
					end = ""
				}
				return strings.Contains(tokens, " "+k.Text+end)
			})
		}
		return !slices.ContainsFunc(m.All, func(c search.Clause) bool { return !has(c) }) && !slices.ContainsFunc(m.None, has)
	}
	for _, typed := range []string{"plan", "planning policies", "elan", "uber ffordd", "waste -budget", "sch* tree", "2024 17 x1", "roads homes", "polic*", "e"} {
		q := search.Parse(typed)
		var want []search.Candidate
		seen := map[actors.ID]bool{}
		for _, tier := range q.Tiers(search.Scope(actors.Viewer{}, nil), search.Filter{}) {
			for _, s := range slices.Backward(all) {
				if !seen[s.ID] && matches(tier.Match, s.tokens) {
					seen[s.ID], s.Theme = true, tier.Theme
					want = append(want, s.Candidate)
				}
			}
		}
		q.Rank(want)
		var list []actors.ID
		for _, c := range want {
			list = append(list, c.ID)
		}
		if got := w.Search(actors.Viewer{}, typed, search.Filter{}).IDs; fmt.Sprint(got) != fmt.Sprint(list) || len(got) == 0 {
			t.Errorf("%s: found %d %v\nwant %d %v", typed, len(got), got, len(list), list)
		}
	}
}

// indexIsMadeAnew holds that everything can be indexed again, and what waits is
// not lost when two do it at once or when a post changes meanwhile.
func indexIsMadeAnew(t *testing.T, w *Town) {
	const many = 120 // more than one statement writes
	ann := w.Person("ann", "")
	g := w.Community("g", actors.AudiencePublic)
	var posts []content.Post
	for i := range many {
		posts = append(posts, w.say(g.ID, ann.ID, nil, actors.AudiencePublic, i, "Heron", ""))
	}
	w.finds(t, actors.Viewer{}, "heron", search.Filter{}) // not yet
	w.Index()
	slices.Reverse(posts)
	w.finds(t, actors.Viewer{}, "heron", search.Filter{}, posts...)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		last, n, err := tx.SearchDueAfter(ctx, 0)
		same(t, "marked", err, many, n)
		_, n, err = tx.SearchDueAfter(ctx, last)
		same(t, "no more", err, 0, n)
		n, err = tx.CountPosts(ctx)
		same(t, "posts", err, many, n)
		return nil
	})
	done := make(chan error)
	for range 2 {
		go func() { _, _, err := w.DB.IndexDue(context.Background()); done <- err }()
	}
	same(t, "indexed by two at once", errors.Join(<-done, <-done), 0, 0)
	w.Index()
	w.finds(t, actors.Viewer{}, "heron", search.Filter{}, posts...)
	ctx, cancel := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer cancel()
	err := w.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Search(ctx, actors.Viewer{}, search.Parse("heron"), search.Filter{}, At(1))
		return err
	})
	isErr(t, "S112 a caller whose time is up", err, context.DeadlineExceeded)
}
