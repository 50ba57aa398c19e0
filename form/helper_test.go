package form

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"testing"
)

// forms are the cases that every reader of a form must cope with.
func forms() iter.Seq2[string, Form] {
	long := sample(12, 1)
	long.Unit.Name = strings.Repeat("Svazek obcí Příkladného mikroregionu ", 9) + "– město"
	long.Person.Name = strings.Repeat("Nezalomitelnéjméno", 20)
	long.Person.Email = strings.Repeat("a.velmi.dlouha.adresa", 14) + "@example.cz"
	long.Person.Phones = []string{"+420 111 111 111", "+420 222 222 222", strings.Repeat("9", 200)}
	long.Reason = strings.Repeat(strings.Repeat(pangram+". ", 12)+"\n\n", 8)
	long.Place = strings.Repeat("Ústí nad Labem-Střekov ", 8)
	long.Package = strings.Repeat("BALICEK_", 31)
	long.Generator = strings.Repeat("csuis-offline ", 12)
	row := long.Row
	long.Row = func(i int) Row {
		r := row(i)
		switch i % 4 {
		case 0:
			r.Original = "výkazy (2009)/" + strings.Repeat("účetní závěrka \\ obce) ", 12) + ".xml"
		case 1:
			r.Name = strings.Repeat("DLOUHY_NAZEV_", 15) + ".XM6"
			r.Kind = strings.Repeat("Výkaz ", 40)
		case 2:
			r.TransactionID = strings.Repeat("0123456789ABCDEF", 15)
			r.Original = strings.Repeat("W", 1000)
		case 3:
			r.TransactionID, r.Kind, r.Date = "", "", ""
			r.Size = maxSize - 1
			if i > 4 {
				r.Size = 0
			}
		}
		return r
	}
	empty := sample(3, 1)
	empty.Unit, empty.Person, empty.Reason, empty.Place, empty.Generator, empty.Medium.Kind = Unit{}, Person{}, "", "", "", ""
	many := sample(130, 60)
	return func(yield func(string, Form) bool) {
		_ = yield("one record", sample(1, 1)) &&
			yield("40 records", sample(40, 1)) &&
			yield("400 records", sample(400, 1)) &&
			yield("3 discs", sample(90, 3)) &&
			yield("60 discs", many) &&
			yield("extreme lengths", long) &&
			yield("empty fields", empty)
	}
}

// altered is Write with every page's content passed through change, so that
// all is well with the file but for the content.
func altered(t testing.TB, f Form, change func(page int, content string) string) []byte {
	t.Helper()
	return forged(t, newest(), f, change, nil)
}

// forged is altered for any edition, with the objects after the pages passed through
// objects.
func forged(t testing.TB, e *edition, f Form, change func(page int, content string) string, objects func(*skeleton)) []byte {
	t.Helper()
	f, err := e.cleaned(f)
	if err != nil {
		t.Fatal(err)
	}
	first := newLayout(e, &f)
	if err := first.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	sk, err := newSkeleton(e, &f, first.used)
	if err != nil {
		t.Fatal(err)
	}
	if objects != nil {
		objects(sk)
	}
	var b bytes.Buffer
	out := newFile(&b, sk, nil)
	out.put([]byte(e.fileHead()))
	second := first.secondRun(nil)
	second.done = func(content []byte) error {
		if change != nil {
			content = []byte(change(second.number, string(content)))
		}
		return out.page(content)
	}
	if err := second.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := out.finish(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAlteredIsWrite(t *testing.T) {
	t.Parallel()
	f := sample(40, 3)
	if !bytes.Equal(write(t, f), altered(t, f, func(_ int, c string) string { return c })) {
		t.Error("an unchanged form is not rebuilt byte for byte")
	}
}

var digestLine = regexp.MustCompile(digestHead + "[0-9a-f]{64}\n")

// seal puts the digest of a changed form right.
func seal(t testing.TB, pdf []byte) []byte {
	t.Helper()
	at := digestLine.FindIndex(pdf)
	if at == nil {
		t.Fatal("no digest line")
	}
	h := sha256.New()
	h.Write(pdf[:at[0]])
	h.Write(pdf[at[1]:])
	var out bytes.Buffer
	out.Write(pdf[:at[0]])
	fmt.Fprintf(&out, "%s%x\n", digestHead, h.Sum(nil))
	out.Write(pdf[at[1]:])
	return out.Bytes()
}
