// Package templates holds the words and the markup that people see, in the
// GOV.UK Design System, and nothing else: it reads no database and decides
// nothing about who may read what.
//
// There is one struct per page, with what the page needs and no more; a handler
// fills it in and hands it to Set.Render. All templates are parsed by New, so a
// broken page stops the program at its start and not in the middle of a working
// day. A page is rendered into memory first: nobody ever gets half of one.
//
// Everything is escaped by html/template. The one exception is content.SafeHTML,
// which only package content can vouch for (security.md S127). No page holds an
// inline script or style, so that the strict policy of security.md S238 stands.
//
// The words follow the table in users.md section 7. People never meet the terms
// of the protocol: a server elsewhere is "Kent's site", a moderator is a
// facilitator, a tombstone is "This has been withdrawn".
package templates
