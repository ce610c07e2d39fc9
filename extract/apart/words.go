package apart

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"moothall/extract"
)

// answer is what the process says, as JSON with its length (8 bytes, big-endian)
// before it. The cleaned file follows.
type answer struct {
	Reading extract.Reading
	Refusal *extract.Refusal
	Why     string // it could not be read
	Cleaned int64  // bytes that follow
}

// fault is a failure of ours, not of the file.
type fault struct{ err error }

func (f *fault) Error() string { return f.err.Error() }

func (a answer) write(out io.Writer, cleaned io.Reader) error {
	var words bytes.Buffer
	to := json.NewEncoder(&words)
	to.SetEscapeHTML(false) // it is no page, and must not grow six times
	if err := to.Encode(a); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	if err := binary.Write(out, binary.BigEndian, uint64(words.Len())); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	if _, err := words.WriteTo(out); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	if _, err := io.Copy(out, cleaned); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// listen takes an answer, and passes a cleaned file on. The process may be in the
// hands of whoever made the file: no number of its is believed.
func (r *Reader) listen(in io.Reader, out io.Writer) (Result, error) {
	var size uint64
	if err := binary.Read(in, binary.BigEndian, &size); err != nil {
		return Result{}, fmt.Errorf("no answer: %w", err)
	}
	if size > 2*extract.MaxKept+maxFrame {
		return Result{}, errors.New("the answer is too long")
	}
	words, err := io.ReadAll(io.LimitReader(in, int64(size)))
	if err != nil || uint64(len(words)) < size {
		return Result{}, fmt.Errorf("answer: %w", errors.Join(err, io.ErrUnexpectedEOF))
	}
	if weight(words) > 4*extract.MaxKept+maxFrame {
		return Result{}, errors.New("the answer would need too much memory")
	}
	var a answer
	if err := json.Unmarshal(words, &a); err != nil {
		return Result{}, fmt.Errorf("answer: %w", err)
	}
	switch {
	case a.Refusal != nil:
		return Result{}, a.Refusal
	case a.Why != "":
		return Result{}, &Unreadable{Why: a.Why}
	case a.Cleaned == 0:
		return Result{Reading: a.Reading}, nil
	case a.Cleaned > r.MaxOut || a.Cleaned < 0 || out == nil:
		return Result{}, errors.New("the cleaned file is too large")
	}
	n, err := io.Copy(writer{out}, io.LimitReader(in, a.Cleaned))
	if err == nil && n != a.Cleaned {
		err = io.ErrUnexpectedEOF
	}
	return Result{Reading: a.Reading, Cleaned: n}, err
}

// weight is about what the parts of an answer take in memory beside their text, in
// bytes: "{}" takes more than its two.
func weight(words []byte) (n int) {
	const block, text = 96, 16
	for quoted, i := false, 0; i < len(words); i++ {
		switch c := words[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			n += text / 2
		case quoted:
		case c == '{', c == 'n': // null is an empty one
			n += block
		}
	}
	return n
}

const maxFrame = 4 << 20 // of an answer, beside its text

// writer marks what goes wrong where a cleaned file is kept as ours.
type writer struct{ io.Writer }

func (w writer) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil {
		err = &fault{fmt.Errorf("keep a cleaned file: %w", err)}
	}
	return n, err
}
