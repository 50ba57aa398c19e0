package sim

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/check/deadline"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

// TestWhatBecomesOfARecord hands over one record of each kind and wants the
// status messages of the manual's chapter C in the inboxes of both persons.
func TestWhatBecomesOfARecord(t *testing.T) {
	t.Parallel()
	sheet := record(t, "Rozvaha", 1, fixture.YearEnd)
	whole, _ := enveloped(t, sheet, config(fixture.PersonID))
	edit := func(from, to string) []byte {
		if !bytes.Contains(whole, []byte(from)) {
			t.Fatalf("the envelope holds no %s", from)
		}
		return bytes.Replace(whole, []byte(from), []byte(to), 1)
	}
	within := func(rule string) []byte {
		date, edits, ok := fixture.Break(rule)
		if !ok {
			t.Fatalf("no way to break %s", rule)
		}
		doc, _ := enveloped(t, record(t, "Rozvaha", 1, date, edits...), config(fixture.PersonID))
		return doc
	}
	future, _ := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd.AddDate(1, 0, 0)), config(fixture.PersonID))
	cases := map[string]struct {
		doc     []byte
		key     byte
		login   string
		want    string // StavId of the messages in the order of the inbox
		unknown bool   // which message is meant could not be read
		why     string // some detail says this
	}{
		"processed":               {doc: whole, want: "ACCEPT PROCOK"},
		"another key":             {doc: whole, key: 9, want: "ERRDEC", unknown: true, why: "SHA-256"},
		"another person's key":    {doc: whole, key: 2, want: "ERRDEC", unknown: true},
		"not encrypted":           {doc: nil, want: "ERRDEC", unknown: true},
		"changed after sealing":   {doc: edit("<iissp:PersonName>", "<iissp:PersonName>X"), want: "ERRINT"},
		"no identifier":           {doc: bytes.Replace(whole, whole[bytes.Index(whole, []byte("<Signature")):bytes.Index(whole, []byte("</msg:EnvelopeFooter>"))], nil, 1), want: "ERRINT"},
		"no XML":                  {doc: edit("</cus:MessageBody>", ""), want: "ERRSYN"},
		"no envelope":             {doc: sheet, want: "MSGUNK", unknown: true},
		"another person's header": {doc: completed(t, edit(fixture.PersonID, "9999000002")), want: "ERRREP", why: "9999000002"},
		"a unit not one's own":    {doc: completed(t, edit("<iissp:IC>"+fixture.UnitIC, "<iissp:IC>"+otherIC)), want: "ERRREP", why: otherIC},
		"another unit's record":   {doc: completed(t, edit("SubjektICO>"+fixture.UnitIC, "SubjektICO>"+otherIC)), want: "ERRAUT", why: otherIC},
		"type not for the unit":   {doc: completed(t, edit("RecordType>001", "RecordType>005")), want: "ERRAUT"},
		"no such type":            {doc: completed(t, edit("RecordType>001", "RecordType>099")), want: "MSGUNK", why: "099"},
		"a message of CSÚIS":      {doc: completed(t, edit("RecordType>001", "RecordType>101")), want: "ERRAUT"},
		"against the schema":      {doc: completed(t, edit("<cus:MessageId>", "<cus:Navic/><cus:MessageId>")), want: "ERRSYN", why: "Navic"},
		"sums do not agree":       {doc: within("Rozvaha 12"), want: "ACCEPT ERRVVK", why: "Rozvaha 12"},
		"a period not over":       {doc: future, want: "ACCEPT PROCOK", why: "ještě neskončilo"}, // a warning: the term is assumed
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := started(t, options(t))
			sealed := bytes.Repeat([]byte("Rozvaha "), 10)
			if c.doc != nil {
				sealed = encrypted(t, c.doc, keyOf(t, max(c.key, 1)))
			}
			submitted(t, s, zo, sealed)
			settled(t, s)
			for _, login := range []string{zo, nzo} {
				got := statusesOf(t, s, login)
				if strings.HasPrefix(name, "a unit not") {
					// The unit's own persons hear of it, and who did it; not
					// the deputy, whom it does not concern.
					if login == nzo {
						login = dkcs
					}
					got = statusesOf(t, s, login)
				}
				if ids(got) != c.want {
					t.Fatalf("%s finds %q, want %q: %+v", login, ids(got), c.want, got)
				}
				all := ""
				for _, st := range got {
					if (st.Ref == "") != c.unknown || st.Reference != st.Ref || st.Name == "" || st.Text == "" {
						t.Errorf("%+v", st)
					}
					for _, d := range st.Details {
						all += d.Text + "\n"
						if d.At != "2027-01-20T09:00:00Z" {
							t.Errorf("detail of %s", d.At)
						}
					}
				}
				if !strings.Contains(all, c.why) || strings.ContainsAny(all, "{}") {
					t.Errorf("details %q, want %q", all, c.why)
				}
			}
		})
	}
}

// TestStatementsOfAUnitAgree: a record that contradicts one processed before.
func TestStatementsOfAUnitAgree(t *testing.T) {
	t.Parallel()
	date, edits, ok := fixture.Break("Mezivykazove 1")
	if !ok {
		t.Fatal("no way to break a rule between statements")
	}
	s := started(t, options(t))
	for _, kind := range []string{"Rozvaha", "VykazZiskuAztrat"} {
		doc, _ := enveloped(t, record(t, kind, 1, date, edits...), config(fixture.PersonID))
		submitted(t, s, zo, encrypted(t, doc, keyOf(t, 1)))
	}
	settled(t, s)
	if got := ids(statusesOf(t, s, zo)); got != "ACCEPT PROCOK ACCEPT ERRMVK" {
		t.Fatalf("%q", got)
	}
}

// TestTermsDecideWhatIsAwaited: with terms that are not assumed, a statement before
// the end of its period is refused.
func TestTermsDecideWhatIsAwaited(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../check/deadline/testdata/good/own.toml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o := options(t)
	if o.Check.Terms, err = deadline.Default().Override(f); err != nil {
		t.Fatal(err)
	}
	s := started(t, o)
	doc, _ := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd.AddDate(1, 0, 0)), config(fixture.PersonID))
	submitted(t, s, zo, encrypted(t, doc, keyOf(t, 1)))
	settled(t, s)
	if got := ids(statusesOf(t, s, zo)); got != "ACCEPT REJECT" {
		t.Error(got)
	}
}

func TestExpiredKey(t *testing.T) {
	t.Parallel()
	o := options(t)
	p := *o.Register.byLogin(zo)
	p.KeyUntil = today.Add(-time.Hour)
	o.Register.persons[zo] = &p
	s := started(t, o)
	sealed, _ := good(t, 1)
	submitted(t, s, zo, sealed)
	settled(t, s)
	if got := ids(statusesOf(t, s, zo)); got != "ERRKEY" {
		t.Fatal(got)
	}
}

// TestLastDeliveredCounts also where its content is refused (technical manual,
// chapter D), and a record refused for its syntax does not.
func TestLastDeliveredCounts(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	submit := func(doc []byte) { submitted(t, s, zo, encrypted(t, doc, keyOf(t, 1))) }
	holder := func() Delivery {
		settled(t, s)
		d, _ := s.Holder(fixture.UnitIC, "001", "2026-12-31")
		return d
	}
	first, id1 := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd), config(fixture.PersonID))
	submit(first)
	if d := holder(); d.TransactionID != id1 || d.Outcome != Processed {
		t.Fatalf("%+v", d)
	}
	_, edits, _ := fixture.Break("Rozvaha 12")
	second, id2 := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd, edits...), config(fixture.PersonID))
	submit(second)
	if d := holder(); d.TransactionID != id2 || d.Outcome != Failed {
		t.Fatalf("%+v", d)
	}
	third, _ := enveloped(t, record(t, "Rozvaha", 2, fixture.YearEnd), config(fixture.PersonID))
	submit(completed(t, bytes.Replace(third, []byte("<cus:MessageId>"), []byte("<cus:Navic/><cus:MessageId>"), 1)))
	if d := holder(); d.TransactionID != id2 {
		t.Fatalf("%+v", d)
	}
}

// TestATransactionIdIsUsedOnce: the second message with it is refused and counted;
// one that never counted as delivered has not used it.
func TestATransactionIdIsUsedOnce(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	sealed, id := good(t, 1)
	p := *s.o.Register.byLogin(zo)
	p.Units = nil
	s.o.Register.persons[zo] = &p
	submitted(t, s, zo, sealed) // refused: does not act for the unit
	settled(t, s)
	p2 := p
	p2.Units = []string{fixture.UnitIC}
	s.o.Register.mu.Lock()
	s.o.Register.persons[zo] = &p2
	s.o.Register.mu.Unlock()
	for range 2 {
		submitted(t, s, zo, sealed)
	}
	settled(t, s)
	if c, want := s.Count(strings.ToLower(id)), (Count{Delivered: 3, Processed: 1, Refused: 1, Duplicates: 1}); c != want {
		t.Errorf("%+v", c)
	}
	if got := ids(statusesOf(t, s, nzo)); got != "ERRREP ACCEPT PROCOK ERRSYN" {
		t.Error(got)
	}
}

// TestOthersVerifyWhatIsSent: xmlsec1 holds the identifier of a status message to
// be right, xmllint its form.
func TestOthersVerifyWhatIsSent(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmlsec1", "xmllint")
	s := started(t, options(t))
	_, edits, _ := fixture.Break("Rozvaha 12")
	doc, _ := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd, edits...), config(fixture.PersonID))
	submitted(t, s, zo, encrypted(t, doc, keyOf(t, 1)))
	settled(t, s)
	dir := t.TempDir()
	key := filepath.Join(dir, "hmac")
	if err := os.WriteFile(key, make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	rows := listed(t, s, zo, "")
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	r, err := post(t, s, s.InboxURL(), zo, password, asked(zo, "<msg:SeznamZpravPozadavek/>"))
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "list.xml")
	if err := os.WriteFile(list, inner(t, r.body), 0o600); err != nil {
		t.Fatal(err)
	}
	testtool.Run(t, "xmlsec1", "--verify", "--hmackey", key, list)
	testtool.Run(t, "xmllint", "--noout", "--schema", "../../envelope/schema/messaging.xsd", list)
	for _, r := range rows {
		file := filepath.Join(dir, r.ID+".xml")
		text := fetched(t, s, zo, r.ID)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		testtool.Run(t, "xmlsec1", "--verify", "--hmackey", key, file)
		testtool.Run(t, "xmllint", "--noout", "--schema", "../../envelope/schema/messaging.xsd", file)
		if err := os.WriteFile(file, bytes.Replace(text, []byte("StavNazev>"), []byte("StavNazev>X"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := testtool.Try(t, "xmlsec1", "--verify", "--hmackey", key, file); err == nil {
			t.Error("xmlsec1 finds a changed message right")
		}
	}
}

// TestHeaderOfAStranger: what a header says is cut before the simulator keeps it.
func TestHeaderOfAStranger(t *testing.T) {
	t.Parallel()
	in := bounded(envelope.Info{TransactionID: "xyz", SubjectIC: strings.Repeat("ř", 5000)})
	if in.TransactionID != "" || len(in.SubjectIC) > 200 {
		t.Errorf("%+v", in)
	}
}
