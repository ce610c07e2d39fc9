package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"moothall/actors"
	"moothall/content"
)

const (
	maxNodeInfo = 128 << 10 // bytes
	maxVersion  = 64        // characters
)

// nodeInfo asks for NodeInfo (protocol.md 1.3).
var nodeInfo = question{accept: "application/json", types: isJSON, redirects: maxRedirects, limit: maxNodeInfo}

var (
	errNoNodeInfo = errors.New("no version of NodeInfo that is understood")
	softwareName  = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// NodeFacts are what a host says of itself. They are only its word, and each may
// be empty.
type NodeFacts struct {
	Software string // small letters, digits and hyphens
	Version  string // one line of text, no more than 64 characters
	Name     string // one line of text
}

// NodeInfo asks a host what software it runs and what it calls itself. The
// document must be on the host itself (security.md S81).
func (c *Client) NodeInfo(ctx context.Context, host string) (NodeFacts, error) {
	facts, err := c.nodeInfo(ctx, host)
	if err != nil {
		return NodeFacts{}, fmt.Errorf("read node information: %w", err)
	}
	return facts, nil
}

func (c *Client) nodeInfo(ctx context.Context, host string) (NodeFacts, error) {
	if _, err := c.Addresses.ParseHost(host); err != nil {
		return NodeFacts{}, refuse(CodeAddress, "", err)
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	origin := actors.URI(c.scheme(host) + "://" + host + "/")
	got, err := c.get(ctx, origin+".well-known/nodeinfo", nodeInfo)
	if err != nil {
		return NodeFacts{}, err
	}
	href, err := nodeInfoLink(got.raw)
	if err != nil {
		return NodeFacts{}, refuse(CodeDocument, host, err)
	}
	at, err := c.Addresses.Parse(href)
	if err != nil || !at.SameOrigin(origin) {
		return NodeFacts{}, refuse(CodeIdentity, host, errIdentity)
	}
	if got, err = c.get(ctx, at, nodeInfo); err != nil {
		return NodeFacts{}, err
	}
	facts, err := parseNodeInfo(got.raw)
	if err != nil {
		return NodeFacts{}, refuse(CodeDocument, host, err)
	}
	return facts, nil
}

// nodeInfoLink picks the newest version that is understood.
func nodeInfoLink(raw []byte) (string, error) {
	var doc struct {
		Links []jrdLink `json:"links"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return "", err
	}
	for _, version := range []string{"2.1", "2.0"} {
		for _, l := range doc.Links {
			if strings.HasSuffix(l.Rel, "://nodeinfo.diaspora.software/ns/schema/"+version) && l.Href != "" {
				return l.Href, nil
			}
		}
	}
	return "", errNoNodeInfo
}

func parseNodeInfo(raw []byte) (NodeFacts, error) {
	var doc struct {
		Software struct {
			Name    string `json:"name"`
			Version any    `json:"version"` // some write a number
		} `json:"software"`
		Metadata json.RawMessage `json:"metadata"` // an empty array where there is none, in PHP
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return NodeFacts{}, err
	}
	var about struct {
		NodeName string `json:"nodeName"`
	}
	if json.Unmarshal(doc.Metadata, &about) != nil {
		about.NodeName = ""
	}
	version, _ := doc.Software.Version.(string)
	facts := NodeFacts{strings.ToLower(doc.Software.Name), content.PlainName(version, maxVersion), content.PlainName(about.NodeName, content.MaxName)}
	if !softwareName.MatchString(facts.Software) {
		facts.Software = ""
	}
	return facts, nil
}
