package inbox

import (
	"context"
	"time"

	"moothall/store"
)

const (
	askAgain = 7 * 24 * time.Hour // how often a server is asked what it is
	askBatch = 4
)

// meet asks servers that are new here what software they run and what they call
// themselves. It is for admins to read, and to leave out what that software has
// no use for; no right depends on it.
func (in *Inbox) meet(ctx context.Context) (moved bool, err error) {
	var hosts []string
	err = in.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if hosts, err = tx.Unasked(ctx, in.Now().Add(-askAgain), askBatch); err != nil {
			return err
		}
		for _, host := range hosts {
			if err := tx.InstanceAsked(ctx, host, in.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, host := range hosts {
		facts, err := in.Remote.NodeInfo(ctx, host)
		if err != nil {
			in.Log.InfoContext(ctx, "server does not say what it is", "host", host, "err", err)
			continue
		}
		err = in.DB.Write(ctx, func(tx *store.Tx) error {
			return tx.DescribeInstance(ctx, host, facts.Software, facts.Version, facts.Name)
		})
		if err != nil {
			return true, err
		}
	}
	if len(hosts) > 0 {
		in.Actions.SoftwareKnown()
	}
	return len(hosts) > 0, nil
}
