package content

// MinShown is the smallest number of readers that anybody is told (users.md 5.6).
const MinShown = 5

// Guard says which of some numbers of people may be shown, and whether their sum may:
// none under MinShown, and none from which one that is hidden could be worked out. What
// is hidden are two numbers at least, which make MinShown together; where they cannot,
// the sum is hidden too (users.md 5.6).
func Guard(cells []int) (shown []bool, sum bool) {
	shown = make([]bool, len(cells))
	hidden, together, total := 0, 0, 0
	for i, n := range cells {
		total += n
		if shown[i] = n >= MinShown; !shown[i] {
			hidden, together = hidden+1, together+n
		}
	}
	for hidden != 0 && (hidden < 2 || together < MinShown) {
		next := smallestShown(cells, shown)
		if next < 0 {
			return shown, false
		}
		shown[next], hidden, together = false, hidden+1, together+cells[next]
	}
	return shown, total >= MinShown
}

func smallestShown(cells []int, shown []bool) int {
	at := -1
	for i, n := range cells {
		if shown[i] && (at < 0 || n < cells[at]) {
			at = i
		}
	}
	return at
}
