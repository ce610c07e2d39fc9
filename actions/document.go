package actions

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/ap"
	"moothall/store"
)

// reviewAfter is when a document is looked at again where nobody says otherwise.
const reviewAfter = 12 // months

// Share makes a document of a file that by sent (users.md 3.3). reason is why it is
// shared although the check found something, and may be empty where it did not. It
// returns content.Problems for a draft that needs mending and a Refusal for one
// that may not be shared.
func (a *Actions) Share(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, d content.DocumentDraft, from store.Upload, reason string) (content.Post, error) {
	if err := d.Check(); err != nil {
		return content.Post{}, err
	}
	read, err := ReadingOf(ctx, tx, from.Digest)
	if err != nil {
		return content.Post{}, err
	}
	checked, err := mayGoOn(ctx, tx, from, read, reason)
	if err != nil {
		return content.Post{}, err
	}
	p, err := a.begin(ctx, tx, by, group, d, from, read, content.Version{Check: checked})
	if err != nil {
		return p, err
	}
	return p, tx.DropUpload(ctx, by.ID, from.ID)
}

// begin makes a document of a draft and a file that is kept here, and lets it into its
// community. Of its first version said has what the file does not say. Every document
// of this node begins here.
func (a *Actions) begin(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, d content.DocumentDraft, from store.Upload, read extract.Reading, said content.Version) (content.Post, error) {
	p, err := a.newDocument(group, by, d)
	if err != nil {
		return p, err
	}
	doc := a.filledIn(d, p, group, by)
	first := a.version(p, doc, from, read)
	first.Note, first.Check = said.Note, said.Check
	w, err := a.wording(ctx, tx, p, by, group, nil)
	if err != nil {
		return p, err
	}
	w.paper = &ap.Paper{Document: doc, Version: first, Related: d.Related}
	if doc.StaysHere() {
		err = a.keepHere(ctx, tx, by, group, &p, doc)
	} else {
		p, _, err = a.put(ctx, tx, p, w)
	}
	if err != nil {
		return p, err
	}
	if err := tx.AddDocument(ctx, p, doc); err != nil {
		return p, fmt.Errorf("add document: %w", err)
	}
	if err := tx.SetRelated(ctx, p.ID, d.Related); err != nil {
		return p, fmt.Errorf("name other documents: %w", err)
	}
	if err := a.settle(ctx, tx, by, first); err != nil {
		return p, err
	}
	return p, a.writeRecord(ctx, tx, by, *w.paper, p, read)
}

// settle stores a version, and keeps its file for good.
func (a *Actions) settle(ctx context.Context, tx *store.Tx, by actors.Actor, v content.Version) error {
	if err := tx.AddVersion(ctx, v); err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	if err := tx.KeepFile(ctx, v.File.Digest, v.File.Size, a.Now(), time.Time{}); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	if v.Check == "" {
		return nil
	}
	return a.addAudit(ctx, tx, store.Audit{By: by.ID, Action: DidShareAnyway, Target: string(v.URI), Detail: v.Check})
}

// newDocument is the post that will carry a document.
func (a *Actions) newDocument(group actors.Community, by actors.Actor, d content.DocumentDraft) (content.Post, error) {
	p, err := a.fromDraft(group, by, nil, content.Draft{
		Kind: content.KindDocument, Title: strings.TrimSpace(d.Title), Source: d.Summary, Language: d.Language, Audience: d.Audience,
	})
	if err != nil {
		return p, err
	}
	var bits [8]byte
	if _, err := io.ReadFull(a.random(), bits[:]); err != nil {
		return p, fmt.Errorf("name a document: %w", err)
	}
	p.URI = a.Site.Document(content.NewDocumentName(binary.BigEndian.Uint64(bits[:])))
	p.URL, p.Type, p.HTML = string(p.URI), "Article", content.Paragraphs(d.Summary)
	if d.Classification == content.Sensitive {
		p.Audience = actors.AudienceOrganisation // never leaves this node (users.md 3.9)
	}
	return p, nil
}

// filledIn is what is known of a new document: what was said, and for the rest what
// is usual.
func (a *Actions) filledIn(d content.DocumentDraft, p content.Post, group actors.Community, by actors.Actor) content.Document {
	doc := d.Document
	doc.Post, doc.Owner, doc.Number = p.ID, by.ID, 1
	doc.Issuer = a.Site.Name
	if by.Organisation != "" {
		doc.Issuer = by.Organisation
	}
	if doc.Licence == "" {
		doc.Licence = UsualLicence(p.Audience)
	}
	if doc.Licence == content.OGL && doc.Attribution == "" {
		doc.Attribution = "Contains public sector information licensed under the Open Government Licence v3.0."
	}
	if doc.Classification == "" {
		doc.Classification = content.Official
	}
	if doc.Authors == "" {
		doc.Authors = doc.Issuer
	}
	if doc.Review.IsZero() {
		doc.Review = a.Now().AddDate(0, reviewAfter, 0)
	}
	if !a.keptBack(doc) {
		doc.Embargo = time.Time{}
	}
	return doc
}

// UsualLicence is the licence of what is shared with an audience, where nobody
// chooses another (DOC-3).
func UsualLicence(audience actors.Audience) content.Licence {
	if audience == actors.AudiencePublic {
		return content.OGL
	}
	return content.Members
}

// version is what an upload becomes.
func (a *Actions) version(p content.Post, d content.Document, from store.Upload, read extract.Reading) content.Version {
	uri := ap.VersionAddress(p.URI, d.Number)
	v := content.Version{
		Document: p.ID, Number: d.Number, URI: uri, Title: p.Title, Stage: d.Stage,
		File: content.Attached{
			Digest: from.Digest, Name: from.Name, MediaType: from.Format.MediaType(), Size: from.Size, Pages: read.Pages,
			URL: string(uri) + "/file",
		},
		By: d.Owner, At: a.Now(),
	}
	if p.Audience == actors.AudiencePublic && d.Licence.IsOpen() && len(read.Blocks) > 0 {
		v.File.Text = string(uri) + "/text"
	}
	return v
}

// ShareVersion makes the next version of a document of a file that by sent. Of d
// only what changed, the stage, who adopted it and its number are looked at: that of the
// version which by knows as the current one, or 0. It returns content.Problems where
// another version came since, and where the file is one that the document has.
func (a *Actions) ShareVersion(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, d content.DocumentDraft, from store.Upload, reason string) (content.Version, error) {
	if err := d.CheckVersion(); err != nil {
		return content.Version{}, err
	}
	read, err := ReadingOf(ctx, tx, from.Digest)
	if err != nil {
		return content.Version{}, err
	}
	checked, err := mayGoOn(ctx, tx, from, read, reason)
	if err != nil {
		return content.Version{}, err
	}
	w, err := a.changeablePaper(ctx, tx, by, p)
	if err != nil {
		return content.Version{}, err
	}
	p = w.paper.Post
	if err := isNewFile(ctx, tx, p.ID, from.Digest); err != nil {
		return content.Version{}, err
	}
	doc := w.paper.Document
	if d.Number != 0 && d.Number != doc.Number {
		return content.Version{}, content.Problems{"file": fmt.Sprintf("Someone added version %d meanwhile. Read it first. If your file is still the newest, share it again", doc.Number)}
	}
	doc.Number++
	doc.Stage, doc.Adopted, doc.Reminded = d.Stage, d.Document.Adopted, 0
	doc.Review = a.Now().AddDate(0, reviewAfter, 0)
	next := a.version(p, doc, from, read)
	next.Note, next.By, next.Check = strings.TrimSpace(d.Note), by.ID, checked
	if err := tx.EditDocument(ctx, doc); err != nil {
		return next, fmt.Errorf("edit document: %w", err)
	}
	if err := a.settle(ctx, tx, by, next); err != nil {
		return next, err
	}
	if err := tx.DropUpload(ctx, by.ID, from.ID); err != nil {
		return next, err
	}
	w.paper.Document, w.paper.Version = doc, next
	if err := a.writeRecord(ctx, tx, by, *w.paper, p, read); err != nil {
		return next, err
	}
	if err := a.changePaper(ctx, tx, p, w); err != nil {
		return next, err
	}
	return next, a.TellSavers(ctx, tx, p, next.Number, by.ID)
}

// isNewFile refuses a file that the document has already (anchors.md 4.6).
func isNewFile(ctx context.Context, tx *store.Tx, document actors.ID, d content.Digest) error {
	versions, err := tx.Versions(ctx, document)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.File.Digest == d && !v.IsWithdrawn() {
			return content.Problems{"file": fmt.Sprintf("This is the same file as version %d. Choose the file that changed", v.Number)}
		}
	}
	return nil
}

// EditDocument changes what is said of a document. Its file stays, and so does the
// number of its version.
func (a *Actions) EditDocument(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, d content.DocumentDraft) error {
	if err := d.CheckDetails(); err != nil {
		return err
	}
	w, err := a.changeablePaper(ctx, tx, by, p)
	if err != nil {
		return err
	}
	p = w.paper.Post
	was := w.paper.Document
	doc := d.Document
	doc.Post, doc.Owner, doc.Number, doc.Issuer, doc.IssuerCode = p.ID, was.Owner, was.Number, was.Issuer, was.IssuerCode
	doc.Embargo, doc.Reminded = was.Embargo, was.Reminded
	if doc.Classification == content.Sensitive && p.Audience != actors.AudienceOrganisation {
		return content.Problems{"classification": "Other organisations have this document already. Withdraw it, and share it again as sensitive"}
	}
	if !doc.Review.Equal(was.Review) {
		doc.Reminded = 0
	}
	p.Title, p.Source, p.HTML = strings.TrimSpace(d.Title), d.Summary, content.Paragraphs(d.Summary)
	p.Language = content.Lang(d.Language)
	if err := tx.EditDocument(ctx, doc); err != nil {
		return fmt.Errorf("edit document: %w", err)
	}
	if err := tx.SetRelated(ctx, p.ID, d.Related); err != nil {
		return fmt.Errorf("name other documents: %w", err)
	}
	w.paper.Document, w.paper.Related = doc, d.Related
	return a.changePaper(ctx, tx, p, w)
}

// changePaper passes a change on; of what stays here nobody elsewhere is told.
func (a *Actions) changePaper(ctx context.Context, tx *store.Tx, p content.Post, w wording) error {
	p.Updated = a.Now()
	if w.paper.Document.StaysHere() {
		return tx.EditPost(ctx, p, nil)
	}
	_, err := a.change(ctx, tx, p, w)
	return err
}

// MayChangeDocument says whether by may change a document: its owner may, and
// whoever shared it. What it returns is a Refusal.
func MayChangeDocument(by actors.Actor, p content.Post, d content.Document) error {
	if !p.IsDocument() || !p.Local || by.ID != d.Owner && by.ID != p.Author {
		return refuse("not_owner", "Only the person who looks after this document can change it.")
	}
	if p.IsGone() {
		return refuse("gone", "This document has been withdrawn.")
	}
	return nil
}

// ownPaper is a document of this node that by may change, with what is around it.
// It is changed in the name of its author, whose word it is elsewhere.
func (a *Actions) ownPaper(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post) (wording, error) {
	doc, err := tx.DocumentForRules(ctx, p.ID)
	if err != nil {
		return wording{}, err
	}
	if err := MayChangeDocument(by, p, doc); err != nil {
		return wording{}, err
	}
	author, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return wording{}, err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return wording{}, err
	}
	return a.wording(ctx, tx, p, author, group, nil)
}

// changeablePaper is ownPaper for a change that is not its end: who was removed from the
// community withdraws what they shared, and says no more in it. The document is read as
// it is now, and nobody else changes it before this write has ended: two who add a
// version at once would make the same one.
func (a *Actions) changeablePaper(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post) (wording, error) {
	if err := a.notRemoved(ctx, tx, p.Group, by.ID); err != nil {
		return wording{}, err
	}
	p, err := tx.PaperToChange(ctx, p.ID)
	if err != nil {
		return wording{}, err
	}
	return a.ownPaper(ctx, tx, by, p)
}

func (a *Actions) notRemoved(ctx context.Context, tx *store.Tx, group, who actors.ID) error {
	m, err := a.membership(ctx, tx, group, who)
	if err == nil && m.Standing == actors.Banned {
		err = refuse("banned", "You have been removed from this community.")
	}
	return err
}

// paperOf is a document as it is stored; nothing of one that is not yet.
func paperOf(ctx context.Context, tx *store.Tx, p content.Post) (ap.Paper, error) {
	doc, err := tx.DocumentForRules(ctx, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return ap.Paper{}, nil
	}
	if err != nil {
		return ap.Paper{}, err
	}
	v, err := tx.Version(ctx, p.ID, doc.Number)
	if err != nil {
		return ap.Paper{}, fmt.Errorf("version %d of document %s: %w", doc.Number, p.ID, err)
	}
	related, err := tx.Related(ctx, p.ID)
	return ap.Paper{Post: p, Document: doc, Version: v, Related: related}, err
}
