package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"moothall/federation/node"
	"moothall/library"
)

func filesCommands() []command {
	return []command{{
		name: "files check", about: "read every file that is to be here, and compare it with its SHA-256", prints: true, run: checkFiles,
	}}
}

var errFiles = errors.New("files are missing or altered")

// tellEvery is how often a command that takes long says how far it is.
const tellEvery = 10 * time.Second

// checkFiles succeeds only when every file is as it was.
func checkFiles(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) error {
		told := time.Now()
		c, err := library.Check(ctx, n.DB, n.Files, time.Now(), func(c library.Checked) {
			if time.Since(told) >= tellEvery {
				told = time.Now()
				fmt.Fprintf(k.Err, "%d files, %d MB read …\n", c.Files, c.Bytes>>20)
			}
		})
		if err != nil {
			return err
		}
		if err := k.say(c, "%s", wordsOfCheck(c)); err != nil {
			return err
		}
		if !c.IsWhole() {
			return errFiles
		}
		return nil
	})
}

func wordsOfCheck(c library.Checked) string {
	lines := []string{fmt.Sprintf("%d files, %d bytes read.", c.Files, c.Bytes)}
	for _, list := range []struct {
		what    string
		digests []string
	}{{"missing", c.Missing}, {"altered", c.Altered}, {"known to nobody", c.Unknown}} {
		for _, d := range list.digests {
			lines = append(lines, list.what+": "+d)
		}
	}
	if c.IsWhole() {
		return strings.Join(append(lines, "Every file is here as it was."), "\n")
	}
	return strings.Join(append(lines, fmt.Sprintf("%d are missing and %d are altered. Bring them back from your backup.", len(c.Missing), len(c.Altered))), "\n")
}
