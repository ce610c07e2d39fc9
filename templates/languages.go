package templates

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

// Languages are the choices when a person says what they write in.
func Languages() []Option { return languageNames }
