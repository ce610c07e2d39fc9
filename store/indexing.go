package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/search"
)

// searchDue says that what a post is found by has changed. Its words are written
// later, by Indexer: a post from elsewhere must not wait for them.
func (t *Tx) searchDue(ctx context.Context, post actors.ID) error {
	_, err := t.exec(ctx, `
		INSERT INTO search_due (post_id, times) VALUES ($1, 1)
		ON CONFLICT (post_id) DO UPDATE SET times = search_due.times + 1`, post)
	return err
}

// searchDueWith is searchDue for the documents whose current version has a file.
func (t *Tx) searchDueWith(ctx context.Context, d content.Digest) error {
	_, err := t.exec(ctx, `
		INSERT INTO search_due (post_id, times)
		SELECT d.post_id, 1 FROM version v JOIN document d ON d.post_id = v.document_id AND d.number = v.number
		WHERE v.digest = $1
		ON CONFLICT (post_id) DO UPDATE SET times = search_due.times + 1`, d)
	return err
}

// dueStep is how many posts are marked in one transaction, dueOnce how many are
// read at once to be indexed, and dueRows how many are written by one statement.
const (
	dueStep = 2000
	dueOnce = 1000
	dueRows = 50
	// dueText ends a round early: so many bytes of words are written in one transaction.
	dueText = 2 << 20
)

// SearchDueAfter marks the next posts behind an id to be indexed anew, and returns
// the last of them and how many there were; none at the end.
func (t *Tx) SearchDueAfter(ctx context.Context, after actors.ID) (last actors.ID, n int, err error) {
	list, err := collect(ctx, t, scanValue[actors.ID], `SELECT id FROM post WHERE id > $1 ORDER BY id LIMIT $2`, after, dueStep)
	if err != nil || len(list) == 0 {
		return after, 0, err
	}
	last = list[len(list)-1]
	_, err = t.exec(ctx, `
		INSERT INTO search_due (post_id, times) SELECT id, 1 FROM post WHERE id > $1 AND id <= $2
		ON CONFLICT (post_id) DO UPDATE SET times = search_due.times + 1`, after, last)
	return last, len(list), err
}

// CountPosts counts every post there is, for the command that indexes them anew.
func (t *Tx) CountPosts(ctx context.Context) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM post`)
}

// due is a post whose words have to be written, and the words.
type due struct {
	post  actors.ID
	times int64
	words string // empty for what is not to be found any more
	state dueState
}

// dueState says what has become of the words in this round.
type dueState int

const (
	made    dueState = iota
	toRead           // a document: more has to be read than the post
	another          // there was no more room in this round
)

// IndexDue writes the words of some posts that wait for it, says how many, and
// whether more waited than one round takes. Words are made while nobody waits for the
// database. A post that changed meanwhile is written again in the next round.
func (db *DB) IndexDue(ctx context.Context) (n int, more bool, err error) {
	db.indexing.Lock()
	defer db.indexing.Unlock()
	var list []due
	err = db.Read(ctx, func(tx *Tx) (err error) {
		list, more, err = tx.waitingWords(ctx, &db.stems)
		return err
	})
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	err = db.Write(ctx, func(tx *Tx) error {
		for some := range slices.Chunk(list, dueRows) {
			if err := tx.index(ctx, some); err != nil {
				return err
			}
		}
		return tx.tidyWords(ctx, more)
	})
	if err != nil {
		return 0, false, fmt.Errorf("index %d posts: %w", len(list), err)
	}
	return len(list), more, nil
}

// tidyWords is done at the end of a round.
func (t *Tx) tidyWords(ctx context.Context, more bool) error {
	if more || t.dialect.tidyWords == "" {
		return nil
	}
	_, err := t.exec(ctx, t.dialect.tidyWords)
	return err
}

// waitingWords makes the words of some posts that wait for it. What a post says is read
// with the queue; what documents say, afterwards.
func (t *Tx) waitingWords(ctx context.Context, stems *search.Stems) (list []due, more bool, err error) {
	size := 0
	waiting, err := collect(ctx, t, func(row scanner) (d due, err error) {
		var p content.Post
		err = row.Scan(&d.post, &d.times, &p.ID, &p.Group, &p.Author, &p.Parent, &p.Kind, &p.Title, &p.HTML,
			&p.Language, &p.Audience, timeOf{&p.Published}, timeOf{&p.Deleted})
		switch {
		case err != nil || p.ID == 0 || p.IsGone():
		case p.IsDocument():
			d.state = toRead
		case size >= dueText:
			d.state = another
		default:
			words := search.Item{Post: p}.Words(stems)
			eachLine(p, func(text string, _ int) bool { words.Text(text); return !words.Full() })
			d.words = words.String()
			size += len(d.words)
		}
		return d, err
	}, `
		SELECT s.post_id, s.times, COALESCE(p.id, 0), COALESCE(p.group_id, 0), COALESCE(p.author_id, 0), COALESCE(p.parent_id, 0),
			COALESCE(p.kind, ''), COALESCE(p.title, ''), COALESCE(p.html, ''), COALESCE(p.language, ''), COALESCE(p.audience, ''),
			COALESCE(p.published_at, 0), COALESCE(p.deleted_at, 0)
		FROM (SELECT post_id, times FROM search_due ORDER BY post_id LIMIT $1) s LEFT JOIN post p ON p.id = s.post_id`, dueOnce)
	if err != nil {
		return nil, false, err
	}
	for _, d := range waiting {
		if d.state == toRead && (size < dueText || len(list) == 0) {
			d.words, err = t.wordsOf(ctx, d.post, stems)
			if err != nil {
				return nil, false, err
			}
			d.state, size = made, size+len(d.words)
		}
		if d.state == made {
			list = append(list, d)
		}
	}
	return list, len(waiting) == dueOnce || len(list) < len(waiting), nil
}

// index writes the words of at most dueRows posts, unless another process has done so.
func (t *Tx) index(ctx context.Context, list []due) error {
	posts := make([]actors.ID, len(list))
	for i, d := range list {
		posts[i] = d.post
	}
	waits := map[actors.ID]int64{}
	_, err := collect(ctx, t, func(row scanner) (none struct{}, err error) {
		var d due
		err = row.Scan(&d.post, &d.times)
		waits[d.post] = d.times
		return none, err
	}, `SELECT post_id, times FROM search_due WHERE post_id IN (`+in(1, dueRows)+`) ORDER BY post_id`+t.dialect.lock, idsToFill(posts)...)
	if err != nil {
		return err
	}
	var done, gone []actors.ID
	put := list[:0:0]
	for _, d := range list {
		times, ok := waits[d.post]
		switch {
		case !ok:
			continue
		case times == d.times:
			done = append(done, d.post)
		default:
			d.words = "" // it has changed since they were made: they may be erased by now
		}
		if d.words == "" {
			gone = append(gone, d.post)
		} else {
			put = append(put, d)
		}
	}
	if err := t.forRows(ctx, `DELETE FROM search_due WHERE post_id`, done); err != nil {
		return err
	}
	if err := t.forRows(ctx, `DELETE FROM search_words WHERE rowid`, gone); err != nil {
		return err
	}
	return t.putWords(ctx, put)
}

// forRows runs a statement for at most dueRows rows.
func (t *Tx) forRows(ctx context.Context, statement string, rows []actors.ID) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := t.exec(ctx, statement+` IN (`+in(1, dueRows)+`)`, idsToFill(rows)...)
	return err
}

// idsToFill are dueRows arguments, the last one again and again, so that there is one statement to prepare.
func idsToFill(rows []actors.ID) []any {
	list := make([]any, dueRows)
	for i := range list {
		list[i] = rows[min(i, len(rows)-1)]
	}
	return list
}

// putWords writes the words of dueRows posts by one statement where that is cheaper, of
// fewer one by one.
func (t *Tx) putWords(ctx context.Context, list []due) error {
	step := 1
	if len(list) == dueRows && t.dialect.putMany {
		step = dueRows
	}
	statement := t.dialect.putWords(step)
	for some := range slices.Chunk(list, step) {
		var args []any
		for _, d := range some {
			args = append(args, d.post, d.words)
		}
		if _, err := t.exec(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}

// wordsOf makes the words of a post; none for what is gone.
func (t *Tx) wordsOf(ctx context.Context, id actors.ID, stems *search.Stems) (string, error) {
	p, err := t.PostForRules(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && p.IsGone() {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	item := search.Item{Post: p}
	if p.IsDocument() {
		d, err := t.DocumentForRules(ctx, id)
		switch {
		case err == nil && d.IsWithdrawn():
			return "", nil
		case err == nil:
			item.Doc = &d
		case !errors.Is(err, ErrNotFound):
			return "", err
		}
	}
	words := item.Words(stems)
	err = t.eachParagraph(ctx, item, func(text string, _ int) bool {
		words.Text(text)
		return !words.Full()
	})
	if errors.Is(err, errReading) {
		err = nil // one that is spoilt must not keep others from being found
	}
	return words.String(), err
}

// eachParagraph reads what an item says beside its title, of a document the file of
// its current version too, until f says false. Pages are from 1, zero for none.
func (t *Tx) eachParagraph(ctx context.Context, i search.Item, f func(text string, page int) bool) error {
	if i.Doc != nil {
		on, err := t.eachBlock(ctx, i.Doc.Post, i.Doc.Number, f)
		if !on || err != nil {
			return err
		}
	}
	eachLine(i.Post, f)
	return nil
}

// eachLine reads what a post says, until f says false.
func eachLine(p content.Post, f func(text string, page int) bool) {
	for line := range strings.Lines(content.PlainText(string(p.HTML))) {
		if !f(line, 0) {
			return
		}
	}
}

// eachBlock reads what was read in the file of a version, or where the file was never here
// what its own site says is in it.
func (t *Tx) eachBlock(ctx context.Context, document actors.ID, number int, f func(text string, page int) bool) (on bool, err error) {
	small, err := one(ctx, t, scanValue[[]byte], `
		SELECT x.body FROM (
			SELECT r.body AS body, 0 AS place FROM version v JOIN post p ON p.id = v.document_id JOIN reading r ON r.digest = v.digest
			WHERE v.document_id = $1 AND v.number = $2 AND `+owned+`
			UNION ALL SELECT o.body, 1 FROM told_text o WHERE o.document_id = $1 AND o.number = $2 AND LENGTH(o.body) > 0) x
		ORDER BY x.place LIMIT 1`, document, number)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	on = true
	err = blocksOf(bytes.NewReader(small), func(b extract.Block) bool {
		on = f(textOf(b), b.Page)
		return on
	})
	return on, err
}

func textOf(b extract.Block) string {
	if len(b.Cells) == 0 {
		return b.Text
	}
	return strings.TrimSpace(b.Text + " " + strings.Join(b.Cells, " "))
}

// errReading says that what was stored of a file cannot be read.
var errReading = errors.New("stored reading")

// blocksOf reads the blocks of a stored reading one by one: all at once, those of
// a large file would fill the memory.
func blocksOf(r io.Reader, f func(extract.Block) bool) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: %w", errReading, err)
	}
	d := json.NewDecoder(z)
	if _, err := d.Token(); err != nil { // {
		return fmt.Errorf("%w: %w", errReading, err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return fmt.Errorf("%w: %w", errReading, err)
		}
		if name != "blocks" {
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return fmt.Errorf("%w: %w", errReading, err)
			}
			continue
		}
		return eachOf(d, f)
	}
	return nil
}

// eachOf reads a list value by value, until f says false.
func eachOf[T any](d *json.Decoder, f func(T) bool) error {
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return err // no list: null
	}
	for d.More() {
		var v T
		if err := d.Decode(&v); err != nil {
			return fmt.Errorf("%w: %w", errReading, err)
		}
		if !f(v) {
			return nil
		}
	}
	return nil
}
