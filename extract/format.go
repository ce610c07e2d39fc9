package extract

// Format is a kind of file that can be shared. The values are also the stored text.
type Format string

// The formats that are taken (users.md 3.4).
const (
	PDF  Format = "pdf"
	DOCX Format = "docx"
	ODT  Format = "odt"
	XLSX Format = "xlsx"
	ODS  Format = "ods"
	PPTX Format = "pptx"
	ODP  Format = "odp"
	CSV  Format = "csv"
	TXT  Format = "txt"
	MD   Format = "md"
	PNG  Format = "png"
	JPEG Format = "jpeg"
	GIF  Format = "gif"
	WebP Format = "webp"
)

var formats = map[Format]struct{ media, words string }{
	PDF:  {"application/pdf", "PDF"},
	DOCX: {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document"},
	ODT:  {"application/vnd.oasis.opendocument.text", "OpenDocument text"},
	XLSX: {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel spreadsheet"},
	ODS:  {"application/vnd.oasis.opendocument.spreadsheet", "OpenDocument spreadsheet"},
	PPTX: {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint presentation"},
	ODP:  {"application/vnd.oasis.opendocument.presentation", "OpenDocument presentation"},
	CSV:  {"text/csv", "CSV"},
	TXT:  {"text/plain", "plain text"},
	MD:   {"text/markdown", "Markdown text"},
	PNG:  {"image/png", "PNG image"},
	JPEG: {"image/jpeg", "JPEG image"},
	GIF:  {"image/gif", "GIF image"},
	WebP: {"image/webp", "WebP image"},
}

// Valid says whether f is a format that is taken.
func (f Format) Valid() bool { return formats[f].media != "" }

// MediaType is how the format is named on the wire.
func (f Format) MediaType() string { return formats[f].media }

// Words name the format for people.
func (f Format) Words() string { return formats[f].words }

// IsImage says whether the format is a picture, which is always made anew
// before it is kept (security.md S137).
func (f Format) IsImage() bool { return f == PNG || f == JPEG || f == GIF || f == WebP }

// IsOffice says whether the format is one that CleanCopy can clean.
func (f Format) IsOffice() bool {
	switch f {
	case DOCX, XLSX, PPTX, ODT, ODS, ODP:
		return true
	}
	return false
}

// FormatOf is the format that has this media type; empty when none has.
func FormatOf(media string) Format {
	for f, x := range formats {
		if x.media == media {
			return f
		}
	}
	return ""
}
