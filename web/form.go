package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"moothall/actors"
	"moothall/store"
)

// largestForm bounds a form in bytes; the longest post takes a third of it.
const largestForm = 1 << 20

// parseForm reads the form of a POST, which is never larger than largestForm.
func (v *visit) parseForm() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, largestForm)
	err := v.r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return failure{status: http.StatusRequestEntityTooLarge, because: "This is too long to be sent. Shorten it and try again."}
	case err != nil:
		return failure{status: http.StatusBadRequest, because: "We could not read what your browser sent."}
	}
	return nil
}

// value is a field of the form, tidied: valid text, plain line ends, nothing
// around it.
func (v *visit) value(name string) string { return strings.TrimSpace(v.typed(name)) }

// typed is a field as it was typed: a password may begin with a space.
func (v *visit) typed(name string) string {
	text := strings.ToValidUTF8(v.r.PostForm.Get(name), "\uFFFD")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\x00", "")
}

// checked says whether a box was ticked.
func (v *visit) checked(name string) bool { return v.r.PostForm.Get(name) != "" }

// id is a field that holds an id.
func (v *visit) id(name string) (actors.ID, error) {
	id, err := actors.ParseID(v.r.PostForm.Get(name))
	if err != nil {
		return 0, store.ErrNotFound
	}
	return id, nil
}

// pageNumber is ?page=, from 1. What is not a number is the first page.
func (v *visit) pageNumber() int {
	n, err := strconv.Atoi(v.r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}
