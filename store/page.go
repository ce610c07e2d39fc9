package store

// Page says which part of a list is wanted: pages count from one.
type Page struct {
	Number int
	Size   int
}

const (
	defaultPage = 25
	largestPage = 100
	lastPage    = 1000 // deeper than anyone reads; keeps crawlers cheap
)

// limit is zero for pages that are too deep: they are empty, so that a reader
// of page after page comes to an end.
func (p Page) limit() int {
	if p.Number > lastPage {
		return 0
	}
	if p.Size <= 0 {
		return defaultPage
	}
	return min(p.Size, largestPage)
}

func (p Page) offset() int {
	return (min(max(p.Number, 1), lastPage) - 1) * p.limit()
}
