package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"moothall/actors"
	"moothall/blobs"
	"moothall/federation/node"
)

// Config is everything that can be set from outside. Each field is a key of the
// settings file, a variable MOOTHALL_… and a flag, of which a later one counts
// more. docs/configuration.md is made from this struct.
type Config struct {
	Host        string `key:"host" help:"Name under which the node is reached, such as hub.example.gov.uk. It is part of every address that the node gives out and can never change." unset:"the name it first started with; at a first start, development on this machine"`
	Listen      string `key:"listen" help:"Address and port to listen on, such as 127.0.0.1:8080. In front of it a proxy ends TLS and passes the Host header on." unset:"127.0.0.1:8080; in development the port of host"`
	Data        string `key:"data" help:"Folder that holds the node's files. Back it up." default:"moothall-data"`
	Database    string `key:"database" help:"Where the database is: sqlite:PATH or postgres://…" unset:"SQLite in the data folder" secret:"true"`
	Storage     string `key:"storage" help:"Where the bytes of files are: file:PATH, s3://BUCKET?region=…&endpoint=… or azblob://CONTAINER. Credentials are in the environment; docs/admin/storage.md." unset:"the folder files in the data folder"`
	Name        string `key:"name" help:"What the organisation that runs the node calls itself." unset:"the name given before, or the host"`
	Policy      string `key:"policy" help:"What happens to hosts that no rule names until an admin decides: list (only partners on the list), public (strangers may read and follow what is public) or open (everyone who is not blocked)." unset:"list; open in development"`
	Proxies     string `key:"proxies" help:"Addresses of proxies in front of the node, such as 127.0.0.1 or 10.0.0.0/8, separated by commas. Only they are believed when they say for whom they ask." unset:"nobody is believed"`
	Log         string `key:"log" help:"Form of the log: text or json." unset:"json; text in development"`
	Development bool   `key:"development" help:"Plain HTTP, ports in addresses and the names *.localhost, for trying things out on one machine. Refused for a public host name."`
}

// setting is one field of Config.
type setting struct {
	key, help, fallback, unset string
	secret, yesNo              bool
	index                      int
}

func (s setting) variable() string { return "MOOTHALL_" + strings.ToUpper(s.key) }

// settings lists the fields of Config.
func settings() []setting {
	t := reflect.TypeFor[Config]()
	list := make([]setting, t.NumField())
	for i := range list {
		f := t.Field(i)
		list[i] = setting{
			key: f.Tag.Get("key"), help: f.Tag.Get("help"), fallback: f.Tag.Get("default"), unset: f.Tag.Get("unset"),
			secret: f.Tag.Get("secret") == "true", yesNo: f.Type.Kind() == reflect.Bool, index: i,
		}
	}
	return list
}

func (c *Config) field(s setting) reflect.Value { return reflect.ValueOf(c).Elem().Field(s.index) }

func (c *Config) set(s setting, value string) error {
	if !s.yesNo {
		c.field(s).SetString(value)
		return nil
	}
	yes, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("setting %s: %q is neither true nor false", s.key, value)
	}
	c.field(s).SetBool(yes)
	return nil
}

// value is the setting in words; a secret is only said to be there.
func (c *Config) value(s setting) string {
	v := fmt.Sprint(c.field(s).Interface())
	if s.secret && v != "" {
		return "(hidden)"
	}
	return v
}

// configVariable names the settings file where no flag does.
const configVariable = "MOOTHALL_CONFIG"

// load reads the settings: defaults, file, environment, flags. Each later one
// counts more; names that are not settings are refused.
func load(file string, env []string, flags map[string]string) (Config, error) {
	var c Config
	for _, s := range settings() {
		if s.fallback != "" {
			c.field(s).SetString(s.fallback)
		}
	}
	vars := moothallVariables(env)
	if file == "" {
		file = vars[configVariable]
	}
	delete(vars, configVariable)
	for _, source := range []func() (map[string]string, error){
		func() (map[string]string, error) { return readFile(file) },
		func() (map[string]string, error) { return fromEnvironment(vars) },
		func() (map[string]string, error) { return flags, nil },
	} {
		values, err := source()
		if err != nil {
			return c, err
		}
		if err := c.take(values); err != nil {
			return c, err
		}
	}
	return c, c.check()
}

func (c *Config) take(values map[string]string) error {
	for _, s := range settings() {
		if v, ok := values[s.key]; ok {
			if err := c.set(s, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Config) check() error {
	if c.Policy != "" && !actors.Mode(c.Policy).Valid() {
		return fmt.Errorf("setting policy: %q is none of list, public, open", c.Policy)
	}
	if c.Log != "" && c.Log != "text" && c.Log != "json" {
		return fmt.Errorf("setting log: %q is neither text nor json", c.Log)
	}
	if err := blobs.CheckURL(c.node().StorageURL()); err != nil {
		return fmt.Errorf("setting storage: %w", err)
	}
	if _, err := node.ParseProxies(c.Proxies); err != nil {
		return fmt.Errorf("setting proxies: %w", err)
	}
	if c.Host == "" {
		return nil
	}
	return node.CheckHost(c.Host, c.Development)
}

func moothallVariables(env []string) map[string]string {
	vars := map[string]string{}
	for _, line := range env {
		name, value, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, "MOOTHALL_") {
			vars[name] = value
		}
	}
	return vars
}

// fromEnvironment reads MOOTHALL_… variables. A secret may be in a file that
// MOOTHALL_…_FILE names.
func fromEnvironment(vars map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range settings() {
		file := s.variable() + "_FILE"
		if path, ok := vars[file]; ok && s.secret {
			raw, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			values[s.key] = strings.TrimRight(string(raw), "\r\n")
			delete(vars, file)
		}
		if v, ok := vars[s.variable()]; ok {
			delete(vars, s.variable())
			if v != "" {
				values[s.key] = v
			}
		}
	}
	for name := range vars {
		return nil, fmt.Errorf("%s is not a setting of moothall; moothall check-config lists them", name)
	}
	return values, nil
}

// readFile reads lines of the form "key = value". A line that begins with # is
// a remark.
func readFile(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no settings file %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	values := map[string]string{}
	for i, line := range strings.Split(string(raw), "\n") {
		if err := readLine(values, strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", path, i+1, err)
		}
	}
	return values, nil
}

func readLine(values map[string]string, line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	key, value, ok := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if !ok {
		return errors.New("want: key = value")
	}
	if !slices.ContainsFunc(settings(), func(s setting) bool { return s.key == key }) {
		return fmt.Errorf("%q is not a setting of moothall; moothall check-config lists them", key)
	}
	if _, twice := values[key]; twice {
		return fmt.Errorf("%q is set twice", key)
	}
	if unquoted, err := strconv.Unquote(value); err == nil {
		value = unquoted
	}
	values[key] = value
	return nil
}

// node is the part of the settings that the node itself needs.
func (c Config) node() node.Config {
	return node.Config{
		Host: c.Host, Data: c.Data, Database: c.Database, Storage: c.Storage, Name: c.Name, Development: c.Development,
		Mode: actors.Mode(c.Policy), Proxies: c.Proxies, Version: release(),
	}
}

// defaultData is the folder of a node that was told of none.
func defaultData() string {
	for _, s := range settings() {
		if s.key == "data" {
			return s.fallback
		}
	}
	return ""
}
