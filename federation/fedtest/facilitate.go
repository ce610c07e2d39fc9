package fedtest

import (
	"context"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// What facilitators do.

// Hides takes a post out of a community that they look after.
func (p *Person) Hides(post Post, reason string) {
	p.town.T.Helper()
	p.does(Doc{"type": "Delete", "object": post.URI, "summary": reason})
}

// Restores takes Hides back.
func (p *Person) Restores(post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Undo", "object": Doc{"type": "Delete", "object": post.URI, "summary": "hidden"}})
}

// Pins puts a discussion at the top of a community that they look after.
func (p *Person) Pins(c Community, post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Add", "object": post.URI, "target": c.URI + "/featured"})
}

// Unpins takes Pins back.
func (p *Person) Unpins(c Community, post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Remove", "object": post.URI, "target": c.URI + "/featured"})
}

// Locks ends replies to a post in a community that they look after.
func (p *Person) Locks(post Post, reason string) {
	p.town.T.Helper()
	p.does(Doc{"type": "Lock", "object": post.URI, "summary": reason})
}

// Unlocks takes Locks back.
func (p *Person) Unlocks(post Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Undo", "object": Doc{"type": "Lock", "object": post.URI}})
}

// Marks says which reply answers a question of theirs, or of a community that they look
// after.
func (p *Person) Marks(reply Post) {
	p.town.T.Helper()
	p.does(Doc{"type": ap.ChooseAnswer, "object": reply.URI})
}

// Unmarks takes Marks back.
func (p *Person) Unmarks(reply Post) {
	p.town.T.Helper()
	p.does(Doc{"type": "Undo", "object": Doc{"type": ap.ChooseAnswer, "object": reply.URI}})
}

// Describes gives a community that they look after a name and a purpose.
func (p *Person) Describes(c Community, title, purpose string) {
	p.town.T.Helper()
	p.does(Doc{"type": "Update", "object": Doc{
		"id": c.URI, "type": "Group", "name": title, "source": Doc{"content": purpose, "mediaType": "text/markdown"},
	}})
}

// Appoints makes somebody a facilitator of a community that they look after.
func (p *Person) Appoints(c Community, who *Person) {
	p.town.T.Helper()
	p.does(Doc{"type": "Add", "object": who.URI, "target": c.URI + "/moderators"})
}

// StandsDown takes Appoints back.
func (p *Person) StandsDown(c Community, who *Person) {
	p.town.T.Helper()
	p.does(Doc{"type": "Remove", "object": who.URI, "target": c.URI + "/moderators"})
}

// Removes ends somebody's membership, until a time or, when that is zero, until
// it is lifted.
func (p *Person) Removes(c Community, who *Person, reason string, until time.Time) {
	p.town.T.Helper()
	block := Doc{"type": "Block", "object": who.URI, "target": c.URI, "summary": reason}
	if !until.IsZero() {
		block["endTime"] = until.Format(time.RFC3339)
	}
	p.does(block)
}

// LetsBack lifts a removal.
func (p *Person) LetsBack(c Community, who *Person) {
	p.town.T.Helper()
	p.does(Doc{"type": "Undo", "object": Doc{"type": "Block", "object": who.URI, "target": c.URI}})
}

// Invites puts somebody on the list of those whom a community lets in, as the
// form for it does.
func (p *Person) Invites(c Community, who *Person) {
	p.town.T.Helper()
	p.decides(c, who, p.hall().node.Actions.Welcome)
}

// decides does what has a form and no activity of the client API.
func (p *Person) decides(c Community, who *Person, do func(ctx context.Context, tx *store.Tx, me actors.Actor, group actors.Community, them actors.Actor) error) {
	p.town.T.Helper()
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		them, err := tx.ActorByURI(ctx, who.URI)
		if err != nil {
			return err
		}
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		return do(ctx, tx, me, group, them)
	}))
}
