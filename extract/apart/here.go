package apart

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"moothall/extract"
)

// Here reads as Reader does, but in this process, without its limits of memory and
// processor. It is for tests with files of their own.
type Here struct{ Limits extract.Limits }

// Read reads one file, as Reader.Read does.
func (h Here) Read(ctx context.Context, j Job) (Result, error) {
	o := order{Format: j.Format, Limits: h.Limits, Clean: j.Clean}
	if o.Limits == (extract.Limits{}) {
		o.Limits = extract.Usual
	}
	var cleaned bytes.Buffer
	reading, err := o.read(ctx, j.File, &cleaned)
	if _, ok := errors.AsType[*extract.Refusal](err); ok || ctx.Err() != nil {
		return Result{}, err
	}
	if err != nil {
		return Result{}, &Unreadable{Why: err.Error()}
	}
	n := int64(cleaned.Len())
	if n > 0 {
		if _, err := cleaned.WriteTo(j.Out); err != nil {
			return Result{}, fmt.Errorf("keep a cleaned file: %w", err)
		}
	}
	return Result{Reading: reading, Cleaned: n}, nil
}
