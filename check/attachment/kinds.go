package attachment

// Kind is a kind of file, recognized by its content.
type Kind string

// The kinds of files. A container (ZIP, OLE) has its own kind unless its content
// shows a more precise one.
const (
	PDF   Kind = "PDF"
	TIFF  Kind = "TIFF"
	JPEG  Kind = "JPEG"
	JPEG2 Kind = "JPEG2000"
	PNG   Kind = "PNG"
	GIF   Kind = "GIF"
	BMP   Kind = "BMP"
	RTF   Kind = "RTF"
	XML   Kind = "XML"
	HTML  Kind = "HTML"
	TXT   Kind = "TXT" // UTF-8, UTF-16 with a byte order mark, or windows-1250, without control characters

	OLE      Kind = "OLE" // a compound file that is none of the next
	DOC      Kind = "DOC"
	XLS      Kind = "XLS"
	PPT      Kind = "PPT"
	MSG      Kind = "MSG"
	OOXMLEnc Kind = "OOXML-ENCRYPTED" // a document of Office with a password

	ZIP  Kind = "ZIP" // an archive that is none of the next
	DOCX Kind = "DOCX"
	DOCM Kind = "DOCM" // with macros
	XLSX Kind = "XLSX"
	XLSM Kind = "XLSM" // with macros
	XLSB Kind = "XLSB"
	PPTX Kind = "PPTX"
	PPTM Kind = "PPTM" // with macros
	ODT  Kind = "ODT"
	ODS  Kind = "ODS"
	ODP  Kind = "ODP"
	ODG  Kind = "ODG"
	ASIC Kind = "ASIC" // a container of signed files

	GZIP    Kind = "GZIP"
	SevenZ  Kind = "7Z"
	RAR     Kind = "RAR"
	CMS     Kind = "CMS" // signed or enveloped data in DER: .p7m, .p7s, .zfo
	Program Kind = "PROGRAM"

	Empty   Kind = "EMPTY"
	Unknown Kind = "UNKNOWN"
)

var allKinds = []Kind{
	PDF, TIFF, JPEG, JPEG2, PNG, GIF, BMP, RTF, XML, HTML, TXT,
	OLE, DOC, XLS, PPT, MSG, OOXMLEnc,
	ZIP, DOCX, DOCM, XLSX, XLSM, XLSB, PPTX, PPTM, ODT, ODS, ODP, ODG, ASIC,
	GZIP, SevenZ, RAR, CMS, Program,
}

// Kinds lists the kinds that a list of allowed kinds can name: all but Empty
// and Unknown.
func Kinds() []Kind { return append([]Kind(nil), allKinds...) }
