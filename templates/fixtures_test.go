package templates

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
)

// now is a Tuesday morning in winter; summer is half past three on 4 May.
var (
	now    = time.Date(2026, 11, 24, 10, 5, 0, 0, time.UTC)
	summer = time.Date(2026, 5, 4, 14, 30, 0, 0, time.UTC)
	site   = Site{Name: "Medway communities", Organisation: "Medway Council", Host: "communities.medway.example", Contact: "communities@medway.example"}
)

func before(d time.Duration) time.Time { return now.Add(-d) }

func anon(path string) Base { return Base{Site: site, Path: path, CSRF: "token", Now: now} }

func member(path string) Base {
	b := anon(path)
	b.Viewer = Viewer{Name: "Priya Shah", Path: "/u/priya", SignedIn: true, Unread: 3}
	return b
}

func admin(path string) Base {
	b := member(path)
	b.Viewer.Admin = true
	return b
}

func deciding(path string) Base {
	b := member(path)
	b.Viewer.Reports = 3
	return b
}

func wrong(b Base, p content.Problems) Base { b.Problems = p; return b }

func person(n int, name, title, org, job, host string) actors.Actor {
	return actors.Actor{
		ID: actors.ID(1000 + n), Kind: actors.Person, Name: name, Title: title, Organisation: org, JobTitle: job,
		Host: host, Local: host == site.Host, Published: summer,
	}
}

var (
	priya = person(1, "priya", "Priya Shah", "Medway Council", "Licensing officer", site.Host)
	tom   = person(2, "tom", "Tom Okafor", "Kent County Council", "Housing strategy lead", "communities.kent.example")
	sian  = person(3, "sian", "Siân Rees", "Swansea Council", "Trading standards manager", "hwb.abertawe.example")
	omar  = person(4, "omar", "عمر حسن", "Luton Borough Council", "", "luton.example")
	long  = person(5, "konstantina", "Konstantina-Alexandra Papadopoulou-Featherstonehaugh of the Private Rented Sector Enforcement Team",
		"Bournemouth, Christchurch and Poole Council", "Principal private rented sector enforcement and selective licensing officer", "bcp.example")
	lemmy = person(6, "kbin_user", "", "", "", "lemmy.example")
)

func community(n int, name, title string, local bool) Community {
	host, by := site.Host, site.Organisation
	if !local {
		host, by = "communities.kent.example", "Kent County Council"
	}
	c := Community{
		RunBy: by, Organisations: 61,
		Purpose: "<h3>Who it is for</h3><p>For officers who run or plan selective licensing of private rented homes. Share schemes, evidence and lessons.</p>",
		Excerpt: "For officers who run or plan selective licensing of private rented homes. Share schemes, evidence and lessons.",
	}
	c.Actor = actors.Actor{
		ID: actors.ID(2000 + n), URI: actors.URI("https://" + host + "/c/" + name), URL: "https://" + host + "/c/" + name,
		Kind: actors.Group, Name: name, Title: title, Host: host, Local: local, Published: summer,
	}
	c.Audience, c.Joining, c.Posting, c.Language = actors.AudiencePublic, actors.JoinOpen, actors.PostMembers, "en"
	c.MemberCount, c.DiscussionCnt, c.LastPost = 1214, 187, before(2*time.Hour)
	c.History = actors.HistoryComplete
	return c
}

func joined(c Community, r actors.Role) Community {
	c.Membership = actors.Membership{Group: c.ID, Actor: priya.ID, Role: r, Standing: actors.Joined, Since: summer}
	return c
}

func standing(c Community, s actors.Standing) Community {
	c.Membership = actors.Membership{Group: c.ID, Actor: priya.ID, Standing: s}
	return c
}

var (
	parks     = community(1, "parks", "Parks and green spaces", true)
	licensing = community(2, "licensing", "Selective licensing", false)
)

func discussion(n int, c Community, title string, by actors.Actor) Entry {
	return Entry{
		Post: content.Post{
			ID: actors.ID(3000 + n), Group: c.ID, Author: by.ID, Root: actors.ID(3000 + n), Kind: content.Discussion,
			Title: title, HTML: "<h3>Where we are</h3><p>We are about to consult on a new scheme in four wards. Three questions came up in our first meeting.</p><ul><li>How did you choose the wards?</li><li>What did you charge, and why?</li></ul><p>Our draft is on <a href=\"https://medway.example/draft\" rel=\"nofollow noopener ugc\">our website</a>.</p>",
			Language: "en", Audience: c.Audience, Standing: content.Accepted, Published: before(26 * time.Hour),
			Replies: 12, Useful: 5, LastReply: before(2 * time.Hour),
		},
		Author: by, Community: c,
	}
}

func comment(n, depth int, by actors.Actor, html content.SafeHTML, parent string) Entry {
	return Entry{
		Post: content.Post{
			ID: actors.ID(4000 + n), Parent: actors.ID(3999 + n), Root: 3001, Depth: depth, Kind: content.Comment,
			HTML: html, Language: "en", Standing: content.Accepted, Published: before(time.Duration(20*60-n) * time.Minute),
		},
		Author: by, ParentName: parent, May: May{Reply: true, Useful: true},
	}
}

func foundThings() []FoundThing {
	paper := discussion(9, licensing, "Selective licensing strategy", sian)
	paper.Kind = content.KindDocument
	doc := &content.Document{Number: 3, Type: "strategy", Stage: content.Superseded, Issuer: "Gwynedd Council", Summary: "How we license <landlords>."}
	page := search.Passage{Page: 12, Pieces: []search.Piece{{Text: "… began "}, {Text: "selective", Mark: true}, {Text: " "}, {Text: "licensing", Mark: true}, {Text: " in <May> …"}}}
	short := paper
	short.Title, short.Language = "Strategaeth drwyddedu", "cy"
	lost := comment(7, 1, tom, "<p>x</p>", "")
	lost.Community = parks
	said := lost
	return []FoundThing{
		{Entry: paper, Doc: doc, Passage: page}, {Entry: short, Doc: doc},
		{Entry: discussion(1, licensing, "How do you choose the wards?", priya), Passage: search.Passage{Pieces: []search.Piece{{Text: "wards", Mark: true}}}},
		{Entry: said, In: "How do you choose the wards?"}, {Entry: lost},
	}
}

func thread() []Entry {
	mine := comment(3, 2, priya, "<p>That is very helpful. May we use your table?</p>", "Siân Rees")
	mine.May = May{Reply: true, Edit: true, Delete: true}
	mine.Updated, mine.Useful = before(time.Hour), 1
	gone := comment(5, 1, tom, "", "")
	gone.Deleted = before(time.Hour)
	welsh := comment(6, 1, sian, "<p>Mae croeso i chi ei ddefnyddio.</p>", "")
	welsh.Language = "cy"
	sent := comment(8, 1, priya, "<p>Thank you both.</p>", "")
	sent.Standing, sent.Community = content.Sent, licensing
	useful := comment(2, 1, sian, "<h3>Our measures</h3><h4>For wards</h4><p>We used three measures: empty homes, antisocial behaviour and complaints.</p><blockquote><p>How did you choose the wards?</p></blockquote><p>The table is in our report.</p>", "")
	useful.Useful, useful.Said = 14, true
	return []Entry{
		comment(1, 1, tom, "<p>We charged £690 for five years. The report shows how we got there.</p>", ""),
		useful, mine, comment(4, 3, sian, "<p>Yes, please do.</p>", "Priya Shah"),
		comment(7, 4, long, "<p>https://www.bcp.example/a/very/long/address/without/any/spaces/that/has/to/be/broken/somewhere/on/a/telephone</p>", "Siân Rees"),
		gone, welsh, comment(9, 5, lemmy, "<pre><code>fee = cost / licences_expected_over_five_years_of_the_scheme</code></pre>", long.Title), sent,
	}
}

func readers() Readers {
	return Readers{Audience: actors.AudiencePublic, Members: 1214, Organisations: 61, Sites: 23}
}

func question() Entry {
	q := discussion(1, licensing, "How do you set the fee for selective licensing?", priya)
	q.Kind = content.Question
	q.Link = "https://www.medway.example/housing/private-rented/selective-licensing/consultation-2026"
	q.Updated = before(3 * time.Hour)
	q.May = May{Reply: true, Edit: true, Delete: true}
	return q
}

func discussions(c Community) []Entry {
	pinned := discussion(2, c, "Start here: what this community has learnt so far", tom)
	pinned.Pinned = true
	sent := discussion(5, c, "Does anyone have a template for a fit and proper person test?", priya)
	sent.Standing, sent.Replies, sent.Useful, sent.LastReply = content.Sent, 0, 0, time.Time{}
	foreign := discussion(6, c, "Trwyddedu dethol yng Nghymru", sian)
	foreign.Language, foreign.Replies, foreign.Useful = "cy", 1, 1
	gone := discussion(7, c, "", tom)
	gone.Deleted = before(time.Hour)
	return []Entry{pinned, question(), sent, foreign, gone,
		discussion(8, c, "A title that goes on for as long as the rules allow because somebody pasted the whole first paragraph of a committee report about designated areas", long)}
}

type fixture struct {
	name string
	page Page
}

func fixtures() []fixture {
	var all []fixture
	for _, list := range [][]fixture{homeFixtures(), communityFixtures(), postFixtures(), accountFixtures(), decisionFixtures(), documentFixtures(), readerFixtures(), copyFixtures(), adminFixtures(), infoFixtures()} {
		all = append(all, list...)
	}
	return all
}

func homeFixtures() []fixture {
	mine := []Community{joined(licensing, actors.Member), joined(parks, actors.Owner), standing(community(3, "net_zero", "Net zero in small councils", false), actors.Asked)}
	mine[0].New = 4
	latest := []Entry{discussion(1, licensing, "How do you set the fee for selective licensing?", priya), discussion(2, parks, "Tree planting dates", long)}
	welcome := member("/")
	welcome.Flash = &Flash{Success: true, Text: "You have joined Selective licensing.", Link: "/c/licensing@communities.kent.example", LinkText: "Open the community",
		Detail: "Its discussions arrive here within a minute. Kent County Council’s site knows that you are a member."}
	return []fixture{
		{"home-signed-out", HomePage{Base: anon("/"), Communities: []Community{parks, licensing}}},
		{"home-signed-out-empty", HomePage{Base: anon("/")}},
		{"home", HomePage{Base: welcome, Communities: mine, Latest: latest, MayStart: true}},
		{"home-new-member", HomePage{Base: member("/"), MayStart: true}},
		{"home-quiet", HomePage{Base: member("/"), Communities: mine[1:2]}},
		{"notifications", NotificationsPage{Base: member("/notifications"), Paging: Paging{1, 2, "/notifications", nil}, Notices: []Notice{
			{Who: licensing.Actor, What: "moved", Group: joined(parks, actors.Member), At: now, Unread: true},
			{Who: licensing.Actor, What: "moved", Group: standing(parks, actors.Asked), At: now},
			{What: "hidden", Entry: question(), Group: parks, Reason: "It names a tenant", At: now, Unread: true},
			{What: "restored", Entry: question(), Group: parks, At: now},
			{What: "locked", Entry: question(), Group: parks, Reason: "It is settled", At: now},
			{What: "unlocked", Entry: question(), Group: parks, At: now},
			{What: "version", Entry: pondEntry(1, "Pond lining strategy"), Group: parks, At: now, Unread: true},
			{What: "withdrawn", Entry: pondEntry(2, "Pond depth survey"), Group: parks, Reason: "The depths were wrong", At: now},
			{What: "review", Entry: pondEntry(3, "Pond safety policy"), Group: parks, Due: now.AddDate(0, 1, 0), At: now},
			{Who: tom, What: "handed-over", Entry: pondEntry(4, "Pond budget"), Group: parks, At: now},
			{Who: sian, What: "original-withdrawn", Entry: pondEntry(5, "Pond contract"), Group: parks, Reason: "It showed where owls nest", At: now},
			{Who: sian, What: "format-asked", Entry: pondEntry(5, "Pond contract"), Group: parks, At: now},
			{Who: sian, What: "format-answered", Entry: pondEntry(5, "Pond contract"), Group: parks, At: now},
			{Who: sian, What: "copied", Entry: pondEntry(5, "Pond contract"), Group: parks, At: now},
			{Who: parks.Actor, What: "reported", Group: joined(parks, actors.Moderator), At: now},
			{Who: tom, What: "reply", Entry: question(), At: before(5 * time.Minute), Unread: true},
			{Who: sian, What: "mention", Entry: question(), At: before(3 * time.Hour), Unread: true},
			{Who: omar, What: "useful", Entry: question(), At: before(25 * time.Hour)},
			{What: "accepted", Group: licensing, At: before(50 * time.Hour)},
			{What: "refused", Group: parks, Reason: "It is for licensing officers", At: summer},
			{Who: tom, What: "facilitator-left", Group: parks, At: summer},
			{Who: long, What: "asked", Group: parks, At: summer},
			{Who: tom, What: "invited", Group: parks, At: summer}, {What: "appointed", Group: parks, At: summer}, {What: "stood-down", Group: parks, At: summer},
			{What: "removed", Group: parks, Reason: "Advertises a firm", At: summer}, {What: "let-back", Group: parks, At: summer},
		}}},
		{"notifications-empty", NotificationsPage{Base: member("/notifications")}},
	}
}

func communityFixtures() []fixture {
	list := []Community{joined(licensing, actors.Member), parks, community(4, "a_very_long_one_here", "Communities of practice for principal licensing, trading standards and environmental health officers", false)}
	list[0].New = 2
	list[2].Excerpt, list[2].Audience, list[2].LastPost, list[2].RunBy = "", actors.AudienceMembers, time.Time{}, ""
	fetching := joined(licensing, actors.Member)
	fetching.History = actors.HistoryFetching
	partial := licensing
	partial.History, partial.HistoryNote = actors.HistoryPartial, "Two discussions could not be fetched."
	none := licensing
	none.History = actors.HistoryNone
	mine, askedFor := joined(licensing, actors.Member), standing(licensing, actors.Asked)
	byRequest := parks
	byRequest.Joining, byRequest.Audience, byRequest.Closed = actors.JoinRequest, actors.AudienceMembers, true
	closed := parks
	closed.Joining, closed.Deleted = actors.JoinInvitation, before(24*time.Hour)
	gone := joined(parks, actors.Owner)
	gone.Actor.MovedTo, gone.Moved = licensing.URI, summer
	invited := parks
	invited.Joining = actors.JoinInvitation
	barred := actors.Membership{Role: actors.Member, Standing: actors.Banned, Since: summer, Until: now.AddDate(0, 4, 0), Note: "Advertises a firm in every discussion"}
	out := parks
	out.Membership = barred
	people := []Member{
		{priya, actors.Membership{Role: actors.Owner, Since: summer}}, {tom, actors.Membership{Role: actors.Moderator, Since: summer}},
		{long, actors.Membership{Role: actors.Member, Since: summer}}, {lemmy, actors.Membership{Role: actors.Member}}, {omar, actors.Membership{Role: actors.Member, Since: now}},
	}
	form := CommunityForm{Title: "Parks and green spaces", Name: "parks", Purpose: "For people who look after parks.", Audience: actors.AudiencePublic, Joining: actors.JoinOpen, Posting: actors.PostMembers, Language: "en", ThreadType: "Page"}
	bad := CommunityForm{Name: "Parks!", Purpose: "For people who look after parks.", Language: "cy"}
	return []fixture{
		{"communities", CommunitiesPage{Base: member("/communities"), Communities: list, Total: 212, Paging: Paging{2, 9, "/communities", nil}, MayStart: true}},
		{"communities-signed-out", CommunitiesPage{Base: anon("/communities"), Communities: list[1:2], Total: 1, Paging: Paging{1, 1, "/communities", nil}}},
		{"communities-search", CommunitiesPage{Base: member("/communities"), Search: "licensing & <b>", Communities: list[:1], Total: 41, Paging: Paging{1, 3, "/communities", url.Values{"q": {"licensing & <b>"}}}}},
		{"communities-search-none", CommunitiesPage{Base: member("/communities"), Search: "drones", Paging: Paging{1, 1, "/communities", nil}}},
		{"communities-empty", CommunitiesPage{Base: anon("/communities"), Paging: Paging{1, 1, "/communities", nil}}},
		{"communities-error", CommunitiesPage{Base: wrong(member("/communities"), content.Problems{"address": "Enter the address of a community, like @licensing@kent.example"}), Communities: list, Total: 3, Paging: Paging{1, 1, "/communities", nil}, Address: "licensing"}},
		{"search", SearchPage{Base: anon("/search")}},
		{"search-some", SearchPage{Base: member("/search"), Form: SearchForm{Words: `"selective licensing" & <b>`, Kind: "documents", Year: "2027"}, Asked: true, Found: foundThings(), Total: 200, More: true, Partly: true,
			Paging: Paging{2, 10, "/search", url.Values{"q": {"licensing & <b>"}}}, Mine: []Community{parks, licensing}}},
		{"search-in", SearchPage{Base: member("/search"), Form: SearchForm{Words: "licensing", Community: licensing.ID.String(), Kind: "documents"}, Asked: true, Found: foundThings()[:1], Total: 1,
			Paging: Paging{1, 1, "/search", nil}, Mine: []Community{parks}, In: &licensing}},
		{"search-none", SearchPage{Base: anon("/search"), Form: SearchForm{Words: "drones", Lang: "cy"}, Asked: true, Paging: Paging{1, 1, "/search", nil}}},
		{"search-error", SearchPage{Base: wrong(member("/search"), content.Problems{"year": "Enter a year, like 2027"}), Form: SearchForm{Words: "drones", Year: "soon"}, Asked: true}},
		{"search-busy", SearchPage{Base: anon("/search"), Form: SearchForm{Words: "drones"}, Asked: true, Busy: true}},
		{"found", FoundPage{Base: member("/communities/find"), Address: "@licensing@communities.kent.example", Found: &licensing}},
		{"found-joined", FoundPage{Base: member("/communities/find"), Address: "@licensing@communities.kent.example", Found: &mine}},
		{"found-asked", FoundPage{Base: member("/communities/find"), Address: "@licensing@communities.kent.example", Found: &askedFor}},
		{"found-nothing", FoundPage{Base: member("/communities/find"), Address: "@licencing@communities.kent.example", Reason: "The site communities.kent.example answered, but it has no community with that name."}},
		{"found-blocked", FoundPage{Base: member("/communities/find"), Address: "@deals@spam.example", Blocked: true}},
		{"community", CommunityPage{Base: member("/c/licensing@communities.kent.example"), Community: joined(licensing, actors.Member), Facilitators: []actors.Actor{tom, sian}, Discussions: discussions(licensing), Paging: Paging{2, 9, "/c/licensing@communities.kent.example", nil}, CompleteTo: now, MayPost: true}},
		{"community-signed-out", CommunityPage{Base: anon("/c/parks"), Community: parks, Facilitators: []actors.Actor{priya}, Discussions: discussions(parks)[:2], Paging: Paging{1, 1, "/c/parks", nil}}},
		{"community-join-error", CommunityPage{Base: wrong(anon("/c/parks"), content.Problems{"site": "Enter the address of your organisation’s site, like communities.kent.example"}), Community: parks, Facilitators: []actors.Actor{priya}, Paging: Paging{1, 1, "/c/parks", nil}, OwnSite: "kent"}},
		{"community-fetching", CommunityPage{Base: member("/c/x"), Community: fetching, Facilitators: []actors.Actor{tom}, Paging: Paging{1, 1, "/c/x", nil}, MayPost: true}},
		{"community-partial", CommunityPage{Base: member("/c/x"), Community: partial, Discussions: discussions(partial)[:1], Paging: Paging{1, 1, "/c/x", nil}, MayJoin: true}},
		{"community-unknown", CommunityPage{Base: member("/c/x"), Community: none, Paging: Paging{1, 1, "/c/x", nil}, MayJoin: true}},
		{"community-facilitator", CommunityPage{Base: admin("/c/parks"), Community: joined(parks, actors.Owner), Facilitators: []actors.Actor{priya, long}, Discussions: discussions(parks), Paging: Paging{1, 1, "/c/parks", nil}, MayPost: true, MayRun: true, Asking: 2}},
		{"community-empty", CommunityPage{Base: member("/c/parks"), Community: joined(parks, actors.Owner), Facilitators: []actors.Actor{priya}, Paging: Paging{1, 1, "/c/parks", nil}, MayPost: true, MayRun: true}},
		{"community-by-request", CommunityPage{Base: member("/c/parks"), Community: byRequest, Paging: Paging{1, 1, "/c/parks", nil}, MayJoin: true}},
		{"community-by-invitation", CommunityPage{Base: member("/c/parks"), Community: invited, Paging: Paging{1, 1, "/c/parks", nil}, MayJoin: true}},
		{"community-asked", CommunityPage{Base: member("/c/parks"), Community: standing(byRequest, actors.Asked), Paging: Paging{1, 1, "/c/parks", nil}}},
		{"community-removed", CommunityPage{Base: member("/c/parks"), Community: out, Paging: Paging{1, 1, "/c/parks", nil}}},
		{"community-closed", CommunityPage{Base: anon("/c/parks"), Community: closed, Discussions: discussions(parks)[:1], Paging: Paging{1, 1, "/c/parks", nil}}},
		{"community-moved", CommunityPage{Base: member("/c/parks"), Community: gone, MovedTo: &Moved{Address: string(licensing.URI), Known: true, Actor: licensing.Actor}, Discussions: discussions(parks)[:1], Paging: Paging{1, 1, "/c/parks", nil}}},
		{"community-move", MovePage{Base: member("/c/parks/move"), Who: parks.Actor, Community: &gone}},
		{"community-move-done", MovePage{Base: member("/c/parks/move"), Who: gone.Actor, Community: &gone, MovedTo: &Moved{Address: "https://communities.kent.example/c/parks"}, Aliases: []actors.URI{"https://old.example/c/parks"}}},
		{"settings-move", MovePage{Base: member("/settings/move"), Who: priya}},
		{"settings-move-error", MovePage{Base: wrong(member("/settings/move"), content.Problems{"new": "That address does not name this one as an earlier one. Add it there first", "password": "Enter your password"}), Who: priya, New: "@priya@communities.kent.example",
			Aliases: []actors.URI{"https://old.example/u/priya", actors.URI("https://older.example/" + strings.Repeat("very/", 20))}}},
		{"person-moved", PersonPage{Base: member("/u/tom@communities.kent.example"), Person: tom, MovedTo: &Moved{Address: "https://new.example/u/tom"}}},
		{"community-start", StartCommunityPage{Base: member("/communities/new"), Form: form}},
		{"community-start-error", StartCommunityPage{Base: wrong(member("/communities/new"), content.Problems{
			"title": "Enter the name of the community", "name": "Short name must be 3 to 20 small letters, digits or underscores", "audience": "Select who can read it",
			"joining": "Select who can join", "posting": "Select who can post"}), Form: bad}},
		{"community-settings-elsewhere", CommunitySettingsPage{Base: member("/c/licensing/settings"), Community: joined(licensing, actors.Moderator), Form: form}},
		{"community-settings", CommunitySettingsPage{Base: member("/c/parks/settings"), Community: joined(parks, actors.Owner), Form: form}},
		{"community-settings-error", CommunitySettingsPage{Base: wrong(member("/c/parks/settings"), content.Problems{"title": "Enter the name of the community"}), Community: joined(parks, actors.Owner), Form: bad}},
		{"community-narrow", NarrowCommunityPage{Base: member("/c/parks/settings"), Community: joined(parks, actors.Owner), To: actors.AudienceMembers, Asked: 12, Kept: []Hidden{{"audience", "members"}, {"title", "Parks"}}}},
		{"community-narrow-alone", NarrowCommunityPage{Base: member("/c/parks/settings"), Community: joined(parks, actors.Owner), To: actors.AudienceOrganisation}},
		{"members", MembersPage{Base: member("/c/parks/members"), Community: joined(parks, actors.Owner), Members: people, Paging: Paging{1, 13, "/c/parks/members", nil}, MayRun: true,
			Asking: []Member{{tom, actors.Membership{Since: before(50 * time.Hour)}}, {long, actors.Membership{Since: now}}}}},
		{"members-removed", MembersPage{Base: member("/c/parks/members"), Community: joined(parks, actors.Owner), Members: people[:2], Paging: Paging{1, 1, "/c/parks/members", nil}, MayRun: true, MayModerate: true,
			Removed: []Member{{omar, barred}, {lemmy, actors.Membership{Standing: actors.Banned, Since: summer}}}}},
		{"member", MemberPage{Base: member("/c/parks/members/x"), Community: joined(parks, actors.Owner), Who: Member{tom, actors.Membership{Role: actors.Member, Standing: actors.Joined}}, MayAppoint: true, MayRemove: true}},
		{"member-facilitator", MemberPage{Base: member("/c/parks/members/x"), Community: joined(parks, actors.Owner), Who: Member{long, actors.Membership{Role: actors.Moderator, Standing: actors.Joined}}, MayStandDown: true, MayRemove: true}},
		{"member-self", MemberPage{Base: member("/c/parks/members/x"), Community: joined(parks, actors.Owner), Who: Member{priya, actors.Membership{Role: actors.Owner, Standing: actors.Joined}}, Self: true, MayStandDown: true}},
		{"member-removed", MemberPage{Base: member("/c/parks/members/x"), Community: joined(parks, actors.Owner), Who: Member{omar, barred}, MayLetBack: true, Hidden: []HiddenPost{{"reply", "You cannot be serious <b>at all</b>", "/p/x/restore"}, {"discussion", "Benches", "/p/y/restore"}}}},
		{"member-remove", RemoveMemberPage{Base: member("/c/parks/members/x/remove"), Community: joined(parks, actors.Owner), Who: Member{tom, actors.Membership{}}}},
		{"member-remove-error", RemoveMemberPage{Base: wrong(member("/c/parks/members/x/remove"), content.Problems{"reason": "Say why you are removing this person", "until": "The date must be in the future"}), Community: joined(parks, actors.Owner), Who: Member{tom, actors.Membership{}}, Day: "27", Month: "3", Year: "2020"}},
		{"community-invite", InvitePage{Base: member("/c/parks/invite"), Community: joined(invited, actors.Owner)}},
		{"community-guests", CheckGuestsPage{Base: member("/c/parks/invite"), Community: joined(invited, actors.Owner), Text: "tom@kent.example\nnobody", Groups: []GuestGroup{
			{GuestNew, []GuestLine{{1, "tom@kent.example"}}}, {GuestUnclear, []GuestLine{{2, "<b>nobody</b>"}}}, {GuestMember, []GuestLine{{3, "@sian@communities.kent.example"}}}}}},
		{"community-bids", BidsPage{Base: member("/c/parks/invitations"), Community: joined(invited, actors.Owner), Paging: Paging{1, 1, "/c/parks/invitations", nil},
			Counts: BidCounts{Accepted: 12, Pending: 30, Declined: 2, Bounced: 1, Over: 3}, Links: []MadeLink{{"tom@kent.example", "https://communities.medway.example/invited/x"}},
			Bids: []Bid{
				{Bid: actors.Bid{ID: 1, Email: "tom@kent.example", Most: 1, State: actors.BidPending, Created: summer, Expires: now}, By: "Priya"},
				{Bid: actors.Bid{ID: 2, Actor: omar.ID, Most: 1, State: actors.BidAccepted, Created: summer, Answered: now}, Who: omar, By: "Priya"},
				{Bid: actors.Bid{ID: 3, Email: "gone@kent.example", Most: 1, State: actors.BidBounced, Note: "550 <no such user>", Created: summer, Expires: now}},
				{Bid: actors.Bid{ID: 4, Most: 20, Taken: 3, State: actors.BidPending, Created: summer, Expires: now}, By: "Priya"},
				{Bid: actors.Bid{ID: 5, Email: "late@kent.example", Most: 1, State: actors.BidPending, Created: summer, Expires: summer}, Over: true},
			}}},
		{"community-bids-none", BidsPage{Base: member("/c/parks/invitations"), Community: joined(invited, actors.Owner), Paging: Paging{1, 1, "/c/parks/invitations", nil}}},
		{"invited", InvitedPage{Base: anon("/invited/x"), Community: invited, By: "Priya", Token: "x", Mailed: true, Accounts: true, Elsewhere: true}},
		{"invited-error", InvitedPage{Base: wrong(anon("/invited/x"), content.Problems{"address": "Enter your address, like @ann@kent.example"}), Community: invited, Token: "x", Theirs: true, Elsewhere: true, Address: "ann"}},
		{"invited-member", InvitedPage{Base: member("/invited/x"), Community: invited, By: "Priya", Token: "x", Theirs: true}},
		{"invited-wrong", InvitedPage{Base: member("/invited/x"), Community: invited, By: "Priya", Token: "x", Mailed: true}},
		{"invited-sent", InvitedPage{Base: anon("/invited/x"), Community: invited, Token: "x", Sent: &tom}},
		{"community-invite-error", InvitePage{Base: wrong(member("/c/parks/invite"), content.Problems{"people": "Enter 500 people or less at a time", "uses": "Enter how many people may use the link, from 1 to 1,000", "lasts": "The day must be in the future, and at most a year away"}), Community: joined(invited, actors.Owner), People: "@nobody@communities.medway.example", Uses: "no"}},
		{"community-invited", CommunityPage{Base: member("/c/parks"), Community: standing(invited, actors.Invited), Paging: Paging{1, 1, "/c/parks", nil}, MayJoin: true}},
		{"members-unknown", MembersPage{Base: anon("/c/x/members"), Community: licensing, Paging: Paging{1, 1, "/c/x/members", nil}}},
		{"leave", LeavePage{Base: member("/c/parks/leave"), Community: joined(byRequest, actors.Member)}},
		{"join", JoinPage{Base: member("/join"), Community: licensing, Readers: readers()}},
		{"join-removed", JoinPage{Base: member("/join"), Community: out}},
		{"join-request", JoinPage{Base: member("/join"), Community: byRequest, Readers: Readers{Audience: actors.AudienceMembers, Members: 12, Organisations: 5, Sites: 1}}},
		{"person", PersonPage{Base: member("/u/tom@communities.kent.example"), Person: tom, Home: "Kent County Council", About: "<p>Ask me about evidence for designations.</p>", Communities: []Community{licensing, parks}, Posts: discussions(licensing)[:2]}},
		{"person-self", PersonPage{Base: member("/u/priya"), Person: priya, Self: true}},
		{"person-bare", PersonPage{Base: anon("/u/kbin_user@lemmy.example"), Person: lemmy}},
		{"person-closed", PersonPage{Base: anon("/u/x"), Person: actors.Actor{Kind: actors.Person, Name: "gone", Host: site.Host, Deleted: now}}},
	}
}

func postFixtures() []fixture {
	c := joined(licensing, actors.Member)
	withdrawn := question()
	withdrawn.Deleted, withdrawn.May = before(time.Hour), May{}
	sent := question()
	sent.Standing, sent.Community, sent.Replies, sent.Useful = content.Sent, c, 0, 0
	declined := sent
	declined.Standing = content.Declined
	hidden := sent
	hidden.Standing = content.Hidden
	welsh := discussion(6, c, "Trwyddedu dethol yng Nghymru", sian)
	welsh.Language, welsh.HTML = "cy", "<h3>Cefndir</h3><p>Dyma ein profiad ni.</p>"
	welsh.Replies, welsh.May = 0, May{Reply: true, Useful: true, Pin: true}
	onItsOwnSite := welsh
	onItsOwnSite.URL = "https://cardiff.example/p/77"
	event := discussion(7, c, "Pond day", lemmy)
	event.Type, event.Link, event.URL, event.URI, event.Replies = "Event", "https://ponds.example/day", "https://moots.example/events/1", "https://moots.example/events/1", 3
	event.HTML = `<p>Bring boots.</p><p lang="en">Starts: 9 June 2026, 10am</p><p lang="en">Ends: 9 June 2026, 4pm</p><p lang="en">Where: West gate, 1 High Street, LS1 1AA, Leeds, United Kingdom</p><ul lang="en"><li><a href="https://moots.example/media/banner.png" rel="nofollow noopener noreferrer">Picture: children with nets at the edge of a pond</a></li></ul><p lang="en"><a href="https://moots.example/events/1" rel="nofollow noopener noreferrer">See this event on moots.example</a></p>`
	others := []Entry{
		comment(2, 1, lemmy, `<p>Which liner?</p><p lang="en">Poll: choose one.</p><ul><li>Butyl: 3 votes</li><li>Clay: 1 vote</li></ul><p lang="en">4 people voted so far.</p><p lang="en">Voting ends on 8 June 2026, 10am.</p><p lang="en"><a href="https://toot.example/@cy/5" rel="nofollow noopener noreferrer">Vote, or see the latest count, on toot.example</a></p>`, ""),
		comment(3, 1, tom, `<p>How <strong>we</strong> did it</p><p lang="en">Length: 5 minutes</p><p lang="en"><a href="https://tube.example/w/2" rel="nofollow noopener noreferrer">Watch this video on tube.example</a></p>`, ""),
		comment(4, 2, sian, `<p>We agreed on clay.</p><p lang="en">Shared from fire.example as “Minutes”, which this site cannot show in full.</p><p lang="en"><a href="https://fire.example/pub/objects/1" rel="nofollow noopener noreferrer">See all of it on fire.example</a></p>`, "Tom"),
	}
	solved, solving := question(), thread()
	solved.Answer, solving[0].Chosen = solving[0].ID, true
	for i := range solving {
		solving[i].May.Answer = true
	}
	chosen := &ChosenAnswer{Author: solving[0].Author, Words: "<b>Ours</b> are in January.", Language: "cy", Path: PostPath(3001) + "#" + CommentAnchor(solving[0].ID)}
	mine := thread()[2]
	locked := question()
	locked.Locked, locked.LockedWhy = true, "The fee was set in June. Start a new discussion for 2028."
	locked.May.Reply = false
	answered := thread()
	answered[0].Locked, answered[0].LockedWhy, answered[0].May = true, "This leads nowhere", May{Lock: true}
	running := locked
	running.May = May{Reply: true, Pin: true, Lock: true}
	draft := content.Draft{Kind: content.Question, Title: "How do you set the fee?", Source: "We want to **consult** in the spring.\n\n- costs\n- length", Link: "https://medway.example/draft", Language: "en"}
	bad := draft
	bad.Title, bad.Link, bad.Kind = "", "medway", ""
	problems := content.Problems{"kind": "Select whether this is a discussion or a question", "title": "Enter a title", "link": "Link must be a web address, like https://www.example.gov.uk"}
	q := question()
	unmarked := comment(1, 1, tom, "<p>Ours are in January.</p>", "")
	unmarked.May = May{Report: true}
	parks := joined(community(2, "parks", "Parks and open spaces", true), actors.Owner)
	waiting := Report{ID: 9001, At: before(50 * time.Hour), Words: "This is an <b>advertisement</b>.\nThe third this week.", By: &tom, From: "Luton Borough Council", About: long, Entry: &q, Community: &parks, Outcome: "open"}
	unread := Report{ID: 9002, At: before(time.Hour), Words: strings.Repeat("Rindfleischetikettierung", 9), From: "lemmy.example", About: lemmy, Unread: true, Outcome: "open"}
	account := Report{ID: 9003, At: now, From: "luton.example", About: omar, Outcome: "open"}
	taken := q
	taken.Standing = content.Hidden
	dealt := waiting
	dealt.Entry = &taken
	hiddenReply := comment(3, 1, priya, "<p>You cannot be serious.</p>", "")
	hiddenReply.Standing, hiddenReply.HiddenWhy, hiddenReply.May = content.Hidden, "It is <b>rude</b>", May{Edit: true, Delete: true}
	shut := standing(parks, actors.Banned)
	shut.Membership.Note, shut.Membership.Until = "Rude to others", summer.AddDate(1, 0, 0)
	withdrawnReport := Report{ID: 9004, At: now, From: site.Organisation, About: omar, Withdrawn: true, Community: &parks, Outcome: "open"}
	decided := waiting
	decided.Outcome, decided.Decided, decided.Decider, decided.Note = "nothing", now, &priya, "It is a fair question."
	sentOn := Report{ID: 9005, At: now, Words: "Rude", By: &priya, From: site.Organisation, About: tom, Outcome: "sent", Decided: now, Decider: &priya}
	takenBack := Report{ID: 9006, At: now, Words: "Rude", By: &tom, From: "Luton Borough Council", About: omar, Withdrawn: true, Community: &parks, Outcome: "withdrawn", Decided: now}
	return []fixture{
		{"discussion", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: q, Comments: thread(), Paging: Paging{1, 2, PostPath(3001), nil}, Readers: readers(), Draft: content.Draft{Language: "en"}}},
		{"discussion-answered", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: solved, Answer: chosen, Comments: solving, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-signed-out", DiscussionPage{Base: anon(PostPath(3001)), Community: licensing, Entry: discussion(1, licensing, "Tree planting dates", omar), Comments: []Entry{unmarked}, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-not-a-member", DiscussionPage{Base: member(PostPath(3001)), Community: licensing, Entry: discussion(1, licensing, "Tree planting dates", lemmy), Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-of-other-kinds", DiscussionPage{Base: member(PostPath(3007)), Community: c, Entry: event, Comments: others, Paging: Paging{1, 1, PostPath(3007), nil}, Readers: readers(), Draft: content.Draft{Language: "en"}}},
		{"discussion-withdrawn", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: withdrawn, Comments: thread()[:1], Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-sent", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: sent, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-declined", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: declined, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-hidden", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: hidden, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-hidden-reply", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: q, Comments: []Entry{hiddenReply}, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-removed", DiscussionPage{Base: member(PostPath(3001)), Community: shut, Entry: discussion(1, parks, "Benches", tom), Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-locked", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: locked, Comments: answered, Paging: Paging{1, 1, PostPath(3001), nil}}},
		{"discussion-locked-facilitator", DiscussionPage{Base: member(PostPath(3001)), Community: c, Entry: running, Paging: Paging{1, 1, PostPath(3001), nil}, Readers: readers(), Draft: content.Draft{Language: "en"}}},
		{"discussion-fetching-welsh", DiscussionPage{Base: member(PostPath(3006)), Community: c, Entry: welsh, Fetching: true, Readers: readers(), Draft: content.Draft{Language: "en"}, Paging: Paging{1, 1, PostPath(3006), nil}}},
		{"discussion-missing", DiscussionPage{Base: member(PostPath(3006)), Community: c, Entry: onItsOwnSite, Missing: true, Readers: readers(), Draft: content.Draft{Language: "en"}, Paging: Paging{1, 1, PostPath(3006), nil}}},
		{"discussion-error", DiscussionPage{Base: wrong(member(PostPath(3001)), content.Problems{"text": "Enter your reply"}), Community: c, Entry: q, Paging: Paging{1, 1, PostPath(3001), nil}, Readers: readers(), Draft: content.Draft{Language: "cy"}}},
		{"compose", ComposePage{Base: member("/c/x/new"), Community: c, Draft: content.Draft{Kind: content.Discussion, Language: "en"}, Readers: readers()}},
		{"compose-question-error", ComposePage{Base: wrong(member("/c/x/new"), problems), Community: c, Draft: bad, Readers: readers()}},
		{"compose-edit", ComposePage{Base: member("/p/x/edit"), Community: c, Draft: draft, Editing: &q, Readers: readers()}},
		{"reply", ReplyPage{Base: member("/p/x/reply"), Community: c, Discussion: q, Parent: thread()[1], Draft: content.Draft{Language: "en"}, Readers: readers()}},
		{"reply-error", ReplyPage{Base: wrong(member("/p/x/reply"), content.Problems{"text": "Enter your reply", "": "The discussion was closed while you were writing"}), Community: c, Discussion: q, Parent: thread()[1], Draft: content.Draft{Language: "en"}, Readers: readers()}},
		{"reply-edit", ReplyPage{Base: member("/p/x/edit"), Community: c, Discussion: q, Parent: thread()[1], Editing: &mine, Draft: content.Draft{Source: "That is very helpful.", Language: "en"}, Readers: readers()}},
		{"delete", DeletePage{Base: member("/p/x/delete"), Community: c, Entry: q, Sites: 23}},
		{"delete-hide", DeletePage{Base: wrong(member("/p/x/delete"), content.Problems{"reason": "Say why you are hiding this"}), Community: c, Entry: q, Sites: 23, Hiding: true}},
		{"lock", LockPage{Base: member("/p/x/lock"), Community: c, Entry: q}},
		{"lock-error", LockPage{Base: wrong(member("/p/x/lock"), content.Problems{"reason": "Say why you are closing this to replies"}), Community: c, Entry: thread()[0]}},
		{"lock-open", LockPage{Base: member("/p/x/lock"), Community: c, Entry: locked}},
		{"report", ReportPage{Base: member("/p/x/report"), Who: q.Author, Entry: &q, Community: &c, Reader: "Kent County Council", Other: "hwb.abertawe.example"}},
		{"report-error", ReportPage{Base: wrong(member("/p/x/report"), content.Problems{"reason": "Say what is wrong"}), Who: q.Author, Entry: &q, Community: &parks, Named: true}},
		{"report-signed-out", ReportPage{Base: anon("/p/x/report"), Who: q.Author, Entry: &q, Community: &c, Reader: "Kent County Council"}},
		{"report-person", ReportPage{Base: member("/u/tom/report"), Who: tom, Reader: "Kent County Council"}},
		{"reports", ReportsPage{Base: deciding("/reports"), Reports: []Report{waiting, unread, account}, Paging: Paging{1, 2, "/reports", nil}}},
		{"reports-none", ReportsPage{Base: member("/reports"), Paging: Paging{1, 1, "/reports", nil}}},
		{"reports-decided", ReportsPage{Base: member("/reports"), Closed: true, Reports: []Report{decided, sentOn, takenBack}, Paging: Paging{1, 1, "/reports", nil}}},
		{"reports-decided-none", ReportsPage{Base: member("/reports"), Closed: true, Paging: Paging{1, 1, "/reports", nil}}},
		{"report-decide", DecideReportPage{Base: deciding("/reports/x"), Report: waiting, MayHide: true, Remove: "/c/parks/members/x/remove"}},
		{"report-decide-error", DecideReportPage{Base: wrong(deciding("/reports/x"), content.Problems{"outcome": "Select what you decided"}), Report: unread, Note: "I have asked"}},
		{"report-decide-withdrawn", DecideReportPage{Base: deciding("/reports/x"), Report: withdrawnReport}},
		{"report-decide-acted", DecideReportPage{Base: deciding("/reports/x"), Report: dealt, Removed: true, Outcome: "acted"}},
		{"report-decided", DecideReportPage{Base: member("/reports/x"), Report: decided}},
		{"report-sent", DecideReportPage{Base: member("/reports/x"), Report: sentOn}},
		{"delete-reply", DeletePage{Base: member("/p/x/delete"), Community: c, Entry: mine}},
	}
}

func accountFixtures() []fixture {
	form := AccountForm{Title: "Priya Shah", Name: "priya", Email: "priya.shah@medway.example", Organisation: "Medway Council", JobTitle: "Licensing officer"}
	invitation := actors.Invitation{ID: 1, Role: actors.AccountMember, Created: now, Expires: now.Add(72 * time.Hour)}
	first := invitation
	first.Role = actors.AccountAdmin
	reset := invitation
	reset.Actor = priya.ID
	const password = "Password must be at least 12 characters"
	return []fixture{
		{"sign-in", SignInPage{Base: anon("/sign-in"), Next: "/c/parks"}},
		{"sign-in-error", SignInPage{Base: wrong(anon("/sign-in"), content.Problems{"email": "Check your email address and password"}), Email: "priya@medway.example"}},
		{"sign-in-locked", SignInPage{Base: anon("/sign-in"), Email: "priya@medway.example", Locked: true}},
		{"sign-in-kept", SignInPage{Base: anon("/sign-in"), Kept: []Hidden{{"keep.text", "We did."}}, Next: "/p/x/reply"}},
		{"carry-on", CarryOnPage{Base: member("/sign-in"), Action: "/p/x/reply", Kept: []Hidden{{"text", "We did."}}, Text: "We did."}},
		{"confirm", ConfirmPage{Base: admin("/admin/policy"), Action: "/admin/policy", Kept: []Hidden{{"mode", "open"}}}},
		{"confirm-error", ConfirmPage{Base: wrong(admin("/admin/policy"), content.Problems{"confirm-password": "This is not your password"}), Action: "/admin/policy"}},
		{"sign-out", SignOutPage{Base: member("/sign-out")}},
		{"invitation", InvitationPage{Base: anon("/join/x"), Invitation: invitation, Token: "x", By: "Tom Okafor", Form: AccountForm{Email: "priya.shah@medway.example"}}},
		{"invitation-first", InvitationPage{Base: anon("/join/x"), Invitation: first, Token: "x"}},
		{"invitation-error", InvitationPage{Base: wrong(anon("/join/x"), content.Problems{"name": "That short name is taken", "password": password}), Invitation: invitation, Token: "x", By: "Tom Okafor", Form: form}},
		{"invitation-password", InvitationPage{Base: anon("/join/x"), Invitation: reset, Token: "x", By: "Tom Okafor"}},
		{"forgotten-password", ForgottenPasswordPage{Base: anon("/forgotten-password")}},
		{"settings-profile", ProfilePage{Base: member("/settings"), Person: priya, Form: ProfileForm{"Priya Shah", "Medway Council", "Licensing officer", "Ask me about fees.", true}}},
		{"settings-profile-error", ProfilePage{Base: wrong(member("/settings"), content.Problems{"title": "Enter your name"}), Person: priya}},
		{"settings-password", PasswordPage{Base: member("/settings/password")}},
		{"settings-password-error", PasswordPage{Base: wrong(member("/settings/password"), content.Problems{"current": "That is not your password", "password": password})}},
		{"settings-devices", DevicesPage{Base: member("/settings/devices"), Devices: []Device{
			{actors.Session{ID: 1, Created: before(30 * time.Hour), Seen: now, Agent: "Firefox on Windows"}, true},
			{actors.Session{ID: 2, Created: summer, Seen: before(50 * time.Hour), Agent: "Safari on iPhone"}, false},
			{actors.Session{ID: 3, Created: summer, Seen: summer}, false}}}},
	}
}

func decisionFixtures() []fixture {
	one, facilitator := joined(licensing, actors.Member), joined(licensing, actors.Moderator)
	at := func(hours int) time.Time { return before(time.Duration(hours) * time.Hour) }
	fee, long := PostPath(3001), "A title that goes on for as long as the rules allow because somebody pasted the whole first paragraph of a committee report"
	all := []Decision{
		{By: priya, Did: "hide", What: "reply", Title: "Buy cheap chairs here", Reason: "Advertising", Restore: "/p/x/restore", At: at(1)},
		{By: priya, Did: "remove from community", Whom: "@mal@evil.example", Link: "/c/x/members/y", Reason: "Advertising", At: at(2)},
		{By: omar, Did: "lock", What: "discussion", Title: long, Link: fee, Reason: "The fee was set in June", At: at(30)},
		{By: omar, Did: "unlock", What: "question", Title: "How do you set the fee?", Link: fee, At: at(40)},
		{By: omar, Did: "mark answer", What: "reply", Title: "Ours are in January.", Link: fee, At: at(48)},
		{By: omar, Did: "unmark answer", What: "reply", Title: "Ours are in January.", Link: fee, At: at(49)},
		{By: omar, Did: "pin", What: "discussion", Title: "Start here", Link: fee, At: at(50)},
		{By: omar, Did: "unpin", At: at(51)},
		{By: omar, Did: "restore", What: "reply", Title: "Ours are in January.", Link: fee, At: at(52)},
		{By: omar, Did: "appoint facilitator", Whom: "@sian@hwb.abertawe.example", At: at(53)},
		{By: omar, Did: "stand down facilitator", Whom: "@tom@communities.medway.example", At: at(54)},
		{By: omar, Did: "let back", Whom: "@mal@evil.example", At: at(55)},
		{By: omar, Did: "describe", At: at(56)},
		{By: tom, Did: "hand over document", What: "document", Title: "Pond lining strategy", Link: "/d/4kz7w9xb", Whom: "@omar@luton.example", At: at(57)},
	}
	seen := []Decision{{By: priya, Did: "hide", What: "reply", Reason: "Advertising", At: at(1)}, {By: priya, Did: "remove from community", Reason: "Advertising", At: at(2)}}
	base := member("/c/x/decisions")
	return []fixture{
		{"decisions", DecisionsPage{Base: base, Community: one, Decisions: seen, Paging: Paging{1, 1, "/c/x/decisions", nil}}},
		{"decisions-facilitator", DecisionsPage{Base: base, Community: facilitator, Decisions: all, Paging: Paging{1, 3, "/c/x/decisions", nil}}},
		{"copies", CopiesPage{Base: member("/p/x/copies"), Community: one, What: "discussion", Link: fee, Path: "/p/x", Holders: []Holder{
			{Host: "communities.kent.example", Name: "Kent County Council", Since: at(300), State: "holds"}, {Host: "hwb.abertawe.example", Since: at(200), State: "owed"},
		}}},
		{"copies-none", CopiesPage{Base: member("/p/x/copies"), Community: one, What: "discussion", Link: fee, Path: "/p/x"}},
		{"copies-gone", CopiesPage{Base: member("/p/x/copies"), Community: facilitator, Gone: true, Public: true, What: "document", Path: "/p/x", Holders: []Holder{
			{Host: "communities.kent.example", Name: "Kent County Council", Since: at(300), State: "said", Words: "Confirmed on 3 May 2026 at 10:15: taken away, with 1 file."},
			{Host: "hwb.abertawe.example", Since: at(200), Until: at(20), State: "due"}, {Host: "lemmy.example", Since: at(200), State: "mute"}, {Host: "far.example", State: "untold"},
			{Host: "south.example", Since: at(200), Until: at(20), State: "ended"},
		}}},
		{"ended", CopiesPage{Base: member("/c/x/ended"), Community: facilitator, Ended: true, Path: "/c/x", Holders: []Holder{
			{Host: "communities.kent.example", Name: "Kent County Council", Since: at(300), Until: at(20), State: "said", Words: "Confirmed on 3 May 2026 at 10:15: taken away, with no files."},
			{Host: "south.example", Since: at(200), Until: at(20), State: "due"},
		}}},
		{"ended-none", CopiesPage{Base: member("/c/x/ended"), Community: facilitator, Ended: true, Path: "/c/x"}},
		{"decisions-none", DecisionsPage{Base: base, Community: one, Paging: Paging{1, 1, "/c/x/decisions", nil}}},
	}
}

func adminFixtures() []fixture {
	kent := Connection{Instance: actors.Instance{Host: "communities.kent.example", Software: "moothall", Version: "0.1", Name: "Kent County Council", FirstSeen: summer, LastSuccess: before(2 * time.Minute), LastInbound: before(time.Hour), Style: actors.StyleEd25519, StyleSince: summer, StyleWhy: actors.StyleClaimed}, State: actors.PartnerFine, Decision: actors.Decision{Verdict: actors.Accept}, Rule: &actors.Rule{Host: "kent.example", Verdict: actors.Accept, Reason: "Partner in the county agreement", Created: summer}}
	failing := Connection{Instance: actors.Instance{Host: "hwb.abertawe.example", FirstSeen: summer, LastSuccess: before(5 * time.Hour)}, State: actors.PartnerFailing, Cursor: actors.Cursor{Failures: 14, NextTry: now.Add(20 * time.Minute), LastError: "status 401"}, Decision: actors.Decision{Verdict: actors.Hold}, Owed: 1000, Oldest: before(5 * time.Hour)}
	dead := Connection{Instance: actors.Instance{Host: "old.example", FirstSeen: summer, LastSuccess: summer}, State: actors.PartnerGivenUp, Cursor: actors.Cursor{Failures: 200, Dead: now, LastError: "name_not_found"}, Decision: actors.Decision{Verdict: actors.Accept}, Owed: 3, Oldest: summer}
	fresh := Connection{Instance: actors.Instance{Host: "new.example", FirstSeen: now}, State: actors.PartnerFine, Decision: actors.Decision{Verdict: actors.Accept}}
	busy := Connection{Instance: actors.Instance{Host: "busy.example", FirstSeen: now, LastSuccess: now}, State: actors.PartnerWaiting, Decision: actors.Decision{Verdict: actors.Accept}, Owed: 1, Oldest: now}
	halted := Connection{Instance: actors.Instance{Host: "a.evil.example"}, State: actors.PartnerRefused, Decision: actors.Decision{Verdict: actors.Refuse}, Sending: actors.Decision{Rule: "rule for evil.example"}, Rule: &actors.Rule{Host: "evil.example", Reason: "Spam", Created: summer}}
	stranger := Connection{Instance: actors.Instance{Host: "far.example", FirstSeen: summer}, State: actors.PartnerRefused, Decision: actors.Decision{Verdict: actors.Refuse}, Sending: actors.Decision{Rule: "not on the list of partners"}}
	counts := map[actors.PartnerState]int{actors.PartnerFailing: 1, actors.PartnerGivenUp: 1, actors.PartnerWaiting: 1, actors.PartnerFine: 1202, actors.PartnerRefused: 2}
	log := ConnectionLog{GivenUp: 2, Held: 1, Rejected: 1000,
		Missed: []Missed{
			{Type: "Create", Status: 401, Reason: "status 401", Times: 14, First: before(5 * time.Hour), Last: before(time.Minute)},
			{Type: "Announce", Status: 500, Reason: "status 500" + stillLives, Times: 1, First: summer, Last: summer, GivenUp: true},
			{Reason: "silent since 2026-05-01, 12 deliveries not made (rows 5 to 17)", Times: 1, First: summer, Last: summer, GivenUp: true}},
		Unapplied: []actors.Activity{{Type: "Create", State: actors.Held, Reason: "rule for abertawe.example", At: before(time.Hour)}, {Type: "Update", State: actors.Rejected, Reason: "not_owner: Only its author can change it.", At: summer}},
		Turned:    []TurnedAway{{"hwb.abertawe.example", "rate", "", 1204, now}, {"hwb.abertawe.example", "a_new_code", "", 1, summer}},
		Tried:     &Tried{By: "Priya Shah", Asked: before(2 * time.Minute), Ended: before(time.Minute), Account: "https://hwb.abertawe.example/u/sian", Sent: 3, SendNo: "status 401"}}
	held := actors.Activity{ID: 5001, Type: "Create", Actor: "https://hwb.abertawe.example/u/sian", Signer: "https://hwb.abertawe.example/u/sian", Host: "hwb.abertawe.example", Object: "https://hwb.abertawe.example/p/1", State: actors.Held, Reason: "rule for abertawe.example", At: before(time.Hour)}
	refused := actors.Activity{ID: 5002, Type: "Update", Actor: "https://evil.example/<script>", Signer: "https://other.example/u/x", Host: "evil.example", State: actors.Rejected, Reason: "signature does not cover the body", At: before(2 * time.Hour)}
	odd := actors.Activity{ID: 5003, Type: "Listen", Actor: "https://music.example/u/x", Host: "music.example", State: actors.Rejected, At: summer}
	account := actors.Account{Actor: priya.ID, Email: "priya.shah@medway.example", Role: actors.AccountAdmin, Created: summer}
	stopped := actors.Account{Email: "konstantina.papadopoulou-featherstonehaugh@private-rented-sector.medway.example", Role: actors.AccountMember, Created: summer, Disabled: now}
	one, two := AdminPerson{priya, account, before(time.Hour)}, AdminPerson{person(7, "konstantina", long.Title, long.Organisation, "", site.Host), stopped, time.Time{}}
	invitations := []AdminInvitation{
		{actors.Invitation{ID: 1, Email: "ann@medway.example", Role: actors.AccountMember, Created: before(time.Hour), Expires: now.Add(70 * time.Hour)}, "Priya Shah"},
		{actors.Invitation{ID: 2, Role: actors.AccountModerator, Created: summer, Expires: summer.Add(72 * time.Hour)}, ""}}
	return []fixture{
		{"admin", AdminPage{Base: admin("/admin"), People: 1204, Communities: 14, Connections: 4, Mode: actors.ModeList, Owed: []Connection{failing, dead}, Failing: []Connection{failing, dead}, NotWorking: 2, Refused: 12, Held: 1, Version: "v1.0.0", Database: "SQLite", GivenUp: []GivenUp{{"old.example", "status 404", summer}}}},
		{"admin-well", AdminPage{Base: admin("/admin"), People: 1, Mode: actors.ModePublic}},
		{"admin-people", AdminPeoplePage{Base: admin("/admin/people"), People: []AdminPerson{one, two}, Total: 1204, Paging: Paging{25, 25, "/admin/people", nil}}},
		{"admin-person", AdminPersonPage{Base: admin("/admin/people/konstantina"), Person: two}},
		{"admin-person-link", AdminPersonPage{Base: admin("/admin/people/priya"), Person: one, LastAdmin: true, Link: "https://communities.medway.example/join/k7f2d9q1m3x8"}},
		{"admin-invitations", AdminInvitationsPage{Base: admin("/admin/invitations"), Invitations: invitations, Role: actors.AccountMember, Link: "https://communities.medway.example/join/k7f2d9q1m3x8", LinkFor: "ann@medway.example"}},
		{"admin-invitations-error", AdminInvitationsPage{Base: wrong(admin("/admin/invitations"), content.Problems{"email": "Enter an email address in the right form, like name@example.gov.uk"}), Email: "ann", Role: actors.AccountMember}},
		{"admin-connections", AdminConnectionsPage{Base: admin("/admin/connections"), Connections: []Connection{failing, dead, busy, kent, fresh, halted, stranger}, Counts: counts, Paging: Paging{1, 49, "/admin/connections", nil}}},
		{"admin-connections-some", AdminConnectionsPage{Base: admin("/admin/connections"), Connections: []Connection{failing}, Show: actors.PartnerFailing, Counts: counts, Paging: Paging{1, 1, "/admin/connections", nil}}},
		{"admin-connections-none", AdminConnectionsPage{Base: admin("/admin/connections"), Show: actors.PartnerFailing, Paging: Paging{1, 1, "/admin/connections", nil}}},
		{"admin-connections-empty", AdminConnectionsPage{Base: admin("/admin/connections"), Paging: Paging{1, 1, "/admin/connections", nil}}},
		{"admin-connection", AdminConnectionPage{Base: admin("/admin/connections/communities.kent.example"), Connection: &kent, Form: ConnectionForm{Verdict: "accept", Reason: "Partner in the county agreement"}}},
		{"admin-connection-failing", AdminConnectionPage{Base: admin("/admin/connections/hwb.abertawe.example"), Connection: &failing, Log: log}},
		{"admin-connection-trying", AdminConnectionPage{Base: admin("/admin/connections/busy.example"), Connection: &busy, Log: ConnectionLog{Tried: &Tried{By: "Priya Shah", Asked: now}}}},
		{"admin-connection-given-up", AdminConnectionPage{Base: admin("/admin/connections/old.example"), Connection: &dead, Log: ConnectionLog{Tried: &Tried{Asked: summer, Ended: summer, Site: "name_not_found", SendNo: "name_not_found"}}}},
		{"admin-connection-stopped", AdminConnectionPage{Base: admin("/admin/connections/a.evil.example"), Connection: &halted}},
		{"admin-connection-error", AdminConnectionPage{Base: wrong(admin("/admin/connections/new"), content.Problems{"host": "Enter the address of the site", "verdict": "Select what you want to do", "reason": "Enter a reason"})}},
		{"admin-refused", AdminRefusedPage{Base: admin("/admin/refused"), Held: []actors.Activity{held}, Refused: []actors.Activity{refused, odd}, Turned: []TurnedAway{{"evil.example", "signature", "no signature", 1204, now}, {"", "too_large", "", 1, summer}}, Paging: Paging{1, 4, "/admin/refused", nil}}},
		{"admin-refused-none", AdminRefusedPage{Base: admin("/admin/refused"), Paging: Paging{1, 1, "/admin/refused", nil}}},
		{"admin-contact", AdminContactPage{Base: admin("/admin/contact"), Typed: "communities@medway.example"}},
		{"admin-contact-error", AdminContactPage{Base: wrong(admin("/admin/contact"), content.Problems{"contact": "Enter an email address in the correct format, like name@example.com"}), Typed: "us"}},
		{"admin-files", AdminFilesPage{Base: admin("/admin/files"), Kinds: []string{"hidden", "people"}}},
		{"admin-files-none", AdminFilesPage{Base: admin("/admin/files")}},
		{"admin-files-error", AdminFilesPage{Base: wrong(admin("/admin/files"), content.Problems{"kind": "Choose from the list"})}},
		{"admin-policy", AdminPolicyPage{Base: admin("/admin/policy"), Mode: actors.ModeList, Rules: 14}},
	}
}

func infoFixtures() []fixture {
	bare := anon("/contact")
	bare.Site.Contact = ""
	list := []fixture{
		{"help", HelpPage{anon("/help")}}, {"contact", ContactPage{anon("/contact")}}, {"contact-none", ContactPage{bare}},
		{"privacy", PrivacyPage{anon("/privacy"), []string{"communities.kent.example", "hwb.abertawe.example"}}}, {"privacy-alone", PrivacyPage{Base: anon("/privacy")}},
		{"cookies", CookiesPage{anon("/cookies")}}, {"complain", ComplainPage{anon("/complain")}}, {"accessibility", AccessibilityPage{anon("/accessibility")}},
		{"error-403-signed-in", ErrorPage{Base: member("/c/parks/settings"), Status: 403, Because: "Only a facilitator can change a community."}},
	}
	for _, status := range []int{403, 404, 410, 429, 500, 503} {
		list = append(list, fixture{fmt.Sprintf("error-%d", status), ErrorPage{Base: anon("/c/parks?x=" + strings.Repeat("y", 3)), Status: status, RequestID: "k7f2d9"}})
	}
	return list
}
