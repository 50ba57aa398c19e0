package sim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/internal/fixture"
	"csuis-offline/iso"
)

// packed is a package with made-up records of one unit.
func packed(t testing.TB, records map[string][]byte) *bundle.Package {
	t.Helper()
	in := t.TempDir()
	for name, data := range records {
		if err := os.WriteFile(filepath.Join(in, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	media, _ := iso.MediaByName("cd")
	p, fs, err := bundle.Pack(t.Context(), batch.Collect([]string{in}), bundle.Options{
		Batch: batch.Options{Key: keyOf(t, 1), Envelope: config(fixture.PersonID), Time: today},
		Out:   t.TempDir(), Media: media, Generator: "test",
	})
	if err != nil || p == nil {
		t.Fatalf("%v, %+v", err, fs)
	}
	return p
}

// TestDiscsAreTaken as an image, as a package's folder, and as a plain folder.
func TestDiscsAreTaken(t *testing.T) {
	t.Parallel()
	_, edits, _ := fixture.Break("Rozvaha 12")
	p := packed(t, map[string][]byte{
		"rozvaha.xml":    record(t, "Rozvaha", 1, fixture.YearEnd, edits...),
		"vysledovka.xml": record(t, "VykazZiskuAztrat", 1, fixture.YearEnd),
	})
	for name, target := range map[string]string{
		"image": filepath.Join(p.Dir, p.Manifest.Images[0].File), "package": p.Dir, "folder": filepath.Join(p.Dir, bundle.RecordsDir),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := started(t, options(t))
			in, err := s.Intake(t.Context(), target)
			if err != nil || len(in.Taken) != 2 || len(in.Refused) != 0 {
				t.Fatalf("%v, %+v", err, in)
			}
			settled(t, s)
			for i, d := range s.Deliveries() {
				m := p.Manifest.Records[i]
				if d.Channel != Disc || d.TransactionID != m.TransactionID || d.SHA256 != m.SHA256 || d.Name != m.Name+".XM6" {
					t.Errorf("%+v, the manifest says %+v", d, m)
				}
			}
			if got := ids(statusesOf(t, s, nzo)); got != "ACCEPT ERRVVK ACCEPT PROCOK" {
				t.Error(got)
			}
			// The same disc again: nothing is processed twice.
			if _, err := s.Intake(t.Context(), target); err != nil {
				t.Fatal(err)
			}
			settled(t, s)
			for _, m := range p.Manifest.Records {
				if c := s.Count(m.TransactionID); c.Delivered != 2 || c.Duplicates != 1 {
					t.Errorf("%+v", c)
				}
			}
		})
	}
}

// TestDamagedRecordsAreLeftOut: a record whose checksum does not fit is not taken,
// the others are.
func TestDamagedRecordsAreLeftOut(t *testing.T) {
	t.Parallel()
	p := packed(t, map[string][]byte{
		"a.xml": record(t, "Rozvaha", 1, fixture.YearEnd), "b.xml": record(t, "VykazZiskuAztrat", 1, fixture.YearEnd),
	})
	file := filepath.Join(p.Dir, bundle.RecordsDir, "A.XM6")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[100] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := started(t, options(t))
	in, err := s.Intake(t.Context(), filepath.Join(p.Dir, bundle.RecordsDir))
	if err != nil || strings.Join(in.Taken, " ") != "B.XM6" || strings.Join(in.Refused, " ") != "A.XM6" {
		t.Fatalf("%v, %+v", err, in)
	}
	if _, err := s.Intake(t.Context(), filepath.Join(t.TempDir(), "none.iso")); err == nil {
		t.Error("a disc that is not there was taken")
	}
}

// TestOrdersReachARunningSimulator and open the state of one that does not run.
func TestOrdersReachARunningSimulator(t *testing.T) {
	t.Parallel()
	p := packed(t, map[string][]byte{"a.xml": record(t, "Rozvaha", 1, fixture.YearEnd)})
	o := options(t)
	s := started(t, o)
	reply, err := Order(t.Context(), o, Command{
		Faults: []string{"500"}, Advance: time.Hour, Intake: p.Dir,
		Request: &RecordWanted{IC: fixture.UnitIC, RecordType: "012", Date: "2026-12-31"},
	})
	if err != nil || reply.URL != s.URL() || reply.Outcomes[Processed] != 1 || reply.Requested == "" || !reply.Now.Equal(today.Add(time.Hour)) {
		t.Fatalf("%v, %+v", err, reply)
	}
	sealed, _ := good(t, 5)
	if r, err := post(t, s, s.SubmitURL(), zo, password, submission(sealed)); err != nil || r.status != 500 {
		t.Errorf("the fault is not in force: %v, %+v", err, r)
	}
	if _, err := Order(t.Context(), o, Command{Faults: []string{"nonsense"}}); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("%v", err)
	}
	access, err := readAccess(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := post(t, s, access.URL, zo, password, "{}"); err != nil || r.status != 403 {
		t.Errorf("without the token: %v, %+v", err, r)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	reply, err = Order(t.Context(), o, Command{Intake: p.Dir})
	if err != nil || reply.URL != "" || reply.Outcomes[Duplicate] != 1 || len(reply.Deliveries) != 2 {
		t.Fatalf("%v, %+v", err, reply)
	}
}

// TestAServerThatRefusesEveryConnectionStillTakesOrders: with the fault refuse
// nothing could end the fault any more.
func TestAServerThatRefusesEveryConnectionStillTakesOrders(t *testing.T) {
	t.Parallel()
	o := options(t)
	s := started(t, o)
	if _, err := Order(t.Context(), o, Command{Faults: []string{"refuse"}}); err != nil {
		t.Fatal(err)
	}
	sealed, _ := good(t, 5)
	if r, err := post(t, s, s.SubmitURL(), zo, password, submission(sealed)); err == nil {
		t.Errorf("the fault is not in force: %+v", r)
	}
	if _, err := Order(t.Context(), o, Command{Faults: []string{}}); err != nil {
		t.Fatal(err)
	}
	if r, err := post(t, s, s.SubmitURL(), zo, password, submission(sealed)); err != nil || r.status != 200 {
		t.Errorf("the fault did not end: %v, %+v", err, r)
	}
}
