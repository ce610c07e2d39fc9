package content

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDOC6_NoNumberUnderFiveIsShown(t *testing.T) {
	for _, test := range []struct {
		cells []int
		shown []bool
		sum   bool
	}{
		{[]int{12, 3, 9}, []bool{true, false, false}, true},
		{[]int{12, 1, 2}, []bool{false, false, false}, true},
		{[]int{0, 0, 4}, []bool{false, false, false}, false},
		{[]int{6, 7, 8}, []bool{true, true, true}, true},
		{[]int{12, 0}, []bool{false, false}, true},
		{[]int{3}, []bool{false}, false},
		{[]int{7}, []bool{true}, true},
		{nil, []bool{}, false},
	} {
		shown, sum := Guard(test.cells)
		if d := cmp.Diff(test.shown, shown); d != "" || sum != test.sum {
			t.Errorf("%v: sum shown %t (-want +got):\n%s", test.cells, sum, d)
		}
	}
}

// TestDOC6_NothingHiddenIsWorkedOut: whoever takes what is shown from a sum that is shown is
// left with two numbers at least, of five people at least.
func TestDOC6_NothingHiddenIsWorkedOut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		cells := make([]int, 1+random.IntN(6))
		for i := range cells {
			cells[i] = random.IntN(14)
		}
		shown, sum := Guard(cells)
		hidden, left := 0, 0
		for i, n := range cells {
			if shown[i] && n < MinShown {
				t.Fatalf("%v shows %d", cells, n)
			}
			if !shown[i] {
				hidden, left = hidden+1, left+n
			}
		}
		if sum && hidden != 0 && (hidden < 2 || left < MinShown) {
			t.Fatalf("%v: what is hidden is %d numbers that make %d", cells, hidden, left)
		}
	}
}
