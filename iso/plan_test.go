package iso

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A", 27)
	for name, ok := range map[string]bool{
		"RECORD_1.XM6": true, "A.B": true, "0.1": true, long + ".XM6": true, "_._": true,
		long + "A.XM6": false, "": false, ".": false, "A": false, "A.": false, ".B": false,
		"A.B.C": false, "a.B": false, "A.b": false, "A B.C": false, "A-B.C": false, "A/B.C": false,
		"A;1.B": false, "A.B;1": false, "Á.B": false, "A\x00.B": false, "..": false, "A\\.B": false, "A.\xc0": false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestPlanTellsAllProblems has every rule broken at once.
func TestPlanTellsAllProblems(t *testing.T) {
	t.Parallel()
	files := []File{
		{"record.xm6", 1}, {"GOOD.XM6", 1}, {"TWICE.XM6", 1}, {"TWICE.XM6", 2}, {"TWICE.XM6", 3},
		{"BIG.XM6", 1 << 32}, {"NEGATIVE.XM6", -1}, {"BIGGEST.XM6", 1<<63 - 1},
	}
	_, err := Plan(files, Options{
		VolumeID: "small", Publisher: "Město", Preparer: "_FILE", Application: strings.Repeat("A", 65),
		Time: time.Date(2156, 1, 1, 0, 0, 0, 0, time.UTC), MaxSectors: 100,
	})
	var pe *PlanError
	if !errors.As(err, &pe) {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, p := range pe.Problems {
		got[fmt.Sprint(p.Rule, " ", p.File)]++
	}
	want := []string{
		"name record.xm6", "duplicate TWICE.XM6", "file-size BIG.XM6", "file-size NEGATIVE.XM6", "file-size BIGGEST.XM6",
		"too-large ", "volume-id ", "identifier ", "date ",
	}
	for _, w := range want {
		n := 1
		if w == "identifier " {
			n = 3
		}
		if got[w] != n {
			t.Errorf("%q: %d times, want %d", w, got[w], n)
		}
		delete(got, w)
	}
	if len(got) > 0 {
		t.Errorf("more problems than there are: %v", got)
	}
	rules := map[ProblemRule]bool{}
	for _, p := range pe.Problems {
		rules[p.Rule] = true
	}
	for _, r := range ProblemRules() {
		if !rules[r] {
			t.Errorf("rule %q is broken by nothing here", r)
		}
	}
	if files[0].Name != "record.xm6" {
		t.Error("the caller's slice was sorted")
	}
}

func TestPlanLimits(t *testing.T) {
	t.Parallel()
	year := func(y int, zone *time.Location) Options {
		o := testOptions
		o.Time = time.Date(y, 1, 1, 0, 30, 0, 0, zone)
		return o
	}
	with := func(f func(*Options)) Options {
		o := testOptions
		f(&o)
		return o
	}
	east := time.FixedZone("", 3600)
	one := []File{{"A.XM6", 1}}
	huge := make([]File, 0, 2100)
	for i := range 2100 {
		huge = append(huge, File{fmt.Sprintf("F%d.XM6", i), 1<<32 - 1})
	}
	for _, c := range []struct {
		name  string
		files []File
		o     Options
		rule  ProblemRule // "" is accepted
	}{
		{"no files", nil, testOptions, ""},
		{"largest file", []File{{"A.XM6", 1<<32 - 1}}, testOptions, ""},
		{"file of 4 GiB", []File{{"A.XM6", 1 << 32}}, testOptions, ProblemFileSize},
		{"1900", one, year(1900, time.UTC), ""},
		{"1899 in UTC", one, year(1900, east), ProblemDate},
		{"2155", one, year(2155, time.UTC), ""},
		{"2155 in UTC", one, year(2156, east), ""},
		{"2156", one, year(2156, time.UTC), ProblemDate},
		{"no date", one, with(func(o *Options) { o.Time = time.Time{} }), ProblemDate},
		{"volume identifier of 32", one, with(func(o *Options) { o.VolumeID = strings.Repeat("V", 32) }), ""},
		{"volume identifier of 33", one, with(func(o *Options) { o.VolumeID = strings.Repeat("V", 33) }), ProblemVolumeID},
		{"no volume identifier", one, with(func(o *Options) { o.VolumeID = "" }), ProblemVolumeID},
		{"volume identifier with a space", one, with(func(o *Options) { o.VolumeID = "A B" }), ProblemVolumeID},
		{"publisher of 64", one, with(func(o *Options) { o.Publisher = strings.Repeat("P", 64) }), ""},
		{"publisher ends with a space", one, with(func(o *Options) { o.Publisher = "P " }), ProblemIdentifier},
		{"fits exactly", one, with(func(o *Options) { o.MaxSectors = 25 + 1 + 150 }), ""},
		{"one sector too many", one, with(func(o *Options) { o.MaxSectors = 25 + 1 + 149 }), ProblemTooLarge},
		{"negative medium", one, with(func(o *Options) { o.MaxSectors = -1 }), ProblemTooLarge},
		{"more than 32 bits of sectors", huge, testOptions, ProblemTooLarge},
	} {
		l, err := Plan(c.files, c.o)
		if c.rule == "" {
			if err != nil || l.Size() != l.Sectors()*2048 {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var pe *PlanError
		if !errors.As(err, &pe) || len(pe.Problems) != 1 || pe.Problems[0].Rule != c.rule {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestMedia holds the limits of doc/facts.md 8, a sector below and above.
func TestMedia(t *testing.T) {
	t.Parallel()
	want := map[string]int64{"cd74": 332_850, "cd": 359_100, "dvd": 2_295_104, "dvd-dl": 4_148_992}
	if len(AllMedia()) != len(want) {
		t.Errorf("%d media", len(AllMedia()))
	}
	for name, sectors := range want {
		m, ok := MediaByName(name)
		if !ok || m.Sectors != sectors || m.Name != name {
			t.Errorf("%s: %+v", name, m)
		}
		o := testOptions
		o.MaxSectors = m.Sectors
		var files []File
		rest := (sectors - 25 - 150) * 2048
		for i := 0; rest > 0; i++ {
			n := min(rest, 1<<32-2048)
			files = append(files, File{fmt.Sprintf("F%d.XM6", i), n})
			rest -= n
		}
		if l, err := Plan(files, o); err != nil || l.Sectors() != sectors {
			t.Errorf("%s: a full disc is refused: %v", name, err)
		}
		files[len(files)-1].Size++
		if _, err := Plan(files, o); err == nil {
			t.Errorf("%s: a sector too many is accepted", name)
		}
	}
	if _, ok := MediaByName("floppy"); ok {
		t.Error("there is a floppy")
	}
}
