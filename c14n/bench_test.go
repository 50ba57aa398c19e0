package c14n

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// record is accounting XML as it is in the field: prefixes, small elements,
// short numbers, indentation, some Czech.
func record(rows int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<roz:Rozvaha xmlns:roz="urn:cz:isvs:micr:schemas:Rozvaha:v1" xmlns:bus="urn:cz:isvs:micr:schemas:BusinessTypes:v2" xmlns:stm="urn:cz:isvs:micr:schemas:StatementTypes:v1">
  <roz:Aktiva>
`)
	for i := range rows {
		fmt.Fprintf(&b, `    <roz:Radek poradi="%d">
      <stm:PolozkaCislo>A.I.%d.</stm:PolozkaCislo>
      <stm:Nazev>Dlouhodobý nehmotný majetek</stm:Nazev>
      <bus:ObdobiBezneBrutto>%d.00</bus:ObdobiBezneBrutto>
      <bus:ObdobiBezneKorekce>%d.50</bus:ObdobiBezneKorekce>
      <bus:ObdobiBezneNetto>%d.50</bus:ObdobiBezneNetto>
      <bus:ObdobiMinule>0.00</bus:ObdobiMinule>
    </roz:Radek>
`, i, i%90, i*17, i*3, i*14)
	}
	b.WriteString("  </roz:Aktiva>\n</roz:Rozvaha>\n")
	return b.Bytes()
}

// shapes are documents of 8 MB each that differ in what costs time.
func shapes() map[string][]byte {
	r := record(20_000)
	rows := func(row string) []byte {
		return []byte("<a>" + strings.Repeat(row, 8_000_000/len(row)) + "</a>")
	}
	latin, err := charmap.Windows1250.NewEncoder().Bytes(bytes.Replace(r, []byte("UTF-8"), []byte("windows-1250"), 1))
	if err != nil {
		panic(err)
	}
	return map[string][]byte{
		"record":       r,
		"record-crlf":  bytes.ReplaceAll(r, []byte("\n"), []byte("\r\n")),
		"windows-1250": latin,
		"attributes":   rows(`<Radek cislo="A.I.1." brutto="1200.00" korekce="0.00" netto="1200.00" minule="17.50" ucet="021"/>` + "\n"),
		"declarations": rows(`<Radek xmlns="urn:cz:isvs:micr:schemas:Rozvaha:v1" xmlns:b="urn:cz:b"><b:Castka>1.00</b:Castka></Radek>` + "\n"),
		"text":         rows("Příliš žluťoučký kůň úpěl ďábelské ódy, a tak dále. "),
		"references":   rows("<t>A &amp; B &lt; C</t>\n"),
	}
}

func BenchmarkScanner(b *testing.B) {
	for name, doc := range shapes() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if err := drain(bytes.NewReader(doc)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCanonicalize(b *testing.B) {
	for name, doc := range shapes() {
		for _, m := range []Method{{}, {Exclusive: true}} {
			b.Run(fmt.Sprintf("%s/exclusive=%t", name, m.Exclusive), func(b *testing.B) {
				b.SetBytes(int64(len(doc)))
				b.ReportAllocs()
				for b.Loop() {
					if err := Canonicalize(io.Discard, bytes.NewReader(doc), m); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// A record of a few kilobytes: what a Scanner and a Canonicalizer cost by themselves.
func BenchmarkSmallRecord(b *testing.B) {
	doc := record(5)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Canonicalize(io.Discard, bytes.NewReader(doc), Method{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	doc := record(20_000)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if n, _, _, _, _ := validate(doc); n != len(doc) {
			b.Fatal(n)
		}
	}
}
