package crypto

import "io"

// Raw returns src in the raw form of a sealed record, as it stands on a disc,
// whichever form src has; decoded says that it was base64 (doc/xm6.md section
// 5). Nothing is decrypted. An error is that of reading the first bytes; later
// errors are those of NewReader for the base64 form.
func Raw(src io.Reader) (raw io.Reader, decoded bool, err error) {
	raw, err = detect(src)
	if err != nil {
		return nil, false, err
	}
	_, decoded = raw.(*base64Reader)
	return raw, decoded, nil
}
