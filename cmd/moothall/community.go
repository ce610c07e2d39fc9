package main

import (
	"context"
	"flag"
	"fmt"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/node"
	"moothall/store"
)

func communityCommands() []command {
	return []command{{
		name: "community create", form: "NAME --title TEXT --facilitator USER [--audience public|network|members|organisation]",
		about: "start a community", changes: true, prints: true,
		flags: func(fs *flag.FlagSet, k *call) {
			fs.StringVar(&k.opt.title, "title", "", "what it is called on pages")
			fs.StringVar(&k.opt.facilitator, "facilitator", "", "name of the person who looks after it")
			fs.StringVar(&k.opt.audience, "audience", string(actors.AudiencePublic), "who may read it")
		},
		run: createCommunity,
	}, {
		name: "community move", form: "NAME NEW-ADDRESS",
		about: "move a community to another site, where it names this one as its earlier address", changes: true, prints: true,
		run: moveCommunity,
	}}
}

// started is what community create prints.
type started struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Address  string `json:"address"`
	Handle   string `json:"handle"`
	Audience string `json:"audience"`
}

func createCommunity(ctx context.Context, k *call) error {
	if err := k.want("NAME"); err != nil {
		return err
	}
	if k.opt.title == "" || k.opt.facilitator == "" {
		return usage("--title and --facilitator are both needed")
	}
	audience := actors.Audience(k.opt.audience)
	if !audience.Valid() {
		return usage("--audience %q is none of public, network, members, organisation", k.opt.audience)
	}
	charter := actions.Charter{Name: k.args[0], Title: k.opt.title, Audience: audience, Joining: joiningOf(audience)}
	return k.withNode(ctx, func(n *node.Node) error {
		keys, err := n.Actions.MakeKeys()
		if err != nil {
			return fmt.Errorf("make keys: %w", err)
		}
		var c actors.Community
		err = k.write(ctx, n, func(tx *store.Tx) error {
			by, err := localPerson(ctx, tx, k.opt.facilitator)
			if err != nil {
				return err
			}
			c, err = n.Actions.StartCommunity(ctx, tx, by, charter, keys)
			return err
		})
		if err != nil {
			return err
		}
		out := started{Name: c.Name, Title: c.Title, Address: string(c.URI), Handle: c.Handle(), Audience: string(c.Audience)}
		return k.say(out, "Started %s at %s", c.Title, c.URI)
	})
}

// joiningOf is how people join unless its facilitator says otherwise: whoever
// may read it anyway need not ask.
func joiningOf(a actors.Audience) actors.Joining {
	if a == actors.AudiencePublic || a == actors.AudienceNetwork {
		return actors.JoinOpen
	}
	return actors.JoinRequest
}
