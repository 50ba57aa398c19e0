package tomlfile

import (
	"errors"
	"strings"
	"testing"
)

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"values": "a=[" + strings.Repeat("1,", MaxKeys) + "]",
	} {
		_, err := Parse([]byte(text), 20*MaxKeys)
		var wrong *Error
		if !errors.As(err, &wrong) || wrong.Problem != TooMany {
			t.Errorf("%s: %v", name, err)
		}
	}
}
