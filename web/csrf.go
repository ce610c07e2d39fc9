package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
)

// origins knows which requests a browser sends for our own pages.
var origins = http.NewCrossOriginProtection()

// tokenField is the field in which forms send the token back.
const tokenField = "csrf"

// formToken is what a form of ours holds: it follows from the secret of the
// cookie, which other sites cannot read.
func formToken(secret string) string {
	if secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("form\n" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// checkOrigin keeps out forms that another site made the browser send. A browser
// that says nothing about where a form comes from must send its token
// (security.md S146).
func (s *Server) checkOrigin(v *visit) error {
	if origins.Check(v.r) != nil {
		return failure{status: http.StatusForbidden, because: "This came from another website, so we have not done it."}
	}
	if v.r.Header.Get("Sec-Fetch-Site") != "" || v.r.Header.Get("Origin") != "" {
		return nil
	}
	want := formToken(v.secret)
	if want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(v.r.PostForm.Get(tokenField))) != 1 {
		return failure{status: http.StatusForbidden, because: "The page you sent was too old. Go back, copy what you typed, load the page again and send it again."}
	}
	return nil
}

// keepForm gives a stranger the cookie that their form tokens follow from. A
// handler calls it before base, on pages with forms for strangers.
func (s *Server) keepForm(v *visit) error {
	if v.secret != "" {
		return nil
	}
	secret, err := s.Actions.Secret()
	if err != nil {
		return err
	}
	v.secret = secret
	s.setCookie(v.w, formCookie, secret)
	return nil
}
