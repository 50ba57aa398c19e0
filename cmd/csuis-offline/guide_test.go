package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"csuis-offline/check/answer"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/fixture"
	"csuis-offline/settings"
)

func guide(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "doc", "cs", "prirucka.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// part is what stands between two strings of the guide.
func part(t *testing.T, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(guide(t), from)
	inside, _, ended := strings.Cut(rest, to)
	if !ok || !ended {
		t.Fatalf("the guide has nothing between %q and %q", from, to)
	}
	return inside
}

func TestGuideListsEverySetting(t *testing.T) {
	t.Parallel()
	text := guide(t)
	for _, key := range settings.Keys() {
		section, name := settings.Split(key)
		row := "| `[" + section + "]` | `" + name + "` |"
		if section == "" {
			row = "| `[" + name + "]` |"
		}
		if !strings.Contains(text, row) {
			t.Errorf("no row %s", row)
		}
	}
}

func TestGuidesExampleIsTaken(t *testing.T) {
	t.Parallel()
	c, err := settings.Parse("example", []byte(part(t, "```toml\n", "```")))
	if err != nil {
		t.Fatal(err)
	}
	if c.Unit.IC != fixture.UnitIC || c.Person.Name != fixture.PersonName {
		t.Errorf("%+v", c)
	}
}

// TestGuideQuotesTheProgram holds the table of messages to the program's texts.
func TestGuideQuotesTheProgram(t *testing.T) {
	t.Parallel()
	cat := testApp(t, catalogue.Czech).cat
	var all strings.Builder
	for _, id := range cat.IDs() {
		all.WriteString(cat.Text(id, nil) + "\n")
	}
	quoted := regexp.MustCompile(`„([^“]*)“`)
	rows := 0
	for line := range strings.Lines(part(t, "| hlášení |", "\n## ")) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		for _, q := range quoted.FindAllStringSubmatch(cell, -1) {
			rows++
			pattern := strings.ReplaceAll(regexp.QuoteMeta(q[1]), "…", `\{[a-z]+\}`)
			if !regexp.MustCompile(pattern).MatchString(all.String()) {
				t.Errorf("the program never says %q", q[1])
			}
		}
	}
	if rows < 15 {
		t.Errorf("only %d messages", rows)
	}
}

func TestExitCodesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	json, err := os.ReadFile(filepath.Join("..", "..", "doc", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	help := testApp(t, catalogue.Czech)
	for _, code := range documentedCodes(newRootCommand(help)) {
		row := "| " + strconv.Itoa(code) + " | "
		if !strings.Contains(guide(t), row) || !strings.Contains(string(json), row) {
			t.Errorf("exit code %d is not in both documents", code)
		}
	}
}

// TestGuideExplainsEveryAnswer holds the table of the codes of CSÚIS to the
// program's texts.
func TestGuideExplainsEveryAnswer(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "doc", "cs", "kontroly.md"))
	if err != nil {
		t.Fatal(err)
	}
	cat := testApp(t, catalogue.Czech).cat
	for _, c := range answer.All() {
		id := "answer." + c.ID
		if row := "| `" + c.ID + "` | " + cat.Text(id, nil) + " | " + cat.Next(id, nil) + " |\n"; !strings.Contains(string(data), row) {
			t.Errorf("no row %s", row)
		}
	}
}
