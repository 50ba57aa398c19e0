package catalogue

import (
	"strings"
	"testing"
)

func TestDecimals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ d, cs, en string }{
		{"0", "0,00", "0.00"}, {"1250", "1 250,00", "1,250.00"}, {"-1250.5", "-1 250,50", "-1,250.50"}, {"0.125", "0,125", "0.125"},
		{"12345678901234567890.01", "12 345 678 901 234 567 890,01", "12,345,678,901,234,567,890.01"},
		{"", "", ""}, {"12,5", "12,5", "12,5"}, {"-", "-", "-"}, {"1.2.3", "1.2.3", "1.2.3"}, {"a\x1b", `a\x1b`, `a\x1b`},
	} {
		for lang, want := range map[Lang]string{Czech: tc.cs, English: tc.en} {
			if got := strings.ReplaceAll(lang.value(Decimal(tc.d)), noBreak, " "); got != want {
				t.Errorf("%s %q: %q, want %q", lang, tc.d, got, want)
			}
		}
	}
}
