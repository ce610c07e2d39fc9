package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// steps is the conversation, in order.
func steps() []step {
	return slices.Concat(meeting(), linking(), talking(), changing(), valuing(), crossing(), interrupting(), parting())
}

func meeting() []step {
	return []step{
		{"GoToSocial finds the community by its handle", func(ctx context.Context, t *talk) error {
			a, err := t.gina.finds(ctx, "@water@"+t.north.host)
			t.waterID = a.ID
			if err == nil && a.Name != "Water reuse" {
				err = fmt.Errorf("it is called %q", a.Name)
			}
			return err
		}},
		{"GoToSocial finds a member by their handle", func(ctx context.Context, t *talk) error {
			a, err := t.gina.finds(ctx, "@ann@"+t.north.host)
			t.annID = a.ID
			return err
		}},
		{"a member of GoToSocial follows the community and is accepted", func(ctx context.Context, t *talk) error {
			if _, err := t.gina.toAccount(ctx, t.waterID, "follow"); err != nil {
				return err
			}
			return t.soon(ctx, t.follows(ctx, t.gina, true))
		}},
		{"a member of a second Moothall joins the community", func(ctx context.Context, t *talk) error {
			if _, _, err := t.bo.does(ctx, map[string]any{"type": "Follow", "object": t.water}); err != nil {
				return err
			}
			return t.soon(ctx, func() error { return t.bo.heard(ctx, "Accept", t.water) })
		}},
	}
}

func (t *talk) follows(ctx context.Context, p *patron, want bool) func() error {
	return func() error {
		r, err := p.related(ctx, t.waterID)
		if err == nil && r.Following != want {
			err = fmt.Errorf("following %v, requested %v, want following %v", r.Following, r.Requested, want)
		}
		return err
	}
}

func talking() []step {
	return []step{
		{"a discussion arrives at GoToSocial as a boost", func(ctx context.Context, t *talk) (err error) {
			if t.words["page"], err = t.ann.opens(ctx, t.water, "Trial results", "Plot B kept **moisture**."); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				boost, err := t.gina.boosted(ctx, t.words["page"])
				if err != nil {
					return err
				}
				t.words["pageID"] = boost.Boosted.ID
				// GoToSocial shows the name of a Page where content warnings go.
				return errors.Join(contains(boost.Boosted.Content, "kept <strong>moisture</strong>"), contains(boost.Boosted.Warning, "Trial results"))
			})
		}},
		{"and at the second Moothall", func(ctx context.Context, t *talk) error {
			return t.soon(ctx, func() (err error) {
				t.words["pageSouth"], err = t.south.discussion(ctx, "/c/water@"+t.north.host, "Trial results")
				return err
			})
		}},
		{"a reply from GoToSocial appears in the discussion", func(ctx context.Context, t *talk) error {
			s, err := t.gina.replies(ctx, t.words["pageID"], "which plot was watered?")
			if err != nil {
				return err
			}
			t.words["reply"], t.words["replyID"] = s.URI, s.ID
			return t.soon(ctx, func() error { return t.north.shows(ctx, t.words["page"], "which plot was watered?", true) })
		}},
		{"and at the second Moothall, through the community", func(ctx context.Context, t *talk) error {
			return t.all(ctx, t.southShows(ctx, "which plot was watered?", true),
				func() error { return t.bo.heard(ctx, "Announce", t.words["reply"]) })
		}},
		{"an answer to that reply arrives at GoToSocial in its thread", func(ctx context.Context, t *talk) (err error) {
			if t.words["answer"], err = t.ann.answers(ctx, t.water, t.words["reply"], "Plot C was watered twice."); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				s, err := t.gina.told(ctx, "mention", t.words["answer"])
				if err != nil {
					return err
				}
				t.words["answerID"] = s.ID
				if s.Parent != t.words["replyID"] {
					return fmt.Errorf("it answers %q, want %q", s.Parent, t.words["replyID"])
				}
				return contains(s.Content, "Plot C was watered twice.")
			})
		}},
		{"a mention in a new discussion notifies the one on GoToSocial", func(ctx context.Context, t *talk) error {
			id, err := t.ann.opens(ctx, t.water, "A question for gina", "What do you use, "+t.gina.handle()+"?")
			if err != nil {
				return err
			}
			return t.soon(ctx, func() error { _, err := t.gina.told(ctx, "mention", id); return err })
		}},
		{"a post from GoToSocial that names the community becomes a discussion", func(ctx context.Context, t *talk) error {
			s, err := t.gina.writes(ctx, "@water@"+t.north.host+" Rain barrels in schools\n\nWho has tried them?", "")
			if err != nil {
				return err
			}
			t.words["own"], t.words["ownID"] = s.URI, s.ID
			return t.soon(ctx, func() error {
				page, err := t.north.page(ctx, t.water)
				if err != nil {
					return err
				}
				return contains(plain(page), "Rain barrels in schools")
			})
		}},
		{"and others on GoToSocial see it boosted by the community", func(ctx context.Context, t *talk) error {
			a, err := t.gus.finds(ctx, "@water@"+t.north.host)
			if err != nil {
				return err
			}
			if _, err := t.gus.toAccount(ctx, a.ID, "follow"); err != nil {
				return err
			}
			t.gusWaterID = a.ID
			if err := t.soon(ctx, t.follows(ctx, t.gus, true)); err != nil {
				return err
			}
			s, err := t.gina.writes(ctx, "@water@"+t.north.host+" Grey water in offices\n\nWe save a third.", "")
			if err != nil {
				return err
			}
			t.words["grey"] = s.URI
			return t.soon(ctx, func() error { _, err := t.gus.boosted(ctx, s.URI); return err })
		}},
	}
}

func (t *talk) southShows(ctx context.Context, words string, want bool) func() error {
	return func() error { return t.south.shows(ctx, t.words["pageSouth"], words, want) }
}

func (t *talk) northShows(ctx context.Context, words string, want bool) func() error {
	return func() error { return t.north.shows(ctx, t.words["page"], words, want) }
}

func contains(s string, parts ...string) error {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return fmt.Errorf("%q is not in %.400q", p, s)
		}
	}
	return nil
}

func changing() []step {
	return []step{
		{"an edit on GoToSocial changes the reply on both Moothalls", func(ctx context.Context, t *talk) error {
			in := map[string]any{"status": "@ann@" + t.north.host + " which plot was watered in May?"}
			if err := t.gina.call(ctx, http.MethodPut, "/api/v1/statuses/"+t.words["replyID"], in, nil); err != nil {
				return err
			}
			return t.all(ctx, t.northShows(ctx, "watered in May?", true), t.southShows(ctx, "watered in May?", true))
		}},
		{"an edited answer arrives at GoToSocial", func(ctx context.Context, t *talk) error {
			if err := t.ann.edits(ctx, t.words["answer"], "Note", "", "Plot C was watered three times."); err != nil {
				return err
			}
			return t.soon(ctx, t.socialShows(ctx, "answerID", "three times"))
		}},
		{"an edited discussion arrives at GoToSocial", func(ctx context.Context, t *talk) error {
			if err := t.ann.edits(ctx, t.words["page"], "Page", "Trial results, corrected", "Plot D kept moisture."); err != nil {
				return err
			}
			return t.soon(ctx, t.socialShows(ctx, "pageID", "Plot D"))
		}},
		{"a withdrawn answer is gone from GoToSocial", func(ctx context.Context, t *talk) error {
			if _, _, err := t.ann.does(ctx, map[string]any{"type": "Delete", "object": t.words["answer"]}); err != nil {
				return err
			}
			return t.soon(ctx, t.socialLost(ctx, "answerID"))
		}},
		{"a reply deleted on GoToSocial is withdrawn on both Moothalls", func(ctx context.Context, t *talk) error {
			if err := t.gina.call(ctx, http.MethodDelete, "/api/v1/statuses/"+t.words["replyID"], nil, nil); err != nil {
				return err
			}
			return t.all(ctx, t.northShows(ctx, "watered in May?", false), t.southShows(ctx, "watered in May?", false))
		}},
	}
}

func (t *talk) socialShows(ctx context.Context, id, words string) func() error {
	return func() error {
		s, err := t.gina.status(ctx, t.words[id])
		if err != nil {
			return err
		}
		return contains(s.Content, words)
	}
}

func (t *talk) socialLost(ctx context.Context, id string) func() error {
	return func() error {
		a, err := t.gina.ask(ctx, http.MethodGet, "/api/v1/statuses/"+t.words[id], "application/json", "", nil)
		if err == nil && a.status != http.StatusNotFound {
			err = fmt.Errorf("%d %.200s", a.status, a.body)
		}
		return err
	}
}

func valuing() []step {
	return []step{
		{"a favourite on GoToSocial counts as Useful on both Moothalls", func(ctx context.Context, t *talk) error {
			if err := t.gina.toStatus(ctx, t.words["pageID"], "favourite"); err != nil {
				return err
			}
			return t.all(ctx, t.northShows(ctx, "Useful to 1 person", true), t.southShows(ctx, "Useful to 1 person", true))
		}},
		{"and no more when it is taken back", func(ctx context.Context, t *talk) error {
			if err := t.gina.toStatus(ctx, t.words["pageID"], "unfavourite"); err != nil {
				return err
			}
			return t.all(ctx, t.northShows(ctx, "Useful to 1 person", false), t.southShows(ctx, "Useful to 1 person", false))
		}},
		{"Useful on Moothall is a favourite on GoToSocial", func(ctx context.Context, t *talk) error {
			if _, _, err := t.ann.does(ctx, map[string]any{"type": "Like", "object": t.words["own"]}); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				s, err := t.gina.status(ctx, t.words["ownID"])
				if err == nil && s.Favourite != 1 {
					err = fmt.Errorf("%d favourites", s.Favourite)
				}
				return err
			})
		}},
		{"a pinned discussion is pinned in GoToSocial's view of the community", func(ctx context.Context, t *talk) error {
			pin := map[string]any{"type": "Add", "object": t.words["page"], "target": t.water + "/featured"}
			if _, _, err := t.ann.does(ctx, pin); err != nil {
				return err
			}
			// GoToSocial reads featured when it meets an actor, so a fresh pair of eyes is a fresh server; it is enough that the
			// collection it would read has the post.
			var featured struct {
				Items []json.RawMessage `json:"orderedItems"`
			}
			visitor := t.north.caller
			visitor.token = ""
			return t.soon(ctx, func() error {
				if err := visitor.document(ctx, t.water+"/featured", &featured); err != nil {
					return err
				}
				if len(featured.Items) != 1 || idOf(featured.Items[0]) != t.words["page"] {
					return fmt.Errorf("featured has %d things", len(featured.Items))
				}
				return nil
			})
		}},
	}
}
