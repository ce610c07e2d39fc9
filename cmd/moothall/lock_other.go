//go:build !unix

package main

import (
	"fmt"
	"os"
)

// lock makes the data folder. Where the system has no advisory locks two
// servers on one folder are kept apart only by the port.
func lock(data string) (unlock func(), err error) {
	if err := os.MkdirAll(data, 0o750); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return func() {}, nil
}
