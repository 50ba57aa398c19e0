// Command gen writes made-up records for the measurements in bench.
//
//	gen COUNT BYTES DIR         writes COUNT envelopes of about BYTES each
//	gen COUNT BYTES DIR bare    the same records without envelopes
//	gen COUNT BYTES DIR days    envelopes of statements of different days, so
//	                            that none is a newer version of another
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"csuis-offline/internal/fixture"
)

// rowBytes is about what one row of a made-up balance sheet takes.
const rowBytes = 281

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	form := ""
	if len(args) == 4 {
		form = args[3]
	}
	if len(args) < 3 || len(args) > 4 || form != "" && form != "bare" && form != "days" {
		return fmt.Errorf("usage: gen COUNT BYTES DIR [bare|days]")
	}
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	if err := os.MkdirAll(args[2], 0o777); err != nil {
		return err
	}
	for i := range count {
		if err := write(filepath.Join(args[2], fmt.Sprintf("R%06d.xml", i)), uint64(i), size, form); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, seed uint64, size int, form string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	record := fixture.EnvelopedBalanceSheet
	switch form {
	case "bare":
		record = fixture.BalanceSheet
	case "days":
		record = ofDay(seed)
	}
	record(w, rand.New(rand.NewPCG(seed, 1)), max(1, (size-2000)/rowBytes))
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// ofDay writes an envelope around the statement of one of many days.
func ofDay(n uint64) func(io.Writer, *rand.Rand, int) {
	day := "DatumVykaz>" + time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -int(n)).Format(time.DateOnly)
	return func(w io.Writer, rnd *rand.Rand, rows int) {
		var b bytes.Buffer
		fixture.EnvelopedBalanceSheet(&b, rnd, rows)
		w.Write(regexp.MustCompile(`DatumVykaz>[0-9-]+`).ReplaceAll(b.Bytes(), []byte(day)))
	}
}
