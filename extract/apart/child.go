package apart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"moothall/extract"
	"moothall/extract/pdf"
	"moothall/extract/picture"
)

// Child is the process that reads: it takes an order from in, reads the file that is
// its descriptor 3, and answers on out. It limits itself before it looks at the file.
func Child(in io.Reader, out io.Writer) error {
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	debug.SetMemoryLimit(o.Limits.Memory * 3 / 4)
	if err := limit(o); err != nil {
		return fmt.Errorf("limit the reader of files: %w", err)
	}
	// A little less than the parent waits, so that what was read until then arrives.
	ctx, cancel := context.WithTimeout(context.Background(), o.Limits.Time*9/10)
	defer cancel()
	var cleaned bytes.Buffer
	a, err := o.do(ctx, &cleaned)
	if no, ok := errors.AsType[*extract.Refusal](err); ok {
		a = answer{Refusal: no}
	} else if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n") // below are addresses in PDFium
		a = answer{Why: first}
	}
	a.Cleaned = int64(cleaned.Len())
	return a.write(out, &cleaned)
}

func (o order) do(ctx context.Context, cleaned io.Writer) (a answer, err error) {
	if o.Nothing {
		return a, nil
	}
	if o.Prepare {
		r, err := pdf.Open(ctx, o.Folder, o.Limits)
		if err != nil {
			return a, err
		}
		return a, r.Close(ctx)
	}
	a.Reading, err = o.read(ctx, os.NewFile(3, "file"), cleaned)
	return a, err
}

// read reads a file, and keeps of its text what is worth keeping.
func (o order) read(ctx context.Context, file *os.File, cleaned io.Writer) (extract.Reading, error) {
	r, err := o.readAll(ctx, file, cleaned)
	return r.Cut(extract.MaxKept), err
}

func (o order) readAll(ctx context.Context, file *os.File, cleaned io.Writer) (extract.Reading, error) {
	info, err := file.Stat()
	if err != nil {
		return extract.Reading{}, fmt.Errorf("size of file: %w", err)
	}
	size := info.Size()
	switch {
	case o.Format.IsImage():
		return picture.Clean(file, size, o.Format, cleaned)
	case o.Format == extract.PDF:
		r, err := pdf.Open(ctx, o.Folder, o.Limits)
		if err != nil {
			return extract.Reading{}, err
		}
		return r.Read(ctx, file, size, o.Limits)
	}
	r, err := extract.Read(ctx, o.Format, file, size, o.Limits)
	if err != nil || !o.Clean || !o.Format.IsOffice() {
		return r, err
	}
	return r, extract.CleanCopy(o.Format, file, size, cleaned)
}
