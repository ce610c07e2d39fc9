package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
)

func TestPatternsHitAndMiss(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		// National Insurance numbers
		{"Her number is AB 12 34 56 C.", "ni-number"},
		{"ab123456c", "ni-number"},
		{"AB-12-34-56-D", "ni-number"},
		{"BG 12 34 56 A, GB123456A, NK123456A, TN123456A, ZZ123456A", ""}, // prefixes that are not given
		{"DA123456A FA123456A IA123456A QA123456A UA123456A VA123456A AO123456A", ""},
		{"AB123456E", ""},                  // last letter is A to D
		{"Ref AB1234567C, XAB123456C", ""}, // longer words
		{"we go to 12 34 56 a day", ""},
		// NHS numbers
		{"NHS number 943 476 5919", "nhs-number"},
		{"943-476-5919", "nhs-number"},
		{"NHS no. 9434765919", "nhs-number"},
		{"order 9434765919", ""},        // in one piece and nobody speaks of the NHS
		{"NHS number 943 476 5918", ""}, // check digit
		{"NHS 444 444 4444", ""},        // passes the check, is none
		{"NHS 123 456 7881", ""},        // not in a range that is given
		// cards
		{"4111 1111 1111 1111", "card-number"},
		{"5555555555554444", "card-number"},
		{"3782 822463 10005", "card-number"},
		{"4111 1111 1111 1112", ""}, // Luhn
		{"9999 9999 9999 9995", ""}, // no such prefix
		{"4000000000000000", ""},
		{"2027 2028 2029 2030", ""},             // years
		{"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ""}, // a row of counts
		{"ISBN 978-0-306-40615-7", ""},
		// bank accounts
		{"Sort code 12-34-56, account 12345678", "bank-account"},
		{"Account: 123456 12345678", "bank-account"},
		{"12-34-56 then 12345678", ""}, // nobody speaks of a bank
		{"On 01-02-27 the account was opened.", ""},
		// telephones
		{"Ring 07700 900123", "phone"},
		{"+44 7700 900123", "phone"},
		{"+44 (0)1632 960001", "phone"},
		{"(01632) 960001", "phone"},
		{"Ring 0300 123 4567 or 0800 001 066", ""}, // of organisations
		{"0.1234567891", ""},
		{"Reference 107700900123", ""},
		// email
		{"alex.member@council.gov.uk", "email"},
		{"info@council.gov.uk, FOI@council.gov.uk", ""},
		{"@council on social media, a@b", ""},
		// postcodes: an address is none, a list is
		{"Town Hall, High Street, SW1A 1AA", ""},
		{"SW1A 1AA CF10 3NQ M1 1AE B33 8TH", "postcode-list"},
		{"AB1 2CD A1 B2 C3 in cells B1 2QW", ""}, // C and D do not end a postcode
		// copyright
		{"© Example Press 2027. All rights reserved.", "copyright"},
		{"Reprinted from Elsevier", "copyright"},
		{"(c) we agree that", ""},
		{"The wily fox", ""},
	} {
		if got := codes(extract.Find([]extract.Block{para(c.text)})); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestHeadsOfATableSayWhatNumbersAre(t *testing.T) {
	t.Parallel()
	got := extract.Find([]extract.Block{
		cells("Patient", "NHS number"), cells("A", "9434765919"), cells("B", "9434765919"),
		para("Next"), cells("Payee", "Sort code", "Account"), cells("B", "12-34-56", "12345678"),
	})
	if diff := cmp.Diff([]extract.Finding{
		{Code: extract.BankAccount, Severity: extract.Warn, Count: 1, Where: []string{"paragraph 6"}},
		{Code: extract.NHSNumber, Severity: extract.Warn, Count: 2, Where: []string{"paragraph 2", "paragraph 3"}},
	}, got); diff != "" {
		t.Error(diff)
	}
}

// TestDOC1_ManyPatternsStop holds the limit of users.md 3.5 and that no value is repeated.
func TestDOC1_ManyPatternsStop(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]extract.Severity{3: extract.Warn, 10: extract.Warn, 11: extract.Stop, 300: extract.Stop} {
		var blocks []extract.Block
		for i := range n {
			blocks = append(blocks, extract.Block{Kind: extract.Paragraph, Page: i + 1, Text: fmt.Sprintf("AB%06dC", 100000+i)})
		}
		got := extract.Find(blocks)
		if len(got) != 1 || got[0].Severity != want || got[0].Count != n || len(got[0].Where) != min(n, 20) || got[0].Where[0] != "page 1" {
			t.Errorf("%d numbers: %+v", n, got)
		}
		if strings.Contains(fmt.Sprint(got), "AB10") {
			t.Error("a finding repeats what it found")
		}
	}
}

func TestMarkings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"OFFICIAL-SENSITIVE", "marking"},
		{"OFFICIAL - SENSITIVE: COMMERCIAL", "marking"},
		{"Official Sensitive", "marking"},
		{"RESTRICTED", "marking"},
		{"PROTECT", "marking"},
		{"CONFIDENTIAL", "marking"},
		{"Strictly confidential", "marking"},
		{"STRICTLY CONFIDENTIAL - Cabinet only", "marking"},
		{"Private and Confidential", "marking"},
		{"Draft report, not for circulation", "marking"},
		{"NOT FOR PUBLICATION by virtue of Schedule 12A", "marking"},
		{"SECRET", "secret-marking"},
		{"TOP SECRET", "secret-marking"},
		{"UK SECRET - UK EYES ONLY", "secret-marking"},
		{"SECRET Page 2", "secret-marking"},
		{"OFFICIAL", ""},
		{"Official", ""},
		{"Report of the Company Secretary", ""},
		{"SECRETARY OF STATE", ""},
		{"SECRET SHOPPER SURVEY", ""},
		{"Confidentiality policy", ""},
		{"CONFIDENTIALITY POLICY", ""},
		{"Restricted mobility in town centres", ""},
		{"RESTRICTED MOBILITY AND ACCESS IN TOWN CENTRES", ""},
		{"Our plan to protect rivers", ""},
		{"PROTECTING CHILDREN", ""},
		{"The ballot is secret and the count is public.", ""},
		{"Staff mark papers as OFFICIAL-SENSITIVE where the loss of the paper would harm a person, and keep such papers in the locked cabinet.", ""},
	} {
		if got := codes(extract.Find([]extract.Block{para(c.text)})); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestMarkingsStandOnTheFirstAndLastPages(t *testing.T) {
	t.Parallel()
	for page, want := range map[int]string{1: "marking", 2: "marking", 5: "", 9: "marking", 10: "marking"} {
		var blocks []extract.Block
		for i := 1; i <= 10; i++ {
			text := "Words"
			if i == page {
				text = "RESTRICTED"
			}
			blocks = append(blocks, onPage(i, para(text)))
		}
		if got := codes(extract.Find(blocks)); got != want {
			t.Errorf("page %d: %q, want %q", page, got, want)
		}
	}
}

func TestSecretIsRefused(t *testing.T) {
	t.Parallel()
	got := extract.Find([]extract.Block{para("TOP SECRET")})
	if len(got) != 1 || got[0].Severity != extract.Refuse {
		t.Errorf("%+v", got)
	}
}

func TestListsOfPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		heads []string
		rows  int
		want  string
	}{
		{[]string{"Surname", "Date of birth"}, 501, "personal-list"},
		{[]string{"Enw", "Dyddiad geni"}, 501, "personal-list"},
		{[]string{"First name", "E-mail"}, 600, "personal-list"},
		{[]string{"Name", "DOB"}, 500, ""},
		{[]string{"Ward name", "Road name"}, 900, ""},
		{[]string{"Name", "Length in metres"}, 900, ""}, // of roads
		{[]string{"Address", "Phone"}, 900, ""},         // of schools
	} {
		blocks := []extract.Block{cells(c.heads...)}
		for range c.rows {
			blocks = append(blocks, cells("Davies", "x"))
		}
		got := extract.Find(blocks)
		if codes(got) != c.want {
			t.Errorf("%v × %d: got %q, want %q", c.heads, c.rows, codes(got), c.want)
		}
		if c.want != "" && (got[0].Severity != extract.Stop || got[0].Where[0] != fmt.Sprintf("a table of %d rows", c.rows)) {
			t.Errorf("%+v", got)
		}
	}
}

func TestLanguageIsGuessed(t *testing.T) {
	t.Parallel()
	const welsh = "Mae'r strategaeth hon yn nodi sut y bydd y cyngor yn helpu pobl i fynd ar-lein, beth fydd y gost a sut y byddwn ni'n gwybod ei bod yn gweithio. Mae gan bob llyfrgell yn y sir gyfrifiaduron i'r cyhoedd."
	const english = "This strategy sets out how the council will help people to go online, what it will cost and how we will know that it works. Each library in the county has computers for the public."
	const polish = "Ta strategia określa, w jaki sposób rada pomoże ludziom korzystać z internetu, ile to będzie kosztować i jak się dowiemy, że to działa. W każdej bibliotece są komputery, które są dla mieszkańców i nie tylko."
	for text, want := range map[string]string{
		welsh: "cy", english: "en", polish: "pl", "Short.": "",
		"Roof 12000 Floor 9000 " + strings.Repeat("Depot ", 30): "",
	} {
		if got := extract.GuessLanguage([]extract.Block{para(text)}); got != want {
			t.Errorf("%.30q: got %q, want %q", text, got, want)
		}
	}
	// A Welsh paper, written in a program that is set to English.
	d := strategy()
	d.Blocks = []extract.Block{heading(1, "Strategaeth"), para(welsh)}
	if got := mustRead(t, extract.DOCX, mustMake(t, extract.DOCX, d)).Language; got != "cy" {
		t.Errorf("the Welsh paper is in %q", got)
	}
	d.Language = "cy-GB"
	if got := mustRead(t, extract.ODT, mustMake(t, extract.ODT, d)).Language; got != "cy-GB" {
		t.Errorf("the Welsh paper that says so is in %q", got)
	}
}

func TestSummaryEndsAtASentence(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("This is a sentence of a paper about the roads of the county. ", 20)
	got := extract.Summarise([]extract.Block{heading(1, "Roads"), para("May 2027"), para(long)})
	if len(got) > 600 || len(got) < 500 || !strings.HasSuffix(got, "county.") {
		t.Errorf("%d characters, ends %q", len(got), got[max(0, len(got)-20):])
	}
}

// BenchmarkFind searches a paper of 200 pages.
func BenchmarkFind(b *testing.B) {
	var blocks []extract.Block
	size := 0
	for page := range 200 {
		for range 8 {
			x := onPage(page+1, para("The 2027 budget for roads in ward 12 is £40,000, which is 3.5% more than in 2026. Ask the team at the office of the council, or see table 4. "+strings.Repeat("Words of a paper. ", 12)))
			size += len(x.Text)
			blocks = append(blocks, x)
		}
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		extract.Find(blocks)
	}
}
