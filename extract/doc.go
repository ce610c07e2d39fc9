// Package extract reads the files that people share: what a file is, what it
// says, and what its owner may not want in it (users.md 3.4, 3.5). It works on
// bytes that nobody vouches for, so every reader has limits, and the program
// runs it in a process of its own (package extract/apart).
package extract
