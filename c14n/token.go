package c14n

// Kind is the kind of a Token.
type Kind uint8

// The kinds of tokens.
const (
	Declaration Kind = iota + 1 // <?xml …?>
	Start                       // <a …> or <a …/>
	End                         // </a>, or made up after <a/>
	Text                        // character data with references and CDATA sections; white space outside the root
	Comment                     // <!-- … -->
	PI                          // <?target …?>
)

func (k Kind) String() string {
	switch k {
	case Declaration:
		return "declaration"
	case Start:
		return "start tag"
	case End:
		return "end tag"
	case Text:
		return "text"
	case Comment:
		return "comment"
	case PI:
		return "processing instruction"
	}
	return "unknown"
}

// Token is one piece of a document. Its byte slices belong to the Scanner and
// are valid until the next call of Next; nobody may change them, nor a token
// that Next returned.
//
// A text, comment or processing instruction is one token up to 32 KiB of source.
// A longer one comes in several: Continued marks all but the first, More all
// but the last. (More is not set on Text: a Text may be followed by another.)
type Token struct {
	Kind Kind

	// Raw is the source of the token as UTF-8. All Raws of a document
	// concatenated are the document without its byte order mark. In the XML
	// declaration of a document that is not UTF-8 the encoding's name reads UTF-8.
	Raw []byte

	Prefix, Local []byte // of Start and End; Local is also the target of PI
	URI           string // namespace name of Start and End, "" for none
	Attrs         []Attr // of Start, in source order, with the namespace declarations

	// Empty marks the Start of <a/>. An End with an empty Raw follows it.
	Empty bool

	// Text is the content: of Text with references resolved, line ends
	// normalized and CDATA sections unwrapped; of Comment; the data of PI.
	Text []byte

	Continued, More bool

	// Depth is 1 for the root's Start and End and for what stands between its
	// tags, and 0 outside the root.
	Depth int

	// Line and Column are 1-based and tell where the token begins, Column in
	// characters. Offset is 0-based and counts the bytes of all Raws before.
	Line, Column int
	Offset       int64

	asIs bool // Raw of a tag, or Text of a text, is its own canonical form
}

// Attr is one attribute or namespace declaration.
type Attr struct {
	Prefix, Local []byte // xmlns="…" has no Prefix and the Local xmlns; xmlns:p="…" has both
	URI           string // namespace name; "" for none
	Value         []byte // normalized (XML 3.3.3)
	NS            bool   // a namespace declaration

	asIs bool // Value needs no escape in canonical form
	at   int  // where its name begins in the token's source
}

// declares returns the prefix that a namespace declaration binds.
func (a *Attr) declares() []byte {
	if len(a.Prefix) == 0 {
		return nil
	}
	return a.Local
}
