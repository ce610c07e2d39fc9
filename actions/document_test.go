package actions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// sent is a file that ann sent and that has been read.
func (h *house) sent(t *testing.T, tx *store.Tx, words string, found ...extract.Finding) store.Upload {
	t.Helper()
	ctx := context.Background()
	u, err := h.a.Receive(ctx, tx, h.ann, h.parks, store.Upload{
		Name: "pond.docx", Format: extract.DOCX, Digest: content.DigestOf([]byte(words)), Size: int64(len(words))})
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(extract.Reading{Format: extract.DOCX, Pages: 2, Findings: found,
		Blocks: []extract.Block{{Kind: extract.Paragraph, Text: words}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.AddReading(ctx, u.Digest, body, h.a.Now()); err != nil {
		t.Fatal(err)
	}
	u.State = store.UploadReady
	if err := tx.FinishUpload(ctx, u); err != nil {
		t.Fatal(err)
	}
	return u
}

func pondDraft() content.DocumentDraft {
	return content.DocumentDraft{Title: "Pond lining guide", Confirmed: true,
		Document: content.Document{Summary: "How to line a pond.", Type: "guidance", Stage: content.InDraft}}
}

func (h *house) share(t *testing.T, d content.DocumentDraft) (p content.Post) {
	t.Helper()
	h.write(t, func(tx *store.Tx) (err error) {
		p, err = h.a.Share(context.Background(), tx, h.ann, h.parks, d, h.sent(t, tx, "Clay. "+d.Title), "")
		return err
	})
	return p
}

func TestDOC2_DOC3_ShareFillsInTheRestAndVersionsFollow(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	p := h.share(t, pondDraft())
	if p.Standing != content.Accepted || !strings.HasPrefix(string(p.URI), "https://north.example/d/") {
		t.Fatalf("shared as %s at %s", p.Standing, p.URI)
	}
	h.write(t, func(tx *store.Tx) error {
		d := content.DocumentDraft{Note: "A third layer", Confirmed: true, Document: content.Document{Stage: content.Adopted, Adopted: content.Adoption{Body: "Cabinet"}}}
		_, err := h.a.ShareVersion(ctx, tx, h.ann, p, d, h.sent(t, tx, "Clay. Pond lining guide"), "")
		if problems, ok := errors.AsType[content.Problems](err); !ok || problems["file"] == "" {
			t.Errorf("the same file again: %v", err)
		}
		_, err = h.a.ShareVersion(ctx, tx, h.ann, p, d, h.sent(t, tx, "Clay and straw."), "")
		return err
	})
	h.read(t, func(tx *store.Tx) error {
		paper, err := tx.Paper(ctx, actors.Viewer{}, p.ID)
		if err != nil {
			return err
		}
		if d := paper.Doc; d.Licence != content.OGL || d.Attribution == "" || d.Issuer != "North" || d.Number != 2 ||
			d.Stage != content.Adopted || !d.Review.Equal(h.a.Now().AddDate(1, 0, 0)) || d.Owner != h.ann.ID {
			t.Errorf("document: %+v", d)
		}
		versions, err := tx.Versions(ctx, p.ID)
		if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[1].URI != p.URI+"/v/1" || versions[0].File.Text == "" {
			t.Errorf("versions: %v %+v", err, versions)
		}
		return nil
	})
}

func TestDOC1_ShareAnywayNeedsAReasonThatIsLogged(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.write(t, func(tx *store.Tx) error {
		u := h.sent(t, tx, "Salaries", extract.Finding{Code: "hidden-sheet", Severity: extract.Stop, Count: 2})
		_, err := h.a.Share(ctx, tx, h.ann, h.parks, pondDraft(), u, " ")
		if problems, ok := errors.AsType[content.Problems](err); !ok || problems["reason"] == "" {
			t.Errorf("without a reason: %v", err)
		}
		p, err := h.a.Share(ctx, tx, h.ann, h.parks, pondDraft(), u, "The sheet is a key to colours")
		if err != nil {
			return err
		}
		v, err := tx.Version(ctx, p.ID, 1)
		if err != nil || v.Check != "hidden-sheet (2): The sheet is a key to colours" {
			t.Errorf("noted: %v %q", err, v.Check)
		}
		u = h.sent(t, tx, "Secret", extract.Finding{Code: "marking", Severity: extract.Refuse})
		if _, err := h.a.Share(ctx, tx, h.ann, h.parks, pondDraft(), u, "Please"); !errors.Is(err, actors.ErrForbidden) {
			t.Errorf("what is refused: %v", err)
		}
		return nil
	})
}

// TestDOC1_WhereNoReasonIsTakenNothingIsSharedForOne: neither a new document nor a new
// version, and only what the admins chose.
func TestDOC1_WhereNoReasonIsTakenNothingIsSharedForOne(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	p := h.share(t, pondDraft())
	h.write(t, func(tx *store.Tx) error {
		if err := h.a.SetNoReason(ctx, tx, h.ann.ID, []extract.StopKind{extract.StopHidden}); !errors.Is(err, actors.ErrForbidden) {
			t.Errorf("by a member: %v", err)
		}
		return tx.SetAccountRole(ctx, h.ann.ID, actors.AccountAdmin)
	})
	h.write(t, func(tx *store.Tx) error {
		if err := h.a.SetNoReason(ctx, tx, h.ann.ID, []extract.StopKind{"feelings"}); err == nil {
			t.Error("took a kind that is not there")
		}
		if err := h.a.SetNoReason(ctx, tx, h.ann.ID, []extract.StopKind{extract.StopHidden, extract.StopMarking}); err != nil {
			return err
		}
		list, err := tx.Audits(ctx, store.Page{})
		if err != nil || list[0].Action != actions.DidSetNoReason || list[0].Target != "hidden marking" || list[0].By != h.ann.ID {
			t.Errorf("the log: %v %+v", err, list)
		}
		rows := h.sent(t, tx, "Salaries", extract.Finding{Code: extract.HiddenRows, Severity: extract.Stop, Count: 2})
		_, err = h.a.Share(ctx, tx, h.ann, h.parks, pondDraft(), rows, "They are a key to colours")
		isRefused(t, "a new document", err, "no_reason")
		_, err = h.a.ShareVersion(ctx, tx, h.ann, p, content.DocumentDraft{Note: "Rows", Confirmed: true, Document: content.Document{Stage: content.InDraft}}, rows, "They are a key to colours")
		isRefused(t, "a new version", err, "no_reason")
		cache := h.sent(t, tx, "Pivot", extract.Finding{Code: extract.PivotCache, Severity: extract.Stop, Count: 1})
		_, err = h.a.Share(ctx, tx, h.ann, h.parks, pondDraft(), cache, "All of it is published")
		return err
	})
	h.write(t, func(tx *store.Tx) error {
		if err := h.a.SetNoReason(ctx, tx, h.ann.ID, nil); err != nil {
			return err
		}
		rows := h.sent(t, tx, "Salaries", extract.Finding{Code: extract.HiddenRows, Severity: extract.Stop, Count: 2})
		_, err := h.a.Share(ctx, tx, h.ann, h.parks, pondDraft(), rows, "They are a key to colours")
		return err
	})
}

func isRefused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if no, ok := errors.AsType[*actions.Refusal](err); !ok || no.Code != code {
		t.Errorf("%s: %v, want it refused as %s", what, err, code)
	}
}

func TestDOC4_WithdrawalLeavesTitleAndReason(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	p := h.share(t, pondDraft())
	h.write(t, func(tx *store.Tx) error {
		return h.a.WithdrawDocument(ctx, tx, h.ann, p, content.Withdrawal{Title: p.Title, Reason: "The clay was wrong"})
	})
	h.read(t, func(tx *store.Tx) error {
		paper, err := tx.Paper(ctx, actors.Viewer{}, p.ID)
		if err != nil || !paper.IsGone() || paper.Doc.Withdrawal.Reason != "The clay was wrong" || paper.Doc.Withdrawal.Title != p.Title || paper.Doc.Summary != "" {
			t.Errorf("%v %+v", err, paper)
		}
		return nil
	})
}

func TestEmbargoedAndSensitiveDocumentsLeaveNoLine(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	now := h.a.Now()
	kept := pondDraft()
	kept.Title, kept.Embargo = "Kept back for a day", now.Add(24*time.Hour)
	sensitive := pondDraft()
	sensitive.Title, sensitive.Classification, sensitive.Handling = "Of named people", content.Sensitive, "Members only"
	one, two := h.share(t, kept), h.share(t, sensitive)
	if one.Standing != content.Sent || two.Audience != actors.AudienceOrganisation || two.Standing != content.Accepted {
		t.Errorf("standings %s, %s; audience %s", one.Standing, two.Standing, two.Audience)
	}
	lines := func() (n int) {
		h.read(t, func(tx *store.Tx) error {
			log, err := tx.Outbox(ctx, h.ann.URI, store.Page{})
			for _, act := range log {
				if bytes.Contains(act.Body, []byte("Kept back")) || bytes.Contains(act.Body, []byte("named people")) {
					n++
				}
			}
			return err
		})
		return n
	}
	if n := lines(); n != 0 {
		t.Errorf("%d lines in the log", n)
	}
	h.a.Now = func() time.Time { return now.Add(25 * time.Hour) }
	h.write(t, func(tx *store.Tx) error {
		for _, want := range []int{1, 0} {
			if n, err := h.a.LiftEmbargoes(ctx, tx); err != nil || n != want {
				t.Errorf("lifted %d, want %d: %v", n, want, err)
			}
		}
		p, err := tx.PostForRules(ctx, one.ID)
		if err == nil && p.Standing != content.Accepted {
			t.Errorf("after its day: %s", p.Standing)
		}
		return err
	})
	if n := lines(); n != 1 {
		t.Errorf("%d lines after the day", n)
	}
}

func TestDOC7_OwnersAreRemindedThreeTimes(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.share(t, pondDraft())
	start := h.a.Now()
	var told []int
	for month := range 16 {
		h.a.Now = func() time.Time { return start.AddDate(0, month, 1) }
		h.write(t, func(tx *store.Tx) error {
			n, err := h.a.RemindOfReviews(ctx, tx)
			if n > 0 {
				told = append(told, month)
			}
			return err
		})
	}
	if len(told) != actions.Reminders || told[0] != 11 || told[2] > 13 {
		t.Errorf("told in months %v", told)
	}
}
