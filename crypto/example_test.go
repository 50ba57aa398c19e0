package crypto_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"csuis-offline/crypto"
)

// A sealed record is whole only after Close, and read whole only at io.EOF.
func Example() {
	key, err := crypto.NewKey(bytes.Repeat([]byte{7}, crypto.KeySize))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer key.Wipe()

	var sealed bytes.Buffer
	w, err := crypto.NewWriter(&sealed, key, crypto.WriterOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := io.WriteString(w, "<a/>"); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(sealed.Len() == int(crypto.SealedSize(4)))

	document, err := io.ReadAll(crypto.NewReader(&sealed, key))
	fmt.Println(string(document), err)
	// Output:
	// true
	// <a/> <nil>
}

func ExampleReadKey() {
	digits := strings.Repeat("0f", crypto.KeySize) + "\r\n"
	_, err := crypto.ReadKey(strings.NewReader(digits), nil)
	fmt.Println(err)

	_, err = crypto.ReadKey(strings.NewReader("no key"), nil)
	var refused *crypto.KeyFileError
	fmt.Println(errors.As(err, &refused) && refused.Reason == crypto.NotAKey)
	// Output:
	// <nil>
	// true
}
