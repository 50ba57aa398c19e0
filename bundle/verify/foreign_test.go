package verify

import (
	"path/filepath"
	"slices"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

// TestStickOfAHybridWasCalledWhole: a partition of the boot record held a FAT volume
// that nobody had looked at. One from which firmware starts is a boot image.
func TestStickOfAHybridWasCalledWhole(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xorriso")
	dir := packtest.Write(t, discFiles(t))
	fat := make([]byte, 64<<10)
	copy(fat, "\xeb\x3c\x90mkfs.fat\x00\x02\x04\x01\x00\x02\x00\x02\x80\x00\xf8\x04\x00")
	copy(fat[54:], "FAT12   \x00")
	fat[510], fat[511] = 0x55, 0xaa
	part := folder{t, t.TempDir()}
	part.write("fat.img", fat)
	img := filepath.Join(part.path(""), "fat.img")
	boot := []string{"-e", "--interval:appended_partition_2:all::", "-no-emul-boot"}
	for _, tc := range []struct {
		what string
		args []string
		bad  bool
	}{
		{"FAT", []string{"-append_partition", "2", "0x0c", img}, true},
		{"FAT in a GPT", []string{"-appended_part_as_gpt", "-append_partition", "2", "0x0c", img}, true},
		{"EFI that nothing starts", []string{"-append_partition", "2", "0xef", img}, true},
		{"FAT that firmware starts", append([]string{"-append_partition", "2", "0x0c", img}, boot...), true},
		{"EFI", append([]string{"-append_partition", "2", "0xef", img}, boot...), false},
		{"EFI in a GPT", append([]string{"-appended_part_as_gpt", "-append_partition", "2", "0xef", img}, boot...), false},
	} {
		r := mustVerify(t, burnt(t, dir, append([]string{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "3", "-J"}, tc.args...)...), nil)
		var want []string
		if tc.bad {
			want = []string{"error|tree.unjudged|x.iso||FAT"}
		}
		wantErrors(t, tc.what, r.Findings, want...)
		told := slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == finding.ImageBoot })
		if !told && !tc.bad {
			t.Errorf("%s: %q", tc.what, lines(r.Findings))
		}
	}
}
