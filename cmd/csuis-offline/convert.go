package main

import (
	"bufio"
	"context"
	"io"

	"csuis-offline/crypto"
	"csuis-offline/internal/iox"
	"csuis-offline/seal"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

// private are the rights of files with decrypted data.
const private = 0o600

// bufferSize is that of the buffer before an output file, in bytes.
const bufferSize = 256 << 10

// convert turns one file into another: the input opened, the output staged,
// the key read, and work called on them. The output is there only if work
// succeeds.
func (a *app) convert(ctx context.Context, command string, o oneOptions, c *settings.Settings,
	work func(dst io.Writer, src io.Reader, key *crypto.Key) (*seal.Result, error),
) (*seal.Result, error) {
	if err := needFlag(command, "-o (--output)", o.out); err != nil {
		return nil, err
	}
	if o.out == "-" {
		return nil, usageFault("usage.dash", nil)
	}
	src, size, err := openInput(o.in)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	// A read that waits, as from a pipe, ends with the context.
	defer context.AfterFunc(ctx, func() { src.Close() })()
	inputs := []string{o.in, o.key.file, c.Relative(c.Key.File), o.key.passwordFile, c.Path}
	if err := checkOutput(o.out, inputs...); err != nil {
		return nil, err
	}
	so := stage.Options{Force: o.force}
	if command == "open" {
		so.Perm = private // what was sealed is not for everybody
	}
	a.begun = append(a.begun, o.out)
	out, err := stage.CreateFile(o.out, so)
	if err != nil {
		return nil, err
	}
	defer out.Abort()
	key, err := a.readKey(ctx, o.key, c)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	counter := a.meter()
	counter.SetMax(size)
	defer counter.Done()
	dst := bufio.NewWriterSize(out, bufferSize)
	res, err := work(dst, &iox.Reader{R: src, Counter: counter}, key)
	if err != nil {
		return res, err
	}
	if err := dst.Flush(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return res, out.Commit()
}
