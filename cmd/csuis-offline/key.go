package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/encoding/charmap"

	"csuis-offline/crypto"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/internal/prompt"
	"csuis-offline/settings"
)

const maxPasswordFile = 4 << 10 // bytes

// keyOptions are the flags of every command that takes a key.
type keyOptions struct{ file, passwordFile string }

func (o *keyOptions) register(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.file, "key", "", a.cat.Text("flag.key", nil))
	cmd.Flags().StringVar(&o.passwordFile, "password-file", "", a.cat.Text("flag.password-file", nil))
}

// readKey reads the key file of the flag or of the configuration.
func (a *app) readKey(ctx context.Context, o keyOptions, c *settings.Settings) (*crypto.Key, error) {
	path := o.file
	if path == "" {
		path = a.fromConfig(c, "key.file", c.Relative(c.Key.File))
	}
	if path == "" {
		return nil, &fault{exit: exitUsage, id: "usage.missing-key"}
	}
	f, err := openSmall(path, "key.is-folder")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	key, err := crypto.ReadKey(f, func() ([]byte, error) { return a.password(ctx, o.passwordFile, path) })
	if err != nil {
		if own := (*fault)(nil); errors.As(err, &own) || ctx.Err() != nil {
			return nil, err
		}
		exit, id, args := classify(err)
		if args["file"] == "" {
			args["file"] = path // not the password file's
		}
		return nil, &fault{exit: exit, id: id, args: args, cause: err}
	}
	return key, nil
}

// openSmall opens a key or password file; folder is the text for a folder.
func openSmall(path, folder string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, &fault{exit: exitIO, id: folder, args: catalogue.Args{"file": path}}
	}
	return iox.Open(path)
}

// password reads the key file's password from a file, or asks for it.
func (a *app) password(ctx context.Context, file, keyFile string) ([]byte, error) {
	if file != "" {
		return passwordFromFile(file)
	}
	return prompt.Password(ctx, a.in, a.err, a.cat.Text("prompt.password", catalogue.Args{"file": keyFile}))
}

func passwordFromFile(path string) ([]byte, error) {
	f, err := openSmall(path, "key.password-file-is-folder")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPasswordFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxPasswordFile {
		return nil, &fault{exit: exitUsage, id: "key.password-file-too-large", args: catalogue.Args{"file": path}}
	}
	password := decodePassword(data)
	if len(password) == 0 {
		return nil, &fault{exit: exitUsage, id: "key.password-file-empty", args: catalogue.Args{"file": path}}
	}
	return password, nil
}

// czech are the letters beyond ASCII that a password on this keyboard has.
const czech = "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ§"

// passwordText is a password in UTF-8. One that is not was saved in windows-1250,
// as editors on Windows do, or in CP852: it is the one in which all letters are
// Czech, and otherwise windows-1250. Where a password can be tried without harm,
// every reading is tried instead (crypto.ReadKey).
func passwordText(password []byte) []byte {
	if utf8.Valid(password) {
		return password
	}
	var first []byte
	for _, page := range []*charmap.Charmap{charmap.Windows1250, charmap.CodePage852} {
		text, err := page.NewDecoder().Bytes(password)
		if err != nil {
			continue
		}
		if first == nil {
			first = text
		}
		if !bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf && !strings.ContainsRune(czech, r) }) {
			return text
		}
	}
	return first
}

// decodePassword understands the byte order marks that editors leave and
// strips the one line end that they add. Spaces may belong to the password.
func decodePassword(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		data = fromUTF16(data[2:], 0)
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		data = fromUTF16(data[2:], 1)
	}
	if d, ok := bytes.CutSuffix(data, []byte("\r\n")); ok {
		return d
	}
	return bytes.TrimSuffix(data, []byte("\n"))
}

func fromUTF16(data []byte, low int) []byte {
	var units []uint16
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+low])|uint16(data[i+1-low])<<8)
	}
	var out []byte
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}
