package content

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Lang returns a language tag in its canonical form (BCP 47), or "" when tag is
// not one, says nothing ("und") or is for private use only.
func Lang(tag string) string {
	if len(tag) > 35 || !langValue.MatchString(tag) {
		return ""
	}
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return ""
	}
	if s := t.String(); langValue.MatchString(s) {
		return s
	}
	return ""
}

// LanguageName is the English name of a language, such as "Welsh" for cy, for
// people to read and for language.name on the wire; "" when there is none.
func LanguageName(tag string) string {
	tag = Lang(tag)
	if tag == "" {
		return ""
	}
	return display.English.Tags().Name(language.Make(tag))
}
