package e2e

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestServiceIsHardened asserts that systemd rates the exposure of deploy/itemshare.service at 2.0 or
// less.
func TestServiceIsHardened(t *testing.T) {
	out, err := exec.CommandContext(
		t.Context(), "systemd-analyze", "security", "--offline=true", "../deploy/itemshare.service",
	).CombinedOutput()
	found := regexp.MustCompile(`Overall exposure level for itemshare.service: ([0-9.]+)`).
		FindSubmatch(out)
	if found == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if level, err := strconv.ParseFloat(string(found[1]), 64); err != nil || level > 2 {
		t.Errorf("the exposure level is %s", found[1])
	}
}

// TestContainersAgree asserts that each way to run the image has its user, its volume and a root that
// can't be written.
func TestContainersAgree(t *testing.T) {
	image := readText(t, "../deploy/Dockerfile")
	_, last, _ := strings.Cut(image, "\nFROM scratch\n")
	for _, want := range []string{"USER 65532:65532", "ITEMSHARE_DATA=/data", "VOLUME /data"} {
		if !strings.Contains(last, want) {
			t.Errorf("the image lacks %q", want)
		}
	}
	for file, wants := range map[string][]string{
		"compose.yaml":          {"read_only: true", `"data:/data"`, "cap_drop: [ALL]"},
		"compose-postgres.yaml": {"read_only: true", `"data:/data"`, "cap_drop: [ALL]"},
		"kubernetes.yaml": {
			"readOnlyRootFilesystem: true", "mountPath: /data", "drop: [ALL]", "runAsUser: 65532",
			"fsGroup: 65532", "ITEMSHARE_MASTER_KEY",
		},
	} {
		text := readText(t, "../deploy/"+file)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", file, want)
			}
		}
	}
}
