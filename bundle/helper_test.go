package bundle

import "encoding/base64"

func testBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
