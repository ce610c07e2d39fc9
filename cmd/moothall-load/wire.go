package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// loopback is a transport that connects to this machine whatever name is asked
// for, and keeps a number of connections to each host.
func loopback(kept int) *http.Transport {
	d := net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
		MaxIdleConnsPerHost: kept,
		DisableCompression:  true,
	}
}

// pen signs what one stranger sends. All strangers share their keys: making a
// thousand would take longer than everything else.
type pen struct {
	keyID string
	key   crypto.Signer // RSA or Ed25519
}

// keys are the keys of all strangers.
type keys struct {
	rsa   *rsa.PrivateKey
	quick ed25519.PrivateKey // for what has to be stored, but is not measured
}

func newKeys() (keys, error) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return keys{}, fmt.Errorf("make keys: %w", err)
	}
	_, q, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return keys{}, fmt.Errorf("make keys: %w", err)
	}
	return keys{r, q}, nil
}

func publicPEM(key crypto.Signer) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return "", fmt.Errorf("write key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

const activityType = "application/activity+json"

// request makes a signed POST (draft-cavage-http-signatures-12), written here
// once more so that the node is not measured against its own code.
func (p pen) request(to string, body []byte, from string) (*http.Request, error) {
	u, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	date, digest := time.Now().UTC().Format(http.TimeFormat), "SHA-256="+base64.StdEncoding.EncodeToString(sum[:])
	signature, err := p.sign(signingString(u.Path, u.Host, date, digest))
	if err != nil {
		return nil, err
	}
	algorithm := "rsa-sha256"
	if _, ok := p.key.(ed25519.PrivateKey); ok {
		algorithm = "ed25519"
	}
	r := &http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
		Header: http.Header{
			"Date": {date}, "Digest": {digest}, "Content-Type": {activityType}, "User-Agent": {"moothall-load"},
			"Signature": {fmt.Sprintf(`keyId="%s",algorithm="%s",headers="(request-target) host date digest content-type",signature="%s"`,
				p.keyID, algorithm, base64.StdEncoding.EncodeToString(signature))},
		},
	}
	if from != "" {
		r.Header.Set("X-Forwarded-For", from)
	}
	return r, nil
}

func signingString(path, host, date, digest string) []byte {
	return []byte("(request-target): post " + path + "\nhost: " + host + "\ndate: " + date + "\ndigest: " + digest +
		"\ncontent-type: " + activityType)
}

func (p pen) sign(text []byte) ([]byte, error) {
	if k, ok := p.key.(ed25519.PrivateKey); ok {
		return ed25519.Sign(k, text), nil
	}
	sum := sha256.Sum256(text)
	return p.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// poured says how fast many requests were answered.
type poured struct {
	took []time.Duration // sorted
	wall time.Duration
}

// quantile of the times between a request and its answer.
func (p poured) quantile(q float64) time.Duration {
	if len(p.took) == 0 {
		return 0
	}
	return p.took[min(len(p.took)-1, int(q*float64(len(p.took))))]
}

// rate is answers in a second.
func (p poured) rate() float64 { return float64(len(p.took)) / p.wall.Seconds() }

// pour sends requests over a number of kept connections at once, and fails at
// the first answer that has not the status that is wanted.
func pour(client *http.Client, requests []*http.Request, parallel, want int) (poured, error) {
	p := poured{took: make([]time.Duration, len(requests))}
	began := time.Now()
	err := inParallel(len(requests), parallel, func(i int) error {
		sent := time.Now()
		err := ask(client, requests[i], want)
		p.took[i] = time.Since(sent)
		return err
	})
	p.wall = time.Since(began)
	slices.Sort(p.took)
	return p, err
}

// inParallel calls f for 0 to n-1, some at once, until one fails.
func inParallel(n, parallel int, f func(i int) error) error {
	var next atomic.Int64
	var all errgroup.Group
	for range parallel {
		all.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					next.Store(int64(n))
					return err
				}
			}
			return nil
		})
	}
	return all.Wait()
}

func ask(client *http.Client, r *http.Request, want int) error {
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		words, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		return fmt.Errorf("%s %s was answered %d: %s", r.Method, r.URL, resp.StatusCode, words)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
