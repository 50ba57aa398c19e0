package form

import (
	"fmt"

	"github.com/boombuler/barcode/qr"

	"csuis-offline/checksum"
)

// qrText returns the text of the QR code.
func qrText(name string, sum checksum.Sum) string {
	return fmt.Sprintf("CSUIS-OFFLINE package %s sha256 %s", name, sum)
}

// qrRects returns the dark modules of a QR code (ISO/IEC 18004, level M) as
// rectangles in a square of the given side. Each is a run of modules in one
// row, a little taller than a module so that no seam shows between rows.
func qrRects(text string, x, y, side float64) ([][4]float64, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("form: QR code: %w", err)
	}
	n := code.Bounds().Dx()
	module := side / float64(n)
	dark := func(col, row int) bool {
		r, _, _, _ := code.At(col, row).RGBA()
		return r == 0
	}
	var rects [][4]float64
	for row := range n {
		for col := 0; col < n; col++ {
			if !dark(col, row) {
				continue
			}
			first := col
			for col+1 < n && dark(col+1, row) {
				col++
			}
			rects = append(rects, [4]float64{
				x + float64(first)*module, y + float64(row)*module,
				float64(col-first+1) * module, module + 0.02,
			})
		}
	}
	return rects, nil
}
