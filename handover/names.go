package handover

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var (
	// plainID matches identifiers that can be a file's name as they are, on any
	// system: no two of them differ only by case, and none is the name of a device.
	plainID     = regexp.MustCompile(`^[0-9A-Z_-]{1,64}$`)
	deviceName  = regexp.MustCompile(`^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$`)
	plainServer = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,99}(_[0-9]{1,5})?$`)
)

// MessageFile is the name of the file that keeps a message: it is valid on any
// file system, whatever the identifier is.
func MessageFile(id string) string {
	if plainID.MatchString(id) && !deviceName.MatchString(id) {
		return id + ".xml"
	}
	return digestName(id) + ".xml"
}

// serviceFolder is the name of the folder for the messages of one service:
// identifiers of the test system are not those of the real one.
func serviceFolder(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return digestName(address)
	}
	name := strings.ToLower(u.Hostname())
	if strings.Contains(u.Path, "/wstest/") {
		name += "-wstest"
	}
	if port := u.Port(); port != "" && port != "443" {
		name += "_" + port
	}
	if !plainServer.MatchString(name) {
		return digestName(address)
	}
	return name
}

func digestName(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + hex.EncodeToString(sum[:])
}

// numbers writes numbers of records in one line.
func numbers(ids []int64) string {
	var all []string
	for _, id := range ids {
		all = append(all, fmt.Sprint(id))
	}
	return strings.Join(all, ", ")
}
