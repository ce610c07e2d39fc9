package fedtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// deliveries lists the titles of the discussions that a stranger was sent, in
// the order in which they came, without boosts.
func deliveries(s *Stranger, path string) (titles []string) {
	for _, e := range s.Requests() {
		if _, rest, ok := strings.Cut(string(e.Body), `"name":"No `); ok && e.Method == http.MethodPost && e.URL == path {
			n, _, _ := strings.Cut(rest, `"`)
			titles = append(titles, n)
		}
	}
	return titles
}

// TestC55_AnswersOfAPartner: what a partner answers decides when it hears again.
func TestC55_AnswersOfAPartner(t *testing.T) {
	inAnHour := Opening.Add(time.Hour).Format(http.TimeFormat)
	for name, tt := range map[string]struct {
		answer Answer
		after  time.Duration // until when nothing comes, and then it does; 0: never again
	}{
		"429, seconds":      {Answer{Status: 429, Header: map[string]string{"Retry-After": "1800"}}, 30 * time.Minute},
		"429, a date":       {Answer{Status: 429, Header: map[string]string{"Retry-After": inAnHour}}, time.Hour},
		"503, seconds":      {Answer{Status: 503, Header: map[string]string{"Retry-After": "300"}}, 5 * time.Minute},
		"500":               {Answer{Status: 500}, time.Second},
		"502":               {Answer{Status: 502}, time.Second},
		"408":               {Answer{Status: 408}, time.Second},
		"400":               {Answer{Status: 400}, 0},
		"403":               {Answer{Status: 403}, 0},
		"406":               {Answer{Status: 406}, 0},
		"413":               {Answer{Status: 413}, 0},
		"422, of Discourse": {Answer{Status: 422}, 0},
		"424, of NodeBB":    {Answer{Status: 424}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, parks, eve := follower(t)
			eve.Sends(inbox(parks), follow(eve, parks))
			town.Settle()
			eve.of.Serves("/inbox", tt.answer)
			eve.of.Forget()
			ann.Posts(parks, "No 1")
			town.Settle()
			if got := deliveries(eve.of, "/inbox"); tt.after > 0 && !slices.Equal(got, []string{"1"}) {
				t.Fatalf("it was sent %v, want the first once", got)
			}
			eve.of.Serves("/inbox", Answer{Status: http.StatusAccepted})
			if tt.after > time.Second {
				town.Pass(tt.after - time.Second)
				if n := len(deliveries(eve.of, "/inbox")); n != 1 {
					t.Errorf("it was sent it %d times before the time that it named", n)
				}
			}
			town.Pass(2*time.Second + time.Second/2)
			ann.Posts(parks, "No 2")
			town.Settle()
			want := []string{"1", "1", "2"}
			if tt.after == 0 {
				want = []string{"1", "2"}
				town.Pass(72 * time.Hour)
			}
			if got := deliveries(eve.of, "/inbox"); !slices.Equal(got, want) {
				t.Errorf("it was sent %v, want %v", got, want)
			}
		})
	}
}

// TestC56_OneIsGoneTheOthersStay: two followers with inboxes of their own, of
// whom one has left for good.
func TestC56_OneIsGoneTheOthersStay(t *testing.T) {
	town, ann, parks, eve := follower(t)
	bo := eve.of.Person("bo")
	for name, p := range map[string]*Puppet{"eve": eve, "bo": bo} {
		doc := p.Document("Person", name)
		delete(doc, "endpoints")
		p.of.Serves("/u/"+name, Answer{Body: doc})
		p.Sends(inbox(parks), follow(p, parks))
	}
	town.Settle()
	gone := Answer{Status: http.StatusGone, Body: Doc{"id": eve.URI, "type": "Tombstone"}}
	eve.of.Serves("/u/eve/inbox", Answer{Status: http.StatusGone})
	eve.of.Serves("/u/eve", gone)
	ann.Posts(parks, "No 1")
	town.Settle()
	ann.Posts(parks, "No 2")
	town.Settle()
	if got := deliveries(eve.of, "/u/eve/inbox"); !slices.Equal(got, []string{"1"}) {
		t.Errorf("who is gone was sent %v", got)
	}
	if got := deliveries(eve.of, "/u/bo/inbox"); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("the other one was sent %v", got)
	}
	if got := town.get(string(parks.URI)+"/followers", activityType).Body; !strings.Contains(got, `"totalItems":2`) {
		t.Errorf("ann and bo should be left: %s", got)
	}
}

// TestC57_QueueOutlivesTheProgram: two partners, one of them dead. What is owed
// is neither lost nor late nor out of order when the node is restarted, or killed.
func TestC57_QueueOutlivesTheProgram(t *testing.T) {
	for name, ends := range map[string]func(town *Town){
		"restarted": func(town *Town) { town.Restart("north.example") },
		"killed":    func(town *Town) { town.Kill("north.example") },
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, parks, eve := follower(t)
			dead := town.Stranger("dead.example").Person("dan")
			for _, p := range []*Puppet{eve, dead} {
				p.Sends(inbox(parks), follow(p, parks))
			}
			town.Settle()
			dead.of.Serves("/inbox", Answer{Status: http.StatusServiceUnavailable})
			var want []string
			for i := range 6 {
				ann.Posts(parks, fmt.Sprint("No ", i))
				want = append(want, fmt.Sprint(i))
				if i == 2 {
					town.Settle()
				}
			}
			ends(town)
			town.Settle()
			if got := deliveries(eve.of, "/inbox"); !slices.Equal(got, want) {
				t.Errorf("the one who lives was sent %v, want %v", got, want)
			}
			dead.of.Serves("/inbox", Answer{Status: http.StatusAccepted})
			dead.of.Forget()
			town.Pass(48 * time.Hour)
			if got := deliveries(dead.of, "/inbox"); !slices.Equal(got, want) {
				t.Errorf("the other one was sent %v when it was back, want %v", got, want)
			}
		})
	}
}
