package node

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"moothall/actors"
)

// Config is what the owner of a node decides before it starts.
type Config struct {
	Host        string      // with the port in development; empty: the host it first started with
	Data        string      // folder of files
	Database    string      // URL; empty: SQLite in Data
	Storage     string      // URL of the bytes of files, as blobs.Open takes it; empty: a folder in Data
	Name        string      // what the organisation calls itself; empty: the host
	Development bool        // plain HTTP, ports, *.localhost
	Mode        actors.Mode // for hosts that no rule names, until an admin chooses; empty: list, and open in development
	// AuthorizedFetch keeps all but discovery and actors from servers that do not
	// sign what they read.
	AuthorizedFetch bool
	Proxies         string // in front of it; see ParseProxies
	Version         string // of the program, for NodeInfo and User-Agent
}

// ErrHost says that a node cannot start under the host that was asked for.
var ErrHost = errors.New("host not possible")

// ErrNoHost says that a node that has never started was not told its host.
var ErrNoHost = errors.New("no node has been started on this data yet, so its host must be named")

// DatabaseURL is where the database is.
func (c Config) DatabaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return "sqlite:" + filepath.Join(c.Data, "moothall.db")
}

// StorageURL is where the bytes of files are.
func (c Config) StorageURL() string {
	if c.Storage != "" {
		return c.Storage
	}
	return "file:" + filepath.Join(c.Data, "files")
}

// lessee is the name under which a process takes lanes. On SQLite there is only
// one, which must not wait for the leases that it held before a power cut.
func (c Config) lessee(process string) string {
	if strings.HasPrefix(c.DatabaseURL(), "sqlite:") {
		return ""
	}
	return process
}

// base is scheme and host, as they stand in every address of the node.
func (c Config) base() string {
	if c.Development {
		return "http://" + c.Host
	}
	return "https://" + c.Host
}

// CheckHost says whether a node may start under a host: canonical, and in
// development one that nobody else can reach.
func CheckHost(host string, development bool) error {
	if _, err := (actors.Addresses{Development: development}).ParseHost(host); err != nil {
		return fmt.Errorf("%w: %w", ErrHost, err)
	}
	name, _, _ := strings.Cut(host, ":")
	local := isLoopback(name)
	switch {
	case development && !local:
		return fmt.Errorf("%w: development is for localhost and names that end in .localhost, not for %s", ErrHost, name)
	case !development && local:
		return fmt.Errorf("%w: %s is for development only", ErrHost, name)
	}
	return nil
}

func isLoopback(name string) bool {
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && addr.IsLoopback()
}

func (c Config) filled() Config {
	if c.Name == "" {
		c.Name = c.Host
	}
	if c.Mode == "" {
		c.Mode = actors.ModeList
		if c.Development {
			c.Mode = actors.ModeOpen
		}
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	return c
}
