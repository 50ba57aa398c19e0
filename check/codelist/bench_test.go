package codelist_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"csuis-offline/check/codelist"
)

// country is a list of 20,000 units with two persons each.
func country() []byte {
	var b bytes.Buffer
	b.WriteString("<cus0001>\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "<Polozka><IC>%08d</IC><Nazev>Obec %d</Nazev><TypUJ>USC</TypUJ><PlatnostOd>2010-01-01</PlatnostOd><PlatnostDo>9999-12-31</PlatnostDo>"+
			"<Osoba><PersonId>%010d</PersonId><Role>ZO</Role><PlatnostOd>2010-01-01</PlatnostOd></Osoba>"+
			"<Osoba><PersonId>%010d</PersonId><Role>NZO</Role><PlatnostOd>2010-01-01</PlatnostOd></Osoba></Polozka>\n", i, i, 2*i, 2*i+1)
	}
	b.WriteString("</cus0001>\n")
	return b.Bytes()
}

func BenchmarkImport(b *testing.B) {
	data := country()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		_, err := codelist.Import(context.Background(), b.TempDir(), bytes.NewReader(data), "", codelist.Options{})
		must(b, err)
	}
}

func BenchmarkOpenAndAsk(b *testing.B) {
	dir := b.TempDir()
	_, err := codelist.Import(context.Background(), dir, bytes.NewReader(country()), "", codelist.Options{})
	must(b, err)
	on := day(b, "2010-05-05")
	b.Run("open and first question", func(b *testing.B) {
		for b.Loop() {
			if l := open(b, dir); l.Unit("00012345", on).Verdict != codelist.Yes {
				b.Fatal("not found")
			}
		}
	})
	l := open(b, dir)
	b.Run("question", func(b *testing.B) {
		for b.Loop() {
			if l.Person("0000024691", "00012345", on).Verdict != codelist.Yes {
				b.Fatal("not found")
			}
		}
	})
}
