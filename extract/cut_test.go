package extract

import (
	"strings"
	"testing"
)

func TestS111_WhatIsKeptIsBounded(t *testing.T) {
	line := Block{Kind: Row, Cells: []string{strings.Repeat("x", 100), ""}}
	r := Reading{Blocks: []Block{line, line, line}}
	if got := r.Cut(10_000); got.Short || len(got.Blocks) != 3 {
		t.Errorf("with room: %+v", got)
	}
	if got := r.Cut(2 * costOf(line)); !got.Short || len(got.Blocks) != 2 || len(r.Blocks) != 3 {
		t.Errorf("with room for two: %+v of %+v", got, r)
	}
	if got := (Reading{Blocks: make([]Block, 1000)}).Cut(1000); len(got.Blocks) > 10 {
		t.Errorf("%d empty blocks are kept in 1,000 bytes", len(got.Blocks))
	}
}
