package fedtest

import (
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
)

// scene is one document on its way into the node, with the actors and posts that
// it needs to be about something.
type scene struct {
	*stage
	way    string
	tag    string
	text   string         // the document, at the scene's hosts
	served map[string]Doc // by id: the other documents of the peer, at the scene's hosts
	groups []string       // communities that the document names
	parks  Community      // of the node's own
}

var hosts = regexp.MustCompile(`(?i)https?:(?://|\\/\\/)([a-z0-9][a-z0-9.-]*)(?::[0-9]+)?`)

// rehome gives a document hosts that are in the scene alone, which speak https
// without ports.
func rehome(text, tag string) string {
	return hosts.ReplaceAllStringFunc(text, func(at string) string {
		host := strings.ToLower(hosts.FindStringSubmatch(at)[1])
		if host == "www.w3.org" || host == "w3id.org" {
			return at
		}
		return "https://" + strings.ReplaceAll(strings.Trim(host, ".-"), ".", "-") + "." + tag + ".example"
	})
}

// learn makes the peer's documents known at the scene's hosts, first of all the one
// that the scene is about.
func (sc *scene) learn(about string) {
	for _, file := range append([]string{about}, sortedKeys(sc.files)...) {
		var doc Doc
		if json.Unmarshal([]byte(rehome(sc.files[file], sc.tag)), &doc) == nil {
			sc.keep(doc)
		}
	}
}

// keep serves a document and what is embedded in it.
func (sc *scene) keep(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			sc.keep(e)
		}
	case Doc:
		id, _ := v["id"].(string)
		kind, _ := v["type"].(string)
		_, whole := v["attributedTo"]
		if known := sc.served[id]; strings.HasPrefix(id, "https://") && !strings.Contains(id, "#") && known == nil && (whole || isActor(kind) && v["inbox"] != nil) {
			sc.served[id] = v
			sc.serve(id, v)
		}
		for _, name := range sortedKeys(v) {
			sc.keep(v[name])
		}
	}
}

func isActor(kind string) bool {
	return slices.Contains([]string{"Person", "Group", "Application", "Service", "Organization"}, kind)
}

// serve answers at an id with a document.
func (sc *scene) serve(id string, doc Doc) {
	u, err := url.Parse(id)
	if err != nil || u.Host == "" {
		return
	}
	if kind, _ := doc["type"].(string); isActor(kind) {
		doc = sc.withKey(id, doc)
		if name, _ := doc["preferredUsername"].(string); name != "" {
			sc.at(u.Host).Serves("/.well-known/webfinger?resource=acct%3A"+url.QueryEscape(name)+"%40"+u.Host, Answer{
				Type: "application/jrd+json", Body: Doc{
					"subject": "acct:" + name + "@" + u.Host, "links": []Doc{{"rel": "self", "type": activityType, "href": id}},
				},
			})
		}
	}
	sc.at(u.Host).Serves(u.RequestURI(), Answer{Body: doc})
}

// at is the server of a host of the scene.
func (sc *scene) at(host string) *Stranger {
	sc.town.net.mu.Lock()
	s, ok := sc.town.net.doors[host].(*Stranger)
	sc.town.net.mu.Unlock()
	if ok {
		return s
	}
	return sc.town.Stranger(host)
}

// withKey is an actor's document with a key that the scene can sign with.
func (sc *scene) withKey(id string, doc Doc) Doc {
	out := Doc{}
	for k, v := range doc {
		out[k] = v
	}
	key := sc.key.Document("Person", "key")["publicKey"].(Doc)
	out["publicKey"] = Doc{"id": id + "#main-key", "owner": id, "publicKeyPem": key["publicKeyPem"]}
	return out
}

// cast makes sure that an actor can be looked up.
func (sc *scene) cast(id, kind string) *Puppet {
	u, err := url.Parse(id)
	if err != nil || u.Host == "" || u.Host == ours {
		return nil
	}
	name := strings.Trim(path.Base(u.Path), "@/.")
	if name == "" {
		name = "someone"
	}
	if doc := sc.served[id]; doc == nil || !isActor(kindOf(doc)) {
		sc.served[id] = Doc{
			"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": kind, "preferredUsername": name,
			"inbox": "https://" + u.Host + "/inbox/" + name, "outbox": "https://" + u.Host + "/outbox/" + name,
			"followers": id + "/followers", "featured": id + "/featured", "attributedTo": id + "/moderators",
		}
		sc.serve(id, sc.served[id])
	}
	return &Puppet{URI: actors.URI(id), Key: sc.key.Key, of: sc.at(u.Host)}
}

func kindOf(doc Doc) string {
	kind, _ := doc["type"].(string)
	return kind
}

// idIn is the id of a value that is text or an object.
func idIn(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Doc:
		id, _ := v["id"].(string)
		return id
	case []any:
		if len(v) > 0 {
			return idIn(v[0])
		}
	}
	return ""
}

// groupPath is what the addresses of communities look like that no document of
// theirs is at hand for.
var groupPath = regexp.MustCompile(`^https://[^/]+/(?:(?:c|m|category|video-channels)/[^/]+|@ponds|ap/actor/2|\?author=0)$`)

// findGroups lists the communities that a document names.
func (sc *scene) findGroups(v any) {
	switch v := v.(type) {
	case string:
		if (groupPath.MatchString(v) || kindOf(sc.served[v]) == "Group") && !slices.Contains(sc.groups, v) {
			sc.groups = append(sc.groups, v)
		}
	case []any:
		for _, e := range v {
			sc.findGroups(e)
		}
	case Doc:
		for _, name := range sortedKeys(v) {
			if name != "tag" && name != "@context" {
				sc.findGroups(v[name])
			}
		}
	}
}

// asOurs puts the node's own community in the place of those that are named.
func (sc *scene) asOurs(v any) any {
	switch v := v.(type) {
	case string:
		for _, g := range sc.groups {
			switch rest, ok := strings.CutPrefix(v, g); strings.Trim(rest, "/") {
			case "", "followers", "featured", "moderators", "wall":
				if ok {
					return strings.TrimSuffix(string(sc.parks.URI)+"/"+strings.Trim(rest, "/"), "/")
				}
			}
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = sc.asOurs(e)
		}
		return out
	case Doc:
		out := Doc{}
		for k, e := range v {
			out[k] = sc.asOurs(e)
		}
		return out
	}
	return v
}

func isActivity(doc Doc) bool {
	return doc["actor"] != nil && doc["object"] != nil && !content.Readable(kindOf(doc)) && !isActor(kindOf(doc))
}

// delivery is the activity in which a document comes, and who signs it. Not every
// document can come in every way.
func (sc *scene) delivery(doc Doc) (activity any, signer *Puppet, ok bool) {
	if sc.way == "bare" {
		return sc.text, sc.cast("https://sender."+sc.tag+".example/u/bo", "Person"), !isActivity(doc)
	}
	if doc == nil || kindOf(doc) == "" && sc.set != "w3c" {
		return nil, nil, false
	}
	sc.findGroups(doc)
	sc.groups = slices.DeleteFunc(sc.groups, func(g string) bool { return g == idIn(doc) && !isActor(kindOf(doc)) })
	switch {
	case sc.set == "w3c":
		return sc.inAPost(doc)
	case isActivity(doc):
		return sc.asActivity(doc)
	case isActor(kindOf(doc)):
		id := idIn(doc)
		act := Doc{"id": id + "#update", "type": "Update", "actor": id, "object": doc, "to": []any{string(actors.Public)}}
		return act, sc.cast(id, kindOf(doc)), sc.way == "theirs"
	case strings.Contains(kindOf(doc), "Collection"):
		if len(sc.groups) == 0 || sc.way == "ours" {
			return nil, nil, false
		}
		group := sc.cast(sc.groups[0], "Group")
		sc.join(Doc{}, group)
		sc.prepare(sc.announced(doc), group, group)
		return sc.announced(doc), group, true
	}
	author := idIn(doc["attributedTo"])
	if a, ok := doc["actor"]; ok && idIn(a) != author {
		author = idIn(a)
	}
	id := idIn(doc)
	if author == "" || id == "" {
		return nil, nil, false
	}
	return sc.asActivity(Doc{"id": id + "#create", "type": "Create", "actor": author, "to": doc["to"], "cc": doc["cc"], "object": doc})
}

// inAPost makes an example of the vocabulary, which names nobody who could be
// asked, what somebody writes to the node's community.
func (sc *scene) inAPost(doc Doc) (any, *Puppet, bool) {
	by := sc.cast("https://writer."+sc.tag+".example/u/bo", "Person")
	object := Doc{}
	for k, v := range doc {
		object[k] = v
	}
	id := string(by.URI) + "/1"
	to := []any{string(actors.Public), string(sc.parks.URI)}
	object["id"], object["attributedTo"], object["to"] = id, string(by.URI), to
	delete(object, "audience")
	act := Doc{"id": id + "#create", "type": "Create", "actor": string(by.URI), "to": to, "object": object}
	return act, by, sc.way == "ours"
}

// asActivity brings an activity to the node: about its own community from its
// author, about one elsewhere from that community.
func (sc *scene) asActivity(doc Doc) (any, *Puppet, bool) {
	actor := idIn(doc["actor"])
	byGroup := slices.Contains(sc.groups, actor)
	sc.keep(doc)
	if sc.way == "ours" {
		if byGroup {
			return nil, nil, false
		}
		sc.address(doc)
		doc = sc.asOurs(doc).(Doc)
		by := sc.cast(actor, "Person")
		sc.prepare(doc, by, nil)
		return doc, by, by != nil
	}
	if len(sc.groups) == 0 {
		return nil, nil, false
	}
	group := sc.cast(sc.groups[0], "Group")
	if byGroup {
		group = sc.cast(actor, "Group")
	}
	if k := kindOf(doc); !byGroup && (k == "Follow" || k == "Flag" || kindOf(asDoc(doc["object"])) == "Follow") {
		return nil, nil, false
	}
	sc.join(doc, group)
	by := sc.cast(actor, "Person")
	sc.prepare(doc, by, group)
	if byGroup {
		return doc, group, true
	}
	return sc.announced(doc), group, true
}

// address sends to the node's community what somebody starts for everyone, as if
// they had named it: otherwise it would never come here.
func (sc *scene) address(doc Doc) {
	object := asDoc(doc["object"])
	everyone := append(listOf(object["to"]), listOf(object["cc"])...)
	if len(sc.groups) > 0 || kindOf(doc) != "Create" || object["inReplyTo"] != nil || !slices.Contains(everyone, any(string(actors.Public))) {
		return
	}
	object["cc"] = append(slices.Clone(listOf(object["cc"])), string(sc.parks.URI))
}

func asDoc(v any) Doc {
	d, _ := v.(Doc)
	return d
}

// announced is a document as the first community that it names passes it on.
func (sc *scene) announced(v any) Doc {
	return Doc{
		"id": sc.groups[0] + "/announce/1", "type": "Announce", "actor": sc.groups[0],
		"to": []any{string(actors.Public)}, "cc": []any{sc.groups[0] + "/followers"}, "object": v,
	}
}
