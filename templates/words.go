package templates

import (
	"strings"

	"moothall/actors"
	"moothall/content"
)

// Readers says who will read what is about to be posted (users.md NEW-7).
type Readers struct {
	Audience      actors.Audience
	Members       int
	Organisations int
	Sites         int // other organisations' sites that keep a copy
	// Through names the organisation whose site passes the post on, when it is not
	// this one: how many that are is for that site to know.
	Through string
}

// Sentence is shown above the button of every form that posts, and kept with
// the post, so that it can be shown later what the author was told.
func (r Readers) Sentence() string { return r.who() + " " + mayBeReleased }

const mayBeReleased = "It may be released under freedom of information law."

// who is Sentence without what holds for all.
func (r Readers) who() string {
	if r.Through != "" {
		return r.elsewhere()
	}
	var b strings.Builder
	members := Count(r.Members, "member", "members") + " from " + Count(r.Organisations, "organisation", "organisations")
	switch r.Audience {
	case actors.AudiencePublic:
		b.WriteString("Anyone can read this, on the web and in search engines. It goes to " + members + ".")
	case actors.AudienceNetwork:
		b.WriteString("People signed in at this site and at our partners’ sites can read this. It goes to " + members + ".")
	case actors.AudienceMembers:
		b.WriteString("Members of this community can read this: " + members + ".")
	default:
		b.WriteString("Members of this community at this organisation can read this. It never leaves this site.")
	}
	if r.Audience != actors.AudienceOrganisation && r.Sites > 0 {
		b.WriteString(" Copies are kept on " + Count(r.Sites, "other site", "other sites") + ".")
	}
	return b.String()
}

// elsewhere is Sentence for a community that another organisation's site is home to.
func (r Readers) elsewhere() string {
	who := "Members of this community can read this, whichever organisation they belong to."
	switch r.Audience {
	case actors.AudiencePublic:
		who = "Anyone can read this, on the web and in search engines."
	case actors.AudienceNetwork:
		who = "People signed in at this site and at our partners’ sites can read this."
	}
	return who + " It goes to " + r.Through + "’s site, which passes it on to the members of the community and keeps a copy."
}

// Choices are the readers that something new can have, each with the sentence that
// says who that is, so that the page is right whichever is chosen. What is posted in a
// community elsewhere leaves this site.
func (r Readers) Choices() []Option {
	var out []Option
	for _, o := range narrower(r.Audience) {
		of := r
		of.Audience = actors.Audience(o.Value)
		isNamed := of.Audience == r.Audience || of.Audience == actors.AudienceMembers
		if r.Through == "" || isNamed {
			out = append(out, Option{o.Value, o.Label, of.who()})
		}
	}
	return out
}

// whoReads is the short form for lists and headings.
func whoReads(a actors.Audience) string {
	switch a {
	case actors.AudiencePublic:
		return "Anyone can read"
	case actors.AudienceNetwork:
		return "Signed-in people at partner sites can read"
	case actors.AudienceMembers:
		return "Only members can read"
	default:
		return "Only members at this organisation can read"
	}
}

func audiences() []Option {
	return []Option{
		{string(actors.AudiencePublic), "Anyone", "On the web, in search engines, and on other councils’ sites"},
		{string(actors.AudienceNetwork), "Signed-in people at partner sites", "Anyone with an account here or on a site we share with"},
		{string(actors.AudienceMembers), "Members of the community", "Whichever organisation they belong to"},
		{string(actors.AudienceOrganisation), "Members at this organisation only", "Nothing is ever sent to another site"},
	}
}

// howToJoin is the short form for the summary of a community.
func howToJoin(j actors.Joining) string {
	switch j {
	case actors.JoinOpen:
		return "Anyone who can read it may join"
	case actors.JoinRequest:
		return "People ask, and a facilitator decides"
	default:
		return "People join when a facilitator invites them"
	}
}

func joinings() []Option {
	return []Option{
		{string(actors.JoinOpen), "Anyone who can read it", ""},
		{string(actors.JoinRequest), "People who ask, when a facilitator agrees", ""},
		{string(actors.JoinInvitation), "Only people whom a facilitator invites", ""},
	}
}

func postings() []Option {
	return []Option{
		{string(actors.PostMembers), "Members", ""},
		{string(actors.PostModerators), "Facilitators only", "Useful for news and announcements"},
		{string(actors.PostAnyone), "Anyone who can read it", "People who have not joined may post too"},
	}
}

func threadTypes() []Option {
	return []Option{
		{"Page", "As posts", "People can read them in full. Forums that take only articles get articles"},
		{"Article", "Always as articles", "Some software shows only the title and a link"},
	}
}

func kinds() []Option {
	return []Option{
		{string(content.Discussion), "A discussion", "You share something, or say what you think"},
		{string(content.Question), "A question", "You want an answer or an example from somebody else"},
	}
}

func accountRoles() []Option {
	return []Option{
		{string(actors.AccountMember), "Member", "Joins communities and takes part"},
		{string(actors.AccountModerator), "Site facilitator", "Also deals with complaints about what people post"},
		{string(actors.AccountAdmin), "Administrator", "Also looks after people, invitations and connections"},
	}
}

func accountRole(r actors.AccountRole) string {
	for _, o := range accountRoles() {
		if o.Value == string(r) {
			return o.Label
		}
	}
	return string(r)
}

func modes() []Option {
	return []Option{
		{string(actors.ModeList), "Only sites on our list", "Nothing is shared with any site you have not allowed"},
		{string(actors.ModePublic), "Sites on our list, and public reading by others", "Other sites may read and follow what is public, but not post here"},
		{string(actors.ModeOpen), "Every site we have not stopped sharing with", "Anyone elsewhere may join public communities and post in them"},
	}
}

func verdicts() []Option {
	return []Option{
		{actors.Accept.String(), "Share with this site", "Their people may join and post in communities that let them"},
		{actors.Hold.String(), "Check first", "What comes from them waits until an administrator lets it through"},
		{actors.Refuse.String(), "Stop sharing with this site", "Nothing is taken in from them and nothing is sent"},
	}
}

// whatHappened puts the type of an activity in words for an administrator.
func whatHappened(kind string) string {
	words := map[string]string{
		"Create": "A post or a reply", "Update": "A change to a post or a profile", "Delete": "A withdrawal",
		"Follow": "A request to join", "Accept": "An answer to a request to join", "Reject": "A refusal to let somebody join",
		"Undo": "Something taken back", "Announce": "A post passed on", "Like": "A “useful” mark",
		"Dislike": "A vote against", "Flag": "A complaint", "Block": "A removal from a community",
		"Add": "A pin or a new facilitator", "Remove": "A pin or a facilitator taken away", "Move": "A change of address",
	}
	if w, ok := words[kind]; ok {
		return w
	}
	return "Something this site does not know (" + kind + ")"
}
