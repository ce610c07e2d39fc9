package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
	"moothall/store"
	"moothall/store/storetest"
)

// pile makes documents of 20 pages of 500 words each. Word n is used as often as
// in a language (Zipf), and the same seed makes the same pile.
type pile struct {
	random *rand.Rand
	zipf   *rand.Zipf
}

func newPile() *pile {
	r := rand.New(rand.NewPCG(2027, 5))
	return &pile{r, rand.NewZipf(r, 1.07, 2.7, 200_000)}
}

// word is the n-th most common word: two to five syllables that no rule of English shortens.
func (*pile) word(n int) string {
	const first, second = "bdfgkmnprtvz", "aou"
	var b []byte
	for n += 40; n > 0; n /= 36 {
		b = append(b, first[n%12], second[n/12%3])
	}
	return string(append(b, 'k'))
}

func (p *pile) text(words int) string {
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.word(int(p.zipf.Uint64())))
	}
	return b.String()
}

// pilePages is 20, or what MOOTHALL_BENCH_PAGES says: at least four.
func pilePages() int {
	if n, err := strconv.Atoi(os.Getenv("MOOTHALL_BENCH_PAGES")); err == nil {
		return max(n, 4)
	}
	return 20
}

func (p *pile) paper() storetest.Paper {
	x := storetest.Paper{Title: p.text(6), Language: "en", Doc: content.Document{Summary: p.text(25), Type: "strategy", Stage: content.Agreed}}
	for range pilePages() {
		x.Pages = append(x.Pages, p.text(500))
	}
	return x
}

// searched is a town with many documents, and somebody who is in a few of its communities.
func searched(b *testing.B, db *store.DB, documents int) (*storetest.Town, actors.Viewer) {
	b.Helper()
	w, p := storetest.NewTown(b, db), newPile()
	made := 0
	w.Read(func(ctx context.Context, tx *store.Tx) (err error) { made, err = tx.CountPosts(ctx); return err })
	if made == documents {
		w.ID() // the author
		return w, actors.Viewer{Actor: w.ID(), Local: true}
	}
	author, reader := w.Person("author", ""), w.Person("reader", "")
	var groups []actors.ID
	for i := range 50 {
		g := w.Community(fmt.Sprintf("g%d", i), actors.AudienceMembers)
		groups = append(groups, g.ID)
		if i < 5 {
			w.Stands(g.ID, reader.ID, actors.Joined)
		}
	}
	for i := range documents {
		a := actors.AudienceMembers
		if i%5 < 2 {
			a = actors.AudiencePublic
		}
		w.AddPaper(groups[p.random.IntN(len(groups))], author.ID, a, i, p.paper())
		if i%100 == 99 {
			w.Index()
		}
	}
	w.Index()
	return w, actors.Viewer{Actor: reader.ID, Local: true}
}

// BenchmarkSearch answers a first page of results, passages included, with 2,000
// and with 20,000 documents of 20 pages (issue 4, "Speed"). MOOTHALL_BENCH_DOCUMENTS
// names other numbers, PostgreSQL is used where TEST_POSTGRES_URL is set. Making
// the documents takes most of the time: they are kept in the folder MOOTHALL_BENCH_KEEP, on
// PostgreSQL in the schema that TEST_POSTGRES_URL then has to name, for one number of them.
func BenchmarkSearch(b *testing.B) {
	sizes := []int{2000, 20_000}
	if s := os.Getenv("MOOTHALL_BENCH_DOCUMENTS"); s != "" {
		sizes = nil
		for part := range strings.SplitSeq(s, ",") {
			var n int
			if _, err := fmt.Sscan(part, &n); err != nil {
				b.Fatal(err)
			}
			sizes = append(sizes, n)
		}
	}
	for _, size := range sizes {
		path := filepath.Join(benchFolder(b), fmt.Sprintf("pile%d.db", size))
		db := benchDB(b, path)
		w, v := searched(b, db, size)
		if db.Kind() == "SQLite" {
			b.Run(fmt.Sprintf("documents=%d/size", size), func(b *testing.B) {
				for b.Loop() {
					reportSize(b, path, size)
				}
			})
		}
		p := newPile()
		text := strings.Fields(p.paper().Pages[3]) // of the first document
		for _, q := range []struct{ name, typed string }{
			{"common", p.word(3)},
			{"rare", p.word(30_000)},
			{"two", p.word(20) + " " + p.word(300)},
			{"phrase", `"` + strings.Join(text[100:104], " ") + `"`},
			{"commonphrase", `"` + p.word(2) + " " + p.word(5) + `"`},
			{"prefix", p.word(300)[:3] + "*"},
			{"nothing", "zzz" + p.word(1)},
		} {
			b.Run(fmt.Sprintf("documents=%d/%s", size, q.name), func(b *testing.B) {
				query, n := search.Parse(q.typed), 0
				before := cpu()
				for b.Loop() {
					w.Read(func(ctx context.Context, tx *store.Tx) error {
						found, err := tx.Search(ctx, v, query, search.Filter{}, storetest.At(0))
						if err != nil {
							return err
						}
						n = len(found.IDs)
						if found.Partly && db.Kind() != "SQLite" {
							return nil
						}
						_, err = tx.Results(ctx, v, query, found.IDs[:min(n, 20)])
						return err
					})
				}
				b.ReportMetric((cpu()-before)/float64(b.N)/1000, "cpu-ms/op")
				b.ReportMetric(float64(n), "found")
			})
		}
	}
}

func benchFolder(b *testing.B) string {
	if kept := os.Getenv("MOOTHALL_BENCH_KEEP"); kept != "" {
		return kept
	}
	return b.TempDir()
}

func benchDB(b *testing.B, path string) *store.DB {
	b.Helper()
	address := "sqlite:" + path
	if postgres := os.Getenv("TEST_POSTGRES_URL"); postgres != "" {
		if os.Getenv("MOOTHALL_BENCH_KEEP") == "" {
			return storetest.Postgres(b)
		}
		address = postgres
	}
	db, err := store.Open(context.Background(), address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// reportSize says how much of the database the index takes, and the texts, for each document.
func reportSize(b *testing.B, path string, documents int) {
	b.Helper()
	pool, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	for unit, q := range map[string]string{
		"B-index": `SELECT SUM(LENGTH(block)) FROM search_words_data`, "B-words": `SELECT SUM(LENGTH(c0)) FROM search_words_content`,
		"B-text": `SELECT SUM(LENGTH(body)) FROM reading`,
	} {
		var n int64
		if err := pool.QueryRow(q).Scan(&n); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n)/float64(documents), unit)
	}
}

// BenchmarkIndex writes the words of short posts, which is what most of them are.
func BenchmarkIndex(b *testing.B) {
	db := benchDB(b, filepath.Join(b.TempDir(), "a.db"))
	w, p := storetest.NewTown(b, db), newPile()
	g, by := w.Community("roads", actors.AudiencePublic), w.Person("ann", "peer.example")
	for range (b.N + 99) / 100 {
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for range 100 {
				x := w.Draft(g.ID, by.ID, nil, actors.AudiencePublic, 1)
				x.Title, x.HTML = p.text(6), content.SafeHTML("<p>"+p.text(50)+"</p>")
				if err := tx.AddPost(ctx, x, nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ResetTimer()
	before := cpu()
	w.Index()
	b.ReportMetric((cpu()-before)/float64(b.N), "cpu-µs/op")
}
