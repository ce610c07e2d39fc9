// Package pdf reads PDF files: their text with headings and page numbers, and
// what their owners may not want in them (users.md 3.4, 3.5).
//
// The work is done by PDFium, compiled to WebAssembly: it sees the bytes of one
// file and nothing else, neither a file system nor a network. A file can still
// make it slow and big, so a node reads in a process of its own (extract/apart).
package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klippa-app/go-pdfium"

	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"moothall/extract"
)

// Reader reads PDF files, one after the other.
type Reader struct {
	pool  pdfium.Pool
	cache wazero.CompilationCache
}

// Open makes PDFium ready for files that may take limits.Memory, of which it gets
// a third: while its memory grows, the old one is still there. Its machine code is kept in folder: making it takes seconds, loading it
// does not. An empty folder keeps nothing. When ctx ends, so does the reading.
func Open(ctx context.Context, folder string, limits extract.Limits) (*Reader, error) {
	const page = 64 << 10
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(uint32(min(limits.Memory/3, 2<<30) / page)).
		WithCloseOnContextDone(true)
	r := &Reader{}
	if folder != "" {
		var err error
		if r.cache, err = wazero.NewCompilationCacheWithDir(folder); err != nil {
			return nil, fmt.Errorf("folder for compiled code: %w", err)
		}
		config = config.WithCompilationCache(r.cache)
	}
	var err error
	r.pool, err = webassembly.Init(webassembly.Config{
		Context: ctx, MaxTotal: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), // the usual one shows it the whole disk
		Stdout:   io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	return r, nil
}

// Close gives everything back.
func (r *Reader) Close(ctx context.Context) error {
	err := r.pool.Close()
	if r.cache != nil {
		err = errors.Join(err, r.cache.Close(ctx))
	}
	return err
}
