package web

import (
	"io/fs"
	"net/http"
	"path"

	"moothall/templates"
)

// assets serves the style sheet and the script. Their names hold a hash of what
// is in them, so a browser may keep them for ever (security.md S246).
func assets(files fs.FS) http.Handler {
	served := http.StripPrefix(templates.AssetsPath, http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Clean(r.URL.Path[len(templates.AssetsPath)-1:])[1:]
		info, err := fs.Stat(files, name)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		case err != nil || info.IsDir() || name == "manifest.json" || path.Base(name)[0] == '.':
			http.NotFound(w, r)
		default:
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			served.ServeHTTP(w, r)
		}
	})
}
