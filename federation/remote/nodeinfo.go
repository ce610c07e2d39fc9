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

const maxNodeInfo = 128 << 10 // bytes

// nodeInfo asks for NodeInfo (protocol.md 1.3).
var nodeInfo = question{accept: "application/json", types: isJSON, redirects: maxRedirects, limit: maxNodeInfo}

var (
	errNoNodeInfo = errors.New("no version of NodeInfo that is understood")
	softwareName  = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// NodeInfo says what software a host runs and what it calls itself. Both are
// only the host's word, and either may be empty. The document must be on the
// host itself (security.md S81).
func (c *Client) NodeInfo(ctx context.Context, host string) (software, name string, err error) {
	info, err := c.nodeInfo(ctx, host)
	if err != nil {
		return "", "", fmt.Errorf("read node information: %w", err)
	}
	return info.software, info.name, nil
}

type nodeFacts struct{ software, name string }

func (c *Client) nodeInfo(ctx context.Context, host string) (nodeFacts, error) {
	if _, err := c.Addresses.ParseHost(host); err != nil {
		return nodeFacts{}, refuse(CodeAddress, "", err)
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	origin := actors.URI(c.scheme(host) + "://" + host + "/")
	got, err := c.get(ctx, origin+".well-known/nodeinfo", nodeInfo)
	if err != nil {
		return nodeFacts{}, err
	}
	href, err := nodeInfoLink(got.raw)
	if err != nil {
		return nodeFacts{}, refuse(CodeDocument, host, err)
	}
	at, err := c.Addresses.Parse(href)
	if err != nil || !at.SameOrigin(origin) {
		return nodeFacts{}, refuse(CodeIdentity, host, errIdentity)
	}
	if got, err = c.get(ctx, at, nodeInfo); err != nil {
		return nodeFacts{}, err
	}
	facts, err := parseNodeInfo(got.raw)
	if err != nil {
		return nodeFacts{}, refuse(CodeDocument, host, err)
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

func parseNodeInfo(raw []byte) (nodeFacts, error) {
	var doc struct {
		Software struct {
			Name string `json:"name"`
		} `json:"software"`
		Metadata json.RawMessage `json:"metadata"` // an empty array where there is none, in PHP
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nodeFacts{}, err
	}
	var about struct {
		NodeName string `json:"nodeName"`
	}
	if json.Unmarshal(doc.Metadata, &about) != nil {
		about.NodeName = ""
	}
	facts := nodeFacts{strings.ToLower(doc.Software.Name), content.PlainName(about.NodeName, content.MaxName)}
	if !softwareName.MatchString(facts.software) {
		facts.software = ""
	}
	return facts, nil
}
