package delivery

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/remote"
	"moothall/federation/sign"
)

// BenchmarkFanout1000 sends one post of 2 kB to 1,000 partners. What one
// delivery costs is reported beside what its signature alone costs here and now.
func BenchmarkFanout1000(b *testing.B) {
	b.Run("memory", func(b *testing.B) { fanout(b, instant{}) })
	b.Run("loopback", func(b *testing.B) { fanout(b, loopback(b)) })
}

// instant is a network that costs nothing.
type instant struct{}

func (instant) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 202, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// loopback leads all hosts to one server, with a kept connection for each. The
// server's work is counted too.
func loopback(b *testing.B) http.RoundTripper {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	b.Cleanup(server.Close)
	return plain{&http.Transport{
		MaxIdleConns: 2000,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}
}

// plain leaves out TLS, which kept connections have behind them.
type plain struct{ next http.RoundTripper }

func (p plain) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "http"
	return p.next.RoundTrip(r)
}

func fanout(b *testing.B, network http.RoundTripper) {
	const partners = 1000
	h := newHall(b)
	h.partners(partners)
	h.d.Now = time.Now
	client := &remote.Client{
		HTTP: network, Decide: h.policy.Decide, OwnHost: "commons.example",
		UserAgent: "moothall/0.1 (+https://commons.example)", Now: time.Now,
	}
	arrived := make(chan struct{}, 2*partners)
	h.d.Post = func(ctx context.Context, inbox actors.URI, body []byte, s sign.Signer, sync string) (remote.Response, error) {
		r, err := client.Post(ctx, inbox, body, s, sync)
		if err != nil {
			b.Error(err)
		}
		arrived <- struct{}{}
		return r, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.d.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	body := strings.Repeat("x", 2048)
	send := func() {
		h.say(body, h.toFollowers())
		for range partners {
			<-arrived
		}
	}
	send() // opens connections and warms caches
	before := cpu(b)
	for b.Loop() {
		send()
	}
	each := (cpu(b) - before) / time.Duration(b.N*partners)
	b.StopTimer()
	rsaAlone := signatureCost(b)
	b.ReportMetric(each.Seconds()*1000, "cpu-ms/delivery")
	b.ReportMetric(rsaAlone.Seconds()*1000, "rsa-ms/delivery")
	b.ReportMetric((each-rsaAlone).Seconds()*1000, "rest-ms/delivery")
	b.ReportMetric(float64(each)/float64(rsaAlone), "times-rsa")
}

func signatureCost(b *testing.B) time.Duration {
	const n = 500
	key, _ := testKeys()
	digest := sha256.Sum256([]byte("x"))
	before := cpu(b)
	for range n {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
	return (cpu(b) - before) / n
}

// cpu is the processor time that the process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
