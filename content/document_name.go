package content

import "strings"

// DocumentName is the last part of a document's address: eight letters and digits
// without vowels, of which the last checks the others, so that one that was read
// out or typed wrongly leads nowhere and not to another document (users.md 3.6).
type DocumentName string

const (
	nameAlphabet = "23456789bcdfghjkmnpqrstvwxz" // 27: nothing that looks like something else
	nameLength   = 8
)

// NewDocumentName makes a name from random bits.
func NewDocumentName(random uint64) DocumentName {
	var b [nameLength]byte
	for i := range nameLength - 1 {
		b[i] = nameAlphabet[random%uint64(len(nameAlphabet))]
		random /= uint64(len(nameAlphabet))
	}
	b[nameLength-1] = checkLetter(b[:nameLength-1])
	return DocumentName(b[:])
}

// Valid says whether n was written as NewDocumentName writes it.
func (n DocumentName) Valid() bool {
	if len(n) != nameLength {
		return false
	}
	for i := range len(n) {
		if strings.IndexByte(nameAlphabet, n[i]) < 0 {
			return false
		}
	}
	return checkLetter([]byte(n[:nameLength-1])) == n[nameLength-1]
}

// checkLetter differs for any one wrong letter, and for any two neighbours that have
// changed places: with an odd number of letters both 1 and 2, and what lies between
// them, have an inverse.
func checkLetter(letters []byte) byte {
	const n = len(nameAlphabet)
	sum, weight := 0, 2
	for i := len(letters) - 1; i >= 0; i-- {
		sum += weight * strings.IndexByte(nameAlphabet, letters[i])
		weight = 3 - weight
	}
	return nameAlphabet[(n-sum%n)%n]
}
