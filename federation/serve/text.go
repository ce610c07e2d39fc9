package serve

import (
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/extract"
	"moothall/store"
)

const (
	maxText   = 200 << 10 // bytes of a file's text that others get for their index (users.md 3.9)
	plainText = "text/plain; charset=utf-8"
)

// text gives what was read in the file of a version to those who sign, for the index
// of their node: of what everyone may read and pass on, and of nothing else.
func (s *Serve) text(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return q.gone(p)
	}
	v, err := q.tx.Version(q.ctx, p.ID, q.number)
	if err != nil {
		return reply{}, err
	}
	d, err := q.tx.DocumentForRules(q.ctx, p.ID)
	if err != nil {
		return reply{}, err
	}
	if v.File.Text == "" || v.IsWithdrawn() || p.Audience != actors.AudiencePublic || !d.Licence.IsOpen() {
		return reply{}, store.ErrNotFound
	}
	read, err := actions.ReadingOf(q.ctx, q.tx, v.File.Digest)
	return reply{kind: plainText, body: []byte(textOf(read))}, err
}

// textOf is what was read in a file as plain text, a line for each block.
func textOf(r extract.Reading) string {
	var b strings.Builder
	for _, block := range r.Blocks {
		line := block.Text
		if len(block.Cells) > 0 {
			line = strings.Join(block.Cells, "\t")
		}
		if b.Len()+len(line) >= maxText {
			break
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
