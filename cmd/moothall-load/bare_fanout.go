package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const bareSenders = 32

// bareFanout sends one text to many inboxes, signed by RSA, over connections that
// it keeps: nothing is stored or looked up. Its argument is a file of addresses.
// For each line it reads it sends once to all, and says so.
func bareFanout(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("bare-fanout: want a file of addresses")
	}
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: loopback(2), Timeout: time.Minute}
	targets, orders := strings.Fields(string(raw)), bufio.NewScanner(in)
	fmt.Fprintln(out, "ready")
	for ctx.Err() == nil && orders.Scan() {
		p := pen{keyID: "http://localhost/c/bare#main-key", key: key}
		if err := p.toAll(client, targets, bareText(orders.Text())); err != nil {
			return err
		}
		fmt.Fprintln(out, "done")
	}
	return orders.Err()
}

// bareText is 2 kB, as announcements are.
func bareText(mark string) []byte {
	return append([]byte(mark), bytes.Repeat([]byte{' '}, 2048)...)
}

func (p pen) toAll(client *http.Client, targets []string, body []byte) error {
	return inParallel(len(targets), bareSenders, func(i int) error {
		r, err := p.request(targets[i], body, "")
		if err != nil {
			return err
		}
		return ask(client, r, http.StatusAccepted)
	})
}
