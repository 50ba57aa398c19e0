// Command gen writes made-up records for bench/compare.sh.
//
//	gen COUNT BYTES DIR         writes COUNT envelopes of about BYTES each
//	gen COUNT BYTES DIR bare    the same records without envelopes
package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"csuis-offline/internal/madeup"
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
	bare := len(args) == 4 && args[3] == "bare"
	if len(args) != 3 && !bare {
		return fmt.Errorf("usage: gen COUNT BYTES DIR [bare]")
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
		if err := write(filepath.Join(args[2], fmt.Sprintf("R%06d.xml", i)), uint64(i), size, bare); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, seed uint64, size int, bare bool) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	record := madeup.EnvelopedBalanceSheet
	if bare {
		record = madeup.BalanceSheet
	}
	record(w, rand.New(rand.NewPCG(seed, 1)), max(1, (size-2000)/rowBytes))
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
