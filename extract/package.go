package extract

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
)

// relations reads what a part is bound to (ECMA-376 part 2, 9.3); part is empty
// for the package itself. A part without relations has none.
func (a *archive) relations(ctx context.Context, part string) (inside, outside []relation, err error) {
	dir, file := path.Split(part)
	err = a.walk(ctx, dir+"_rels/"+file+".rels", handlers{onStart: func(e element) {
		if e.name != "rels:Relationship" {
			return
		}
		r := relation{id: e.attr("Id"), kind: e.attr("Type"), target: e.attr("Target"), from: part}
		switch {
		case len(inside)+len(outside) > a.limits.Entries:
			return
		case e.attr("TargetMode") == "External":
			outside = append(outside, r)
			return
		}
		if strings.HasPrefix(r.target, "/") {
			r.target = strings.TrimPrefix(path.Clean(r.target), "/")
		} else {
			r.target = path.Join(dir, r.target)
		}
		inside = append(inside, r)
	}})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	return inside, outside, err
}

// mainPart is the part of an OOXML package that everything else hangs on.
func (a *archive) mainPart(ctx context.Context) (string, error) {
	inside, _, err := a.relations(ctx, "")
	if err != nil {
		return "", err
	}
	for _, r := range inside {
		if r.is("officeDocument") && a.has(r.target) {
			return r.target, nil
		}
	}
	return "", ErrBroken
}

// contentTypes says what each part is (ECMA-376 part 2, 10.1.2), by lower-case
// name with a leading slash, or by lower-case extension with a leading dot.
func (a *archive) contentTypes(ctx context.Context) (map[string]string, error) {
	types := map[string]string{}
	err := a.walk(ctx, "[Content_Types].xml", handlers{onStart: func(e element) {
		switch {
		case len(types) > 2*a.limits.Entries:
		case e.name == "types:Override":
			types[strings.ToLower(e.attr("PartName"))] = strings.ToLower(e.attr("ContentType"))
		case e.name == "types:Default":
			types["."+strings.ToLower(e.attr("Extension"))] = strings.ToLower(e.attr("ContentType"))
		}
	}})
	return types, err
}
