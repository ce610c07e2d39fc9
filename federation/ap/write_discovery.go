package ap

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"moothall/actors"
)

const activityJSON = "application/activity+json"

type resourceDocument struct {
	Subject string             `json:"subject"`
	Aliases []string           `json:"aliases"`
	Links   []resourceLinkItem `json:"links"`
}

type resourceLinkItem struct {
	Rel        string            `json:"rel"`
	Type       string            `json:"type,omitempty"`
	Href       string            `json:"href"`
	Properties map[string]string `json:"properties,omitempty"`
}

// WriteWebFinger writes the answer to a question about a local actor (RFC 7033,
// protocol.md 1.1). Exactly one link has the type of ActivityPub: Lemmy takes
// the last such link, others the first.
func WriteWebFinger(a actors.Actor) ([]byte, error) {
	page := a.URL
	if page == "" {
		page = string(a.URI)
	}
	d := resourceDocument{
		Subject: "acct:" + a.Name + "@" + a.Host,
		Aliases: []string{string(a.URI)},
		Links: []resourceLinkItem{
			{Rel: "http://webfinger.net/rel/profile-page", Type: "text/html", Href: page},
			{Rel: "self", Type: activityJSON, Href: string(a.URI), Properties: map[string]string{
				"https://www.w3.org/ns/activitystreams#type": string(a.Kind)}},
		},
	}
	if page != string(a.URI) {
		d.Aliases = append(d.Aliases, page)
	}
	if a.Kind == actors.Application { // FEP-d556
		d.Links = append(d.Links, resourceLinkItem{Rel: "https://www.w3.org/ns/activitystreams#Service", Href: string(a.URI)})
	}
	return plain(d)
}

// WriteHostMeta writes where WebFinger is to be asked (RFC 6415, protocol.md
// 1.2). origin is scheme and host without a slash at the end.
func WriteHostMeta(origin string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="`)
	if err := xml.EscapeText(&b, []byte(origin)); err != nil {
		return nil, fmt.Errorf("write host-meta: %w", err)
	}
	b.WriteString(`/.well-known/webfinger?resource={uri}"/></XRD>` + "\n")
	return b.Bytes(), nil
}

// NodeInfo is what a node says of itself to everyone. Restricted things are not
// counted (protocol.md 1.3).
type NodeInfo struct {
	Version     string // of the program
	Repository  string // where its source is; NodeInfo 2.1 only
	Name        string
	Description string
	Open        bool // anyone may make an account
	Users       int
	Posts       int
}

const nodeInfoSchema = "http://nodeinfo.diaspora.software/ns/schema/"

// NodeInfoType is the media type of NodeInfo in a version, "2.0" or "2.1".
func NodeInfoType(version string) string {
	return `application/json; profile="` + nodeInfoSchema + version + `#"`
}

type nodeInfoDocument struct {
	Version   string            `json:"version"`
	Software  map[string]string `json:"software"`
	Protocols []string          `json:"protocols"`
	Services  map[string][]any  `json:"services"`
	Open      bool              `json:"openRegistrations"`
	Usage     nodeUsage         `json:"usage"`
	Metadata  nodeMetadata      `json:"metadata"`
}

type nodeUsage struct {
	Users map[string]int `json:"users"`
	Posts int            `json:"localPosts"`
}

type nodeMetadata struct {
	Name        string          `json:"nodeName"`
	Description string          `json:"nodeDescription"`
	Federation  map[string]bool `json:"federation"`
}

// WriteNodeInfo writes NodeInfo in a version, "2.0" or "2.1".
func WriteNodeInfo(version string, n NodeInfo) ([]byte, error) {
	software := map[string]string{"name": "moothall", "version": n.Version}
	if version == "2.1" && n.Repository != "" {
		software["repository"] = n.Repository
	}
	return plain(nodeInfoDocument{
		Version: version, Software: software, Protocols: []string{"activitypub"},
		Services: map[string][]any{"inbound": {}, "outbound": {}}, Open: n.Open,
		Usage:    nodeUsage{map[string]int{"total": n.Users}, n.Posts},
		Metadata: nodeMetadata{n.Name, n.Description, map[string]bool{"enabled": true}},
	})
}

// WriteNodeInfoLinks writes /.well-known/nodeinfo. origin is scheme and host
// without a slash at the end.
func WriteNodeInfoLinks(origin string) ([]byte, error) {
	return plain(map[string][]resourceLinkItem{"links": {
		{Rel: nodeInfoSchema + "2.1", Href: origin + "/nodeinfo/2.1"},
		{Rel: nodeInfoSchema + "2.0", Href: origin + "/nodeinfo/2.0"},
		{Rel: "https://www.w3.org/ns/activitystreams#Application", Href: origin + "/"},
	}})
}
