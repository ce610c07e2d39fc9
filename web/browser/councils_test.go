package browser_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var picture = flag.Bool("picture", false, "save three councils side by side in docs/images, for the README")

const pictureFile = "../../docs/images/three-councils.png"

const (
	password = "correct horse battery"
	// soon is how long it may take until all councils see something (issue 2).
	soon = 2 * time.Second
	// atLast is how long a test waits for what has no such promise, as after a crash.
	atLast = 60 * time.Second
)

// council is one of three programs, with one person who uses it.
type council struct {
	*window
	t                *testing.T
	key, title, data string
	host             string
	person, job      string
	program          *process
}

func (c *council) base() string  { return "http://" + c.host }
func (c *council) email() string { return c.key + "@council.example" }

// serves starts its program, or starts it again.
func (c *council) serves() {
	c.t.Helper()
	c.program = start(c.t, "serve", "--development", "--host", c.host, "--data", c.data, "--name", c.title)
	c.program.says("in development")
}

// founds makes three councils, each with somebody who has signed in.
func founds(t *testing.T, javascript bool) (north, south, west *council) {
	c := startChromium(t)
	open := func(key, title, person, job string) *council {
		h := &council{t: t, key: key, title: title, person: person, job: job, data: t.TempDir(), host: key + ".localhost:" + freePort(t)}
		h.serves()
		run(t, password+"\n", "user", "create", "person_"+key, "--title", person, "--email", h.email(), "--password-stdin", "--data", h.data)
		h.window = c.window(person, javascript, 1280, 900)
		h.signIn(h.base(), h.email(), password)
		h.sees("Your communities", "You have not joined a community yet.")
		h.tells()
		return h
	}
	north = open("north", "Northmoor District Council", "Ann Barker", "Tree Officer")
	south = open("south", "Southwick Borough Council", "Bea Okafor", "Landscape Architect")
	west = open("west", "Cyngor Gorllewin Morfa", "Cai Prydderch", "Senior Planning Officer")
	return north, south, west
}

// tells fills in what colleagues see of a person.
func (c *council) tells() {
	c.t.Helper()
	c.opens(c.base() + "/settings")
	c.fills("Organisation you work for", c.title)
	c.fills("Your role there (optional)", c.job)
	c.presses("Save profile")
}

// within reloads a page until it says all of something, and fails after so long.
// A reload takes part of that time, so nothing else is waited for.
func (w *window) within(limit time.Duration, since time.Time, words ...string) {
	w.t.Helper()
	for {
		text := w.text()
		missing := ""
		for _, s := range words {
			if !strings.Contains(text, s) {
				missing = s
			}
		}
		took := time.Since(since)
		switch {
		case missing == "" && took <= limit:
			return
		case took > limit:
			w.t.Fatalf("%s does not see %q at %s after %v (%v is the limit), but:\n%s", w.name, missing, w.at.URL, took, limit, text)
		}
		w.reloads()
	}
}

// allSee looks at every window before it looks again at those that wait, so that
// each has the whole time.
func allSee(limit time.Duration, words string, all ...*council) {
	since := time.Now()
	for _, c := range all {
		c.t.Helper()
		c.reloads()
		c.within(limit, since, words)
	}
}

// TestThreeCouncils is what issue 2 calls done: three programs, three people, one
// debate, and one program that is killed in the middle of it. Once without
// JavaScript and once with it (users.md A06).
func TestThreeCouncils_MEM2_MEM3_MEM4_NEW7_A06(t *testing.T) {
	for _, javascript := range []bool{false, true} {
		name := "without scripts"
		if javascript {
			name = "with scripts"
		}
		t.Run(name, func(t *testing.T) {
			j := journey{javascript: javascript}
			j.north, j.south, j.west = founds(t, javascript)
			j.community()
			j.joining()
			j.question()
			j.answer()
			j.crash()
			j.expiry()
			j.changes()
			j.goodbye()
		})
	}
}

// journey is how the three go through a debate.
type journey struct {
	javascript         bool
	north, south, west *council
}

func (j *journey) all() []*council { return []*council{j.north, j.south, j.west} }

const (
	topic    = "Trees and woodland"
	title    = "Survival after three years: what do your street trees do?"
	asked    = "We planted 410 standards in 2023 and have lost 31%. Contractors say drought, residents say nobody came with water."
	answered = "We are at 19%, nearly all of it vandalism. We now plant whips with the school and lose hardly any."
	later    = "Thank you. Who holds the risk assessment, you or the school?"
	kept     = "11% here, since watering is a contract of its own, paid per visit."
)

// community is started by a form, by somebody at the first council.
func (j *journey) community() {
	n := j.north
	n.opens(n.base() + "/communities")
	n.presses("Start a community")
	n.fills("Name of the community", topic)
	n.fills("Short name for its address", "trees")
	n.fills("What is it for?", "Planting, surveying, inspecting and arguing about trees in streets, parks and woods.")
	n.presses("Start community")
	n.sees(topic, "Start a discussion", "@trees@"+n.host)
}

// joining is done by the address at one council, and from the public page of the
// community at the other (users.md MEM-3).
func (j *journey) joining() {
	s, w := j.south, j.west
	s.opens(s.base() + "/communities")
	s.fills("Address of the community", "@trees@"+j.north.host)
	s.presses("Find community")
	s.sees(topic, "Run by", "@trees@"+j.north.host)
	s.presses("Join this community")
	s.sees("Who will receive what you post there", "Anyone can read this")
	s.presses("Join community")

	w.opens(j.north.base() + "/c/trees")
	w.sees("Join from your council", "You do not need a new account.")
	w.fills("Address of your organisation’s site", w.host)
	w.presses("Go to my site")
	if !strings.HasPrefix(w.at.URL, w.base()) {
		w.t.Fatalf("it leads to %s and not home to %s", w.at.URL, w.base())
	}
	w.presses("Join this community")
	w.presses("Join community")

	for _, c := range []*council{s, w} {
		c.opens(c.base() + "/c/trees@" + j.north.host)
		c.within(soon, time.Now(), "Leave this community")
	}
}

// question is asked at the second council in a community of the first (MEM-2).
func (j *journey) question() {
	s := j.south
	s.presses("Ask a question")
	s.fills("Title", title)
	s.fills("Text", asked)
	s.sees("Anyone can read this", j.north.title+"’s site", "freedom of information") // NEW-7
	s.presses("Ask question")
	s.sees(title, asked)
	j.north.opens(j.north.base() + "/c/trees")
	j.west.opens(j.west.base() + "/c/trees@" + j.north.host)
	allSee(soon, title, j.all()...)
	j.north.follows(title)
	j.west.follows(title)
	for _, c := range j.all() {
		c.sees(asked, j.south.person, j.south.job)
	}
}

// answer comes from the third council, on a phone (MEM-4).
func (j *journey) answer() {
	w := j.west
	w.is(320, 640)
	if faults := w.list("overflow"); len(faults) > 0 {
		w.t.Errorf("MEM-4, A05: %v", faults)
	}
	w.fills("Your reply", answered)
	w.presses("Post reply")
	w.is(1280, 900)
	allSee(soon, answered, j.all()...)
}

// crash kills the third council's program without a warning. What it had is
// there afterwards, and what was said meanwhile arrives.
func (j *journey) crash() {
	w, s := j.west, j.south
	w.program.killed()
	s.fills("Your reply", later)
	s.presses("Post reply")
	s.sees(later)
	allSee(soon, later, j.north, s)
	w.serves()
	w.reloads()
	w.sees(title, asked, answered)
	w.within(atLast, time.Now(), later)
}

// expiry ends a session while its owner writes: the text is kept (MEM-4).
func (j *journey) expiry() {
	n := j.north
	n.fills("Your reply", kept)
	n.ask(order{Do: "forget", Name: "moothall"}, nil)
	n.presses("Post reply")
	n.sees("You were signed out while you were writing. Your text is kept")
	n.fills("Email address", n.email())
	n.fills("Password", password)
	n.presses("Sign in")
	n.sees("What you wrote has not been sent yet.", kept)
	n.presses("Send it now")
	allSee(soon, kept, j.all()...)
	j.takePicture()
}

// changes are a mark, an edit and a withdrawal, seen at all three.
func (j *journey) changes() {
	n, s, w := j.north, j.south, j.west
	n.presses("Useful : what " + w.person + " wrote…")
	allSee(soon, "Useful to 1 person", j.all()...)

	w.follows("Edit what " + w.person + " wrote…")
	w.fills("Your reply", answered+" The school waters them.")
	w.presses("Save changes")
	allSee(soon, "The school waters them.", j.all()...)
	s.sees("edited")

	s.follows("Withdraw what " + s.person + " wrote…") // the question: what the page shows first
	s.sees("Withdraw this", "You cannot undo this.")
	s.follows("Keep it")
	w.follows("Withdraw what " + w.person + " wrote…")
	w.sees("It will be replaced by the words “This has been withdrawn”.")
	w.presses("Withdraw reply")
	allSee(soon, "This has been withdrawn", j.all()...)
	for _, c := range j.all() {
		c.seesNot("vandalism")
		c.sees(title, asked, later, kept)
	}
}

// goodbye signs everyone out: the page stays to read, the form is gone.
func (j *journey) goodbye() {
	for _, c := range j.all() {
		discussion := c.at.URL
		c.follows("Sign out")
		c.presses("Sign out")
		c.opens(discussion)
		c.sees("To reply, sign in")
		c.seesNot("Your reply")
	}
}

// takePicture saves what the three see, side by side.
func (j *journey) takePicture() {
	if !*picture || !j.javascript {
		return
	}
	dir := j.north.t.TempDir()
	o := order{Do: "beside"}
	for _, c := range j.all() {
		at := c.at.URL
		page, _, _ := strings.Cut(at, "#")
		c.is(520, 1080)
		c.opens(page)
		file := filepath.Join(dir, c.key+".png")
		c.picture(file, false)
		o.Pictures, o.Titles = append(o.Pictures, file), append(o.Titles, c.base())
		c.is(1280, 900)
		c.opens(at)
	}
	table := j.north.window.window("table", true, 1240, 700)
	table.ask(o, nil)
	table.picture(pictureFile, true)
	table.close()
}
