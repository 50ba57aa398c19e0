package batch

import (
	"strings"
	"testing"

	"csuis-offline/finding"
)

func TestRecordName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file, want string
		ok         bool
	}{
		{"rozvaha.xml", "ROZVAHA", true},
		{"dir/Rozvaha 2026-09.XML", "ROZVAHA_2026_09", true},
		{"Příliš žluťoučký kůň.xml", "PRILIS_ZLUTOUCKY_KUN", true},
		{"úpěl.ďábelské.ódy.xm6", "UPEL_DABELSKE_ODY", true},
		{"Pri\u0301loha.xml", "PRILOHA", true}, // decomposed, as macOS names files
		{"Straße Łódź Ørsted.xml", "STRASSE_LODZ_ORSTED", true},
		{"ﬁn-2-12-m.xml", "FIN_2_12_M", true},
		{"_výkaz_.xml", "VYKAZ", true},
		{"bez přípony", "BEZ_PRIPONY", true},
		{"...xml", "ZAZNAM", false},
		{"con.xml", "CON_1", false},
		{"lpt1.xml", "LPT1_1", false},
		{"console.xml", "CONSOLE", true},
		{"отчёт.xml", "ZAZNAM", false},
		{"výkaz😀.xml", "VYKAZ", false},
		{"výkaz\x00.xml", "VYKAZ", false},
		{"v\xffykaz.xml", "V_YKAZ", false},
	} {
		got, ok := recordName(tt.file)
		if got != tt.want || ok != tt.ok {
			t.Errorf("recordName(%q) = %q, %v; want %q, %v", tt.file, got, ok, tt.want, tt.ok)
		}
	}
}

// TestReasonOfANameIsTheTrueOne: what is wrong is a letter, a name that Windows
// keeps for itself, or that there is nothing to make a name of.
func TestReasonOfANameIsTheTrueOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file   string
		code   finding.Code
		detail string
	}{
		{"CON.XML", finding.PackReservedName, "CON"},
		{"dir/lpt1.xml", finding.PackReservedName, "LPT1"},
		{"COM¹.xml", finding.PackReservedName, "COM1"},
		{"_Aux_.xml", finding.PackReservedName, "AUX"},
		{"...xml", finding.PackNoName, ""},
		{"---.xml", finding.PackNoName, ""},
		{"отчёт.xml", finding.PackName, "'о', 'т', 'ч', 'ё'"},
		{"výkaz😀.xml", finding.PackName, "'😀'"},
		{"výkaz\x00.xml", finding.PackName, `'\x00'`},
		{"v\xffykaz.xml", finding.PackName, "'\uFFFD'"},
	} {
		if _, ok := recordName(tt.file); ok {
			t.Errorf("%q has a name", tt.file)
		}
		if code, detail := nameFault(tt.file); code != tt.code || detail != tt.detail {
			t.Errorf("nameFault(%q) = %s, %s; want %s, %s", tt.file, code, detail, tt.code, tt.detail)
		}
	}
}

func TestNumberedNamesFit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ABCDEFGHIJ", 4)
	for _, tt := range []struct {
		name string
		n    int
		want string
	}{
		{"ROZVAHA", 1, "ROZVAHA"},
		{"ROZVAHA", 2, "ROZVAHA_2"},
		{long, 1, long[:27]},
		{long, 2, long[:25] + "_2"},
		{long, 12345, long[:21] + "_12345"},
	} {
		if got := numbered(tt.name, tt.n); got != tt.want {
			t.Errorf("numbered(%q, %d) = %q, want %q", tt.name, tt.n, got, tt.want)
		}
	}
}
