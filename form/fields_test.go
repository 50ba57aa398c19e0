package form

import (
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestEveryTextHasALimit sets one text of the form after another to more than
// any limit allows: a field that cleaned does not look at would be written.
func TestEveryTextHasALimit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxReason+1)
	found := 0
	var each func(path string, v reflect.Value)
	f := sample(1, 1)
	each = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[time.Time]() {
					each(path+"."+v.Type().Field(i).Name, v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				each(path, v.Index(i))
			}
		case reflect.String:
			found++
			was := v.String()
			v.SetString(long)
			if err := Write(context.Background(), io.Discard, f, Options{}); !errors.Is(err, ErrForm) {
				t.Errorf("%s of %d characters: %v", path, len(long), err)
			}
			v.SetString(was)
		}
	}
	each("", reflect.ValueOf(&f).Elem())
	if found < 9 {
		t.Errorf("only %d texts were found", found)
	}
}

// TestDocumentationNamesEveryLabel that Write prints before the table.
func TestDocumentationNamesEveryLabel(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../doc/form.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("labels.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(source)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || !strings.HasPrefix(name, "label") {
			continue
		}
		found++
		switch label := strings.Trim(strings.TrimSpace(value), `"`); strings.TrimSpace(name) {
		case "labelStamp", "labelReceived", "labelTime", "labelTaker": // for the filing office
		default:
			if !strings.Contains(string(doc), "`"+strings.ReplaceAll(label, "%d", "N")+"`") {
				t.Errorf("doc/form.md does not name %q", label)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d labels were found", found)
	}
}
