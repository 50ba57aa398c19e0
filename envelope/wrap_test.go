package envelope_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"csuis-offline/envelope"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	o := envelope.Options{
		Config: &envelope.Config{Unit: envelope.Unit{IC: "09999990", Name: "Obec Kůňov"}, Person: envelope.Person{ID: "9999000001"}},
		Now:    time.Date(2026, time.November, 25, 9, 0, 0, 0, time.UTC),
		Rand:   strings.NewReader("0123456789abcdef"),
	}
	var b bytes.Buffer
	info, err := envelope.Wrap(t.Context(), &b, []byte(`<msg:Inbox xmlns:x="urn:x"><x:a>1 &lt; 2</x:a></msg:Inbox>`), o)
	if err != nil {
		t.Fatal(err)
	}
	if info.TransactionID != "30313233343536373839616263646566" || info.Root != "Inbox" || info.RootNS != envelope.MessagingNS || info.RecordType != "" {
		t.Errorf("%+v", info)
	}
	got, err := envelope.Verify(t.Context(), io.Discard, bytes.NewReader(b.Bytes()))
	if err != nil || got.TransactionID != info.TransactionID || got.Sender.IC != "09999990" {
		t.Errorf("%+v, %v\n%s", got, err, b.Bytes())
	}
	if strings.Count(b.String(), `xmlns:x="urn:x"`) != 1 || !strings.Contains(b.String(), "1 &lt; 2") || strings.Contains(b.String(), "cus:") {
		t.Errorf("%s", b.Bytes())
	}
	for _, content := range []string{"", "text", "<a", "<undeclared:a/>"} {
		o.Rand = nil
		if _, err := envelope.Wrap(t.Context(), io.Discard, []byte(content), o); err == nil {
			t.Errorf("%q was wrapped", content)
		}
	}
	o.Config = nil
	if _, err := envelope.Wrap(t.Context(), io.Discard, []byte("<a/>"), o); !errors.Is(err, envelope.ErrNoConfig) {
		t.Error(err)
	}
}
