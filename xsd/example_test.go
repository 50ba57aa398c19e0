package xsd_test

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"csuis-offline/xsd"
)

func ExampleValidate() {
	folder := fstest.MapFS{"row.xsd": {Data: []byte(`
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="row"><xs:complexType><xs:sequence>
    <xs:element name="amount" type="xs:decimal"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`)}}
	schema, err := xsd.Compile(folder, "row.xsd")
	if err != nil {
		fmt.Println(err)
		return
	}
	document := "<row>\n<amount>1 250</amount>\n</row>"
	err = xsd.Validate(context.Background(), schema, strings.NewReader(document), func(v xsd.Violation) {
		fmt.Println("line", v.Line, v.Rule, v.Clause)
	})
	fmt.Println(err)
	// Output:
	// line 2 value-type cvc-datatype-valid.1.2.1
	// <nil>
}
