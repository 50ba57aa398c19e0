package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/catalogue"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	built := identify("")
	if built.version == "" || !built.built.IsZero() {
		t.Errorf("without a stamp: %+v", built)
	}
	for stamp, want := range map[string]identity{
		"1.2.3@2026-11-27T12:00:00Z": {"1.2.3", time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)},
		"1.2.3":                      built,
		"1.2.3@yesterday":            built,
	} {
		if got := identify(stamp); got.version != want.version || !got.built.Equal(want.built) {
			t.Errorf("%q: %+v, want %+v", stamp, got, want)
		}
	}
}

func TestStampedVersionIsShownWithItsDay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ args, want string }{
		{"version", "csuis-offline 1.2.3\n  sestaveno  27.\u00a011.\u00a02026\n"},
		{"--version --lang en", "csuis-offline 1.2.3\n  built     27 November 2026\n"},
		{"-V --json", `"result":{"version":"1.2.3","built":"2026-11-27T12:00:00Z","go":`},
	} {
		var out bytes.Buffer
		a := testApp(t, catalogue.Czech)
		a.out, a.identity = &out, identify("1.2.3@2026-11-27T12:00:00Z")
		if code := a.run(t.Context(), strings.Fields(tc.args)); code != exitOK || !strings.Contains(out.String(), tc.want) {
			t.Errorf("%s: exit %d, %q", tc.args, code, out.String())
		}
	}
}
