package envelope

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/beevik/etree"
)

// Wrap writes a new envelope with an identifier around a functional message,
// which is a child of EnvelopeBody itself and not in a cus:Message: a request to
// the inbox, for example (technical manual, chapter B). content is one element
// in UTF-8; it is held in memory, and may use the prefix msg. Its namespace
// declarations go to the envelope's root. o.Config and o.Now are required.
//
// Errors: ErrNoConfig, *ConfigError, those of w, and the context's.
func Wrap(ctx context.Context, w io.Writer, content []byte, o Options) (*Info, error) {
	if o.Config == nil {
		return nil, ErrNoConfig
	}
	doc, env, _, err := o.Config.begin(o.Now, o.Rand)
	if err != nil {
		return nil, err
	}
	message := etree.NewDocument()
	if err := message.ReadFromBytes(content); err != nil {
		return nil, fmt.Errorf("envelope: reading the content: %w", err)
	}
	if message.Root() == nil {
		return nil, errors.New("envelope: the content holds no element")
	}
	root := message.Root()
	for _, a := range root.Attr {
		if a.Space == "xmlns" && env.SelectAttr("xmlns:"+a.Key) == nil {
			env.CreateAttr("xmlns:"+a.Key, a.Value)
		}
	}
	root.Attr = slices.DeleteFunc(root.Attr, func(a etree.Attr) bool { return a.Space == "xmlns" })
	env.CreateElement("msg:EnvelopeBody").AddChild(root)
	env.CreateElement("msg:EnvelopeFooter")
	doc.Indent(2)
	built, err := doc.WriteToBytes()
	if err != nil {
		return nil, err
	}
	res, err := Complete(ctx, w, bytes.NewReader(built), o)
	if err != nil {
		return nil, err
	}
	return &res.Info, nil
}
