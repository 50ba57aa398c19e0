package verify_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"csuis-offline/bundle/verify"
	"csuis-offline/checksum"
)

// A folder with sealed records, such as a mounted disc, is judged without any
// key: one of its two records was changed after its checksum was written.
func ExampleTarget() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"ROZVAHA", "PRILOHA"} {
		sealed := strings.Repeat(name, 16)
		sum, _, err := checksum.Of(strings.NewReader(sealed))
		if err != nil {
			log.Fatal(err)
		}
		if name == "PRILOHA" {
			sealed = strings.ToLower(sealed)
		}
		for file, data := range map[string]string{name + ".XM6": sealed, name + ".SHA": string(checksum.Line(name+".XM6", sum))} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(data), 0o600); err != nil {
				log.Fatal(err)
			}
		}
	}
	report, err := verify.Target(context.Background(), dir, verify.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Kind, "with", report.Records, "records")
	for _, f := range report.Findings {
		fmt.Println(strings.TrimSpace(fmt.Sprint(f.Severity, " ", f.Code, " ", f.File)))
	}
	// Output:
	// folder with 2 records
	// info verify.no-key
	// warning verify.no-list
	// info form.missing FORMULAR.PDF
	// error sha.mismatch PRILOHA.XM6
}
