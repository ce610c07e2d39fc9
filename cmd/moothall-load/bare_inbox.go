package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database of the node
)

// bareRoles are what the program does when it starts itself: the bare minimum
// of some work, in a process of its own, so that it is measured as a node is.
var bareRoles = map[string]func(ctx context.Context, args []string, in io.Reader, out io.Writer) error{
	"bare-inbox":  bareInbox,
	"bare-fanout": bareFanout,
}

// bareInbox takes in signed activities and does nothing that can be left out:
// digest, RSA, typed reading, five rows in one durable commit shared by those
// who wait, an answer after it. Its arguments are a folder and a file with the key.
func bareInbox(ctx context.Context, args []string, _ io.Reader, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("bare-inbox: want a folder and a key")
	}
	key, err := readKey(args[1])
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(args[0], "bare.db")+
		"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	if err != nil {
		return err
	}
	defer db.Close()
	r := &bareRows{jobs: make(chan *bareJob)}
	if err := r.open(ctx, db); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go r.write(ctx)
	server := &http.Server{Handler: bareDoor{key, r}, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintln(out, "ready", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func readKey(file string) (*rsa.PublicKey, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key", file)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s holds a key of kind %T", file, key)
	}
	return pub, nil
}

// bareActivity is what has to be read of a Create.
type bareActivity struct {
	ID, Type, Actor, Audience string
	To, Cc                    []string
	Object                    struct {
		ID, Type, AttributedTo, Name, Content, Audience, InReplyTo string
		To, Cc                                                     []string
		Published                                                  time.Time
	}
}

type bareDoor struct {
	key  *rsa.PublicKey
	rows *bareRows
}

// ServeHTTP answers 202 once the activity is durable.
func (d bareDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !d.proved(r, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	j := &bareJob{body: body, done: make(chan error, 1)}
	if err := json.Unmarshal(body, &j.activity); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	d.rows.jobs <- j
	if err := <-j.done; err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (d bareDoor) proved(r *http.Request, body []byte) bool {
	sum := sha256.Sum256(body)
	digest := "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
	if r.Header.Get("Digest") != digest {
		return false
	}
	_, after, _ := strings.Cut(r.Header.Get("Signature"), `signature="`)
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(after, `"`))
	if err != nil {
		return false
	}
	signed := sha256.Sum256(signingString(r.URL.Path, r.Host, r.Header.Get("Date"), digest))
	return rsa.VerifyPKCS1v15(d.key, crypto.SHA256, signed[:], signature) == nil
}

type bareJob struct {
	activity bareActivity
	body     []byte
	done     chan error
}

// bareRows writes five rows for each activity: that it came, the post, its place
// in the community's log, what is announced, and to whom that is owed.
type bareRows struct {
	conn   *sql.Conn
	jobs   chan *bareJob
	words  map[string]*sql.Stmt
	serial int64
}

var bareStatements = []string{
	"INSERT INTO activity (id, uri, type, actor, body, at) VALUES (?, ?, ?, ?, ?, ?)",
	"INSERT INTO post (id, uri, author, title, html, raw, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
	"INSERT INTO entry (seq, hash, activity) VALUES (?, ?, ?)",
	"INSERT INTO outbound (seq, activity, followers_of, at) VALUES (?, ?, ?, ?)",
}

func (b *bareRows) open(ctx context.Context, db *sql.DB) (err error) {
	if b.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	if _, err := b.conn.ExecContext(ctx, `
		CREATE TABLE activity (id BIGINT PRIMARY KEY, uri TEXT UNIQUE, type TEXT, actor TEXT, body BLOB, at BIGINT);
		CREATE TABLE post (id BIGINT PRIMARY KEY, uri TEXT UNIQUE, author TEXT, title TEXT, html TEXT, raw BLOB, at BIGINT);
		CREATE INDEX post_at ON post (at);
		CREATE TABLE entry (seq BIGINT PRIMARY KEY, hash TEXT, activity BIGINT);
		CREATE TABLE outbound (seq BIGINT PRIMARY KEY, activity BIGINT, followers_of BIGINT, at BIGINT);`); err != nil {
		return err
	}
	b.words = map[string]*sql.Stmt{}
	for _, s := range append([]string{"BEGIN IMMEDIATE", "COMMIT"}, bareStatements...) {
		if b.words[s], err = b.conn.PrepareContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// write commits together what waits.
func (b *bareRows) write(ctx context.Context) {
	for {
		var batch []*bareJob
		select {
		case <-ctx.Done():
			return
		case j := <-b.jobs:
			batch = append(batch, j)
		}
		err := b.do(ctx, "BEGIN IMMEDIATE")
		for more := true; more && err == nil; {
			err = b.rows(ctx, batch[len(batch)-1])
			select {
			case j := <-b.jobs:
				batch = append(batch, j)
			default:
				more = false
			}
		}
		if err == nil {
			err = b.do(ctx, "COMMIT")
		}
		for _, j := range batch {
			j.done <- err
		}
	}
}

func (b *bareRows) do(ctx context.Context, statement string, args ...any) error {
	_, err := b.words[statement].ExecContext(ctx, args...)
	return err
}

func (b *bareRows) rows(ctx context.Context, j *bareJob) error {
	b.serial += 2
	n, a, now := b.serial, j.activity, time.Now().UnixMicro()
	hash := sha256.Sum256(j.body)
	return errors.Join(
		b.do(ctx, bareStatements[0], n, a.ID, a.Type, a.Actor, j.body, now),
		b.do(ctx, bareStatements[1], n, a.Object.ID, a.Object.AttributedTo, a.Object.Name, a.Object.Content, j.body, now),
		b.do(ctx, bareStatements[2], n, base64.StdEncoding.EncodeToString(hash[:]), n),
		b.do(ctx, bareStatements[0], n+1, a.ID+"/announce", "Announce", a.Audience, j.body, now),
		b.do(ctx, bareStatements[3], n, n+1, 1, now),
	)
}
