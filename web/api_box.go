package web

import (
	"net/http"
	"strconv"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// boxPage is how many activities a page of a person's own inbox or outbox holds.
const boxPage = 20

// box is a person's own inbox or outbox.
type box struct {
	id    actors.URI
	count func(tx *store.Tx) (int, error)
	list  func(tx *store.Tx, p store.Page) ([]actors.Activity, error)
}

// getOutbox lists everything that a person did, for their own programs.
func (s *Server) getOutbox(v *visit, who store.Person) error {
	ctx, me := v.ctx(), who.Profile
	return s.sendBox(v, box{
		id:    me.Outbox,
		count: func(tx *store.Tx) (int, error) { return tx.CountOutbox(ctx, me.URI) },
		list:  func(tx *store.Tx, p store.Page) ([]actors.Activity, error) { return tx.Outbox(ctx, me.URI, p) },
	})
}

// getInbox lists what has come for a person, for their own programs.
func (s *Server) getInbox(v *visit, who store.Person) error {
	ctx, me := v.ctx(), who.Profile
	return s.sendBox(v, box{
		id:    me.Inbox,
		count: func(tx *store.Tx) (int, error) { return tx.CountInbox(ctx, me.ID) },
		list:  func(tx *store.Tx, p store.Page) ([]actors.Activity, error) { return tx.Inbox(ctx, me.ID, p) },
	})
}

// sendBox answers with the collection, which has its newest page in it, or with
// the page that is asked for.
func (s *Server) sendBox(v *visit, b box) error {
	n := v.pageNumber()
	l := ap.Listing{ID: b.id}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		var err error
		if l.Total, err = b.count(tx); err != nil {
			return err
		}
		list, err := b.list(tx, store.Page{Number: n, Size: boxPage})
		for _, act := range list {
			if len(act.Body) > 0 { // withdrawn words are gone from the log
				l.Items = append(l.Items, act.Body)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	at := func(n int) actors.URI { return b.id + actors.URI("?page="+strconv.Itoa(n)) }
	write := ap.WriteCollection
	l.First = at(1)
	if v.r.URL.Query().Has("page") {
		write, l.First = ap.WritePage, ""
		l.ID, l.PartOf = at(n), b.id
		if n < (l.Total+boxPage-1)/boxPage {
			l.Next = at(n + 1)
		}
		if n > 1 {
			l.Prev = at(n - 1)
		}
	}
	body, err := write(l)
	if err != nil {
		return err
	}
	sendJSON(v, http.StatusOK, activityJSON, body)
	return nil
}
