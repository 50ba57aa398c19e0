// Package schema holds the XML Schema of the communication envelope and of
// the messages of the online channel, as files: what is checked here, and what
// the WSDL files of online/wsdl import.
package schema

import (
	"embed"
	"io/fs"
)

//go:embed *.xsd
var files embed.FS

// Files returns the schema: messaging.xsd, and what it imports.
func Files() fs.FS { return files }
