package c14n

// Kind is the kind of a Token.
type Kind uint8

// The kinds of tokens.
const (
	Declaration Kind = iota + 1 // <?xml …?>
	Start                       // <a …> or <a …/>
	End                         // </a>, or implied by <a/>
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
// are valid until the next call of Next. Callers must not change a token that
// Next returned, nor its slices.
//
// A text, comment or processing instruction is one token up to 32 KiB of source.
// A longer one comes in several: Continued marks all but the first, More all
// but the last. (More is not set on Text: a Text may be followed by another.)
type Token struct {
	Kind Kind

	// Raw is the source of the token as UTF-8. The concatenated Raws of a
	// document are the document without its byte order mark. In the XML
	// declaration of a document in another encoding, the encoding reads UTF-8.
	Raw []byte

	Prefix, Local []byte // the name of a Start or End; Local is also the target of a PI
	URI           string // the namespace name of a Start or End, "" for none
	Attrs         []Attr // the attributes and namespace declarations of a Start, in source order

	// Empty marks the Start of <a/>. An End with an empty Raw follows it.
	Empty bool

	// Text is the content of a Text (with references resolved, line ends
	// normalized and CDATA sections unwrapped) or a Comment, or the data of a PI.
	Text []byte

	Continued, More bool

	// Depth is 1 for the root's Start and End and for what stands between its
	// tags, and 0 outside the root.
	Depth int

	// Line and Column are 1-based and say where the token begins; Column counts
	// characters. Offset is 0-based and counts the bytes of all earlier Raws.
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
	at   int  // the index of its name in the token's source
}

// declares returns the prefix that a namespace declaration binds.
func (a *Attr) declares() []byte {
	if len(a.Prefix) == 0 {
		return nil
	}
	return a.Local
}
