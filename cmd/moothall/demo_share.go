package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// posted are the uploads of each paper of a community, by its key.
type posted map[string][]store.Upload

// sendFiles sends the files of all papers of a community to the nodes of those who
// share them. They are read there while people debate.
func (p *player) sendFiles(ctx context.Context, c debateHall, group actors.URI) (posted, error) {
	sent := posted{}
	for _, paper := range p.script.papersIn(c.name) {
		for _, e := range paper.editions {
			u, err := p.sendFile(ctx, paper, e, group)
			if err != nil {
				return nil, fmt.Errorf("send %s: %w", e.file, err)
			}
			sent[paper.key] = append(sent[paper.key], u)
		}
	}
	return sent, nil
}

func (p *player) sendFile(ctx context.Context, of paper, e edition, group actors.URI) (u store.Upload, err error) {
	m, err := p.part(of.by)
	if err != nil {
		return u, err
	}
	raw, err := e.bytes(of)
	if err != nil {
		return u, err
	}
	u.Name = e.file
	if u.Format, err = extract.Sniff(e.file, bytes.NewReader(raw), int64(len(raw))); err != nil {
		return u, err
	}
	if u.Digest, u.Size, err = m.node.Files.Put(ctx, bytes.NewReader(raw), actions.MaxFile); err != nil {
		return u, err
	}
	err = m.node.DB.Write(ctx, func(tx *store.Tx) error {
		g, err := tx.CommunityByURI(ctx, group)
		if err != nil {
			return err
		}
		u, err = m.node.Actions.Receive(ctx, tx, m.who, g, u)
		return err
	})
	return u, err
}

// playLibrary shares the papers of a community with all their versions, and then
// withdraws those that do not last.
func (p *player) playLibrary(ctx context.Context, c debateHall, group actors.URI, sent posted) error {
	shared := map[string]actors.URI{}
	papers := p.script.papersIn(c.name)
	for _, paper := range papers {
		uri, err := p.share(ctx, paper, group, sent[paper.key], shared)
		if err != nil {
			return fmt.Errorf("%q: %w", paper.draft.Title, err)
		}
		shared[paper.key] = uri
	}
	for _, paper := range papers {
		if paper.withdrawn == "" {
			continue
		}
		if err := p.withdraw(ctx, paper, shared[paper.key]); err != nil {
			return fmt.Errorf("withdraw %q: %w", paper.draft.Title, err)
		}
	}
	return nil
}

func (p *player) share(ctx context.Context, of paper, group actors.URI, sent []store.Upload, shared map[string]actors.URI) (actors.URI, error) {
	m, err := p.part(of.by)
	if err != nil {
		return "", err
	}
	for _, r := range of.related {
		if err := m.awaitPost(ctx, shared[r.key]); err != nil {
			return "", err
		}
		of.draft.Related = append(of.draft.Related, content.Related{Relation: r.kind, URI: shared[r.key], Title: p.script.paper(r.key).draft.Title})
	}
	uri, err := m.shareFirst(ctx, of, group, sent[0])
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	p.shared[uri] = of
	p.mu.Unlock()
	for i, e := range of.editions[1:] {
		if err := m.shareNext(ctx, uri, e, sent[i+1]); err != nil {
			return "", fmt.Errorf("version %d: %w", i+2, err)
		}
	}
	return uri, nil
}

func (m part) shareFirst(ctx context.Context, of paper, group actors.URI, sent store.Upload) (uri actors.URI, err error) {
	return uri, m.onceRead(ctx, sent, func(tx *store.Tx, read store.Upload) error {
		g, err := tx.CommunityByURI(ctx, group)
		if err != nil {
			return err
		}
		post, err := m.node.Actions.Share(ctx, tx, m.who, g, of.draft, read, of.editions[0].anyway)
		uri = post.URI
		return err
	})
}

func (m part) shareNext(ctx context.Context, uri actors.URI, e edition, sent store.Upload) error {
	if err := m.awaitPost(ctx, uri); err != nil {
		return err
	}
	d := content.DocumentDraft{Note: e.note, Confirmed: true}
	d.Stage, d.Document.Adopted = e.stage, e.adopted
	return m.onceRead(ctx, sent, func(tx *store.Tx, read store.Upload) error {
		post, err := tx.PostByURI(ctx, uri)
		if err != nil {
			return err
		}
		_, err = m.node.Actions.ShareVersion(ctx, tx, m.who, post, d, read, e.anyway)
		return err
	})
}

// onceRead does something with an upload once it has been read. Each reading ends by
// limits of its own, and how many come before this one depends on the other councils.
func (m part) onceRead(ctx context.Context, sent store.Upload, do func(*store.Tx, store.Upload) error) error {
	err := m.watch(ctx, func(tx *store.Tx) (bool, error) {
		u, err := tx.Upload(ctx, m.who.ID, sent.ID)
		sent = u
		return u.State != store.UploadWaiting, err
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", sent.Name, err)
	}
	return m.node.DB.Write(ctx, func(tx *store.Tx) error { return do(tx, sent) })
}

// awaitPaper waits until a document is here in its last version, or gone.
func (m part) awaitPaper(ctx context.Context, uri actors.URI, of paper) error {
	return m.await(ctx, func(tx *store.Tx) (bool, error) {
		found, err := tx.PostByURI(ctx, uri)
		if err != nil || of.withdrawn != "" {
			return found.IsGone(), err
		}
		d, err := tx.DocumentForRules(ctx, found.ID)
		return found.Standing == content.Accepted && d.Number == len(of.editions), err
	})
}

func (p *player) withdraw(ctx context.Context, of paper, uri actors.URI) error {
	return p.doesAbout(ctx, &remark{of.by, of.withdrawn}, uri, func(tx *store.Tx, m part, found content.Post, why string) error {
		return m.node.Actions.WithdrawDocument(ctx, tx, m.who, found, content.Withdrawal{Title: found.Title, Reason: why})
	})
}

func (s script) papersIn(community string) []paper {
	return slices.DeleteFunc(slices.Clone(s.papers), func(p paper) bool { return p.in != community })
}

// paper is the one with this key; nothing when there is none.
func (s script) paper(key string) paper {
	i := slices.IndexFunc(s.papers, func(p paper) bool { return p.key == key })
	if i < 0 {
		return paper{}
	}
	return s.papers[i]
}
