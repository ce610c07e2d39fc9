package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

// crossing is about a discussion that lives on a Moothall other than its community.
func crossing() []step {
	return []step{
		{"a discussion from the second Moothall arrives at GoToSocial as a boost", func(ctx context.Context, t *talk) (err error) {
			if t.words["far"], err = t.bo.opens(ctx, t.water, "Ponds in the south", "Ours leak."); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				boost, err := t.gina.boosted(ctx, t.words["far"])
				if err == nil {
					t.words["farID"] = boost.Boosted.ID
				}
				return err
			})
		}},
		{"and a reply to it reaches the community and both Moothalls", func(ctx context.Context, t *talk) error {
			if _, err := t.gina.replies(ctx, t.words["farID"], "line them with clay"); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				path, err := t.north.discussion(ctx, "/c/water", "Ponds in the south")
				if err != nil {
					return err
				}
				return errors.Join(t.north.shows(ctx, path, "line them with clay", true), t.south.shows(ctx, t.words["far"], "line them with clay", true))
			})
		}},
		{"a reply that names only the author on another Moothall stays outside the community", func(ctx context.Context, t *talk) error {
			if _, err := t.gina.writes(ctx, "@bo_south@"+t.south.host+" or with rubber", t.words["farID"]); err != nil {
				return err
			}
			return t.soon(ctx, func() error { return t.bo.heard(ctx, "Create", "or with rubber") })
		}},
	}
}

// afterRest is longer than GoToSocial asks others to wait when it has just been started.
const afterRest = 3 * time.Minute

func interrupting() []step {
	return []step{
		{"what is said while Moothall is down arrives when it is back", func(ctx context.Context, t *talk) error {
			if err := t.north.stop(); err != nil {
				return err
			}
			_, writeErr := t.gina.writes(ctx, "@ann@"+t.north.host+" said while you were away", t.words["pageID"])
			return errors.Join(writeErr, t.north.start(ctx), t.soon(ctx, t.northShows(ctx, "said while you were away", true)))
		}},
		{"what is said while GoToSocial is down arrives when it is back", func(ctx context.Context, t *talk) error {
			if err := t.peer.stop(); err != nil {
				return err
			}
			id, err := t.ann.opens(ctx, t.water, "Said to nobody", "Is anyone there?")
			// While it starts it answers 503 and asks for two minutes of rest.
			return errors.Join(err, t.peer.start(ctx), until(ctx, afterRest, func() error { _, err := t.gina.boosted(ctx, id); return err }))
		}},
	}
}

func parting() []step {
	return []step{
		{"a report from GoToSocial arrives", func(ctx context.Context, t *talk) error {
			in := map[string]any{"account_id": t.annID, "status_ids": []string{t.words["pageID"]}, "comment": "this is unkind", "forward": true}
			if err := t.gina.call(ctx, http.MethodPost, "/api/v1/reports", in, nil); err != nil {
				return err
			}
			meg, err := t.north.moderator(ctx, "meg") // ann does not see what is about herself
			if err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				a, err := meg.ask(ctx, http.MethodGet, "/reports", "text/html", "", nil)
				if err != nil {
					return err
				}
				return errors.Join(a.good("open the reports"), contains(plain(string(a.body)), "Trial results"))
			})
		}},
		{"a discussion hidden by a facilitator leaves the timelines of GoToSocial", func(ctx context.Context, t *talk) error {
			if err := t.soon(ctx, func() error { _, err := t.gus.boosted(ctx, t.words["grey"]); return err }); err != nil {
				return err
			}
			if _, _, err := t.ann.does(ctx, map[string]any{"type": "Delete", "object": t.words["grey"], "summary": "off topic"}); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				if _, err := t.gus.boosted(ctx, t.words["grey"]); err == nil {
					return errors.New("it is still boosted")
				}
				return nil
			})
		}},
		{"a withdrawn discussion is gone from GoToSocial", func(ctx context.Context, t *talk) error {
			if _, _, err := t.ann.does(ctx, map[string]any{"type": "Delete", "object": t.words["page"]}); err != nil {
				return err
			}
			return t.soon(ctx, t.socialLost(ctx, "pageID"))
		}},
		{"after unfollowing nothing more arrives", func(ctx context.Context, t *talk) error {
			if _, err := t.gus.toAccount(ctx, t.gusWaterID, "unfollow"); err != nil {
				return err
			}
			if err := t.soon(ctx, t.northHas(ctx, "3 members")); err != nil {
				return err
			}
			id, err := t.ann.opens(ctx, t.water, "Not for gus", "He has left.")
			if err != nil {
				return err
			}
			if err := t.soon(ctx, func() error { _, err := t.gina.boosted(ctx, id); return err }); err != nil {
				return err
			}
			if _, err := t.gus.boosted(ctx, id); err == nil {
				return errors.New("it arrived")
			}
			return nil
		}},
		{"a block on GoToSocial arrives", func(ctx context.Context, t *talk) error {
			if _, err := t.gus.toAccount(ctx, t.annID, "block"); err != nil {
				return err
			}
			return t.soon(ctx, func() error { return t.ann.heard(ctx, "Block", t.gus.actor()) })
		}},
		{"what somebody wrote goes when their account on GoToSocial is deleted", func(ctx context.Context, t *talk) error {
			if err := t.gina.call(ctx, http.MethodPost, "/api/v1/accounts/delete", map[string]any{"password": password}, nil); err != nil {
				return err
			}
			return t.soon(ctx, func() error {
				page, err := t.north.page(ctx, t.water)
				if err != nil {
					return err
				}
				if strings.Contains(plain(page), "Rain barrels in schools") {
					return errors.New("the discussion is still listed")
				}
				return nil
			})
		}},
	}
}

func (t *talk) northHas(ctx context.Context, words string) func() error {
	return func() error { return t.north.shows(ctx, t.water, words, true) }
}
