package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/node"
	"moothall/store"
)

func userCommands() []command {
	return []command{{
		name: "user create", form: "NAME --email ADDRESS [--role member|moderator|admin] [--title TEXT] [--password-stdin]",
		about: "make an account; without a password, prints a link to set one", changes: true, prints: true,
		flags: func(fs *flag.FlagSet, k *call) {
			fs.StringVar(&k.opt.email, "email", "", "email address")
			fs.StringVar(&k.opt.role, "role", string(actors.AccountMember), "member, moderator or admin")
			fs.StringVar(&k.opt.title, "title", "", "full name")
			fs.BoolVar(&k.opt.passwordStdin, "password-stdin", false, "read the password from standard input")
		},
		run: createUser,
	}, {
		name: "user token", form: "NAME", about: "print one bearer token and nothing else", changes: true, prints: true,
		run: makeToken,
	}}
}

// created is what user create prints.
type created struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Handle  string `json:"handle"`
	Role    string `json:"role"`
	Link    string `json:"link,omitempty"`
}

func createUser(ctx context.Context, k *call) error {
	if err := k.want("NAME"); err != nil {
		return err
	}
	who := actions.NewPerson{
		Name: k.args[0], Title: k.opt.title, Email: k.opt.email, Role: actors.AccountRole(k.opt.role),
	}
	if !who.Role.Valid() {
		return usage("--role %q is none of member, moderator, admin", k.opt.role)
	}
	if k.opt.email == "" {
		return usage("--email is missing")
	}
	if k.opt.passwordStdin {
		var err error
		if who.Password, err = firstLine(k.In); err != nil {
			return err
		}
	}
	if err := who.Check(); err != nil {
		return inWords(err)
	}
	return k.withNode(ctx, func(n *node.Node) error { return k.addUser(ctx, n, who) })
}

func (k *call) addUser(ctx context.Context, n *node.Node, who actions.NewPerson) error {
	hash := ""
	if who.Password != "" {
		var err error
		if hash, err = n.Actions.HashPassword(who.Password); err != nil {
			return err
		}
	}
	keys, err := n.Actions.MakeKeys()
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	out := created{Name: who.Name, Role: string(who.Role)}
	err = k.write(ctx, n, func(tx *store.Tx) error {
		x, err := n.Actions.CreatePerson(ctx, tx, who, hash, keys)
		if err != nil {
			return err
		}
		out.Address, out.Handle = string(x.URI), x.Handle()
		if hash != "" {
			return nil
		}
		secret, err := n.Actions.Invite(ctx, tx, actors.Invitation{Email: who.Email, Role: who.Role, Actor: x.ID, By: x.ID})
		if err == nil && !k.dryRun {
			out.Link = n.Site.Join(secret)
		}
		return err
	})
	if err != nil {
		return err
	}
	words := "Made the account %s (%s)."
	if out.Link != "" {
		words += " Password to be set within a week at " + out.Link
	}
	return k.say(out, words, out.Handle, out.Role)
}

// longestLine bounds a password on standard input, in bytes.
const longestLine = 4096

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, longestLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("there was no password on standard input")
	}
	return line, nil
}

func makeToken(ctx context.Context, k *call) error {
	if err := k.want("NAME"); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) error {
		var token string
		err := k.write(ctx, n, func(tx *store.Tx) error {
			who, err := localPerson(ctx, tx, k.args[0])
			if err != nil {
				return err
			}
			token, err = n.Actions.NewToken(ctx, tx, who)
			return err
		})
		if err != nil {
			return err
		}
		if k.dryRun {
			return k.say(map[string]string{}, "a token for %s is made.", k.args[0])
		}
		return k.say(map[string]string{"token": token}, "%s", token)
	})
}

func localPerson(ctx context.Context, tx *store.Tx, name string) (actors.Actor, error) {
	who, err := tx.LocalActor(ctx, name)
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Kind != actors.Person {
		return who, fmt.Errorf("there is no person %q on this node", name)
	}
	return who, err
}
