package fedtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/store"
)

// value is what a part of a path is filled with.
type value struct {
	text    string
	missing string // one that does not exist, of the same length; empty where it is no secret
	by      actors.URI
}

// place is an address to ask for.
type place struct {
	pattern, path, missing string // missing is empty where nothing in it is a secret
	by                     actors.URI
	masks                  []string // what the one who asks has said, and what replaces it
}

const (
	missingID    = "0000000000001"
	missingPaper = "4kz7w9xb"
)

// leakSite is what one node has that is for members.
type leakSite struct {
	*hall
	values map[string][]value
	ids    map[string]string // kind by id, of all that outsiders may not be told
}

func (town *secretTown) site(h *hall) leakSite {
	town.T.Helper()
	s := leakSite{hall: h, values: map[string][]value{}, ids: map[string]string{}}
	town.must(h.read(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range append(slices.Clone(town.posts), town.ofDee...) {
			held, err := tx.PostByURI(ctx, p.URI)
			if err != nil {
				continue // not every node has it
			}
			var by actors.URI
			if slices.Contains(town.ofDee, p) {
				by = town.dee.URI
			}
			s.add("post", held.ID.String(), missingID, by)
			switch {
			case held.IsDocument() && held.Local:
				s.add("paper", path.Base(string(p.URI)), missingPaper, "")
			case held.IsDocument():
				s.add("copy", held.ID.String(), missingID, "")
			}
		}
		for _, p := range town.open {
			held, err := tx.PostByURI(ctx, p.URI)
			if err == nil {
				s.values["post"] = append(s.values["post"], value{text: held.ID.String()})
			}
		}
		return nil
	}))
	for _, id := range town.activitiesOf(h.host) {
		s.add("act", id, missingID, "")
	}
	for _, table := range []string{"report", "upload"} {
		for _, id := range town.idsIn(h.host, table) {
			s.add(table, id, missingID, "")
		}
	}
	for kind, list := range map[string][]string{"act": {missingID}, "post": {missingID}, "copy": {missingID}, "paper": {missingPaper}, "report": {missingID}, "upload": {missingID}} {
		if len(s.values[kind]) == 0 { // this node has none
			s.values[kind] = []value{{text: list[0]}}
		}
	}
	town.must(h.read(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.ActorByURI(ctx, town.bob.URI)
		if errors.Is(err, store.ErrNotFound) {
			a.ID, err = 1, nil
		}
		s.values["member"] = []value{{text: a.ID.String()}}
		return err
	}))
	at := ""
	if h.host != "north.example" {
		at = "@north.example"
	}
	s.values["community"] = []value{
		{text: markName + at, missing: absent + "name" + at}, {text: markName + "@north.example", missing: absent + "name@north.example"}, {text: "parks" + at},
	}
	return s
}

func (s leakSite) add(kind, id, missing string, by actors.URI) {
	s.values[kind] = append(s.values[kind], value{id, missing, by})
	if by == "" {
		s.ids[id] = kind
	}
}

// idsIn are the ids of all rows of a table.
func (town *secretTown) idsIn(host, table string) (ids []string) {
	town.T.Helper()
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		return tx.Dump(ctx, func(_ string, row map[string]string) {
			var n int64
			_, err := fmt.Sscan(row["id"], &n)
			town.must(err)
			ids = append(ids, actors.ID(n).String())
		}, table)
	}))
	return ids
}

// places are the addresses of one route with all that it can be filled with.
func (s leakSite) places(pattern string, x leakRoute) []place {
	list := []place{{pattern: pattern, path: pattern, missing: pattern}}
	for _, part := range x.parts {
		list = s.filled(list, "{}", s.of(part))
	}
	for _, q := range x.more {
		more := []place{{pattern: pattern, path: list[0].path + q, missing: list[0].missing + q, masks: list[0].masks, by: list[0].by}}
		for _, kind := range []string{"name", "word", "post", "paper", "report"} {
			if strings.Contains(q, "{"+kind+"}") {
				more = s.filled(more, "{"+kind+"}", s.of(kind))
			}
		}
		list = append(list, more...)
	}
	for i := range list {
		list[i].path = strings.ReplaceAll(list[i].path, "*", "moothall.css")
		list[i].missing = strings.ReplaceAll(list[i].missing, "*", "moothall.css")
		if list[i].missing == list[i].path {
			list[i].missing = ""
		}
	}
	return list
}

// of are the values of a part.
func (s leakSite) of(part string) []value {
	words, fixed := strings.CutPrefix(part, "=")
	switch {
	case fixed:
		var list []value
		for _, w := range strings.Split(words, "|") {
			list = append(list, value{text: w})
		}
		return list
	case part == "name":
		return []value{{text: markName, missing: absent + "name"}}
	case part == "word":
		var list []value
		for _, m := range everyMark {
			list = append(list, value{text: m, missing: absent + strings.TrimPrefix(m, stem)})
		}
		return list
	}
	return s.values[part]
}

// filled puts each value in place of the first gap of each place.
func (s leakSite) filled(list []place, gap string, with []value) (out []place) {
	for _, p := range list {
		for _, v := range with {
			next := p
			missing := v.missing
			if missing == "" {
				missing = v.text
			}
			next.path = strings.Replace(p.path, gap, v.text, 1)
			next.missing = strings.Replace(p.missing, gap, missing, 1)
			if v.by != "" {
				next.by = v.by
			}
			if v.missing != "" {
				said, _, _ := strings.Cut(v.text, "@")
				absent, _, _ := strings.Cut(v.missing, "@")
				next.masks = append(slices.Clone(p.masks), said, "·", absent, "·")
			}
			out = append(out, next)
		}
	}
	return out
}

// masked is a reply without what the one who asked has said, and without what is new
// in each answer.
func (p place) masked(r Reply) Reply {
	m := strings.NewReplacer(p.masks...)
	header := http.Header{}
	for name, values := range r.Header {
		if name == "Date" || name == "X-Request-Id" {
			continue
		}
		for _, v := range values {
			header[name] = append(header[name], m.Replace(v))
		}
	}
	return Reply{r.Status, header, m.Replace(r.Body)}
}
