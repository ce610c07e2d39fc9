package templates

import (
	"moothall/extract"
)

// findingWords say in plain words what a finding is, and how to mend it.
type findingWords struct{ one, many, mend string }

// findings has words for each code of package extract (users.md 3.5).
var findings = map[string]findingWords{
	extract.TrackedChanges: {"tracked change", "tracked changes",
		"Readers can see what the text said before. In Word or LibreOffice, accept or reject all changes, then save."},
	extract.Comments: {"comment", "comments",
		"Readers can see comments and who wrote them. Delete them in the program that made the file, then save."},
	extract.HiddenSheet: {"hidden sheet", "hidden sheets",
		"Anyone who opens the file can show it. Show the sheet, check it, and delete it if it is not for readers."},
	extract.VeryHiddenSheet: {"deeply hidden sheet", "deeply hidden sheets",
		"It is not in the usual list of hidden sheets, but readers can get at it. Save the file as PDF, or copy the sheets that you want to a new file."},
	extract.HiddenRows: {"hidden row", "hidden rows",
		"Anyone who opens the file can show hidden rows. Show them, check them, and delete what is not for readers."},
	extract.HiddenColumns: {"hidden column", "hidden columns",
		"Anyone who opens the file can show hidden columns. Show them, check them, and delete what is not for readers."},
	extract.PivotCache: {"pivot table with its data", "pivot tables with their data",
		"Readers can get all rows that the table was made from. Copy the table, paste it as values, and delete the pivot table."},
	extract.ExternalLinks: {"link to another file", "links to other files",
		"They can show readers the names of folders and hold copied values. Break the links in the program that made the file, then save."},
	extract.EmbeddedObjects: {"file inside this file", "files inside this file",
		"Readers can open all of it, not only the part that shows. Replace it with a picture or a table."},
	extract.HiddenText: {"piece of hidden text", "pieces of hidden text",
		"Anyone who opens the file can show hidden text. In Word, press the button that shows paragraph marks, check the text with dots under it, and delete what is not for readers."},
	extract.HiddenSlide: {"hidden slide", "hidden slides",
		"Anyone who opens the file can show it. Delete it if it is not for readers."},
	extract.SpeakerNotes: {"slide with speaker notes", "slides with speaker notes",
		"Readers can see the notes. Check that they are meant for them."},
	extract.PersonalList: {"list of people", "lists of people",
		"It has many rows with details such as names, email addresses or dates of birth. Take out what names people, or share totals instead."},
	extract.NINumber: {"National Insurance number", "National Insurance numbers",
		"Take them out, unless they are made up for an example."},
	extract.NHSNumber: {"NHS number", "NHS numbers",
		"Take them out, unless they are made up for an example."},
	extract.CardNumber: {"bank card number", "bank card numbers",
		"Take them out, unless they are made up for an example."},
	extract.BankAccount: {"bank account", "bank accounts",
		"Take out account numbers and sort codes, unless they are published anyway."},
	extract.Phone: {"telephone number", "telephone numbers",
		"Check that they are numbers of offices, and not of people at home."},
	extract.Email: {"email address", "email addresses",
		"Check that their owners know. The address of a team lasts longer than that of a person."},
	extract.PostcodeList: {"full postcode", "full postcodes",
		"A postcode can point to one home. Give the first half only, or the ward."},
	extract.PersonalMetadata: {"detail about who made the file", "details about who made the file",
		"Programs store names of people in a file. We can take them out for you."},
	extract.Marking: {"protective marking", "protective markings",
		"The file says that it is not for everyone. Check with its owner, and take the marking out if it no longer applies."},
	extract.SecretMarking: {"SECRET marking", "SECRET markings",
		"Nothing that is SECRET or TOP SECRET may be shared here. Talk to your security adviser."},
	extract.Copyright: {"copyright notice", "copyright notices",
		"Check that you may share what others own, and choose the licence to match."},
	extract.NoHeadings: {"No headings", "",
		"People who use a screen reader find their way by headings. Mark them with the heading styles of your program."},
	extract.NoTitle: {"No title in the file", "",
		"Screen readers say the title first. Set it in the properties of the document."},
	extract.NoLanguage: {"No language in the file", "",
		"Screen readers need it to speak the words rightly. Set it in the properties of the document."},
	extract.NoTags: {"No tags", "",
		"Without tags, screen readers cannot follow this PDF. Make it again with “accessible PDF” or “tagged PDF” switched on."},
	extract.ImageOnly: {"We could not read any text in this file", "",
		"It is a picture of pages. Nobody can search it, and a screen reader says nothing. Share the file it was made from, or run text recognition (OCR)."},
	extract.FormFilled: {"filled-in form field", "filled-in form fields",
		"Check what is typed there, and empty the form if it is meant as a template."},
	extract.JavaScript: {"program that runs when it is opened", "programs that run when it is opened",
		"Readers’ computers may block it. Print the file to a new PDF and share that."},
	extract.GPS: {"place where a picture was taken", "places where pictures were taken",
		"It can show where somebody lives. We can take it out for you."},
	extract.Unreadable: {"We could not check this file", "",
		"It is too large or too unusual for us to read, so nobody looked for hidden or personal details in it. Check it yourself, or save it again in the program that made it and share the new copy."},
}

// mendOne says it of what is there once, where that is said otherwise than of many.
var mendOne = map[string]string{
	extract.Comments:      "Readers can see it and who wrote it. Delete it in the program that made the file, then save.",
	extract.HiddenRows:    "Anyone who opens the file can show it. Show it, check it, and delete it if it is not for readers.",
	extract.HiddenColumns: "Anyone who opens the file can show it. Show it, check it, and delete it if it is not for readers.",
	extract.ExternalLinks: "It can show readers the names of folders and hold copied values. Break the link in the program that made the file, then save.",
	extract.NINumber:      "Take it out, unless it is made up for an example.",
	extract.NHSNumber:     "Take it out, unless it is made up for an example.",
	extract.CardNumber:    "Take it out, unless it is made up for an example.",
	extract.BankAccount:   "Take out its number and sort code, unless they are published anyway.",
	extract.Phone:         "Check that it is the number of an office, and not of somebody at home.",
	extract.Email:         "Check that its owner knows. The address of a team lasts longer than that of a person.",
}

// severityWords are the tag of a finding.
var severityWords = map[extract.Severity]struct{ colour, words string }{
	extract.Tell:   {"grey", "For you to know"},
	extract.Warn:   {"yellow", "Check this"},
	extract.Clean:  {"blue", "We can take this out"},
	extract.Stop:   {"orange", "Needs a reason"},
	extract.Refuse: {"red", "Cannot be shared"},
}

// barredWords are the tag of a finding for which a site takes no reason.
const barredWords = "Mend this first"

// stopWords say what a kind of findings is, for those who run a site.
var stopWords = map[extract.StopKind]Option{
	extract.StopHidden:   {Label: "Hidden parts", Hint: "Hidden sheets, rows, columns, slides and text"},
	extract.StopInside:   {Label: "Data and files inside", Hint: "Pivot tables that keep their data, links to other files, and files inside the file"},
	extract.StopPeople:   {Label: "Details of many people", Hint: "Lists of people, and more than 10 personal numbers, addresses or postcodes of one kind"},
	extract.StopMarking:  {Label: "Protective markings", Hint: "The file says that it is not for everyone. SECRET and TOP SECRET can never be shared"},
	extract.StopPrograms: {Label: "Programs", Hint: "What runs when the file is opened"},
	extract.StopUnread:   {Label: "Files that could not be checked", Hint: "They broke the program that reads files, so nobody knows what is in them"},
}

// stopOptions are the kinds of findings to choose from.
func stopOptions() []Option {
	var out []Option
	for _, k := range extract.StopKinds() {
		o := stopWords[k]
		o.Value = string(k)
		out = append(out, o)
	}
	return out
}

// foundRow is one finding as a page shows it.
type foundRow struct {
	Colour, Tag, What, Mend string
	Where                   []string
	More                    bool // there are others than those in Where
}

// found puts a finding in words. One that has none yet is not kept quiet.
func found(f extract.Finding) foundRow {
	w, ok := findings[f.Code]
	if !ok {
		w = findingWords{"thing that readers may not expect (" + f.Code + ")", "things that readers may not expect (" + f.Code + ")",
			"Look at the file again before you share it."}
	}
	row := foundRow{What: w.one, Mend: w.mend, Where: f.Where, More: len(f.Where) > 0 && f.Count > len(f.Where)}
	if w.many != "" {
		row.What = Count(max(f.Count, 1), w.one, w.many)
	}
	if words, ok := mendOne[f.Code]; ok && f.Count <= 1 {
		row.Mend = words
	}
	if f.Code == extract.PersonalMetadata && f.Severity != extract.Clean {
		row.Mend = "Programs store names of people in a file. We cannot take them out of this one. Take them out in the program that made it, then make the file again."
	}
	s := severityWords[f.Severity]
	row.Colour, row.Tag = s.colour, s.words
	return row
}
