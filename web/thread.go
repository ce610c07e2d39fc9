package web

import (
	"moothall/actors"
	"moothall/content"
)

// inReadingOrder puts the comments of a discussion, which come oldest first, in
// the order in which they are read: each followed by what answers it. Depth says
// how far in a comment stands. One whose parent is not there answers the start.
func inReadingOrder(root actors.ID, comments []content.Post) []content.Post {
	there := make(map[actors.ID]bool, len(comments))
	for _, c := range comments {
		there[c.ID] = true
	}
	below := make(map[actors.ID][]int, len(comments))
	for i, c := range comments {
		parent := c.Parent
		if !there[parent] || parent == c.ID {
			parent = root
		}
		below[parent] = append(below[parent], i)
	}
	out := make([]content.Post, 0, len(comments))
	// A stack and not recursion: a thread may be as deep as it is long.
	type step struct{ index, depth int }
	var stack []step
	push := func(of actors.ID, depth int) {
		list := below[of]
		for i := len(list) - 1; i >= 0; i-- {
			stack = append(stack, step{list[i], depth})
		}
		delete(below, of)
	}
	for push(root, 1); len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		c := comments[at.index]
		c.Depth = at.depth
		out = append(out, c)
		push(c.ID, at.depth+1)
	}
	return out
}
