package envelope

import "slices"

// kinds are the kinds of record by RecordType, with the names that the form and
// the reports show (TypDatoveZpravyType, doc/facts.md 3).
var kinds = map[string]string{
	"001": "Rozvaha",
	"002": "Výkaz zisku a ztráty",
	"003": "Přehled o peněžních tocích a o změnách vlastního kapitálu",
	"004": "Příloha",
	"005": "Pomocný konsolidační přehled k účetní závěrce",
	"006": "Výkaz majetku a závazků za dílčí konsolidační celek státu",
	"007": "Výkaz nákladů a výnosů za dílčí konsolidační celek státu",
	"008": "Výkaz peněžních toků za dílčí konsolidační celek státu",
	"009": "Příloha účetního výkazu za dílčí konsolidační celek státu",
	"010": "Pomocný konsolidační přehled za dílčí konsolidační celek státu",
	"011": "Pomocný statistický přehled",
	"012": "Vyžádaný primární účetní záznam z účetních knih",
	"013": "Vyžádaný jiný účetní záznam",
	"014": "Účetní záznamy o inventarizaci",
	"015": "Vyžádaný konkrétní účetní doklad",
	"016": "Vyžádaný seznam účetních záznamů a účetních dokladů",
	"017": "Soupis pohledávek",
	"018": "Soupis závazků",
	"019": "Soupis podmíněných pohledávek",
	"020": "Soupis podmíněných závazků",
	"021": "Peněžní prostředky",
	"022": "Disponibilní majetek",
	"023": "Rozvaha dle vyhlášky 503",
	"024": "Výsledovka dle vyhlášky 503",
	"025": "Příloha dle vyhlášky 503",
	"051": "FIN 2-12 M",
	"052": "FIN 2-04 U",
	"053": "Výkaz o nárocích z nespotřebovaných výdajů",
	"054": "Přehled rozpočtových opatření",
	"055": "Přehled o rozpočtu nákladů a výnosů SPO",
	"056": "Příloha ke komentáři k finančnímu výkazu",
	"057": "Přehled o rozpočtu nákladů a výnosů SPO pro RISPR",
	"058": "FIN 2-04 U, schválený rozpočet",
	"101": "Stavová zpráva",
	"102": "Požadavek na zaslání účetních záznamů",
	"103": "Urgence",
	"104": "Zabezpečovací a identifikační údaje ZO",
	"105": "Stav registrace ZO/NZO",
	"106": "Výpis aktuálních registračních údajů",
}

// KindName returns the Czech name of a RecordType, "" if it is not known.
func KindName(recordType string) string { return kinds[recordType] }

// rootTypes maps the root element of a bare record to its RecordType. The names
// with an example in the technical manual (chapter A) or in doc/facts.md 4 are
// certain; the others follow the names of the published schema files. A root
// that could be of two types (KonkretniUcetniDoklad: 013 or 015;
// PomocnyKonsolidacniPrehled: 005 or 010; the statements of a consolidating unit
// share the roots of 001 to 003) is resolved to the common one or left out, and
// configuration decides.
var rootTypes = map[string]string{
	"Rozvaha":                     "001",
	"RozvahaOSS":                  "001",
	"RozvahaPO":                   "001",
	"RozvahaSF":                   "001",
	"RozvahaUSC":                  "001",
	"RozvahaUniverzal":            "001",
	"VykazZiskuAztrat":            "002",
	"VykazZiskuAztratOSS":         "002",
	"VykazZiskuAztratPO":          "002",
	"VykazZiskuAztratSF":          "002",
	"VykazZiskuAztratUSC":         "002",
	"VykazZiskuAztratUniverzal":   "002",
	"PenezniToky":                 "003",
	"ZmenyVlastnihoKapitalu":      "003",
	"UcetniZaverkaPriloha":        "004",
	"PodrozvahoveUcty":            "004",
	"FondPrivatizace":             "004",
	"PrilohaUcetnihoVykazu":       "009",
	"PomocnyStatistickyPrehled":   "011",
	"PrimarniUcetniZaznam":        "012",
	"UcetniZaznamyInventarizace":  "014",
	"SeznamUcetnichDokladu":       "016",
	"SoupisPohledavek":            "017",
	"SoupisZavazku":               "018",
	"SoupisPodminenychPohledavek": "019",
	"SoupisPodminenychZavazku":    "020",
	"SoupisPeneznichProstredku":   "021",
	"SoupisDisponibilnihoMajetku": "022",
	"MajetekDisponibilniSoupis":   "022",
	"Fin_2_12_M":                  "051",
	"Fin_2_12_m":                  "051",
	"VykazFin212M":                "051",
	"Fin_2_04_U":                  "052",
	"VykazFin204U":                "052",
}

// RecordTypeOf finds the RecordType of a bare record from its root element: what
// extra says of "{namespace}Root", then of "Root", then the built-in table.
func RecordTypeOf(extra map[string]string, uri, local string) (string, bool) {
	t, err := (&Config{Types: extra}).recordType(uri, local)
	return t, err == nil
}

// sharedRoots are types of records that can have one root element: the
// statements of a consolidating unit take the schemas of 001 to 004 (technical
// manual, chapter A, notes to the table), those by decree 503 are the same
// statements, and the others share a schema by its published name.
var sharedRoots = [][]string{
	{"001", "006", "023"},
	{"002", "007", "024"},
	{"003", "008"},
	{"004", "009", "025"},
	{"005", "010"},
	{"013", "015"},
	{"052", "058"},
	{"055", "057"},
}

// SharesRoot reports whether records of two types (three digits each) can have
// the same root element, which then does not show the type.
func SharesRoot(a, b string) bool {
	return a == b || slices.ContainsFunc(sharedRoots, func(g []string) bool { return slices.Contains(g, a) && slices.Contains(g, b) })
}
