package finding

// Code names a kind of finding. Codes are stable: programs branch on them, and
// the message catalogue has a text in each language for every one of them.
//
// Beside the codes below there are families whose members are declared where
// they are judged: "xml." followed by a rule of the XML reader, "xsd." by one of
// XML Schema, "attachment." by one about attached files, and "iso." by one of the
// image linter.
type Code string

// XML is the code of a rule of the XML reader (c14n.Rules).
func XML(rule string) Code { return Code("xml." + rule) }

// XSD is the code of a rule of XML Schema (xsd.Rules).
func XSD(rule string) Code { return Code("xsd." + rule) }

// Attachment is the code of a rule about attached files (attachment.Rules).
func Attachment(rule string) Code { return Code("attachment." + rule) }

// ISO is the code of a rule of the image linter (iso.Rules).
func ISO(rule string) Code { return Code("iso." + rule) }

// Codes of sealing and opening one record.
const (
	ContainerDamaged  Code = "container.damaged"  // the .XM6 container is damaged
	ContainerKey      Code = "container.key"      // the key does not fit
	ContainerEncoding Code = "container.encoding" // the document inside is not UTF-8
	InputConverted    Code = "input.converted"    // the source was not UTF-8 and was converted
	InputMisread      Code = "input.misread"      // the source declares another encoding and is UTF-8 all through
)

var sealCodes = []Code{
	ContainerDamaged,
	ContainerKey,
	ContainerEncoding,
	InputConverted,
	InputMisread,
}

// Codes of the configuration: what a command can do without, or uses all the same.
const (
	SettingsBroken Code = "settings.broken" // the file cannot be used, and the command goes on without it
	SettingsShared Code = "settings.shared" // a file that others can write names what is used
)

var settingsCodes = []Code{
	SettingsBroken,
	SettingsShared,
}

// Codes of the envelope and its integrity identifier.
const (
	EnvelopeNone        Code = "envelope.none"         // a bare record where an envelope was needed
	EnvelopeUnknown     Code = "envelope.unknown"      // an Envelope of a namespace not known here
	EnvelopeNoConfig    Code = "envelope.no-config"    // a bare record and no configuration to build an envelope from
	EnvelopeUnknownRoot Code = "envelope.unknown-root" // no record type known for the root element
	EnvelopeMissing     Code = "envelope.missing"      // a part of the envelope is missing
	EnvelopeDoubled     Code = "envelope.doubled"      // a part stands twice
	EnvelopeMisplaced   Code = "envelope.misplaced"    // a part stands where it must not
	EnvelopeTooLong     Code = "envelope.too-long"     // a part is longer than its limit
	EnvelopeMalformed   Code = "envelope.malformed"    // a part's value is not of its form
	IdentifierMissing   Code = "identifier.missing"    // no integrity identifier
	IdentifierDigest    Code = "identifier.digest"     // the document was changed after the identifier was made
	IdentifierSignature Code = "identifier.signature"  // the identifier itself was changed
	IdentifierForbidden Code = "identifier.forbidden"  // an algorithm or form that must be refused
	IdentifierMalformed Code = "identifier.malformed"  // the identifier is not built as it must be
	IdentifierDoubled   Code = "identifier.doubled"    // a second identifier
	HeaderCheckDigit    Code = "header.check-digit"    // the IČ's check digit is wrong
	HeaderOtherUnit     Code = "header.other-unit"     // the record is of another unit than the sender
	HeaderRecipient     Code = "header.recipient"      // the recipient is not CSÚIS
	HeaderRecordType    Code = "header.record-type"    // the RecordType is not three digits
	HeaderDate          Code = "header.date"           // the statement's date is not understood
)

var envelopeCodes = []Code{
	EnvelopeNone,
	EnvelopeUnknown,
	EnvelopeNoConfig,
	EnvelopeUnknownRoot,
	EnvelopeMissing,
	EnvelopeDoubled,
	EnvelopeMisplaced,
	EnvelopeTooLong,
	EnvelopeMalformed,
	IdentifierMissing,
	IdentifierDigest,
	IdentifierSignature,
	IdentifierForbidden,
	IdentifierMalformed,
	IdentifierDoubled,
	HeaderCheckDigit,
	HeaderOtherUnit,
	HeaderRecipient,
	HeaderRecordType,
	HeaderDate,
}

// Codes of planning and building a package.
const (
	PackNoInput           Code = "pack.no-input"           // nothing to pack
	PackSkipped           Code = "pack.skipped"            // a file in a folder is no record by its name
	PackSkippedPackage    Code = "pack.skipped-package"    // a folder holds a package made earlier
	PackSkippedLink       Code = "pack.skipped-link"       // a link to a folder was not followed
	PackUnreadable        Code = "pack.unreadable"         // an input cannot be read
	PackEmpty             Code = "pack.empty"              // an input is empty
	PackName              Code = "pack.name"               // no NAME can be made of the file name
	PackReservedName      Code = "pack.reserved-name"      // Windows takes the NAME for a device
	PackNoName            Code = "pack.no-name"            // nothing of the file name is left for a NAME
	PackLongName          Code = "pack.long-name"          // the NAME would be too long
	PackCollision         Code = "pack.collision"          // two inputs would share a NAME
	PackRenamed           Code = "pack.renamed"            // an input got another NAME
	PackTooLarge          Code = "pack.too-large"          // a record does not fit on a disc
	PackTooManyDiscs      Code = "pack.too-many-discs"     // more discs than can be numbered
	PackUnitDiffers       Code = "pack.unit-differs"       // the records are of different units
	PackPersonDiffers     Code = "pack.person-differs"     // the records are of different persons
	PackNameDiffers       Code = "pack.name-differs"       // the records spell the unit's or the person's name differently
	PackContactDiffers    Code = "pack.contact-differs"    // a record states another e-mail or telephone than the form will
	PackTextTooLong       Code = "pack.text-too-long"      // a text in a record does not fit on the form or in the manifest
	PackDoubleTransaction Code = "pack.double-transaction" // two records share a TransactionId
	PackDoubleStatement   Code = "pack.double-statement"   // two records are the same statement
	PackForm              Code = "pack.form"               // the form cannot be printed: a text too long for it
	PackLetter            Code = "pack.letter"             // the form's fonts lack a letter
	PackLetterName        Code = "pack.letter-name"        // … in the name of an input
	PackDecoded           Code = "pack.decoded"            // a sealed record was in base64 and was decoded
)

var packCodes = []Code{
	PackNoInput,
	PackSkipped,
	PackSkippedPackage,
	PackSkippedLink,
	PackUnreadable,
	PackEmpty,
	PackName,
	PackReservedName,
	PackNoName,
	PackLongName,
	PackCollision,
	PackRenamed,
	PackTooLarge,
	PackTooManyDiscs,
	PackUnitDiffers,
	PackPersonDiffers,
	PackNameDiffers,
	PackContactDiffers,
	PackTextTooLong,
	PackDoubleTransaction,
	PackDoubleStatement,
	PackForm,
	PackLetter,
	PackLetterName,
	PackDecoded,
}

// Codes of verifying a package, an image, a disc or a folder.
const (
	VerifyNothing        Code = "verify.nothing"         // nothing there that could be verified
	VerifyNoImage        Code = "verify.no-image"        // a file that is no disc image
	VerifyPackagesInside Code = "verify.packages-inside" // a folder of packages, not one of them
	VerifyRecordsInside  Code = "verify.records-inside"  // the records lie one folder down
	VerifyNoKey          Code = "verify.no-key"          // without a key the records were not opened
	VerifyNoList         Code = "verify.no-list"         // no readable form or manifest says what there should be
	FileUnexpected       Code = "file.unexpected"        // a file that does not belong there
	FileDoubled          Code = "file.doubled"           // a file stands twice
	FileLitter           Code = "file.litter"            // what systems leave unasked; no record, and not judged
	FileSameContent      Code = "file.same-content"      // two records are the same file under two names
	FileEmpty            Code = "file.empty"             // a file is empty
	FileBase64           Code = "file.base64"            // a sealed record is written as text, and not in its raw form
	FileUnreadable       Code = "file.unreadable"        // a file cannot be read
	FileName             Code = "file.name"              // a name outside the rules of the disc
	ShaMissing           Code = "sha.missing"            // a sealed record has no .SHA
	ShaOrphan            Code = "sha.orphan"             // a .SHA whose sealed record is missing
	ShaMalformed         Code = "sha.malformed"          // a .SHA that cannot be read
	ShaName              Code = "sha.name"               // a .SHA that names another file
	ShaMismatch          Code = "sha.mismatch"           // a sealed record differs from its .SHA
	ShaWrong             Code = "sha.wrong"              // the .SHA is wrong, the record is right by the manifest or the form
	ShaForm              Code = "sha.form"               // a .SHA not in the form that is written here
	ManifestMissing      Code = "manifest.missing"       // a package without its manifest
	ManifestDamaged      Code = "manifest.damaged"       // the manifest is damaged or was edited
	ManifestFormat       Code = "manifest.format"        // a manifest of a format not known here
	ManifestMismatch     Code = "manifest.mismatch"      // something differs from what the manifest says
	ManifestName         Code = "manifest.name"          // the manifest names unit or person otherwise than the opened records
	RecordMissing        Code = "record.missing"         // a record that should be there is missing
	RecordUnlisted       Code = "record.unlisted"        // a record that the manifest does not list
	RecordHeader         Code = "record.header"          // an opened record's header differs from the manifest
	RecordElsewhere      Code = "record.elsewhere"       // records of the form are on other discs of the set
	FormMissing          Code = "form.missing"           // there is no form
	FormDamaged          Code = "form.damaged"           // the form's file is damaged
	FormAltered          Code = "form.altered"           // a form with the right digest that shows something else than it says
	FormAppended         Code = "form.appended"          // an intact form with a later revision of the PDF behind it
	FormLayout           Code = "form.layout"            // a form of a later layout
	FormForeign          Code = "form.foreign"           // a form that was not made here and cannot be read back
	FormMismatch         Code = "form.mismatch"          // something differs from what the form says
	FormUnlisted         Code = "form.unlisted"          // a record that the form does not list
	PackageDigest        Code = "package.digest"         // the package digest differs
	PackagePaper         Code = "package.paper"          // the package digest is not the one of the stamped form that was given
	ImageMissing         Code = "image.missing"          // an image of the package is missing
	ImageDigest          Code = "image.digest"           // an image differs from the manifest
	ImageUnreadable      Code = "image.unreadable"       // an image cannot be read
	ImageContent         Code = "image.content"          // a file in the image differs from the package
	ImageBoot            Code = "image.boot"             // files from which a computer starts, which are not judged
	ImageRaw             Code = "image.raw"              // an image of raw sectors, whose data was read
	ImageSector          Code = "image.sector"           // raw sectors of an image that hold no data
	FileVersion          Code = "file.version"           // a file was copied with the version of its name on the disc
	TreePlain            Code = "tree.plain"             // the plain tree of an image shows something else than the records' names and bytes
	TreeRockRidge        Code = "tree.rock-ridge"        // the Rock Ridge tree does
	TreeJoliet           Code = "tree.joliet"            // a Joliet tree does
	TreeEnhanced         Code = "tree.enhanced"          // the tree of ISO 9660:1999 does
	TreeUDF              Code = "tree.udf"               // the UDF tree does
	TreeUnjudged         Code = "tree.unjudged"          // a tree that systems show was not judged
	TreeSession          Code = "tree.session"           // a volume descriptor or a UDF anchor behind the volume
	TreeOtherSession     Code = "tree.other-session"     // the sessions of a disc show something else
	TreeShortNames       Code = "tree.short-names"       // the plain tree shortens names; another names the records
	TreeNoTOC            Code = "tree.no-toc"            // the drive does not tell the sessions of its disc
)

var verifyCodes = []Code{
	VerifyNothing,
	VerifyNoImage,
	VerifyPackagesInside,
	VerifyRecordsInside,
	VerifyNoKey,
	VerifyNoList,
	FileUnexpected,
	FileDoubled,
	FileLitter,
	FileSameContent,
	FileEmpty,
	FileBase64,
	FileUnreadable,
	FileName,
	ShaMissing,
	ShaOrphan,
	ShaMalformed,
	ShaName,
	ShaMismatch,
	ShaWrong,
	ShaForm,
	ManifestMissing,
	ManifestDamaged,
	ManifestFormat,
	ManifestMismatch,
	ManifestName,
	RecordMissing,
	RecordUnlisted,
	RecordHeader,
	RecordElsewhere,
	FormMissing,
	FormDamaged,
	FormAltered,
	FormAppended,
	FormLayout,
	FormForeign,
	FormMismatch,
	FormUnlisted,
	PackageDigest,
	PackagePaper,
	ImageMissing,
	ImageDigest,
	ImageUnreadable,
	ImageContent,
	ImageBoot,
	ImageRaw,
	ImageSector,
	FileVersion,
	TreePlain,
	TreeRockRidge,
	TreeJoliet,
	TreeEnhanced,
	TreeUDF,
	TreeUnjudged,
	TreeSession,
	TreeOtherSession,
	TreeShortNames,
	TreeNoTOC,
}

// Codes of checking a record before it is sealed.
const (
	CheckSchemaNone      Code = "check.schema-none"      // no schema is there for the record's root element
	CheckSchemaRoot      Code = "check.schema-root"      // the folder has a schema of the namespace, and it does not declare the record's root element
	CheckSchemaTwice     Code = "check.schema-twice"     // two versions of a schema lie side by side
	CheckSchemaBroken    Code = "check.schema-broken"    // the schema does not compile
	CheckSchemaLimit     Code = "check.schema-limit"     // more identifiers than are kept, or too much work; the rest was not validated
	CheckEnvelopeEdition Code = "check.envelope-edition" // the folder's schema of the envelope does not take what the body holds
	CheckSchemaMore      Code = "check.schema-more"      // further violations are not listed
	CheckRulesTooLarge   Code = "check.rules-too-large"  // more positions than are kept; rules were not run
	CheckRuleFailed      Code = "check.rule-failed"      // a content rule does not hold
	CheckRuleFailedGap   Code = "check.rule-failed-gap"  // a content rule does not hold, and positions of its sum are missing
	CheckRuleNotRun      Code = "check.rule-not-run"     // a content rule could not be run
	CheckUnitUnknown     Code = "check.unit"             // the unit is not in the code list on the day
	CheckPersonUnknown   Code = "check.person"           // the person does not act for the unit on the day
	CheckNotExpected     Code = "check.not-expected"     // the statement is not expected of the unit for the period
	CheckListUnknown     Code = "check.list-unknown"     // the code list cannot answer
	CheckNoDate          Code = "check.no-date"          // the statement's date is missing or not understood
	CheckNoPeriod        Code = "check.no-period"        // the date ends no period of the statement
	CheckNotOver         Code = "check.not-over"         // the period is not over yet
	CheckLate            Code = "check.late"             // past the due date
	CheckNoKey           Code = "check.no-key"           // a sealed record was not checked, as no key was given

	CheckMessageUnknown Code = "check.message-unknown" // the body of the envelope holds no message with a record
	CheckTypeUnknown    Code = "check.type-unknown"    // the header's RecordType is not known
	CheckTypeDiffers    Code = "check.type-differs"    // the header's RecordType is not that of the record
	CheckTypeNone       Code = "check.type-none"       // the type of a record without a header is not known; not all was checked
	CheckCode           Code = "check.code"            // a code is not in its list, or not valid on the day
	CheckCodesMore      Code = "check.codes-more"      // further such codes are not listed
	CheckCodesLimit     Code = "check.codes-limit"     // more codes than are kept; some were not checked
	CheckCodesUnknown   Code = "check.codes-unknown"   // codes could not be checked, since their list cannot answer
)

var checkCodes = []Code{
	CheckSchemaNone,
	CheckSchemaRoot,
	CheckSchemaTwice,
	CheckEnvelopeEdition,
	CheckSchemaBroken,
	CheckSchemaLimit,
	CheckSchemaMore,
	CheckRulesTooLarge,
	CheckRuleFailed,
	CheckRuleFailedGap,
	CheckRuleNotRun,
	CheckUnitUnknown,
	CheckPersonUnknown,
	CheckNotExpected,
	CheckListUnknown,
	CheckNoDate,
	CheckNoPeriod,
	CheckNotOver,
	CheckLate,
	CheckNoKey,
	CheckMessageUnknown,
	CheckTypeUnknown,
	CheckTypeDiffers,
	CheckTypeNone,
	CheckCode,
	CheckCodesMore,
	CheckCodesLimit,
	CheckCodesUnknown,
}

// Codes of importing a code list.
const (
	CodelistKind     Code = "codelist.kind"      // the file does not tell which list it is
	CodelistFields   Code = "codelist.fields"    // the names of the fields are not understood
	CodelistTooLarge Code = "codelist.too-large" // larger than is accepted
	CodelistRefused  Code = "codelist.refused"   // a row was not understood
	CodelistUnmapped Code = "codelist.unmapped"  // fields that mean nothing here
)

var codelistCodes = []Code{
	CodelistKind,
	CodelistFields,
	CodelistTooLarge,
	CodelistRefused,
	CodelistUnmapped,
}

// All lists every code declared here, for the test that holds the message
// catalogue to it.
func All() []Code {
	var all []Code
	for _, group := range [][]Code{sealCodes, settingsCodes, envelopeCodes, packCodes, verifyCodes, checkCodes, codelistCodes, onlineCodes, inboxCodes} {
		all = append(all, group...)
	}
	return all
}
