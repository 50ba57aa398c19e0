package check

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/answer"
	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// told are code, severity and answer of all findings but mere information.
func told(fs []finding.Finding) []string {
	var all []string
	for _, f := range fs {
		if f.Severity != finding.Info {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Code, f.Severity, f.Answer)))
		}
	}
	return all
}

// TestHeaderAndRecordAgree: what the envelope says of the record, and what the
// record is.
func TestHeaderAndRecordAgree(t *testing.T) {
	t.Parallel()
	env := string(read(t, filepath.Join("testdata", "envelope.xml")))
	own := func(uri, local string) (string, bool) {
		return envelope.RecordTypeOf(map[string]string{"{urn:x}Novy": "777", "Vlastni": "001"}, uri, local)
	}
	subject := "<VykazHlavicka><SubjektICO>%s</SubjektICO></VykazHlavicka>"
	for _, tc := range []struct {
		name, recordType, record string
		want                     []string
	}{
		{"the type of its root", "001", "<Rozvaha/>", nil},
		{"a root of several types", "006", "<RozvahaUniverzal/>", nil},
		{"of another statement", "002", "<Rozvaha/>", []string{"check.type-differs error ERRSYN"}},
		{"a type that nobody knows", "999", "<Rozvaha/>", []string{"check.type-unknown error MSGUNK"}},
		{"nor the root", "999", "<Cizi/>", []string{"check.type-unknown error MSGUNK"}},
		{"a root that nobody knows", "001", "<Cizi/>", nil},
		{"a type of the user's", "777", "<Novy xmlns='urn:x'/>", nil},
		{"the user's type of another root", "777", "<Novy/>", []string{"check.type-unknown error MSGUNK"}},
		{"a root of the user's", "002", "<Vlastni/>", []string{"check.type-differs error ERRSYN"}},
		{"the sender's own record", "001", "<Rozvaha>" + fmt.Sprintf(subject, "09999990") + "</Rozvaha>", nil},
		{"the record of another unit", "001", "<Rozvaha>" + fmt.Sprintf(subject, "00075370") + "</Rozvaha>", []string{"header.other-unit warning"}},
	} {
		doc := strings.Replace(env, "RecordType>001<", "RecordType>"+tc.recordType+"<", 1)
		doc = strings.Replace(doc, "<R/>", tc.record, 1)
		fs := one(t, Options{Only: Schema, On: day(t, "2026-06-01"), Type: own}, []byte(doc))
		if got := told(fs); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		for _, f := range fs {
			if f.Line < 25 || f.Column == 0 || f.Found == "" {
				t.Errorf("%s: %+v", tc.name, f)
			}
		}
		// The other parts do not say it again.
		for _, again := range told(one(t, Options{Only: Rules | CodeLists, On: day(t, "2026-06-01"), Type: own}, []byte(doc))) {
			if slices.Contains(tc.want, again) {
				t.Errorf("%s: %s", tc.name, again)
			}
		}
	}
}

// TestABodyWithoutAMessageIsUnknown: CSÚIS finds the record in a cus:Message.
func TestABodyWithoutAMessageIsUnknown(t *testing.T) {
	t.Parallel()
	env := string(read(t, filepath.Join("testdata", "envelope.xml")))
	from, to := strings.Index(env, "<cus:Message>"), strings.Index(env, "</cus:Message>")+len("</cus:Message>")
	bare := env[:from] + "<Rozvaha xmlns='urn:x'/>" + env[to:]
	unknown := []string{"check.message-unknown error MSGUNK"}
	for name, tc := range map[string]struct {
		doc  string
		want []string
	}{
		"the record itself":  {bare, unknown},
		"manual's module":    {strings.Replace(bare, "CSUIS", "CSÚIS", 1), unknown},
		"for another system": {strings.Replace(bare, "CSUIS", "RISRE", 1), nil},
		"an answer":          {strings.Replace(bare, "09999990", envelope.MinistryIC, 1), nil},
		"another envelope":   {strings.Replace(env, "Messaging:v1", "Messaging:v9", 1), []string{"envelope.unknown error MSGUNK"}},
	} {
		fs := one(t, Options{On: day(t, "2026-06-01")}, []byte(tc.doc))
		if got := told(fs); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestABareRecordOfUnknownTypeIsTold: what depends on the type was not checked.
func TestABareRecordOfUnknownTypeIsTold(t *testing.T) {
	t.Parallel()
	none := []string{"check.type-none warning"}
	file := `<P xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="base64Binary">TVqQAAMAAAAEAAAA</P>`
	for _, tc := range []struct {
		name, doc string
		only      Part
		want      []string
	}{
		{"known", "<Rozvaha/>", CodeLists, nil},
		{"unknown", "<Cizi xmlns='urn:x'/>", CodeLists, none},
		{"all parts", "<Cizi/>", All, none},
		{"nothing asks for it", "<Cizi/>", Schema | Rules, nil},
		{"with a file", "<Cizi>" + file + "</Cizi>", Schema, none},
	} {
		fs := one(t, Options{Only: tc.only, On: day(t, "2026-06-01"), Type: builtinType}, []byte(tc.doc))
		if got := told(fs); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		if len(fs) == 1 && strings.Contains(tc.doc, "urn:x") && (fs[0].Found != "{urn:x}Cizi" || fs[0].Line != 1) {
			t.Errorf("%s: %+v", tc.name, fs[0])
		}
	}
}

// TestAnswersAreTheManuals: no finding carries a code that CSÚIS does not have.
func TestAnswersAreTheManuals(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		errSyntax, errUnknown, errWithin, errAcross, errContent, errPerson, errUnit, errUnexpected, errAttachment, errDecrypt, errIntegrity,
	} {
		if _, ok := answer.ByCode(id); !ok {
			t.Errorf("%s is not in the manual", id)
		}
	}
	for code, want := range map[finding.Code]string{
		finding.ContainerDamaged: errDecrypt, finding.ContainerKey: errDecrypt, finding.ContainerEncoding: errSyntax,
		finding.IdentifierDigest: errIntegrity, finding.IdentifierMissing: errIntegrity,
		finding.EnvelopeMissing: errSyntax, finding.XML("bad-character"): errSyntax, finding.PackEmpty: "",
	} {
		if got := AnswerOf(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
