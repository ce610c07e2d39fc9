package fedtest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// join makes somebody here a member of a community elsewhere, or lets them wait
// for the answer that is to be delivered.
func (sc *scene) join(doc Doc, group *Puppet) {
	follow, err := sc.ann.Try(Doc{"type": "Follow", "object": group.URI})
	if err != nil {
		sc.town.T.Logf("%s: nobody can join: %v", sc.tag, err)
		return
	}
	sc.town.Settle()
	if inner := asDoc(doc["object"]); kindOf(inner) == "Follow" {
		inner["actor"], inner["object"] = string(sc.ann.URI), string(group.URI)
		delete(inner, "id")
		return
	}
	group.Sends(sharedInbox, Doc{"id": group.ID(), "type": "Accept", "actor": group.URI, "object": follow})
	sc.town.Settle()
}

const sharedInbox = actors.URI("https://" + ours + "/inbox")

// prepare brings about what a document takes for granted: the posts that it is
// about, who may do such a thing, and what it takes back.
func (sc *scene) prepare(doc Doc, by, group *Puppet) {
	kind, object := kindOf(doc), idIn(doc["object"])
	inner := asDoc(doc["object"])
	if by == nil {
		return
	}
	switch kind {
	case "Announce":
		for _, item := range append(listOf(inner["orderedItems"]), listOf(doc["object"])...) {
			d := asDoc(item)
			who := by
			if isActivity(d) {
				who = sc.cast(idIn(d["actor"]), "Person")
				sc.prepare(d, who, group)
			} else if d == nil {
				sc.authors(sc.served[idIn(item)])
			} else {
				sc.authors(d)
			}
		}
	case "Create":
		sc.authors(inner)
		if parent := idIn(inner["inReplyTo"]); parent != "" && !sc.comesToo(parent) {
			sc.post(parent, "", group)
		}
	case "Update":
		if isActor(kindOf(inner)) {
			sc.moderates(by, group)
			return
		}
		sc.post(object, string(by.URI), group)
	case "Undo":
		sc.prepare(inner, by, group)
		if kindOf(inner) == "Announce" {
			return
		}
		sc.says(by, group, sc.twin(inner))
	case "Like", "Dislike", "EmojiReact", "QuoteRequest", "Flag", "View":
		sc.post(object, "", group)
	case "Add", "Remove", "Lock", "Block":
		sc.moderates(by, group)
		if target, _ := doc["target"].(string); strings.HasSuffix(target, "/moderators") || kind == "Block" {
			if who := sc.cast(object, "Person"); who != nil && kind == "Remove" {
				sc.moderates(who, group)
			} else if who != nil {
				sc.member(who, group)
			}
			return
		}
		sc.post(object, "", group)
		if kind == "Remove" {
			first := sc.twin(doc)
			first["id"], first["type"] = by.ID(), "Add"
			sc.says(by, group, first)
		}
	case "Delete":
		author := string(by.URI)
		if doc["summary"] != nil {
			sc.moderates(by, group)
			author = ""
		}
		if object == string(by.URI) {
			object = strings.TrimSuffix(object, "/") + "/1" // whoever is not known is not forgotten
		}
		sc.post(object, author, group)
		if u, err := url.Parse(object); err == nil && author != "" {
			sc.at(u.Host).Serves(u.RequestURI(), Answer{Status: http.StatusGone})
		}
	}
}

// comesToo says whether the document brings an object itself.
func (sc *scene) comesToo(id string) bool {
	return strings.Contains(sc.text, fmt.Sprintf(`"id": %q`, id))
}

// says brings an earlier activity to the node in the same way as the document.
func (sc *scene) says(by, group *Puppet, act Doc) {
	if group == nil {
		by.Sends(sharedInbox, act)
	} else {
		group.Sends(sharedInbox, Doc{"id": group.ID(), "type": "Announce", "actor": group.URI, "object": act})
	}
	sc.town.Settle()
}

func listOf(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// twin is what an Undo takes back, as it was sent before.
func (sc *scene) twin(inner Doc) Doc {
	out := Doc{}
	for k, v := range inner {
		out[k] = v
	}
	if out["id"] == nil {
		out["id"] = string(idIn(inner["actor"])) + "#before"
	}
	return out
}

// authors lets those be looked up who wrote an object.
func (sc *scene) authors(object Doc) {
	for _, a := range listOf(object["attributedTo"]) {
		if id := idIn(a); id != "" && !slices.Contains(sc.groups, id) && kindOf(asDoc(a)) != "Group" {
			sc.cast(id, "Person")
		}
	}
	if a := idIn(object["actor"]); a != "" {
		sc.cast(a, "Person")
	}
}

// member makes somebody a member of the node's community.
func (sc *scene) member(by, group *Puppet) {
	if group == nil {
		sc.says(by, nil, Doc{"id": by.ID(), "type": "Follow", "actor": by.URI, "object": sc.parks.URI})
	}
}

// moderates makes somebody a facilitator of the community that the scene is about.
func (sc *scene) moderates(by, group *Puppet) {
	sc.member(by, group)
	if group != nil {
		sc.says(group, group, Doc{"id": group.ID(), "type": "Add", "actor": group.URI, "object": by.URI, "target": group.URI + "/moderators"})
		return
	}
	if _, err := sc.ann.Try(Doc{"type": "Add", "object": by.URI, "target": sc.parks.URI + "/moderators"}); err != nil {
		sc.town.T.Logf("%s: %v", sc.tag, err)
	}
	sc.town.Settle()
}

// post stores something by an author in the community that the scene is about.
func (sc *scene) post(id, author string, group *Puppet) {
	u, err := url.Parse(id)
	if err != nil || u.Host == "" || u.Host == ours || isActor(kindOf(sc.served[id])) {
		return
	}
	if author == "" || !actors.URI(author).SameOrigin(actors.URI(id)) {
		author = "https://" + u.Host + "/u/stage"
	}
	to := sc.parks.URI
	if group != nil {
		to = group.URI
	}
	by := sc.cast(author, "Person")
	object := Doc{
		"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Page", "attributedTo": author, "name": "Before",
		"content": "<p>Before</p>", "to": []any{string(actors.Public), string(to)}, "cc": []any{}, "audience": string(to),
		"published": "2020-01-01T00:00:00Z",
	}
	act := Doc{"id": id + "#before", "type": "Create", "actor": author, "to": object["to"], "object": object}
	was := sc.served[id]
	sc.served[id] = object
	sc.serve(id, object)
	sc.says(by, group, act)
	if was != nil {
		sc.serve(id, was)
	}
}

// deliver sends the activity and says what came of it.
func (sc *scene) deliver(file string, activity any, by *Puppet) string {
	t := sc.town.T
	t.Helper()
	before, asked := sc.rows(), len(sc.town.Exchanges())
	reply := by.Sends(sharedInbox, activity)
	sc.town.Settle()
	after := sc.rows()
	if reply.Status >= http.StatusInternalServerError {
		t.Errorf("%s %s: answered %d %s", file, sc.way, reply.Status, reply.Body)
	}
	fetched := map[string]bool{}
	for _, e := range sc.town.Exchanges()[asked:] {
		if e.From == ours && e.Method == http.MethodGet && e.Status == http.StatusOK {
			fetched[e.URL] = true // WebFinger too: it says that there is a new actor
		}
	}
	words := []string{fmt.Sprint(reply.Status)}
	if len(fetched) > 0 {
		words = append(words, fmt.Sprintf("reads %d", len(fetched)))
	}
	for _, change := range changes(before, after) {
		if fault := change.fault(by.URI, fetched, after); fault != "" {
			t.Errorf("%s %s: %s\n%v", file, sc.way, fault, change.now)
		}
		if w := change.words(); w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// row is a row of a table of the node.
type row struct {
	table  string
	values map[string]string
}

// rows are those rows that say what a node holds, shows and sends.
func (sc *scene) rows() map[string]row {
	sc.town.T.Helper()
	out := map[string]row{}
	keys := map[string][]string{
		"activity": {"id"}, "post": {"id"}, "reaction": {"post_id", "actor_id"}, "membership": {"group_id", "actor_id"},
		"actor": {"id"}, "notification": {"id"}, "report": {"id"},
	}
	sc.town.must(sc.town.hall(ours).read(func(ctx context.Context, tx *store.Tx) error {
		return tx.Dump(ctx, func(table string, values map[string]string) {
			key := table
			for _, c := range keys[table] {
				key += " " + values[c]
			}
			if keys[table] != nil {
				out[key] = row{table, values}
			}
		})
	}))
	return out
}

// change is a row before and after.
type change struct {
	key      string
	was, now row
}

func changes(before, after map[string]row) (out []change) {
	for key, now := range after {
		if was := before[key]; fmt.Sprint(was.values) != fmt.Sprint(now.values) {
			out = append(out, change{key, was, now})
		}
	}
	for key, was := range before {
		if _, still := after[key]; !still {
			out = append(out, change{key: key, was: was})
		}
	}
	slices.SortFunc(out, func(a, b change) int { return strings.Compare(a.words()+a.key, b.words()+b.key) })
	return out
}

// fault says what a document may never do, whatever the table says: make the node
// speak, or another speak whose host did not.
func (c change) fault(signer actors.URI, fetched map[string]bool, after map[string]row) string {
	now := c.now.values
	switch {
	case c.now.table == "activity" && strings.HasPrefix(now["reason"], "panic"):
		return "a panic: " + now["reason"]
	case c.now.table == "actor" && isTrue(now["local"]) && c.was.values == nil:
		return "an actor of the node's own was made"
	case c.now.table != "post" || now["html"] == "" || now["html"] == c.was.values["html"]:
		return ""
	case isTrue(now["local"]):
		return "the node's own words were changed"
	}
	uri := actors.URI(now["uri"])
	author := actors.URI(after["actor "+now["author_id"]].values["uri"])
	if !uri.SameOrigin(author) {
		return "a forgery: " + string(uri) + " by " + string(author)
	}
	if !uri.SameOrigin(signer) && !fetched[string(uri.WithoutFragment())] {
		return "a forgery: " + string(uri) + " on the word of " + string(signer)
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }

func yesNo(s string) string {
	if isTrue(s) {
		return "yes"
	}
	return "no"
}

// words say a change as the table has it.
func (c change) words() string {
	was, now := c.was.values, c.now.values
	moved := func(column, value string) bool {
		return was != nil && was[column] != now[column] && now[column] == value
	}
	switch {
	case c.now.table == "activity" && now["direction"] == "out" && was == nil:
		return "sends " + now["type"]
	case c.now.table == "activity" && now["direction"] == "in":
		reason, _, _ := strings.Cut(now["reason"], ":")
		reason, _, _ = strings.Cut(reason, " ")
		return strings.TrimSpace(now["type"] + " " + now["state"] + " " + reason)
	case c.now.table == "post" && was == nil:
		return "new " + now["kind"] + " " + shortWords(now)
	case c.now.table == "post" && was["deleted_at"] == "0" && now["deleted_at"] != "0":
		return "withdraws it"
	case c.now.table == "post" && moved("standing", "hidden"):
		return "hides it"
	case c.now.table == "post" && moved("standing", "accepted"):
		return "shows it"
	case c.now.table == "post" && was["html"] != now["html"] || c.now.table == "post" && was["title"] != now["title"]:
		return "changes it to " + shortWords(now)
	case c.now.table == "post" && was["pinned"] != now["pinned"]:
		return "pinned: " + yesNo(now["pinned"])
	case c.now.table == "post" && was["locked"] != now["locked"]:
		return "locked: " + yesNo(now["locked"])
	case c.now.table == "reaction":
		return "useful to one more"
	case c.was.table == "reaction":
		return "useful to one fewer"
	case c.now.table == "membership":
		return "now " + now["standing"] + " as " + now["role"]
	case c.now.table == "actor" && was != nil && was["deleted_at"] != now["deleted_at"]:
		return "forgets the actor"
	case c.now.table == "report":
		return "a report"
	}
	return ""
}

func shortWords(post map[string]string) string {
	words := content.Excerpt(post["html"], 60)
	if post["title"] != "" {
		words = post["title"] + ": " + words
	}
	return fmt.Sprintf("%q", content.Excerpt(words, 110))
}
