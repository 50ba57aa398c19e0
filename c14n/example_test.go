package c14n_test

import (
	"fmt"
	"os"
	"strings"

	"csuis-offline/c14n"
)

func ExampleCanonicalize() {
	document := `<?xml version="1.0"?><a  y='2' x="1"><b/><!-- note --></a>`
	if err := c14n.Canonicalize(os.Stdout, strings.NewReader(document), c14n.Method{}); err != nil {
		fmt.Println(err)
	}
	// Output: <a x="1" y="2"><b></b></a>
}

// The element carries the namespaces in scope around it, which inclusive
// canonicalization keeps and exclusive leaves out where nothing uses them.
func ExampleSubtree() {
	document := `<a xmlns:p="urn:p"><b>text</b></a>`
	isB := func(t *c14n.Token) bool { return string(t.Local) == "b" }
	for _, m := range []c14n.Method{{}, {Exclusive: true}} {
		if err := c14n.Subtree(os.Stdout, strings.NewReader(document), m, isB); err != nil {
			fmt.Println(err)
		}
		fmt.Println()
	}
	// Output:
	// <b xmlns:p="urn:p">text</b>
	// <b>text</b>
}
