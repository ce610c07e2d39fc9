package actors

import "time"

// Instance is a remote server that this node has dealt with. Pages say partner.
type Instance struct {
	Host        string
	Software    string // as the server says it; may be empty, like the next two
	Version     string // of its software
	Name        string
	FirstSeen   time.Time
	LastSuccess time.Time // last delivery that was accepted
	LastInbound time.Time // last activity that was taken in from there

	Style      Style       // in which it is sent requests
	StyleSince time.Time   // zero while StyleWhy is StyleByDefault
	StyleWhy   StyleReason // what decided it
}

// Cursor is how far an instance has been served from the log.
type Cursor struct {
	Host         string
	Position     int64 // sequence number of the last entry dealt with
	Failures     int   // in a row
	FailingSince time.Time
	NextTry      time.Time
	LastError    string    // why the last delivery did not arrive; empty when it did
	Dead         time.Time // when this node stopped sending; zero while it does
}

// wrappedReaders is the software that reads what a community passes on as it
// was (protocol.md 5.3), and needs no boost of the same post beside it.
var wrappedReaders = map[string]bool{
	"moothall": true, "lemmy": true, "mbin": true, "kbin": true, "piefed": true, "nodebb": true,
}

// TakesArticlesOnly says whether software takes the start of a discussion as an
// Article and as nothing else (protocol.md 5.2).
func TakesArticlesOnly(software string) bool { return software == "discourse" }

// ReadsWrapped says whether software reads what a community passes on as it was.
func ReadsWrapped(software string) bool { return wrappedReaders[software] }
