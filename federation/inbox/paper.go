package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// paper is what an object says of the document that it is; nil when it is none. An
// answer is none, whatever else it says.
func (w *work) paper(o ap.Object) (*ap.PaperInfo, error) {
	if o.Paper == nil || o.InReplyTo != "" {
		return nil, nil
	}
	said, id := *o.Paper, actors.URI(o.ID)
	file, err := w.in.Site.Parse(said.Version.File.URL)
	switch d := said.Document; {
	case said.Of != "":
		return nil, refuse("version", "It is a version of a document, which belongs to the document.")
	case d.Classification != "" && d.Classification != content.Official:
		return nil, refuse("classified", "It is classified, and must not leave the site of its author.")
	case !said.Version.URI.SameOrigin(id):
		return nil, refuse("version_elsewhere", "Its version is on another host than the document.")
	case err != nil:
		return nil, refuse("address", err.Error())
	case !w.in.Site.Owns(file) && !file.SameOrigin(id):
		// It is fetched in the name of a reader: another site would hand out what only
		// that reader may have, and it would be shown to every reader of this document.
		return nil, refuse("file_elsewhere", "Its file is on another host than the document.")
	case w.in.Site.Owns(file), w.in.Site.Owns(said.Version.URI):
		return nil, refuse("local_forgery", "It gives a file of this node as its own.")
	}
	if text := actors.URI(said.Version.File.Text); text != "" && !text.SameOrigin(id) {
		said.Version.File.Text = ""
	}
	return &said, nil
}

// keepPaper stores what a post says of the document that it carries, once the post
// itself is stored.
func (w *work) keepPaper(ctx context.Context, p content.Post, o ap.Object) error {
	said, err := w.paper(o)
	if err != nil || said == nil || p.IsComment() {
		return err
	}
	return w.in.Actions.AdoptPaper(ctx, w.tx, p, *said)
}

// editPaper is keepPaper for an edit. A document never becomes something else.
func (w *work) editPaper(ctx context.Context, p content.Post, o ap.Object) error {
	said, err := w.paper(o)
	switch {
	case err != nil || p.IsComment():
		return err
	case said == nil && p.IsDocument():
		return refuse("not_a_document", "It is a document here, and the edit says nothing of its file.")
	case said == nil:
		return nil
	}
	return w.in.Actions.EditPaper(ctx, w.tx, p, *said)
}

// asPaper is a post with the words of a document as they are shown here: what stands
// around them is for those who do not know documents.
func asPaper(p content.Post, said ap.PaperInfo) content.Post {
	p.Kind, p.HTML, p.Link = content.KindDocument, content.Paragraphs(said.Document.Summary), ""
	return p
}

// lastWords are what the tombstone inside a Delete says of a document. They count
// where the Delete itself does.
func lastWords(deleted ap.Activity) content.Withdrawal {
	o, err := deleted.Object.AsObject()
	if err != nil || !o.IsTombstone() {
		return content.Withdrawal{}
	}
	return wordsLeft(o)
}

func wordsLeft(o ap.Object) content.Withdrawal {
	left := content.Withdrawal{Title: content.PlainName(o.Name, content.MaxTitle), Reason: content.PlainName(o.Reason, maxReason)}
	if link, ok := content.WebLink(string(o.ReplacedBy)); ok && len(link) <= content.MaxLink {
		left.Replaced = link
	}
	return left
}

// withdraw leaves of a post what its author left of it.
func (w *work) withdraw(ctx context.Context, p content.Post, left content.Withdrawal) error {
	if err := w.in.Actions.EndDocument(ctx, w.tx, p, left); err != nil {
		return err
	}
	return w.in.Actions.Withdraw(ctx, w.tx, p)
}

// removeVersion withdraws one version of a document for the document's author.
func (w *work) removeVersion(ctx context.Context, uri actors.URI) error {
	v, p, group, err := w.versionAt(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		w.line.Reason = "unknown_object: nothing to delete"
		return nil
	}
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	if p.Author != w.from.ID || p.Local {
		return refuse("not_owner", "Only its author can withdraw a version.")
	}
	return w.in.Actions.TakeVersionWithdrawal(ctx, w.tx, w.from, group, p, v, lastWords(w.act).Reason, w.entry())
}

// relayedVersion is the same as a community elsewhere passes it on. known says whether
// there is such a version.
func (w *work) relayedVersion(ctx context.Context, inner ap.Activity, uri actors.URI, group actors.Community) (known bool, err error) {
	v, p, _, err := w.versionAt(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	if p.Group != group.ID {
		return true, refuse("other_community", "It belongs to another community.")
	}
	if p.Local || v.IsWithdrawn() {
		return true, nil
	}
	why := lastWords(inner).Reason
	if !uri.SameOrigin(group.URI) || !actors.URI(inner.Actor).SameOrigin(group.URI) {
		proved, err := w.deletedByAuthor(ctx, inner, p, group)
		if err != nil {
			return true, err
		}
		if !proved {
			gone, err := w.vanished(uri, group)
			if err != nil {
				return true, err
			}
			if !gone {
				return true, refuse("still_there", "Its origin still has it.")
			}
			why = w.docs.stones[uri].Reason
		}
	}
	return true, w.in.Actions.TakeVersionWithdrawal(ctx, w.tx, w.from, group, p, v, why, w.entry())
}

func (w *work) versionAt(ctx context.Context, uri actors.URI) (v content.Version, p content.Post, group actors.Community, err error) {
	if v, err = w.tx.VersionByURI(ctx, uri); err != nil {
		return v, p, group, err
	}
	if p, err = w.tx.PostForRules(ctx, v.Document); err != nil {
		return v, p, group, err
	}
	group, err = w.tx.Community(ctx, p.Group)
	return v, p, group, err
}

// keptCopy is the word of another node that it keeps a copy of a document of ours
// (users.md 3.9). It speaks for itself only, and only of what it may read.
func (w *work) keptCopy(ctx context.Context) error {
	uri, err := w.address(w.act.Object.ID())
	if err != nil {
		return err
	}
	none := refuse("unknown_object", "It is about something that is not here.")
	v, p, group, err := w.versionAt(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return none
	}
	if err != nil {
		return err
	}
	may, err := w.hostMayRead(ctx, p, group)
	if err != nil {
		return err
	}
	if !may || !p.Local || p.IsGone() || v.IsWithdrawn() {
		return none
	}
	w.line.Group = group.ID
	return w.in.Actions.TakeKeptCopy(ctx, w.tx, w.from, p, v)
}

// hostMayRead says whether people on the sender's host can read a document of ours.
func (w *work) hostMayRead(ctx context.Context, p content.Post, group actors.Community) (bool, error) {
	switch {
	case p.Standing != content.Accepted || !w.in.Decide(w.from.Host, actors.ToServe).OK():
		return false, nil
	case p.Audience == actors.AudiencePublic, p.Audience == actors.AudienceNetwork:
		return true, nil
	case p.Audience != actors.AudienceMembers:
		return false, nil
	case group.Host == w.from.Host:
		return true, nil // it is the community's home
	}
	return w.tx.HasMemberFrom(ctx, group.ID, w.from.Host)
}
