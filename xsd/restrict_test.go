package xsd

import (
	"errors"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// restricted is a schema in which a type restricts another one.
func restricted(base, derived string) string {
	return schemaOf(`<xs:complexType name="B">` + base + `</xs:complexType>` +
		`<xs:complexType name="R"><xs:complexContent><xs:restriction base="B">` + derived + `</xs:restriction></xs:complexContent></xs:complexType>` +
		`<xs:element name="h" type="xs:int"/><xs:element name="m" type="xs:int" substitutionGroup="h"/><xs:element name="n" type="xs:int" substitutionGroup="h"/>` +
		`<xs:element name="g" type="xs:int"/>`)
}

// ruleOf is the rule of a schema that does not compile, "" for one that does.
func ruleOf(t *testing.T, files map[string]string) (rule, detail string) {
	t.Helper()
	_, err := Compile(mem(files), "s.xsd")
	if err == nil {
		return "", ""
	}
	var e *SchemaError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	return e.Rule, e.Detail
}

// A type that restricts another one may hold only what that one allows (XSD1
// 3.9.6). libxml2 does not compare particles at all.
func TestARestrictionThatAllowsMoreIsRefused(t *testing.T) {
	t.Parallel()
	seq := func(s string) string { return "<xs:sequence>" + s + "</xs:sequence>" }
	choice := func(s string) string { return "<xs:choice>" + s + "</xs:choice>" }
	all := func(s string) string { return "<xs:all>" + s + "</xs:all>" }
	e := func(name string, more ...string) string {
		return `<xs:element name="` + name + `" type="xs:int" ` + strings.Join(more, " ") + `/>`
	}
	ref := func(name string, more ...string) string {
		return `<xs:element ref="` + name + `" ` + strings.Join(more, " ") + `/>`
	}
	wild := func(more string) string { return `<xs:any ` + more + `/>` }
	opt, many := `minOccurs="0"`, `maxOccurs="unbounded"`
	for name, c := range map[string]struct{ base, derived, rule string }{
		"the same":                     {seq(e("a") + e("b")), seq(e("a") + e("b")), ""},
		"an optional one left out":     {seq(e("a", opt) + e("b")), seq(e("b")), ""},
		"a needed one left out":        {seq(e("a") + e("b")), seq(e("b")), "rcase-Recurse.2"},
		"the last one left out":        {seq(e("a") + e("b")), seq(e("a")), "rcase-Recurse.2.2"},
		"one more":                     {seq(e("a")), seq(e("a") + e("b")), "cos-particle-restrict.2"},
		"another order":                {seq(e("a") + e("b")), seq(e("b") + e("a")), "rcase-Recurse"},
		"more often":                   {seq(e("a")), seq(e("a", many)), "rcase-NameAndTypeOK.2"},
		"optional":                     {seq(e("a")), seq(e("a", opt)), "rcase-NameAndTypeOK.2"},
		"nillable":                     {seq(e("a")), seq(e("a", `nillable="true"`)), "rcase-NameAndTypeOK.3.2.1"},
		"no longer fixed":              {seq(e("a", `fixed="1"`)), seq(e("a")), "rcase-NameAndTypeOK.3.2.2"},
		"fixed otherwise":              {seq(e("a", `fixed="1"`)), seq(e("a", `fixed="2"`)), "rcase-NameAndTypeOK.3.2.2"},
		"fixed to the same value":      {seq(e("a", `fixed="1"`)), seq(e("a", `fixed="01"`)), ""},
		"another key":                  {seq(e("a")), seq(`<xs:element name="a" type="xs:int"><xs:key name="k"><xs:selector xpath="b"/><xs:field xpath="@c"/></xs:key></xs:element>`), "rcase-NameAndTypeOK.3.2.3"},
		"less blocked":                 {seq(e("a", `block="restriction"`)), seq(e("a")), "rcase-NameAndTypeOK.3.2.4"},
		"a type that derives":          {seq(`<xs:element name="a" type="xs:integer"/>`), seq(e("a")), ""},
		"a type that does not":         {seq(e("a")), seq(`<xs:element name="a" type="xs:integer"/>`), "rcase-NameAndTypeOK.3.2.5"},
		"a union in place of anyType":  {seq(`<xs:element name="a"/>`), seq(`<xs:element name="a"><xs:simpleType><xs:union memberTypes="xs:int xs:date"/></xs:simpleType></xs:element>`), ""},
		"an element for a wildcard":    {seq(wild(`namespace="##targetNamespace" ` + many)), seq(ref("g") + ref("g")), ""},
		"of another namespace":         {seq(wild(`namespace="##other"`)), seq(ref("g")), "rcase-NSCompat.1"},
		"too many for a wildcard":      {seq(wild("")), seq(ref("g", many)), "rcase-NSCompat.2"},
		"a group for a wildcard":       {seq(wild(`maxOccurs="2"`)), seq(ref("g") + ref("g")), ""},
		"too large a group":            {seq(wild(`maxOccurs="2"`)), seq(ref("g") + ref("g") + ref("g")), "rcase-NSRecurseCheckCardinality.2"},
		"a wildcard of fewer":          {seq(wild("")), seq(wild(`namespace="##local"`)), ""},
		"a wildcard of more":           {seq(wild(`namespace="##local"`)), seq(wild("")), "rcase-NSSubset.2"},
		"a wildcard more often":        {seq(wild("")), seq(wild(many)), "rcase-NSSubset.1"},
		"a laxer wildcard":             {seq(wild("")), seq(wild(`processContents="lax"`)), "rcase-NSSubset.3"},
		"a wildcard for an element":    {seq(ref("g")), seq(wild("")), "cos-particle-restrict.2"},
		"one of a choice":              {choice(e("a") + e("b")), seq(e("b")), ""},
		"none of a choice":             {choice(e("a") + e("b")), seq(e("c")), "rcase-RecurseAsIfGroup, rcase-RecurseLax.2"},
		"a smaller choice":             {choice(e("a") + e("b") + e("c")), choice(e("a") + e("c")), ""},
		"a choice in another order":    {choice(e("a") + e("b")), choice(e("b") + e("a")), "rcase-RecurseLax.2"},
		"a choice more often":          {choice(e("a") + e("b")), `<xs:choice maxOccurs="2">` + e("a") + e("b") + `</xs:choice>`, "rcase-RecurseLax.1"},
		"a sequence of a choice":       {`<xs:choice maxOccurs="2">` + e("a") + e("b") + `</xs:choice>`, seq(e("b") + e("a")), ""},
		"too long for a choice":        {`<xs:choice maxOccurs="2">` + e("a") + e("b") + `</xs:choice>`, seq(e("b") + e("a") + e("b")), "rcase-MapAndSum.2"},
		"not of the choice":            {`<xs:choice maxOccurs="2">` + e("a") + e("b") + `</xs:choice>`, seq(e("b") + e("c")), "rcase-MapAndSum.1"},
		"a sequence of an all":         {all(e("a") + e("b")), seq(e("b") + e("a")), ""},
		"a sequence without one":       {all(e("a") + e("b", opt)), seq(e("a")), ""},
		"too short for an all":         {all(e("a") + e("b")), seq(e("a")), "rcase-Recurse.2.2"},
		"twice for an all":             {all(e("a") + e("b", opt)), seq(e("a") + e("c") + e("b")), "rcase-RecurseUnordered.2.2"},
		"an all of an all":             {all(e("a") + e("b") + e("c", opt)), all(e("a") + e("b")), ""},
		"an all in another order":      {all(e("a") + e("b")), all(e("b") + e("a")), "rcase-Recurse"},
		"an all of a sequence":         {seq(e("a") + e("b")), all(e("a") + e("b")), "cos-particle-restrict.2"},
		"a choice of a sequence":       {seq(e("a") + e("b")), choice(e("a") + e("b")), "cos-particle-restrict.2"},
		"a member of the group":        {seq(ref("h")), seq(ref("m")), ""},
		"a member, more often":         {seq(ref("h", many)), seq(ref("m", many)), "rcase-RecurseAsIfGroup"},
		"members in any order":         {seq(ref("h")), choice(ref("n") + ref("m")), ""},
		"no member":                    {seq(ref("h")), seq(ref("g")), "rcase-RecurseAsIfGroup, rcase-RecurseLax.2"},
		"pointless groups":             {seq(seq(e("a")) + choice(seq(e("b"))) + seq("")), seq(e("a") + seq(e("b"))), ""},
		"nothing, which is allowed":    {seq(e("a", opt)), seq(seq("")), ""},
		"nothing, which is not":        {seq(e("a")), seq(seq("")), "rcase-Recurse.2.2"},
		"something where nothing was":  {seq(seq("")), seq(e("a")), "rcase-Recurse.2"},
		"skips what is optional later": {seq(wild(`namespace="##any" minOccurs="0"`)), seq(ref("g", opt)), ""},
	} {
		rule, detail := ruleOf(t, map[string]string{"s.xsd": restricted(c.base, c.derived)})
		if c.rule == "" && rule != "" || c.rule != "" && (rule != "derivation-ok-restriction.5.4.2" || !strings.Contains(detail, c.rule)) {
			t.Errorf("%s: %s, %s; want %q", name, rule, detail, c.rule)
		}
	}
}

// A mapping that takes the first member that fits may fail where another one
// does not.
func TestEveryMappingIsTried(t *testing.T) {
	t.Parallel()
	el := func(name string, min, max int64) *term {
		return &term{op: opElement, min: min, max: max, elem: &elementDecl{name: qname{"", name}}}
	}
	any := func(min int64) *term { return &term{op: opAny, min: min, max: 1, wild: &wildcard{any: true}} }
	group := func(k ...*term) *term { return &term{op: opSequence, min: 1, max: 1, children: k} }
	base := group(any(0), any(1), el("b", 0, 1))
	for i, c := range []struct {
		derived *term
		ok      bool
	}{
		{group(el("a", 1, 1)), true},
		{group(el("a", 1, 1), el("b", 1, 1)), true},
		{group(el("a", 1, 1), el("a", 1, 1), el("b", 0, 1)), true},
		{group(el("a", 1, 1), el("b", 1, 1), el("c", 1, 1)), false},
		{group(), false},
	} {
		r := &restriction{b: &builder{}, known: map[[2]*term]string{}}
		if rule := r.valid(c.derived, base); c.ok != (rule == "") {
			t.Errorf("%d: %s", i, rule)
		}
	}
}

// Comparing large particles ends soon, whatever it says.
func TestComparingParticlesIsBounded(t *testing.T) {
	t.Parallel()
	nest := func(n int, in string) string {
		return strings.Repeat(`<xs:sequence minOccurs="0" maxOccurs="2">`, n) + in + strings.Repeat("</xs:sequence>", n)
	}
	wilds := repeat(1500, func(i int) string { return `<xs:any namespace="urn:` + itoa(int64(i)) + `" minOccurs="0"/>` })
	for name, c := range map[string][2]string{
		"wide": {"<xs:sequence>" + repeat(3000, func(i int) string { return `<xs:element name="a` + itoa(int64(i)) + `" minOccurs="0"/>` }) + "</xs:sequence>",
			"<xs:sequence>" + repeat(3000, func(i int) string { return `<xs:element name="a` + itoa(int64(2999-i)) + `" minOccurs="0"/>` }) + "</xs:sequence>"},
		"deep":  {nest(200, `<xs:element name="a"/><xs:element name="b" minOccurs="0"/>`), nest(199, `<xs:element name="a"/>`)},
		"wilds": {"<xs:sequence>" + wilds + "</xs:sequence>", "<xs:sequence>" + wilds + wilds + "</xs:sequence>"},
	} {
		start := time.Now()
		Compile(mem(map[string]string{"s.xsd": restricted(c[0], c[1])}), "s.xsd")
		if d := time.Since(start); d > 10*testtool.Slowdown*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
}
