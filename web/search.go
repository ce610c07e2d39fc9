package web

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
	"moothall/store"
	"moothall/templates"
)

const (
	searchPage = 20 // results on a page

	searchesAtOnce  = 2  // pages that only read must find a way between them
	searchesWaiting = 16 // more than this are sent away
	// maxField is how many characters of a field that narrows a search are read.
	maxField = 200
)

// showSearch looks for words in all that the viewer may read. Searches that wait
// for each other are turned away when there are too many (security.md S112, S113).
func (s *Server) showSearch(v *visit) error {
	v.w.Header().Set("X-Robots-Tag", "noindex")
	p := templates.SearchPage{Base: s.base(v), Form: searchForm(v.r.URL.Query())}
	f, problems := filterOf(p.Form)
	p.Problems = problems
	q := search.Parse(p.Form.Words)
	p.Asked = !q.IsEmpty()
	if err := s.searchedIn(v, f, &p); err != nil {
		return err
	}
	status := http.StatusOK
	if p.Asked && len(problems) == 0 {
		var err error
		if busy := s.searching.do(v.ctx(), func() { err = s.find(v, q, f, &p) }); busy != nil {
			p.Busy, status = true, http.StatusTooManyRequests
		}
		if err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.render(v, status, p)
}

// searchedIn names the community that a search is narrowed to. One that the viewer may
// not know of is nowhere, and nothing is found in it.
func (s *Server) searchedIn(v *visit, f search.Filter, p *templates.SearchPage) error {
	if f.Group == 0 {
		return nil
	}
	return s.look(v, func(l *look) error {
		c, err := l.communityByID(f.Group)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		p.In = &c
		return err
	})
}

// find searches, and reads the results of one page.
func (s *Server) find(v *visit, q search.Query, f search.Filter, p *templates.SearchPage) error {
	var found store.Found
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) (err error) {
		found, err = tx.Search(v.ctx(), v.viewer(), q, f, s.Now())
		return err
	})
	if err != nil {
		return err
	}
	p.Total, p.More, p.Partly = len(found.IDs), found.More, found.Partly
	if p.Paging, err = paging(v, p.Total, searchPage); err != nil {
		return err
	}
	p.Paging.Query = queryOf(p.Form)
	from := (p.Paging.Page - 1) * searchPage
	ids := found.IDs[from:min(from+searchPage, p.Total)]
	return s.look(v, func(l *look) error {
		list, err := l.tx.Results(l.ctx, l.viewer, q, ids)
		if err != nil {
			return err
		}
		if p.Found, err = l.found(list); err != nil || !l.viewer.SignedIn() {
			return err
		}
		p.Mine, err = l.mine()
		return err
	})
}

// found adds what a list says of things found.
func (l *look) found(list []store.Result) ([]templates.FoundThing, error) {
	posts := make([]content.Post, len(list))
	for i, r := range list {
		posts[i] = r.Post
	}
	entries, err := l.mixed(posts)
	if err != nil {
		return nil, err
	}
	out := make([]templates.FoundThing, len(list))
	for i, r := range list {
		out[i] = templates.FoundThing{Entry: entries[i], Doc: r.Doc, In: r.Start.Title, Passage: r.Passage, Block: r.Block}
	}
	return out, nil
}

// searchFields are the fields of the form, and where each is kept.
func searchFields(f *templates.SearchForm) map[string]*string {
	return map[string]*string{
		"q": &f.Words, "kind": &f.Kind, "community": &f.Community, "type": &f.Type, "stage": &f.Stage, "licence": &f.Licence,
		"issuer": &f.Issuer, "year": &f.Year, "language": &f.Lang, "readers": &f.Read,
	}
}

func searchForm(typed url.Values) (f templates.SearchForm) {
	for name, field := range searchFields(&f) {
		words := []rune(strings.ToValidUTF8(typed.Get(name), ""))
		*field = strings.TrimSpace(string(words[:min(len(words), maxField)]))
	}
	return f
}

// queryOf is the form as the address of a page holds it.
func queryOf(f templates.SearchForm) url.Values {
	q := url.Values{}
	for name, field := range searchFields(&f) {
		if *field != "" {
			q.Set(name, *field)
		}
	}
	return q
}

// filterOf is what a form narrows a search to. A value that is on no list finds nothing.
func filterOf(form templates.SearchForm) (search.Filter, content.Problems) {
	f := search.Filter{
		Kind: search.Kind(form.Kind), Type: content.DocumentType(form.Type), Stage: content.Stage(form.Stage),
		Licence: content.Licence(form.Licence), Issuer: form.Issuer, Language: form.Lang, Audience: actors.Audience(form.Read),
	}
	if form.Community != "" {
		id, err := actors.ParseID(form.Community)
		if err != nil {
			id = math.MaxInt64 // no community has it
		}
		f.Group = id
	}
	if form.Year != "" {
		year, err := strconv.Atoi(form.Year)
		if err != nil || year < 1000 || year > 9999 {
			return f, content.Problems{"year": "Enter a year, like 2027"}
		}
		f.Year = year
	}
	return f, nil
}
