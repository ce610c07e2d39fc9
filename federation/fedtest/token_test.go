package fedtest

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/federation/token"
	"moothall/store"
)

const south, west = "south.example", "west.example"

// A member's node reads on a third host with a token, without that host asking anyone.
func TestS186_ThirdHostReadsATokenAndAsksNobody(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	if n := town.tally(); n.questions != 0 || n.shown == 0 || n.tokens == 0 {
		t.Errorf("in the life of a town: %+v, want no question", n)
	}
	town.Clock.Move(time.Hour)
	before := town.tally()
	var posts []Post
	for i := range 20 {
		posts = append(posts, town.bob.Posts(town.tender, fmt.Sprintf("Offer %d", i)))
	}
	town.Settle()
	for _, p := range posts {
		if !town.cer.Holds(p) {
			t.Errorf("west does not hold %s", p.Title)
		}
	}
	for _, p := range posts {
		if err := town.cer.fetches(town.tender, p); err != nil {
			t.Error(err)
		}
	}
	if n := town.tally().since(before); n.tokens != 1 || n.questions != 0 || n.shown < 20 {
		t.Errorf("20 posts, each read again: %+v, want one token and no question", n)
	}
}

// Items for members of a public community are read with tokens too, files included.
func TestS186_TokensForWhatIsNarrowerThanItsCommunity(t *testing.T) {
	town := narrow(t)
	if err := town.cer.opens(town.guide); err != nil {
		t.Errorf("a member opens the file: %v", err)
	}
	if n := town.tally(); n.tokens == 0 || n.shown == 0 || n.questions != 0 {
		t.Errorf("%+v, want tokens and no question", n)
	}
	proof := town.tokenFor(town.cer, town.parks, south)
	for _, at := range town.addresses() {
		if got := town.shows(west, at, proof, town.cer.signer()); got.Status != http.StatusOK {
			t.Errorf("a member asks for %s with a token: %d %.200s", at, got.Status, got.Body)
		}
	}
	if n := town.tally(); n.questions != 0 {
		t.Errorf("%+v, want no question", n)
	}
	missing := town.signed(west, "https://south.example/p/0123456789bcd", town.dan.signer())
	for _, at := range town.addresses() {
		if got := town.shows(west, at, proof, town.dan.signer()); got.Status != missing.Status || got.Body != missing.Body {
			t.Errorf("a neighbour asks for %s with a member's token: %d %.200s", at, got.Status, got.Body)
		}
	}
	if got := town.shows(west, string(town.open.URI), "nonsense", town.dan.signer()); got.Status != http.StatusOK {
		t.Errorf("a public post with a token that is none: %d", got.Status)
	}
}

// The home gives tokens to members, for a host that it deals with, and to nobody else.
func TestS186_HomeGivesTokensToMembersOnly(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	evil := town.Stranger("evil.example")
	mal, server := evil.Person("mal"), evil.Actor("Application", "server")
	dan := town.Person("dan@west.example")
	open := town.ann.Starts("parks")
	nothing := Community{URI: "https://north.example/c/nothing"}
	good := `{"audience":"south.example"}`
	missing := town.asksForToken(west, nothing, town.cer.signer(), good)
	if missing.Status != http.StatusNotFound {
		t.Fatalf("of a community that does not exist: %d", missing.Status)
	}
	town.tokenFor(town.cer, town.tender, south)
	for name, c := range map[string]struct {
		from string
		of   Community
		as   *sign.Signer
		body string
	}{
		"nobody":                  {west, town.tender, nil, good},
		"a neighbour":             {west, town.tender, dan.signer(), good},
		"a member's node":         {west, town.tender, town.signerOf(west, "https://west.example/"), good},
		"a stranger":              {"evil.example", town.tender, mal.signer(), good},
		"a stranger's server":     {"evil.example", town.tender, server.signer(), good},
		"a member of another":     {west, open, town.cer.signer(), good},
		"for the home":            {west, town.tender, town.cer.signer(), `{"audience":"north.example"}`},
		"for an address":          {west, town.tender, town.cer.signer(), `{"audience":"https://south.example/"}`},
		"for another spelling":    {west, town.tender, town.cer.signer(), `{"audience":"South.example."}`},
		"for nobody":              {west, town.tender, town.cer.signer(), `{}`},
		"for a host with a port":  {west, town.tender, town.cer.signer(), `{"audience":"south.example:443"}`},
		"with no JSON":            {west, town.tender, town.cer.signer(), `audience`},
		"with two values":         {west, town.tender, town.cer.signer(), good + good},
		"with a list":             {west, town.tender, town.cer.signer(), `{"audience":["south.example"]}`},
		"with more than is read":  {west, town.tender, town.cer.signer(), strings.Repeat(" ", 2000) + good},
		"with nothing in the end": {west, town.tender, town.cer.signer(), ""},
	} {
		got := town.asksForToken(c.from, c.of, c.as, c.body)
		if got.Status != missing.Status || got.Body != missing.Body || got.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %q, want %d %q", name, got.Status, got.Body, missing.Status, missing.Body)
		}
	}
	town.refuses("north.example", south)
	if got := town.asksForToken(west, town.tender, town.cer.signer(), good); got.Status != http.StatusNotFound || got.Body != missing.Body {
		t.Errorf("for a host that is refused: %d %s", got.Status, got.Body)
	}
	town.refuses("north.example", west)
	if got := town.asksForToken(west, town.tender, town.cer.signer(), `{"audience":"east.example"}`); got.Status != http.StatusNotFound || got.Body != missing.Body {
		t.Errorf("from a host that is refused: %d %s", got.Status, got.Body)
	}
}

// Whoever asks without end is slowed down, whether they are a member or not.
func TestS107_TokensAreRated(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Clock.Move(time.Hour)
	dan := town.Person("dan@west.example")
	for _, p := range []*Person{town.cer, dan} {
		var got Reply
		for range 61 {
			got = town.asksForToken(west, town.tender, p.signer(), `{"audience":"south.example"}`)
		}
		if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s asks 61 times: %d", p.Name, got.Status)
		}
	}
	town.Clock.Move(2 * time.Minute)
	town.tokenFor(town.cer, town.tender, south)
}

// Who gets no token, because they are no member or the home is away, does not ask for
// one with each read.
func TestS107_NoIsRememberedToo(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Clock.Move(time.Hour)
	dan := town.Person("dan@west.example")
	before := town.tally()
	for range 20 {
		if err := dan.fetches(town.tender, town.late); err == nil {
			t.Fatal("a neighbour reads it")
		}
	}
	if n := town.tally().since(before); n.tokens != 1 || n.questions > 1 || n.shown != 0 {
		t.Errorf("no member: %+v", n)
	}
	town.Partition("north.example", west)
	before = town.tally()
	for range 20 {
		if err := town.cer.fetches(town.tender, town.late); err != nil {
			t.Fatalf("south can ask the home: %v", err)
		}
	}
	if n := town.tally().since(before); n.tokens != 1 || n.questions != 1 || n.shown != 0 {
		t.Errorf("the home is away: %+v", n)
	}
}

// While the home is down, a member reads on with a live token, and nobody asks.
func TestS188_MembersReadWhileTheHomeIsDown(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Clock.Move(time.Hour)
	if err := town.cer.fetches(town.tender, town.late); err != nil {
		t.Fatal(err)
	}
	town.Partition("north.example", west)
	town.Partition("north.example", south)
	for range 4 {
		town.Clock.Move(2 * time.Minute)
		if err := town.cer.fetches(town.tender, town.late); err != nil {
			t.Errorf("with a live token: %v", err)
		}
	}
	town.Clock.Move(2 * time.Minute)
	if err := town.cer.fetches(town.tender, town.late); err == nil {
		t.Error("a token was good for more than ten minutes")
	}
	town.Heal("north.example", west)
	town.Clock.Move(2 * time.Minute)
	if err := town.cer.fetches(town.tender, town.late); err != nil {
		t.Errorf("with a new token, though south cannot ask: %v", err)
	}
}

// A removed person's token ends within ten minutes, also while the home is down, and
// at once where the community's next word has arrived.
func TestS188_RemovedMembersTokenEnds(t *testing.T) {
	for _, isDown := range []bool{false, true} {
		t.Run(fmt.Sprintf("home down %t", isDown), func(t *testing.T) {
			town := closed(t, actors.AudienceMembers)
			town.Clock.Move(time.Hour)
			third := string(town.late.URI)
			proof := town.tokenFor(town.cer, town.tender, south)
			if isDown {
				town.Partition("north.example", south)
			}
			ban(t, town.Town, "north.example", town.tender, town.cer)
			if got := town.asksForToken(west, town.tender, town.cer.signer(), `{"audience":"south.example"}`); got.Status != http.StatusNotFound {
				t.Errorf("a removed member asks for another token: %d", got.Status)
			}
			if got := town.ask(west, string(town.opening.URI), town.cer.signer()); got.Status != http.StatusNotFound {
				t.Errorf("at home after the removal: %d", got.Status)
			}
			town.Clock.Move(10 * time.Minute)
			for name, got := range map[string]Reply{
				"with the token": town.shows(west, third, proof, town.cer.signer()), "without": town.ask(west, third, town.cer.signer()),
			} {
				if got.Status != http.StatusNotFound {
					t.Errorf("%s, ten minutes later: %d", name, got.Status)
				}
			}
		})
	}
}

func TestS188_NewerEpochEndsTokensAtOnce(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	third := string(town.late.URI)
	proof := town.tokenFor(town.cer, town.tender, south)
	town.ask(west, third, town.cer.signer()) // the other way round is believed for a while too
	before := town.epochAt(south, town.tender)
	town.ann.Removes(town.tender, town.cer, "The tender is over", time.Time{})
	town.Settle() // the removal is announced, with the epoch that it began
	if after := town.epochAt(south, town.tender); after <= before {
		t.Fatalf("south knows epoch %d after %d", after, before)
	}
	missing := town.ask(west, "https://south.example/p/0123456789bcd", town.cer.signer())
	for name, got := range map[string]Reply{
		"with the token": town.shows(west, third, proof, town.cer.signer()), "without": town.ask(west, third, town.cer.signer()),
		"at home with the token": town.shows(west, string(town.opening.URI), proof, town.cer.signer()),
	} {
		if got.Status != http.StatusNotFound || got.Body != missing.Body {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

// Those who stay get a new token when their own is of an epoch that is over, and are
// not kept out for a moment.
func TestS188_OthersReadOnAfterARemoval(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	dee := town.Person("dee@west.example")
	town.joins(dee)
	town.Clock.Move(time.Hour)
	if err := town.cer.fetches(town.tender, town.late); err != nil {
		t.Fatal(err)
	}
	town.Clock.Move(2 * time.Minute)
	town.Partition("north.example", west) // west does not hear of the new epoch
	town.ann.Removes(town.tender, dee, "The tender is over", time.Time{})
	town.Settle()
	town.Heal("north.example", west)
	before := town.tally()
	if err := town.cer.fetches(town.tender, town.late); err != nil {
		t.Errorf("a member who stayed: %v", err)
	}
	if n := town.tally().since(before); n.tokens != 1 || n.shown != 2 {
		t.Errorf("%+v, want one new token and a second try", n)
	}
}

// An epoch begins with whatever ends the worth of a proof.
func TestS188_WhatBeginsAnEpoch(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	dee, fay := town.Person("dee@west.example"), town.Person("fay@north.example")
	town.joins(dee)
	town.joins(fay)
	for _, c := range []struct {
		name string
		does func()
	}{
		{"somebody leaves", func() { dee.Leaves(town.tender); town.Settle() }},
		{"somebody is removed", func() { ban(t, town.Town, "north.example", town.tender, town.bob) }},
		{"an account is stopped", func() {
			town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
				who, err := tx.ActorByURI(ctx, fay.URI)
				if err != nil {
					return err
				}
				return tx.DisableAccount(ctx, who.ID, town.Clock.Now())
			}))
		}},
		{"a host is refused", func() { town.refuses("north.example", west) }},
		{"an account elsewhere is gone", func() {
			town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
				who, err := tx.ActorByURI(ctx, town.cer.URI)
				if err != nil {
					return err
				}
				return town.Node("north.example").Actions.Forget(ctx, tx, who)
			}))
		}},
	} {
		before := town.epochAt("north.example", town.tender)
		c.does()
		if after := town.epochAt("north.example", town.tender); after != before+1 {
			t.Errorf("%s: from epoch %d to %d", c.name, before, after)
		}
	}
}

// Of a community elsewhere a node knows the epoch that was signed, and counts none of
// its own.
func TestS188_ElsewhereOnlyTheHomeCounts(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Partition("north.example", west)
	before := town.epochAt(west, town.tender)
	town.cer.Leaves(town.tender)
	if after := town.epochAt(west, town.tender); after != before {
		t.Errorf("west counted itself from epoch %d to %d", before, after)
	}
}

// forgery is a token that was changed, or made by hand.
type forgery struct {
	says   token.Token
	key    ed25519.PrivateKey
	header string // in place of the usual one
}

func (town *closedTown) forge(change func(*forgery)) string {
	town.T.Helper()
	f := forgery{says: token.Token{
		ID: "x", Group: town.tender.URI, Person: town.cer.URI, Audience: south, Epoch: town.epochAt("north.example", town.tender), Role: actors.Member,
		Key: sign.Thumbprint(&town.cer.signer().Key.PublicKey), Issued: town.Clock.Now(), Expires: town.Clock.Now().Add(9 * time.Minute),
	}, key: town.groupKey()}
	change(&f)
	text, err := token.Sign(f.says, f.key)
	town.must(err)
	if f.header == "" {
		return text
	}
	parts := strings.Split(text, ".")
	signed := base64.RawURLEncoding.EncodeToString([]byte(f.header)) + "." + parts[1]
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(f.key, []byte(signed)))
}

func (town *closedTown) groupKey() (key ed25519.PrivateKey) {
	town.T.Helper()
	h := town.hall("north.example")
	town.must(h.read(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, town.tender.URI)
		if err != nil {
			return err
		}
		keys, err := h.node.Actions.Keys.Of(ctx, tx, group.ID)
		key = keys.Ed25519
		return err
	}))
	return key
}

// withSecret signs a token with a code instead of a key.
func withSecret(text, header string, secret []byte) string {
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + strings.Split(text, ".")[1]
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Every token that does not fit has the answer of what does not exist, and the home is
// not asked in its place.
func TestS186_TokensThatDoNotFit(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	third := string(town.late.URI)
	dee := town.Person("dee@west.example")
	town.joins(dee)
	town.ann.Removes(town.tender, dee, "The tender is over", time.Time{}) // so that there is an older epoch
	town.Settle()
	good := town.forge(func(*forgery) {})
	if got := town.shows(west, third, good, town.cer.signer()); got.Status != http.StatusOK {
		t.Fatalf("the token that the others are made of: %d %s", got.Status, got.Body)
	}
	const usual = `"typ":"moothall-member+jwt"`
	public := town.groupKey().Public().(ed25519.PublicKey)
	_, other, err := ed25519.GenerateKey(nil)
	town.must(err)
	forged := map[string]string{
		"of another person":     town.forge(func(f *forgery) { f.says.Person = town.ann.URI }),
		"for another key":       town.forge(func(f *forgery) { f.says.Key = sign.Thumbprint(public) }),
		"for no key":            town.forge(func(f *forgery) { f.says.Key = "" }),
		"for another host":      town.forge(func(f *forgery) { f.says.Audience = west }),
		"for no host":           town.forge(func(f *forgery) { f.says.Audience = "" }),
		"of another community":  town.forge(func(f *forgery) { f.says.Group = "https://north.example/c/parks" }),
		"signed by another key": town.forge(func(f *forgery) { f.key = other }),
		"that is over": town.forge(func(f *forgery) {
			f.says.Issued = f.says.Issued.Add(-10 * time.Minute)
			f.says.Expires = f.says.Issued.Add(9 * time.Minute)
		}),
		"that is not yet valid":  town.forge(func(f *forgery) { f.says.Issued = f.says.Issued.Add(time.Minute) }),
		"that lives too long":    town.forge(func(f *forgery) { f.says.Expires = f.says.Issued.Add(11 * time.Minute) }),
		"of an older epoch":      town.forge(func(f *forgery) { f.says.Epoch-- }),
		"of another type":        town.forge(func(f *forgery) { f.header = `{"alg":"EdDSA","typ":"JWT"}` }),
		"with a critical header": town.forge(func(f *forgery) { f.header = `{"alg":"EdDSA","crit":["b64"],"b64":false,` + usual + `}` }),
		"with a key of its own":  town.forge(func(f *forgery) { f.header = `{"alg":"EdDSA","jwk":{"kty":"OKP"},` + usual + `}` }),
		"none":                   withSecret(good, `{"alg":"none",`+usual+`}`, nil),
		"none, unsigned":         strings.Join(append(strings.Split(withSecret(good, `{"alg":"none",`+usual+`}`, nil), ".")[:2], ""), "."),
		"HS256 with the key":     withSecret(good, `{"alg":"HS256",`+usual+`}`, public),
		"HS256 with its text":    withSecret(good, `{"alg":"HS256",`+usual+`}`, []byte(sign.EncodeMultikey(public))),
		"cut short":              good[:len(good)-4],
		"with more":              good + "." + good,
		"long":                   strings.Repeat("a", 8000),
		"nothing":                "",
		"null":                   "bnVsbA.bnVsbA.bnVsbA",
	}
	missing := town.ask(west, "https://south.example/p/0123456789bcd", town.cer.signer())
	before := town.tally()
	for name, text := range forged {
		if got := town.shows(west, third, text, town.cer.signer()); !same(got, missing) {
			t.Errorf("a token %s: %d %q", name, got.Status, got.Body)
		}
	}
	current := town.forge(func(*forgery) {})
	for name, r := range map[string]*http.Request{
		"signed by a neighbour": town.showing(third, current, town.Person("dan@west.example").signer()),
		"signed by the node":    town.showing(third, current, town.signerOf(west, "https://west.example/")),
		"not signed for":        town.unsignedToken(third, current),
		"put in its place": func() *http.Request {
			r := town.showing(third, current, town.cer.signer())
			r.Header.Set("Authorization", "Bearer "+current+"a")
			return r
		}(),
		"another scheme": func() *http.Request {
			r := town.unsignedToken(third, current)
			r.Header.Set("Authorization", "Basic "+current)
			town.must(town.cer.signer().Sign(r, nil, town.Clock.Now()))
			return r
		}(),
	} {
		if got := town.carries(west, r); !same(got, missing) {
			t.Errorf("a good token %s: %d %q", name, got.Status, got.Body)
		}
	}
	if n := town.tally().since(before); n.questions != 0 {
		t.Errorf("the home was asked %d times in place of a token", n.questions)
	}
	if got := town.shows(west, third, current, town.cer.signer()); got.Status != http.StatusOK {
		t.Errorf("the good token itself: %d", got.Status)
	}
}

// unsignedToken is a signed request into which a token was put afterwards.
func (town *closedTown) unsignedToken(address, text string) *http.Request {
	town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	town.must(err)
	r.Header.Set("Accept", activityType)
	town.must(town.cer.signer().Sign(r, nil, town.Clock.Now()))
	r.Header.Set("Authorization", "Bearer "+text)
	return r
}

func same(a, b Reply) bool {
	return a.Status == b.Status && a.Body == b.Body && a.Header.Get("Cache-Control") == b.Header.Get("Cache-Control")
}

// The third host's own rules come first: whose host it refuses is shown nothing, and
// nobody of whose community it refuses the home.
func TestS186_TokensDoNotOverrideTheThirdHostsRules(t *testing.T) {
	for _, refused := range []string{west, "north.example"} {
		town := closed(t, actors.AudienceMembers)
		proof := town.tokenFor(town.cer, town.tender, south)
		town.refuses(south, refused)
		if got := town.shows(west, string(town.late.URI), proof, town.cer.signer()); got.Status != http.StatusNotFound {
			t.Errorf("south refuses %s and shows the post to a token: %d", refused, got.Status)
		}
	}
}

// The document of a community says where its members get tokens, and other software is
// asked about as ever.
func TestC50_TokensAreOffered(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	got := town.ask(west, string(town.tender.URI), town.cer.signer())
	var doc map[string]any
	if err := json.Unmarshal([]byte(got.Body), &doc); err != nil || doc["moothall:memberToken"] != string(town.tender.URI)+"/member-token" {
		t.Errorf("%v %v", doc["moothall:memberToken"], err)
	}
	town.withoutTokens(west, town.tender)
	town.Clock.Move(time.Hour)
	before := town.tally()
	if err := town.cer.fetches(town.tender, town.late); err != nil {
		t.Errorf("without tokens: %v", err)
	}
	if n := town.tally().since(before); n.tokens != 0 || n.questions != 1 {
		t.Errorf("%+v, want one question", n)
	}
}
