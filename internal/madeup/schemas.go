package madeup

import (
	"fmt"
	"strings"
)

// The days from which the made-up packages of schemas hold: one for each form of
// statements.
const (
	Schemas2009 = "2009-12-01"
	Schemas2010 = "2010-06-01"
)

const xsdHead = `<?xml version="1.0" encoding="UTF-8"?>
<!-- Smyšlené schéma k ukázce. Skutečná schémata vydává ministerstvo. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="%[1]s" targetNamespace="%[1]s"%[2]s elementFormDefault="qualified">
`

const xsdAmount = `  <xs:simpleType name="Castka"><xs:restriction base="xs:decimal"><xs:fractionDigits value="2"/></xs:restriction></xs:simpleType>
`

// StatementSchemas makes up schemas for the statements of Statements, in the form
// of 2009 and in the one since 2010: files in two packages side by side, their
// names with the folder of their package ("2009-12-01/Rozvaha.xsd").
func StatementSchemas(made []*Statement) []Record {
	var all []Record
	for _, since2010 := range []bool{false, true} {
		folder := Schemas2009
		if since2010 {
			folder = Schemas2010
		}
		add := func(name, text string) { all = append(all, Record{folder + "/" + name + ".xsd", []byte(text)}) }
		add("BusinessTypes", fmt.Sprintf(xsdHead, isvs+"BusinessTypes:v2", "")+
			"  <xs:element name=\"SubjektICO\"><xs:simpleType><xs:restriction base=\"xs:string\"><xs:pattern value=\"[0-9]{8}\"/></xs:restriction></xs:simpleType></xs:element>\n</xs:schema>\n")
		add("StatementTypes", statementTypes(made, since2010))
		for _, s := range made {
			root := s.Kind
			if !since2010 {
				root = s.form.root2009
			}
			add(root, s.schema(root, since2010))
		}
	}
	return all
}

// statementTypes declares what statements share; in the form of 2009 that is all
// their elements.
func statementTypes(made []*Statement, since2010 bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, xsdHead, isvs+"StatementTypes:v1", "")
	b.WriteString("  <xs:element name=\"DatumSestaveni\" type=\"xs:date\"/>\n  <xs:element name=\"DatumVykaz\" type=\"xs:date\"/>\n")
	if !since2010 {
		b.WriteString(xsdAmount)
		for _, name := range elementsOf2009(made) {
			fmt.Fprintf(&b, "  <xs:element name=\"%s\" type=\"Castka\"/>\n", name)
		}
	}
	b.WriteString("</xs:schema>\n")
	return b.String()
}

// schema describes one statement, as Write or WriteOf2009 writes it.
func (s *Statement) schema(root string, since2010 bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, xsdHead, isvs+root+":v1", shared)
	fmt.Fprintf(&b, "  <xs:import namespace=\"%sBusinessTypes:v2\" schemaLocation=\"BusinessTypes.xsd\"/>\n", isvs)
	fmt.Fprintf(&b, "  <xs:import namespace=\"%sStatementTypes:v1\" schemaLocation=\"StatementTypes.xsd\"/>\n", isvs)
	if since2010 {
		b.WriteString(xsdAmount)
	}
	fmt.Fprintf(&b, "  <xs:element name=\"%s\"><xs:complexType><xs:sequence>\n", root)
	b.WriteString("    <xs:element name=\"VykazHlavicka\"><xs:complexType><xs:sequence>\n" +
		"      <xs:element ref=\"bus:SubjektICO\"/>\n      <xs:element ref=\"stm:DatumSestaveni\"/>\n      <xs:element ref=\"stm:DatumVykaz\"/>\n" +
		"    </xs:sequence></xs:complexType></xs:element>\n")
	for _, section := range s.sections() {
		fmt.Fprintf(&b, "    <xs:element name=\"%s\"><xs:complexType><xs:sequence>\n", section)
		switch columns := s.form.columns[section]; {
		case since2010:
			b.WriteString("      <xs:element name=\"Radek\" maxOccurs=\"unbounded\"><xs:complexType><xs:sequence>\n        <xs:element name=\"PolozkaCislo\" type=\"xs:string\"/>\n")
			for _, c := range columns {
				fmt.Fprintf(&b, "        <xs:element name=\"%s\" type=\"Castka\"/>\n", c)
			}
			b.WriteString("      </xs:sequence></xs:complexType></xs:element>\n")
		case s.form.direct:
			b.WriteString(anyAmount("      "))
		default:
			for _, c := range columns {
				fmt.Fprintf(&b, "      <xs:element name=\"%s\"><xs:complexType><xs:sequence>\n%s      </xs:sequence></xs:complexType></xs:element>\n", c, anyAmount("        "))
			}
		}
		b.WriteString("    </xs:sequence></xs:complexType></xs:element>\n")
	}
	b.WriteString("  </xs:sequence></xs:complexType></xs:element>\n</xs:schema>\n")
	return b.String()
}

func anyAmount(indent string) string {
	return fmt.Sprintf("%s<xs:any namespace=\"%sStatementTypes:v1\" maxOccurs=\"unbounded\"/>\n", indent, isvs)
}
