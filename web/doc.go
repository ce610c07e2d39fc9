// Package web is the door for people: pages and forms over HTTP. It reads the
// session, checks that a form comes from our own page, fills in a page of
// package templates, and hands what is to be done to package actions. It holds no
// rule about who may do what, and no words.
//
// Every address is in one table, Server.routes. A handler is a function of one
// visit, which says who asks, and returns an error; page.go makes a page of it.
package web
