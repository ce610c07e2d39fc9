package inbox

import (
	"context"
	"strings"

	"moothall/actors"
)

// decline tells the author of a post for a community of ours that it was not
// taken. Silence would leave it "on its way" for ever on the author's site.
func (w *work) decline(ctx context.Context) error {
	if w.act.Type != "Create" || w.line.State != actors.Rejected || w.line.Group == 0 || w.line.Object == "" {
		return nil
	}
	if code, _, _ := strings.Cut(w.line.Reason, ":"); code == "vote" || code == "private" {
		return nil // nobody asked for it to be taken
	}
	group, err := w.tx.Community(ctx, w.line.Group)
	if err != nil || !group.Local || !group.Audience.Federates() {
		return err
	}
	m, err := w.tx.Membership(ctx, group.ID, w.from.ID)
	if err != nil || m.Standing == actors.NoStanding && group.Audience != actors.AudiencePublic {
		return err // of a closed community a stranger learns nothing
	}
	if m.Standing == actors.Asked && !isListed(group) {
		return nil // anyone may ask, and be it for a guess (security.md S194)
	}
	return w.in.Actions.Decline(ctx, w.tx, group, w.from, w.line.Object)
}
