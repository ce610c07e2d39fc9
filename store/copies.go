package store

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
)

// copied is the condition under which post p is a document of this node that is a copy
// of a version of another document: it says that it derives from that version, and
// began with its file. The document and the number of the version, 0 for any, are
// the arguments from at on.
func copied(at int) string {
	return fmt.Sprintf(` p.local AND p.deleted_at = 0 AND p.id IN (
		SELECT c.document_id FROM version o
			JOIN related r ON r.uri = o.uri AND r.relation = 'derived'
			JOIN version c ON c.document_id = r.document_id AND c.number = 1 AND c.digest = o.digest
		WHERE o.document_id = $%d AND (o.number = $%d OR $%[2]d = 0)) `, at, at+1)
}

// CopiesOf lists the copies that this node has of any version of a document and that
// the viewer may read, the earliest first.
func (t *Tx) CopiesOf(ctx context.Context, v actors.Viewer, document actors.ID, n int) ([]Paper, error) {
	return collect(ctx, t, scanPaper, selectPaper+readable+` AND `+copied(3)+` ORDER BY p.id LIMIT $5`, v.Actor, v.Local, document, 0, n)
}

// CopyIn finds the copy that a community of this node has of a version, whoever asks;
// ErrNotFound when it has none. It is for a write that makes one otherwise: of two
// that ask at once the second finds the copy of the first.
func (t *Tx) CopyIn(ctx context.Context, group actors.ID, v content.Version) (content.Post, error) {
	if err := t.lockDocument(ctx, v.Document); err != nil {
		return content.Post{}, err
	}
	p, err := one(ctx, t, scanPaper, selectPaper+`d.group_id = $1 AND`+copied(2)+` ORDER BY p.id LIMIT 1`, group, v.Document, v.Number)
	return p.Post, err
}

// KeepersOf lists who looks after copies of a version of a document, or with number 0
// of any, whoever asks. It is for telling them.
func (t *Tx) KeepersOf(ctx context.Context, document actors.ID, number int) ([]actors.ID, error) {
	return collect(ctx, t, scanValue[actors.ID], `
		SELECT DISTINCT d.owner_id FROM document d JOIN post p ON p.id = d.post_id
		WHERE d.owner_id <> 0 AND`+copied(1)+` ORDER BY d.owner_id`, document, number)
}

// CopiedFrom reads the version of which a document is a copy, as far as it is known
// here, whoever asks; ErrNotFound for a document that is none.
func (t *Tx) CopiedFrom(ctx context.Context, document actors.ID) (content.Version, error) {
	return one(ctx, t, scanVersion, `
		SELECT `+versionColumns+` FROM version c
			JOIN related r ON r.document_id = c.document_id AND r.relation = 'derived'
			JOIN version v ON v.uri = r.uri AND v.digest = c.digest
		WHERE c.document_id = $1 AND c.number = 1 ORDER BY v.document_id LIMIT 1`, document)
}
