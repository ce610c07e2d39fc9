package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"moothall/extract"
	"moothall/extract/specimen"
)

const (
	fileSize      = 50 << 20
	fileReaders   = 100
	libraryTarget = 64.0 // MB above rest
	readPatience  = 2 * time.Minute
)

// library measures what the process of a node holds in memory, beyond what it
// holds at rest, while a file of 50 MB is sent to it, while the file is looked into
// and shared, and while it is handed to many readers at once.
func library(ctx context.Context, b *bench) (err error) {
	h, err := b.opened(ctx, "library", "parks")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	cookie, err := h.signIn(ctx)
	if err != nil {
		return err
	}
	// A password costs 64 MB, which stay with the process for a while and would hide the rest.
	if err := h.stop(); err != nil {
		return err
	}
	if _, err := h.start(ctx); err != nil {
		return err
	}
	if err := pause(ctx, b.idle); err != nil {
		return err
	}
	file, err := largePaper(fileSize)
	if err != nil {
		return err
	}
	d := desk{hall: h, bench: b, cookie: cookie}
	document := ""
	if err := d.peak(ctx, "memory while 50 MB are sent, looked into and shared", func() error {
		upload, err := d.send(ctx, file)
		if err != nil {
			return err
		}
		document, err = d.share(ctx, upload)
		return err
	}); err != nil {
		return err
	}
	return d.peak(ctx, fmt.Sprintf("memory while %d read 50 MB at once", fileReaders), func() error {
		return d.handOut(ctx, document+"/v/1/file", int64(len(file)))
	})
}

// largePaper is a Word file with so many bytes inside, which cannot be packed smaller.
func largePaper(size int) ([]byte, error) {
	noise := make([]byte, size)
	r := rand.New(rand.NewPCG(50, 100))
	for i := 0; i < len(noise); i += 8 {
		for j, n := 0, r.Uint64(); j < 8; j++ {
			noise[i+j] = byte(n >> (8 * j))
		}
	}
	return specimen.Make(extract.DOCX, specimen.Doc{Title: "A strategy with its drawings", Language: "en-GB", Embedded: noise,
		Blocks: []extract.Block{{Kind: extract.Heading, Level: 1, Text: "Drawings"}, {Kind: extract.Paragraph, Text: "They are inside."}}})
}

// desk is somebody who is signed in at a node.
type desk struct {
	*hall
	bench  *bench
	cookie *http.Cookie
	rest   int64 // bytes in memory before anything was done
}

// peak adds to the report how far the memory of the node rises above what it held
// before anything was done, and how long it took.
func (d *desk) peak(ctx context.Context, what string, f func() error) error {
	if err := d.settle(ctx); err != nil {
		return err
	}
	if d.rest == 0 {
		var err error
		if d.rest, err = d.memory(); err != nil {
			return err
		}
	}
	if err := d.forgetPeak(); err != nil {
		return err
	}
	began := time.Now()
	if err := f(); err != nil {
		return err
	}
	took := time.Since(began)
	most, err := d.highest()
	if err != nil {
		return err
	}
	d.bench.report.add(result{What: what, Value: float64(most-d.rest) / 1e6, Unit: "MB above rest", AtMost: libraryTarget, Of: ofValue,
		Detail: fmt.Sprintf("%.0f MB at rest, %.1f s", float64(d.rest)/1e6, took.Seconds())})
	return nil
}

// ask sends a request as the person, and gives where it leads.
func (d *desk) ask(ctx context.Context, path, kind string, body io.Reader) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url(path), body)
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(d.cookie)
	resp, err := d.client.Transport.RoundTrip(r) // which does not follow the redirect
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		words, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		return "", fmt.Errorf("POST %s was answered %d: %s", path, resp.StatusCode, words)
	}
	to, err := resp.Location()
	if err != nil {
		return "", fmt.Errorf("POST %s: %w", path, err)
	}
	return to.Path, nil
}

func (d *desk) send(ctx context.Context, file []byte) (string, error) {
	in, out := io.Pipe()
	form := multipart.NewWriter(out)
	go func() {
		part, err := form.CreateFormFile("file", "strategy.docx")
		if err == nil {
			_, err = part.Write(file)
		}
		out.CloseWithError(errors.Join(err, form.Close()))
	}()
	return d.ask(ctx, "/c/parks/share", form.FormDataContentType(), in)
}

// share waits until an upload has been looked into, and answers what is asked.
func (d *desk) share(ctx context.Context, upload string) (string, error) {
	for end := time.Now().Add(readPatience); ; {
		page, status, err := d.see(ctx, d.url(upload), d.cookie)
		if err != nil {
			return "", err
		}
		if status == http.StatusOK && strings.Contains(page, "Share document") {
			break
		}
		if time.Now().After(end) {
			return "", fmt.Errorf("%s is not ready after %s: %d", upload, readPatience, status)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return "", err
		}
	}
	return d.ask(ctx, upload, "application/x-www-form-urlencoded", strings.NewReader(url.Values{
		"title": {"A strategy with its drawings"}, "summary": {"What we build until 2040, with drawings."}, "type": {"strategy"},
		"stage": {"draft"}, "language": {"en-GB"}, "reason": {"The drawings belong to it."}, "confirmed": {"yes"},
	}.Encode()))
}

// handOut lets many readers begin, and read on only when all have begun.
func (d *desk) handOut(ctx context.Context, path string, size int64) error {
	var begun sync.WaitGroup
	begun.Add(fileReaders)
	client := &http.Client{Transport: loopback(0)} // no limit of time: they wait for each other
	defer client.CloseIdleConnections()
	return inParallel(fileReaders, fileReaders, func(int) error {
		began := sync.OnceFunc(begun.Done)
		defer began()
		r, err := browse(ctx, d.url(path), nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err := io.CopyN(io.Discard, resp.Body, 1); err != nil {
			return fmt.Errorf("%s was answered %s: %w", path, resp.Status, err)
		}
		began()
		begun.Wait()
		n, err := io.Copy(io.Discard, resp.Body)
		if err == nil && (n != size-1 || resp.StatusCode != http.StatusOK) {
			err = fmt.Errorf("%s was answered %s and %d bytes, not %d", path, resp.Status, n+1, size)
		}
		return err
	})
}
