package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"moothall/store"
)

func careCommands() []command {
	return []command{
		{name: "migrate", about: "bring the database up to date and say what was done", changes: true, prints: true, run: migrate},
		{
			name: "doctor", form: "[--deep]", about: "look for what is wrong with the node", prints: true, run: doctor,
			flags: func(fs *flag.FlagSet, k *call) {
				fs.BoolVar(&k.opt.deep, "deep", false, "also read the whole database")
			},
		},
		{name: "check-config", about: "print the settings in force, with secrets hidden", prints: true, run: checkConfig},
		{name: "version", about: "print the version", prints: true, run: printVersion},
	}
}

// version is what the Makefile stamps.
var version string

// release is the version, or what the build knows of its source.
func release() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}

func printVersion(_ context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	return k.say(map[string]string{"version": release(), "go": runtime.Version()}, "moothall %s", release())
}

func checkConfig(_ context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	data, lines := map[string]string{}, []string{}
	for _, s := range settings() {
		v := k.cfg.value(s)
		data[s.key] = v
		if v == "" {
			v = "(" + s.unset + ")"
		}
		lines = append(lines, fmt.Sprintf("%-12s %s", s.key, v))
	}
	return k.say(data, "%s", strings.Join(lines, "\n"))
}

func migrate(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	address := k.cfg.node().DatabaseURL()
	before, newest, err := store.Schema(ctx, address)
	if err != nil {
		return err
	}
	if !k.dryRun {
		db, err := store.Open(ctx, address)
		if err != nil {
			return err
		}
		if err := db.Close(); err != nil {
			return fmt.Errorf("close the database: %w", err)
		}
	}
	words := fmt.Sprintf("The database is brought from step %d to step %d.", before, newest)
	if before == newest {
		words = fmt.Sprintf("The database is at step %d, which is the newest.", newest)
	}
	return k.say(map[string]int64{"before": before, "newest": newest}, "%s", words)
}
