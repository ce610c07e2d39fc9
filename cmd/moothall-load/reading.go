package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"moothall/extract"
	"moothall/extract/apart"
	"moothall/extract/specimen"
)

const (
	readingPages  = 200
	readingTarget = 1.2 // of the time of a page when nothing is read
	readingRounds = 10
)

// reading measures what people feel of a PDF that is read for its text: pages,
// one reader at a time, in turns with and without a file in work.
func reading(ctx context.Context, b *bench) (err error) {
	t, h, err := b.openedWithTown(ctx, "reading", "parks")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(), t.close()) }()
	t.asleep.Store(true)
	if err := t.debate(h); err != nil {
		return err
	}
	r := &apart.Reader{Program: b.binary, Folder: filepath.Join(b.dir, "code"), Log: slog.New(slog.DiscardHandler)}
	name := filepath.Join(b.dir, "200.pdf")
	if err := os.WriteFile(name, longPaper(), 0o600); err != nil {
		return fmt.Errorf("write a PDF: %w", err)
	}
	if err := readOnce(ctx, r, name); err != nil { // makes the code
		return err
	}
	began := time.Now()
	if err := readOnce(ctx, r, name); err != nil {
		return err
	}
	b.report.add(result{What: "text of a PDF with 200 pages, alone", Value: time.Since(began).Seconds(), Unit: "s"})
	return b.readBeside(ctx, h, r, name)
}

// readBeside reads a page in rounds, every second one beside a file.
func (b *bench) readBeside(ctx context.Context, h *hall, r *apart.Reader, name string) error {
	var quiet, busy poured
	files := 0
	for range readingRounds {
		p, err := b.readQuickly(ctx, h)
		if err != nil {
			return err
		}
		quiet.took = append(quiet.took, p.took...)
		stop := whileReading(ctx, r, name)
		p, err = b.readQuickly(ctx, h)
		n, failed := stop()
		if err := errors.Join(err, failed); err != nil {
			return err
		}
		files += n
		busy.took = append(busy.took, p.took...)
	}
	slices.Sort(quiet.took)
	slices.Sort(busy.took)
	for _, q := range []struct {
		words string
		at    float64
	}{{"half", 0.5}, {"95 of 100", 0.95}} {
		b.report.add(result{What: "community page beside a PDF in work, " + q.words + " within", Value: busy.quantile(q.at).Seconds() * 1000, Unit: "ms",
			Against: quiet.quantile(q.at).Seconds() * 1000, AtMost: readingTarget, Of: ofRatio, Detail: fmt.Sprintf("%d files begun", files)})
	}
	return nil
}

func (b *bench) readQuickly(ctx context.Context, h *hall) (poured, error) {
	requests := make([]*http.Request, max(1, 4*b.pages/readingRounds)) // long enough for a file to be in work all the time
	for i := range requests {
		var err error
		if requests[i], err = browse(ctx, h.url("/c/parks"), nil); err != nil {
			return poured{}, err
		}
	}
	return pour(h.client, requests, 1, http.StatusOK)
}

// whileReading reads a file again and again until it is told to stop, and says
// how often it began.
func whileReading(ctx context.Context, r *apart.Reader, name string) (stop func() (int, error)) {
	ctx, cancel := context.WithCancel(ctx)
	n, done := 0, make(chan error)
	go func() {
		var err error
		for err == nil {
			n++
			err = readOnce(ctx, r, name)
		}
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		done <- err
	}()
	return func() (int, error) {
		cancel()
		err := <-done
		return n, err
	}
}

func readOnce(ctx context.Context, r *apart.Reader, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open a PDF: %w", err)
	}
	defer f.Close()
	got, err := r.Read(ctx, apart.Job{Format: extract.PDF, File: f, Out: io.Discard})
	if err == nil && got.Reading.Pages != readingPages {
		err = fmt.Errorf("a PDF of %d pages has %d", readingPages, got.Reading.Pages)
	}
	return err
}

func longPaper() []byte {
	p := specimen.Paper{Title: "A long strategy", Language: "en-GB"}
	for n := 1; n <= readingPages; n++ {
		p.Blocks = append(p.Blocks, extract.Block{Kind: extract.Heading, Level: 2, Page: n, Text: fmt.Sprintf("Chapter %d", n)})
		for range 8 {
			p.Blocks = append(p.Blocks, extract.Block{Kind: extract.Paragraph, Page: n, Text: strings.Repeat("The council agreed what it does about water. ", 8)})
		}
	}
	return p.PDF()
}
