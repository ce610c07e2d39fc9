package extract

// Refusal says why a file is not taken, and what its owner can do. Code is
// stable; Words are for people.
type Refusal struct{ Code, Words string }

// Error gives the words.
func (r *Refusal) Error() string { return r.Words }

// Why a file is not taken, whatever its format. They are told apart with
// errors.AsType[*Refusal], and by Code.
var (
	ErrEmpty    = &Refusal{"empty", "The selected file is empty. Choose the file again, and check that it opens on your computer."}
	ErrPassword = &Refusal{"password", "The selected file is password protected. Save a copy without a password and share that."}
	ErrBroken   = &Refusal{"broken", "We could not read this file: it may be damaged. Open it on your computer, save it again and share the new copy."}
	ErrTooMuch  = &Refusal{"bomb", "This file unpacks to far more than it should, so we stopped reading it. Open it on your computer, save it as PDF and share that."}
	ErrUnsafe   = &Refusal{"unsafe", "Some parts of this file have names that no office program gives. Open it on your computer, save it again and share the new copy."}
	ErrTwoKinds = &Refusal{"two-kinds", "This file is two kinds of file in one, which can be used to trick people. Open it on your computer, save it again and share the new copy."}
	ErrMacros   = &Refusal{"macros", "This file has macros (small programs) in it. Save it without them, as DOCX, XLSX or PPTX, and share that."}
	ErrProgram  = &Refusal{"program", "This is a program or a script, which we do not take. Share a document that explains it."}
	ErrWebPage  = &Refusal{"web-page", "This is a web page. Open it in your browser, choose Print, save it as PDF and share that."}
	ErrSVG      = &Refusal{"svg", "This is an SVG drawing, which can hold scripts. Save it as PNG or PDF and share that."}
	ErrArchive  = &Refusal{"archive", "This is an archive (such as a ZIP). Unpack it and share its files one by one."}
	ErrTemplate = &Refusal{"template", "This is a template. Open it, save it as a document, spreadsheet or presentation, and share that."}
	// ErrNotCleaned is for a file that was to be cleaned: it is not shared as it was.
	ErrNotCleaned = &Refusal{"not-cleaned", "We could not take out what this file says about people, so it is not shared. Take it out in the program that made the file, save it and choose the file again."}
	ErrUnknown    = &Refusal{"unknown", "We do not take this kind of file. Save it as PDF, or as one of " + takenWords + ", and share that."}
)

const takenWords = "DOCX, ODT, XLSX, ODS, PPTX, ODP, CSV, TXT, MD, PNG, JPEG, GIF or WebP"

// saveAs refuses an old or foreign format that its program can save as one we take.
func saveAs(code, is, as string) *Refusal {
	return &Refusal{code, "This is " + is + ". Save it as " + as + " and share that."}
}

func mismatch(ext string, f Format) *Refusal {
	words := "The name of this file ends in ." + ext + ", but it is not that kind of file."
	if f != "" {
		words = "The name of this file ends in ." + ext + ", but it is a file of another kind: " + f.Words() + "."
	}
	return &Refusal{"mismatch", words + " Open it on your computer, save it as the kind that it is and share that."}
}
