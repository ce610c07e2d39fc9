package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"sync"
	"time"

	"moothall/actions"
	"moothall/blobs"
	"moothall/content"
)

// fileField is the one field of a form that holds a file. It comes last.
const fileField = "file"

const (
	mostFields  = 10
	beforeFile  = 64 << 10            // bytes of fields and headers before the file
	mostSent    = 2 * actions.MaxFile // bytes that are read to give a kind answer to what is too large
	sendingRest = 60 * time.Second    // a sender who says nothing for so long has gone
	sendingMost = time.Hour
	mostSending = 3 // files that one person sends at the same time (security.md S138)
)

var errBadForm = failure{status: http.StatusBadRequest, because: "We could not read what your browser sent. Go back, and choose the file again."}

// readForm reads the form of a POST. Of one that may hold a file it reads what
// stands before that.
func (v *visit) readForm(need access, now func() time.Time) error {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if need != sender && need != visitor || err == nil && kind != "multipart/form-data" {
		return v.parseForm()
	}
	return v.openForm(now)
}

// openForm reads the fields before the file and stops there, so that nothing of a
// file is read before we know who sends it (security.md S139).
func (v *visit) openForm(now func() time.Time) error {
	g := &gate{ReadCloser: http.MaxBytesReader(v.w, v.r.Body, mostSent), left: beforeFile, patience: v.patience(now)}
	v.r.Body = g
	v.r.PostForm = url.Values{}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return errBadForm
	}
	for range mostFields {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errGate):
			return failure{status: http.StatusRequestEntityTooLarge, because: "This is too long to be sent."}
		case err != nil:
			return errBadForm
		case part.FormName() == fileField:
			g.left = mostSent
			v.file = &sentFile{part: part, parts: parts}
			return nil
		case part.FileName() != "":
			return errBadForm
		}
		value, err := io.ReadAll(part) // bounded by the gate
		if err != nil {
			return errBadForm
		}
		v.r.PostForm.Add(part.FormName(), string(value))
	}
	return errBadForm
}

// patience lets a request take as long as its sender keeps sending. The server
// bounds all others to seconds.
func (v *visit) patience(clock func() time.Time) func() {
	c, until := http.NewResponseController(v.w), clock().Add(sendingMost)
	return func() {
		now := clock()
		if now.Before(until) {
			_ = c.SetReadDeadline(now.Add(sendingRest)) // a connection without deadlines needs none
			_ = c.SetWriteDeadline(now.Add(2 * sendingRest))
		}
	}
}

// errGate says that more came than may.
var errGate = errors.New("more than is read of a form")

// gate lets so many bytes through.
type gate struct {
	io.ReadCloser
	left     int64
	patience func()
}

func (g *gate) Read(b []byte) (int, error) {
	if g.left <= 0 {
		return 0, errGate
	}
	g.patience()
	n, err := g.ReadCloser.Read(b[:min(int64(len(b)), g.left)])
	g.left -= int64(n)
	return n, err
}

// sentFile is the file of a form, which has still to be read.
type sentFile struct {
	part  *multipart.Part
	parts *multipart.Reader
	err   error // why reading ended early: the sender's fault, or that they have gone
}

// Read reads the file, and remembers what went wrong.
func (f *sentFile) Read(b []byte) (int, error) {
	n, err := f.part.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// isLast says whether nothing comes after the file.
func (f *sentFile) isLast() bool {
	_, err := f.parts.NextPart()
	return errors.Is(err, io.EOF)
}

// receive takes in the file of a form. Its caller closes what it gives. Where
// that fails nothing is left of the file.
func (s *Server) receive(v *visit) (*blobs.Spool, error) {
	if v.file == nil || v.file.part.FileName() == "" {
		return nil, content.Problems{fileField: "Choose a file"}
	}
	if !s.senders.begin(v.actor.ID) {
		return nil, content.Problems{fileField: "You are sending several files already. Wait until they have arrived, then choose this one again."}
	}
	defer s.senders.end(v.actor.ID)
	p, err := s.Files.Receive(v.ctx(), v.file, actions.MaxFile)
	switch {
	case errors.Is(err, blobs.ErrTooLarge):
		_, _ = io.Copy(io.Discard, v.file) // a browser that still sends does not hear the answer
		return nil, content.Problems{fileField: fmt.Sprintf("The selected file must be smaller than %d MB", actions.MaxFile>>20)}
	case err != nil && v.file.err != nil:
		return nil, errBadForm
	case err != nil:
		return nil, err
	}
	if !v.file.isLast() {
		return nil, errors.Join(errBadForm, p.Close())
	}
	return p, nil
}

// senders count who sends how many files now. The zero value is ready.
type senders[K comparable] struct {
	mu  sync.Mutex
	now map[K]int
}

func (s *senders[K]) begin(who K) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now[who] >= mostSending {
		return false
	}
	if s.now == nil {
		s.now = map[K]int{}
	}
	s.now[who]++
	return true
}

func (s *senders[K]) end(who K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now[who]--; s.now[who] == 0 {
		delete(s.now, who)
	}
}
