package iso_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"csuis-offline/iso"
)

// An image is planned, written, checked and read back.
func Example() {
	const text = "a sealed record"
	layout, err := iso.Plan([]iso.File{{Name: "R_1.XM6", Size: int64(len(text))}}, iso.Options{
		VolumeID: "CSUIS_00075370_20261122_01_1_1", Time: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var image bytes.Buffer
	err = layout.Write(context.Background(), &image, func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	disc := bytes.NewReader(image.Bytes())
	broken, err := iso.Lint(context.Background(), disc, disc.Size())
	fmt.Println(len(broken), err)
	opened, err := iso.Open(disc, disc.Size())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range opened.Files() {
		fmt.Println(opened.VolumeID(), f.Name, f.Size)
	}
	// Output:
	// 0 <nil>
	// CSUIS_00075370_20261122_01_1_1 R_1.XM6 15
}
