package form

// The fixed words of the form, as printed. Only these are in bold, so that Read
// can distinguish them from what was filled in.
const (
	formTitle = "Formulář pro předávání dat náhradní přenosovou cestou"

	headPackage = "Balíček"
	headDigest  = "SHA-256 balíčku"

	sectionUnit   = "1. Účetní jednotka"
	labelIC       = "IČ"
	labelUnitName = "Název"

	sectionPerson   = "2. Zodpovědná osoba"
	labelPersonName = "Jméno a příjmení"
	labelPersonID   = "PersonId"
	labelEmail      = "E-mail"
	labelPhone      = "Telefon"

	sectionReason = "3. Důvod použití náhradní přenosové cesty"

	sectionMedium  = "4. Datový nosič"
	labelMedium    = "Druh nosiče"
	labelDiscs     = "Počet disků"
	labelVolume    = "Označení disku %d"
	sectionPackage = "5. Předávaný balíček"
	labelPackage   = "Název balíčku"
	labelCount     = "Počet záznamů"
	labelTotal     = "Celková velikost"
	labelGenerator = "Vytvořil program"
	labelDigest    = "Kontrolní součet balíčku (SHA-256)"

	sectionSigning = "6. Předávající"
	labelPlace     = "Místo"
	labelDate      = "Datum"

	sectionOffice = "7. Záznam podatelny"
	labelStamp    = "Razítko podatelny"
	labelReceived = "Datum převzetí"
	labelTime     = "Čas převzetí"
	labelTaker    = "Převzal(a), podpis"

	sectionFiles  = "8. Seznam předávaných souborů"
	columnNumber  = "Č."
	columnName    = "Soubor"
	columnKind    = "Druh záznamu"
	columnDate    = "Datum"
	columnSize    = "Velikost (B)"
	columnSum     = "SHA-256"
	columnID      = "TransactionId"
	discHeading   = "Disk %d z %d –"
	discContinued = "(pokračování)"

	footer = "strana %d z %d"

	// In the regular face.
	subtitle       = "Centrální systém účetních informací státu (CSÚIS) · § 4 technické vyhlášky o účetních záznamech (č. 383/2009 Sb.)"
	digestCaption  = "SHA-256 všech souborů .SHA zřetězených v pořadí názvů; totéž nese QR kód."
	declaration    = "Předávající potvrzuje, že soubory na datovém nosiči odpovídají seznamu v tomto formuláři."
	signature      = "podpis zodpovědné osoby"
	officeAddress  = "Ministerstvo financí, podatelna, Letenská 15, 118 10 Praha 1"
	originalPrefix = "původní soubor: "
	layoutName     = "rozvržení formuláře %d"
)
