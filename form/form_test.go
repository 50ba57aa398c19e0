package form

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"csuis-offline/checksum"
)

const pangram = "Příliš žluťoučký kůň úpěl ďábelské ódy"

// sample is a form of n records over the given number of discs.
func sample(n, discs int) Form {
	kinds := []string{"001 Rozvaha", "002 Výkaz zisku a ztráty", "003 Příloha", "051 FIN 2-12 M", "007 Přehled o peněžních tocích a změnách vlastního kapitálu"}
	names := []string{"ROZVAHA", "VYKAZ_ZZ", "PRILOHA", "FIN_2_12_M", "PREHLED_PENEZNICH_TOKU"}
	f := Form{
		Package: "CSUIS_00123456_20100115_01",
		Unit:    Unit{IC: "00123456", Name: "Obec Žluťoučký Kůň nad Úpou"},
		Person: Person{Name: "Ing. Kateřina Příkladová", ID: "99010101", Email: "katerina.prikladova@example.cz",
			Phones: []string{"+420 123 456 789", "+420 602 000 000"}},
		Reason:        "Webová aplikace CSÚIS je od 14. 1. 2010 nedostupná.\n" + pangram + ".",
		Medium:        Medium{Kind: "CD"},
		PackageDigest: checksum.Sum(sha256.Sum256([]byte("package"))),
		Place:         "Žluťoučký Kůň nad Úpou",
		Date:          time.Date(2010, 1, 15, 9, 30, 0, 0, time.UTC),
		Count:         n,
		Generator:     "csuis-offline 1.0",
	}
	for i := range discs {
		f.Medium.Volumes = append(f.Medium.Volumes, fmt.Sprintf("CSUIS_00123456_01_%dZ%d", i+1, discs))
	}
	f.Row = func(i int) Row {
		sum := sha256.Sum256(fmt.Append(nil, i))
		return Row{
			Name: fmt.Sprintf("%s_%d.XM6", names[i%len(names)], i+1), Kind: kinds[i%len(kinds)], Date: "31.12.2009",
			TransactionID: fmt.Sprintf("%X", sum[:16]), Size: int64(sum[0])*int64(sum[1])*int64(sum[2]) + 48,
			Sum: sum, Disc: i*discs/n + 1,
		}
	}
	return f
}

func write(t testing.TB, f Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(context.Background(), &b, f, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
