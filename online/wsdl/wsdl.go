// Package wsdl holds the WSDL files of the two services of CSÚIS, as files:
// csuis.wsdl (submit) and inbox.wsdl. They import the schema in envelope/schema
// by a relative path. They were written from the technical manual (chapters B
// and M) and doc/facts.md 5.
package wsdl

import (
	"embed"
	"io/fs"
)

//go:embed *.wsdl
var files embed.FS

// Files returns the WSDL files.
func Files() fs.FS { return files }
