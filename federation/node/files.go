package node

import (
	"context"
	"fmt"
	"time"
)

// leftAfter is how old a file must be of which a process received only a part, or
// which it did not keep, before it is taken for left behind.
const leftAfter = 24 * time.Hour

// readyFiles finds out at the start whether files can be stored, rather than when
// somebody shares one, and removes what an earlier process left. A command, which
// may never touch a file, does neither.
func (n *Node) readyFiles(ctx context.Context, headless bool) error {
	if headless {
		return nil
	}
	if err := n.Files.Check(ctx); err != nil {
		return err
	}
	removed, err := n.Files.Sweep(n.now().Add(-leftAfter))
	if err != nil {
		return fmt.Errorf("remove files that were left behind: %w", err)
	}
	if removed > 0 {
		n.Log.InfoContext(ctx, "files that were left behind are removed", "files", removed)
	}
	return nil
}
