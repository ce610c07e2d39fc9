package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Dump visits every row of the node's tables, each in the words of the
// database, in the same order whenever the same rows are there. It is for
// comparing two moments, not for moving data. With names of tables it visits those
// alone.
func (t *Tx) Dump(ctx context.Context, visit func(table string, row map[string]string), only ...string) error {
	tables, err := t.tables(ctx)
	if err != nil {
		return fmt.Errorf("list the tables: %w", err)
	}
	for _, table := range tables {
		if len(only) > 0 && !slices.Contains(only, table) {
			continue
		}
		if err := t.dumpTable(ctx, table, visit); err != nil {
			return fmt.Errorf("dump %s: %w", table, err)
		}
	}
	return nil
}

// tables leaves out those in which SQLite keeps its index of words.
func (t *Tx) tables(ctx context.Context) ([]string, error) {
	if t.dialect.name == sqliteDialect.name {
		return collect(ctx, t, scanValue[string], `
			SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_words_%' ORDER BY name`)
	}
	return collect(ctx, t, scanValue[string], `
		SELECT table_name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`)
}

func (t *Tx) columns(ctx context.Context, table string) ([]string, error) {
	if t.dialect.name == sqliteDialect.name {
		return collect(ctx, t, scanValue[string], `SELECT name FROM pragma_table_info($1) ORDER BY name`, table)
	}
	return collect(ctx, t, scanValue[string], `
		SELECT column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name`, table)
}

func (t *Tx) dumpTable(ctx context.Context, table string, visit func(string, map[string]string)) error {
	columns, err := t.columns(ctx, table)
	if err != nil {
		return err
	}
	list := strings.Join(columns, ", ")
	rows, err := collect(ctx, t, func(s scanner) (map[string]string, error) {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := s.Scan(places...); err != nil {
			return nil, err
		}
		row := make(map[string]string, len(columns))
		for i, c := range columns {
			row[c] = inText(values[i])
		}
		return row, nil
	}, `SELECT `+list+` FROM `+table+` ORDER BY `+list)
	if err != nil {
		return err
	}
	for _, row := range rows {
		visit(table, row)
	}
	return nil
}

func inText(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}
