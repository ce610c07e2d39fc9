package extract

import (
	"strings"
	"unicode"
)

// smallWords are the commonest words of languages that councils in Britain
// publish in. They tell English from Welsh in a paragraph, which is what is asked.
var smallWords = map[string]string{
	"en": "the of and to in is that for it with as was on are be by this which or from have not at an has will can we our their all been who",
	"cy": "y yr yn a ac i o ar am gan mae bod sydd oedd fydd wedi ei eu ein eich hyn hynny nid neu fel gyda dros drwy trwy rhwng gwaith pob un bydd yw nad cael â at gyfer cyngor",
	"ga": "an na agus is ar i go le ag do tá bhí sé sí iad seo sin atá mar ach nó faoi chun ó den bhfuil cuid níos",
	"gd": "an na agus is air ann a tha bha e i iad seo sin mar ach no fo gu do airson aig le bho nan nam chan eil",
	"fr": "le la les de des du et en un une est que qui dans pour par sur au aux ce cette ne pas avec il elle sont plus ou",
	"de": "der die das und in zu den von mit ist des für auf im dem nicht ein eine als auch es an werden aus sich hat",
	"es": "el la los las de del y en que un una es por con para se su al lo como más no son o este esta",
	"pl": "i w na z do nie się jest to że dla o jak od przez po są oraz które który być a za ze może tego",
	"it": "il la le di che e in un una per con non è del della dei delle si da al alla come più sono gli lo",
	"pt": "o a os as de do da dos das e em que um uma para por com não é se na no ao mais como são",
	"nl": "de het een en van in is dat op te zijn voor met niet die aan er om ook als bij door wordt naar",
	"ro": "și în de la cu pe un o nu este care mai din pentru că sau au fi sunt prin se al a lui ale",
}

const (
	guessFrom  = 2000 // words that are looked at
	guessLeast = 20
)

// GuessLanguage says which language a text is in (BCP 47), by its smallest
// words; empty when it is short, mixed or in none that is known.
func GuessLanguage(blocks []Block) string {
	counts, all := map[string]int{}, 0
	for _, x := range blocks {
		if all >= guessFrom {
			break
		}
		text := x.Text
		if x.Kind == Row {
			text = strings.Join(x.Cells, " ")
		}
		for word := range strings.FieldsFuncSeq(strings.ToLower(clip(text, 1<<14)), func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' }) {
			all++
			for _, language := range wordLanguages[word] {
				counts[language]++
			}
		}
	}
	best, second := "", 0
	for language, n := range counts {
		switch {
		case best == "" || n > counts[best]:
			best, second = language, counts[best]
		case n > second:
			second = n
		}
	}
	if all < guessLeast || counts[best]*6 < all || counts[best]*2 < second*3 {
		return ""
	}
	return best
}

// wordLanguages is smallWords the other way round.
var wordLanguages = func() map[string][]string {
	by := map[string][]string{}
	for language, words := range smallWords {
		for word := range strings.FieldsSeq(words) {
			by[word] = append(by[word], language)
		}
	}
	return by
}()

// bestLanguage is what the file declares, unless the text plainly is in another
// language: most Welsh papers are written in programs that are set to English.
func bestLanguage(declared, guessed string) string {
	declared = strings.ReplaceAll(declared, "_", "-")
	if len(declared) > 35 || strings.EqualFold(declared, "und") || declared == "x-none" || declared == "none" || declared == "zxx" {
		declared = ""
	}
	base, _, _ := strings.Cut(strings.ToLower(declared), "-")
	if declared == "" || guessed != "" && guessed != base {
		return guessed
	}
	return declared
}
