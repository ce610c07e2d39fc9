package delivery

import (
	"context"
	"strings"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/sign"
	"moothall/store"
)

// readDigests reads which followers the partner has of each actor whose followers
// something is due to: one row for each actor and turn, however many follow.
func (r *round) readDigests(ctx context.Context, tx *store.Tx) error {
	for _, item := range r.due {
		if _, known := r.digests[item.Group]; known || item.Group == 0 {
			continue
		}
		d, err := tx.FollowerDigest(ctx, item.Group, r.host)
		if err != nil {
			return err
		}
		if d.Followers > store.MostSynchronized {
			d.Digest = ""
		}
		r.digests[item.Group] = d.Digest
	}
	return nil
}

// synchronization is the header that tells the partner which of its people this
// node counts among the followers of the one who signs (FEP-8fcf); empty for what
// is not for followers. It is not part of the signature: that has the parts that
// every peer can verify (protocol.md 3.1), and all that a false one brings about
// is a question to the address of the signer's own host.
func (r *round) synchronization(item store.Due, s sign.Signer) string {
	digest := r.digests[item.Group]
	if digest == "" || item.Group != item.Signer {
		return ""
	}
	uri, _, _ := strings.Cut(s.KeyID, "#")
	actor := actors.URI(uri)
	return ap.Synchronization{Collection: actor + "/followers", URL: ap.SynchronizationOf(actor), Digest: digest}.String()
}
