package templates

import (
	"slices"

	"moothall/content"
)

// languageNames are the languages most written in UK public services, each in
// its own words, because who needs one can read it.
var languageNames = []Option{
	{"en", "English", ""}, {"cy", "Cymraeg (Welsh)", ""}, {"gd", "Gàidhlig (Scottish Gaelic)", ""},
	{"ga", "Gaeilge (Irish)", ""}, {"sco", "Scots", ""}, {"kw", "Kernewek (Cornish)", ""},
	{"ar", "العربية (Arabic)", ""}, {"bn", "বাংলা (Bengali)", ""}, {"zh", "中文 (Chinese)", ""},
	{"fr", "Français (French)", ""}, {"de", "Deutsch (German)", ""}, {"gu", "ગુજરાતી (Gujarati)", ""},
	{"hi", "हिन्दी (Hindi)", ""}, {"it", "Italiano (Italian)", ""}, {"lt", "Lietuvių (Lithuanian)", ""},
	{"nl", "Nederlands (Dutch)", ""}, {"fa", "فارسی (Persian)", ""}, {"pl", "Polski (Polish)", ""},
	{"pt", "Português (Portuguese)", ""}, {"pa", "ਪੰਜਾਬੀ (Punjabi)", ""}, {"ro", "Română (Romanian)", ""},
	{"so", "Soomaali (Somali)", ""}, {"es", "Español (Spanish)", ""}, {"tr", "Türkçe (Turkish)", ""},
	{"uk", "Українська (Ukrainian)", ""}, {"ur", "اردو (Urdu)", ""},
}

// Languages are the choices when a person says what they write in. A language
// that is set already but is not among the usual ones comes first: else a form
// that was opened to mend one word would change it.
func Languages(current string) []Option {
	name := content.LanguageName(current)
	if name == "" || slices.ContainsFunc(languageNames, func(o Option) bool { return o.Value == current }) {
		return languageNames
	}
	return append([]Option{{current, name, ""}}, languageNames...)
}
