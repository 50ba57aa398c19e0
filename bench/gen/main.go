// Command gen writes made-up envelopes for bench/compare.sh.
//
//	gen COUNT BYTES DIR    writes COUNT envelopes of about BYTES each
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
	if len(args) != 3 {
		return fmt.Errorf("usage: gen COUNT BYTES DIR")
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
		if err := write(filepath.Join(args[2], fmt.Sprintf("R%06d.xml", i)), uint64(i), size); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, seed uint64, size int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	madeup.EnvelopedBalanceSheet(w, rand.New(rand.NewPCG(seed, 1)), max(1, (size-2000)/rowBytes))
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
