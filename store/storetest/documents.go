package storetest

import (
	"context"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// Document stores a document with its first version.
func (w *Town) Document(group, author actors.ID, a actors.Audience, at int) (content.Post, content.Version) {
	w.Helper()
	p := w.Draft(group, author, nil, a, at)
	p.Kind, p.Type = content.KindDocument, "Article"
	v := w.Version(p, 1)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddPost(ctx, p, nil); err != nil {
			return err
		}
		if err := tx.AddDocument(ctx, p, content.Document{Summary: "Words.", Type: "strategy", Stage: content.InDraft, Owner: author}); err != nil {
			return err
		}
		return tx.AddVersion(ctx, v)
	})
	return p, v
}

// Version is a version that is not stored yet, with a file of its own.
func (w *Town) Version(p content.Post, number int) content.Version {
	uri := p.URI + "/v/" + actors.URI(rune('0'+number))
	return content.Version{Document: p.ID, Number: number, URI: uri, Title: p.Title, Note: "Note", Stage: content.InDraft,
		File: content.Attached{Digest: content.DigestOf([]byte(uri)), Name: "a.pdf", MediaType: "application/pdf", Size: 100, Pages: 2},
		By:   p.Author, At: p.Published, Check: "two comments"}
}

func documentRows(t *testing.T, w *Town) {
	ann, eve := w.Person("Ann", ""), w.Person("Eve", "")
	g := w.Community("g", actors.AudiencePublic)
	w.Stands(g.ID, ann.ID, actors.Joined)
	full := content.Document{Summary: "S", Type: content.OtherType, Other: "O", Stage: content.Adopted,
		Adopted: content.Adoption{Body: "Cabinet", On: "2027-05"}, Licence: content.OGL, LicenceURL: "u", Attribution: "A",
		Classification: content.Official, Handling: "H", Issuer: "North", IssuerCode: "GB-LAE-NOR", Authors: "Team", Owner: ann.ID,
		Dated: "2027", Reference: "R1", Subjects: []string{"ponds", "water and wells"}, Place: "E07", Period: "2027", Effort: 3,
		Review: At(100), Embargo: At(50)}
	p := w.Draft(g.ID, ann.ID, nil, actors.AudienceMembers, 1)
	p.Kind = content.KindDocument
	full.Post = p.ID
	one, two := w.Version(p, 1), w.Version(p, 2)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddPost(ctx, p, nil); err != nil {
			return err
		}
		if err := tx.AddDocument(ctx, p, full); err != nil {
			return err
		}
		if err := tx.AddVersion(ctx, two); err != nil {
			return err
		}
		isErr(t, "a number that is taken", tx.AddVersion(ctx, two), store.ErrConflict)
		return tx.AddVersion(ctx, one)
	})
	full.Number = 2 // a lower one that comes late takes no place
	member, stranger := actors.Viewer{Actor: ann.ID, Local: true}, actors.Viewer{Actor: eve.ID, Local: true}
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.DocumentForRules(ctx, p.ID)
		same(t, "document", err, full, got)
		paper, err := tx.Paper(ctx, member, p.ID)
		same(t, "paper", err, store.Paper{Post: p, Doc: full}, paper)
		_, err = tx.Paper(ctx, stranger, p.ID)
		isErr(t, "paper of others", err, store.ErrNotFound)
		list, err := tx.Versions(ctx, p.ID)
		same(t, "versions", err, []content.Version{two, one}, list)
		v, err := tx.VersionByURI(ctx, one.URI)
		same(t, "version by address", err, one, v)
		list, err = tx.VersionsWith(ctx, stranger, one.File.Digest, 5)
		same(t, "S144 a file of others", err, nil, list)
		list, err = tx.VersionsWith(ctx, member, one.File.Digest, 5)
		same(t, "whose file", err, []content.Version{one}, list)
		for name, f := range map[string]store.LibraryFilter{"all": {}, "one": {Group: g.ID, Type: content.OtherType, Stage: content.Adopted, Owner: ann.ID, Due: At(101)}} {
			papers, err := tx.Library(ctx, member, f, store.Page{})
			same(t, "library "+name, err, []store.Paper{{Post: p, Doc: full}}, papers)
			for who, want := range map[actors.Viewer]int{member: 1, stranger: 0} {
				n, err := tx.CountLibrary(ctx, who, f)
				same(t, "count of library "+name, err, want, n)
			}
		}
		papers, err := tx.Library(ctx, member, store.LibraryFilter{Due: At(100)}, store.Page{})
		same(t, "none due yet", err, nil, papers)
		return nil
	})
	documentChanges(t, w, p, full, eve)
}

func documentChanges(t *testing.T, w *Town, p content.Post, d content.Document, eve actors.Actor) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		due, err := tx.DueForReview(ctx, At(100), time.Hour, 1, 5)
		same(t, "due for review", err, []content.Document{d}, due)
		same(t, "reminded", tx.SetReview(ctx, p.ID, d.Review, 1), 0, 0)
		due, err = tx.DueForReview(ctx, At(100), time.Hour, 3, 5)
		same(t, "the second reminder is not due yet", err, nil, due)
		due, err = tx.DueForReview(ctx, At(100).Add(time.Hour), time.Hour, 3, 5)
		same(t, "the second reminder", err, 1, len(due))
		same(t, "not reminded", tx.SetReview(ctx, p.ID, d.Review, 0), 0, 0)
		due, err = tx.DueFromEmbargo(ctx, At(50), 5)
		same(t, "due from embargo", err, []content.Document{d}, due)
		due, err = tx.OwnedBy(ctx, d.Owner, 5)
		same(t, "owned", err, []content.Document{d}, due)
		d.Summary, d.Stage, d.Review, d.Reminded, d.Number = "New", content.Superseded, At(200), 1, 2
		same(t, "edited", tx.EditDocument(ctx, d), 0, 0)
		older := d
		older.Number = 1
		isErr(t, "an older one never replaces a newer", tx.EditDocument(ctx, older), store.ErrNotFound)
		same(t, "owner", tx.SetDocumentOwner(ctx, p.ID, eve.ID), 0, 0)
		same(t, "review", tx.SetReview(ctx, p.ID, At(300), 2), 0, 0)
		same(t, "embargo", tx.LiftEmbargo(ctx, p.ID), 0, 0)
		isErr(t, "embargo lifted once", tx.LiftEmbargo(ctx, p.ID), store.ErrNotFound)
		d.Owner, d.Review, d.Reminded, d.Embargo = eve.ID, At(300), 2, time.Time{}
		got, err := tx.DocumentForRules(ctx, p.ID)
		same(t, "changed", err, d, got)
		for n := range 2 {
			same(t, "record", tx.AddProvenance(ctx, p.ID, n+1, []byte(`{"version":1}`)), 0, 0)
		}
		body, err := tx.Provenance(ctx, p.ID, 1)
		same(t, "record as it was", err, `{"version":1}`, string(body))
		same(t, "version withdrawn", tx.WithdrawVersion(ctx, p.ID, 1, "Wrong map", At(9)), 0, 0)
		_, err = tx.Provenance(ctx, p.ID, 1)
		isErr(t, "record of a withdrawn version", err, store.ErrNotFound)
		_, err = tx.Provenance(ctx, p.ID, 2)
		same(t, "record of the other", err, 0, 0)
		isErr(t, "withdrawn once", tx.WithdrawVersion(ctx, p.ID, 1, "", At(9)), store.ErrNotFound)
		same(t, "withdrawn", tx.WithdrawDocument(ctx, p.ID, content.Withdrawal{Title: "T", Reason: "Old", Replaced: "https://kent.example/d/1"}, At(10)), 0, 0)
		_, err = tx.Provenance(ctx, p.ID, 2)
		isErr(t, "record of a withdrawn document", err, store.ErrNotFound)
		isErr(t, "document withdrawn once", tx.WithdrawDocument(ctx, p.ID, content.Withdrawal{}, At(10)), store.ErrNotFound)
		isErr(t, "nothing changes what is withdrawn", tx.EditDocument(ctx, d), store.ErrNotFound)
		v, err := tx.Version(ctx, p.ID, 1)
		if err != nil || !v.IsWithdrawn() || v.Reason != "Wrong map" || v.Title != "" || v.Check != "" {
			t.Errorf("withdrawn version: %v %+v", err, v)
		}
		got, err = tx.DocumentForRules(ctx, p.ID)
		if err != nil || !got.IsWithdrawn() || got.Withdrawal != (content.Withdrawal{Title: "T", Reason: "Old", Replaced: "https://kent.example/d/1"}) || got.Summary != "" {
			t.Errorf("withdrawn document: %v %+v", err, got)
		}
		return nil
	})
}

func relatedDocuments(t *testing.T, w *Town) {
	ann := w.Person("Ann", "")
	g := w.Community("g", actors.AudiencePublic)
	open, _ := w.Document(g.ID, ann.ID, actors.AudiencePublic, 1)
	closed, _ := w.Document(g.ID, ann.ID, actors.AudienceMembers, 2)
	list := []content.Related{
		{Relation: content.DerivedFrom, URI: "https://peer.example/d/1", Title: "Theirs"},
		{Relation: content.Replaces, URI: "https://here.example/d/2"},
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range []content.Post{open, closed} {
			if err := tx.SetRelated(ctx, p.ID, list[:1]); err != nil {
				return err
			}
			same(t, "written anew", tx.SetRelated(ctx, p.ID, list), 0, 0)
		}
		return nil
	})
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.Related(ctx, open.ID)
		same(t, "related", err, list, got)
		papers, err := tx.RelatedTo(ctx, actors.Viewer{}, content.DerivedFrom, "https://peer.example/d/1", 5)
		if err != nil || len(papers) != 1 || papers[0].ID != open.ID {
			t.Errorf("I4: a stranger sees %d of one open and one closed document: %v", len(papers), err)
		}
		return nil
	})
}

func uploadRows(t *testing.T, w *Town) {
	ann, eve := w.Person("Ann", ""), w.Person("Eve", "")
	g := w.Community("g", actors.AudiencePublic)
	u := store.Upload{ID: w.ID(), Actor: ann.ID, Group: g.ID, Document: 7, Name: "a.docx", Format: "docx",
		Digest: content.DigestOf([]byte("a")), Size: 5, State: store.UploadWaiting, At: At(1)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "added", tx.AddUpload(ctx, u), 0, 0)
		_, err := tx.Upload(ctx, eve.ID, u.ID)
		isErr(t, "somebody else's", err, store.ErrNotFound)
		next, err := tx.NextUpload(ctx)
		same(t, "next", err, At(1), next)
		u.Attempts = 1
		got, err := tx.ClaimUpload(ctx, At(1), At(60))
		same(t, "claimed", err, u, got)
		_, err = tx.ClaimUpload(ctx, At(59), At(90))
		isErr(t, "claimed by another", err, store.ErrNotFound)
		u.State, u.Why, u.Digest, u.Size, u.Format, u.Name = store.UploadRefused, "why", content.DigestOf([]byte("b")), 6, "odt", "b.odt"
		same(t, "finished", tx.FinishUpload(ctx, u), 0, 0)
		isErr(t, "cleaned when refused", tx.CleanUpload(ctx, ann.ID, u.ID, At(2)), store.ErrNotFound)
		list, err := tx.UploadsBy(ctx, ann.ID, store.Page{})
		same(t, "list", err, []store.Upload{u}, list)
		n, err := tx.SharedBy(ctx, ann.ID)
		same(t, "S138 bytes of a person", err, 6, n)
		isErr(t, "dropped by another", tx.DropUpload(ctx, eve.ID, u.ID), store.ErrNotFound)
		same(t, "dropped", tx.DropUpload(ctx, ann.ID, u.ID), 0, 0)
		u.ID, u.State, u.Attempts = w.ID(), store.UploadReady, 0
		same(t, "another", tx.AddUpload(ctx, u), 0, 0)
		isErr(t, "cleaned by another", tx.CleanUpload(ctx, eve.ID, u.ID, At(1)), store.ErrNotFound)
		same(t, "cleaned", tx.CleanUpload(ctx, ann.ID, u.ID, At(1)), 0, 0)
		isErr(t, "cleaned twice", tx.CleanUpload(ctx, ann.ID, u.ID, At(1)), store.ErrNotFound)
		u.Clean, u.Attempts, u.State = true, 1, store.UploadWaiting
		got, err = tx.ClaimUpload(ctx, At(1), At(60))
		same(t, "claimed to be cleaned", err, u, got)
		same(t, "pruned", tx.PruneUploads(ctx, At(2)), 0, 0)
		list, err = tx.UploadsBy(ctx, ann.ID, store.Page{})
		same(t, "none left", err, nil, list)
		return nil
	})
}

// claimedFiles: another site gives the fingerprint of a file of this node as its own,
// and an early date.
func claimedFiles(t *testing.T, w *Town) {
	g := w.Community("g", actors.AudiencePublic)
	bob := w.Person("Bob", "peer.example")
	far := w.Draft(g.ID, bob.ID, nil, actors.AudiencePublic, 0)
	far.Kind, far.Local = content.KindDocument, false
	claim := w.Version(far, 1)
	_, ours := w.Document(g.ID, w.Person("Ann", "").ID, actors.AudiencePublic, 1)
	claim.File.Digest, claim.At = ours.File.Digest, At(-1000)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "post", tx.AddPost(ctx, far, nil), 0, 0)
		same(t, "document", tx.AddDocument(ctx, far, content.Document{}), 0, 0)
		same(t, "version", tx.AddVersion(ctx, claim), 0, 0)
		same(t, "our file", tx.KeepFile(ctx, ours.File.Digest, 100, At(1), time.Time{}), 0, 0)
		list, err := tx.VersionsWith(ctx, actors.Viewer{}, ours.File.Digest, 10)
		if err != nil || len(list) != 2 || list[0].Document != ours.Document {
			t.Errorf("DOC-5 whose file is it: %+v, %v", list, err)
		}
		for _, v := range []content.Version{ours, claim} {
			has, err := tx.HasFileOf(ctx, v)
			same(t, "S144 has it", err, v.Document == ours.Document, has)
		}
		same(t, "fetched", tx.FetchedFile(ctx, claim, At(2), At(50)), 0, 0)
		has, err := tx.HasFileOf(ctx, claim)
		same(t, "handed out by its site", err, true, has)
		same(t, "forgotten", tx.ForgetFile(ctx, claim.File.Digest), 0, 0)
		same(t, "kept again", tx.KeepFile(ctx, ours.File.Digest, 100, At(3), time.Time{}), 0, 0)
		has, err = tx.HasFileOf(ctx, claim)
		same(t, "S144 to be handed out again", err, false, has)
		return nil
	})
}

func fileRows(t *testing.T, w *Town) {
	ann := w.Person("Ann", "")
	g := w.Community("g", actors.AudiencePublic)
	p, v := w.Document(g.ID, ann.ID, actors.AudiencePublic, 1)
	loose := content.DigestOf([]byte("loose"))
	idle := func(ctx context.Context, tx *store.Tx, now int) []content.Digest {
		list, err := tx.IdleFiles(ctx, At(now), At(now), 10)
		if err != nil {
			t.Error(err)
		}
		return list
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "kept", tx.KeepFile(ctx, v.File.Digest, 100, At(1), At(50)), 0, 0)
		same(t, "kept loose", tx.KeepFile(ctx, loose, 3, At(1), time.Time{}), 0, 0)
		same(t, "idle is what nobody names", nil, []content.Digest{loose}, idle(ctx, tx, 10))
		same(t, "and what has expired", nil, 2, len(idle(ctx, tx, 50)))
		same(t, "kept longer", tx.KeepFile(ctx, v.File.Digest, 100, At(1), At(90)), 0, 0)
		same(t, "kept no shorter", tx.KeepFile(ctx, v.File.Digest, 100, At(1), At(60)), 0, 0)
		same(t, "not idle", nil, 1, len(idle(ctx, tx, 80)))
		same(t, "kept for good", tx.KeepFile(ctx, v.File.Digest, 100, At(1), time.Time{}), 0, 0)
		same(t, "never idle", nil, 1, len(idle(ctx, tx, 500)))
		n, err := tx.SharedIn(ctx, g.ID)
		same(t, "S138 bytes of a community", err, 100, n)
		same(t, "reading", tx.AddReading(ctx, v.File.Digest, []byte("{}"), At(1)), 0, 0)
		same(t, "read again", tx.AddReading(ctx, v.File.Digest, []byte(`{"a":1}`), At(1)), 0, 0)
		body, err := tx.Reading(ctx, v.File.Digest)
		same(t, "what was read", err, `{"a":1}`, string(body))
		same(t, "S143 withdrawn", tx.MarkPostGone(ctx, p, At(5)), 0, 0)
		same(t, "S143 its file is idle", nil, 2, len(idle(ctx, tx, 500)))
		same(t, "forgotten", tx.ForgetFile(ctx, v.File.Digest), 0, 0)
		has, err := tx.HasFile(ctx, v.File.Digest)
		same(t, "not held", err, false, has)
		_, err = tx.Reading(ctx, v.File.Digest)
		isErr(t, "its reading is forgotten", err, store.ErrNotFound)
		return nil
	})
}

func savedDocuments(t *testing.T, w *Town) {
	ann, eve := w.Person("Ann", ""), w.Person("Eve", "")
	g := w.Community("g", actors.AudiencePublic)
	p, _ := w.Document(g.ID, ann.ID, actors.AudiencePublic, 1)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "saved", tx.Save(ctx, eve.ID, p.ID, 1, At(1)), 0, 0)
		same(t, "saved again", tx.Save(ctx, eve.ID, p.ID, 2, At(2)), 0, 0)
		has, err := tx.HasSaved(ctx, eve.ID, p.ID)
		same(t, "has saved", err, true, has)
		list, err := tx.Saved(ctx, actors.Viewer{Actor: eve.ID, Local: true}, store.Page{})
		same(t, "list", err, 1, len(list))
		for _, want := range [][]actors.ID{{eve.ID}, nil} { // once only
			people, err := tx.TellSaved(ctx, p.ID, 2)
			same(t, "MEM-6 told once", err, want, people)
		}
		same(t, "unsaved", tx.Unsave(ctx, eve.ID, p.ID), 0, 0)
		has, err = tx.HasSaved(ctx, eve.ID, p.ID)
		same(t, "has not saved", err, false, has)
		c := store.KeptCopy{Document: p.ID, Host: "peer.example", Number: 2, At: At(3)}
		same(t, "copy", tx.AddKeptCopy(ctx, c), 0, 0)
		same(t, "an older copy says nothing new", tx.AddKeptCopy(ctx, store.KeptCopy{Document: p.ID, Host: c.Host, Number: 1, At: At(4)}), 0, 0)
		copies, err := tx.KeptCopies(ctx, p.ID)
		same(t, "copies", err, []store.KeptCopy{c}, copies)
		return nil
	})
}

// copiesOfDocuments are those that name the version and began with its file; who only
// names it, or only has the file, is no copy.
func copiesOfDocuments(t *testing.T, w *Town) {
	ann, bob := w.Person("Ann", ""), w.Person("Bob", "peer.example")
	g, far := w.Community("g", actors.AudienceMembers), w.Community("far", actors.AudiencePublic)
	w.Stands(g.ID, ann.ID, actors.Joined)
	theirs, v := w.Document(far.ID, bob.ID, actors.AudiencePublic, 1)
	me := actors.Viewer{Actor: ann.ID, Local: true}
	made := map[string]actors.ID{}
	for name, c := range map[string]struct{ names, same bool }{"copy": {true, true}, "names it": {true, false}, "has it": {false, true}} {
		p := w.Draft(g.ID, ann.ID, nil, actors.AudienceMembers, 1)
		p.Kind = content.KindDocument
		first := w.Version(p, 1)
		first.File.Digest = content.DigestOf([]byte(name))
		if c.same {
			first.File.Digest = v.File.Digest
		}
		made[name] = p.ID
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			same(t, name, tx.AddPost(ctx, p, nil), 0, 0)
			same(t, name, tx.AddDocument(ctx, p, content.Document{Post: p.ID, Owner: ann.ID, Number: 1}), 0, 0)
			if c.names {
				same(t, name, tx.SetRelated(ctx, p.ID, []content.Related{{Relation: content.DerivedFrom, URI: v.URI}}), 0, 0)
			}
			return tx.AddVersion(ctx, first)
		})
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for who, want := range map[actors.Viewer]int{me: 1, {}: 0} {
			list, err := tx.CopiesOf(ctx, who, theirs.ID, 5)
			same(t, "copies", err, want, len(list))
		}
		p, err := tx.CopyIn(ctx, g.ID, v)
		same(t, "copy in its community", err, made["copy"], p.ID)
		_, err = tx.CopyIn(ctx, far.ID, v)
		isErr(t, "copy in another", err, store.ErrNotFound)
		v.Number = 2
		_, err = tx.CopyIn(ctx, g.ID, v)
		isErr(t, "copy of another version", err, store.ErrNotFound)
		for number, want := range map[int][]actors.ID{0: {ann.ID}, 1: {ann.ID}, 2: nil} {
			keepers, err := tx.KeepersOf(ctx, theirs.ID, number)
			same(t, "keepers", err, want, keepers)
		}
		from, err := tx.CopiedFrom(ctx, made["copy"])
		same(t, "copied from", err, theirs.ID, from.Document)
		_, err = tx.CopiedFrom(ctx, made["names it"])
		isErr(t, "of no copy", err, store.ErrNotFound)
		return nil
	})
}

func leftBehind(t *testing.T, w *Town) {
	ann, eve, bob := w.Person("Ann", ""), w.Person("Eve", ""), w.Person("Bob", "peer.example")
	g := w.Community("g", actors.AudiencePublic)
	for _, who := range []actors.Actor{ann, eve} {
		w.Stands(g.ID, who.ID, actors.Joined)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i, who := range []actors.Actor{bob, eve} { // bob for longer, but elsewhere
			if err := tx.SetMembership(ctx, actors.Membership{Group: g.ID, Actor: who.ID, Role: actors.Moderator, Standing: actors.Joined, Appointed: At(i + 1)}); err != nil {
				return err
			}
		}
		for _, who := range []actors.Actor{ann, eve} {
			if err := tx.AddAccount(ctx, actors.Account{Actor: who.ID, Email: who.Name + "@here.example", Role: actors.AccountMember}); err != nil {
				return err
			}
		}
		return nil
	})
	p, _ := w.Document(g.ID, ann.ID, actors.AudiencePublic, 1)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.LeftBehind(ctx, 5)
		same(t, "left behind by members", err, nil, list)
		to, err := tx.Successor(ctx, g.ID)
		same(t, "successor", err, eve.ID, to.ID)
		return nil
	})
	w.Stands(g.ID, ann.ID, actors.Left)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.LeftBehind(ctx, 5)
		if err != nil || len(list) != 1 || list[0].Post != p.ID {
			t.Errorf("left behind: %v %+v", err, list)
		}
		return tx.SetDocumentOwner(ctx, p.ID, 0)
	})
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.LeftBehind(ctx, 5)
		same(t, "left behind by nobody", err, nil, list)
		papers, err := tx.Library(ctx, actors.Viewer{}, store.LibraryFilter{Unowned: true}, store.Page{})
		same(t, "looked after by nobody", err, 1, len(papers))
		ours, err := tx.SharedIn(ctx, g.ID)
		same(t, "it counts all the same", err, 100, ours)
		return nil
	})
}
