package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestUnitsAreValid has systemd verify the units, with the program that was built in place of the one that
// they name.
func TestUnitsAreValid(t *testing.T) {
	built, err := filepath.Abs(program)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	args := []string{"verify"}
	for _, name := range []string{"itemshare.service", "itemshare-backup.service", "itemshare-backup.timer"} {
		text := strings.ReplaceAll(readText(t, "../deploy/"+name), "/usr/local/bin/itemshare", built)
		writeFile(t, filepath.Join(folder, name), text)
		args = append(args, filepath.Join(folder, name))
	}
	if out, err := exec.Command("systemd-analyze", args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDeployFilesNameWhatThereIs asserts that the program has each variable, command and flag that the
// examples name, and that it answers at the addresses of the probes.
func TestDeployFilesNameWhatThereIs(t *testing.T) {
	help := helpOf(t, "serve")
	variable := regexp.MustCompile(`\b(?:ITEMSHARE|OP)_[A-Z_]*[A-Z]\b`)
	command := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/itemshare (.*)$`)
	files, _ := filepath.Glob("../deploy/*")
	files = append(files, "../packaging/itemshare.env", "../docs/deploy.md", "../README.md")
	variables, commands := 0, 0
	for _, file := range files {
		text := readText(t, file)
		for _, name := range variable.FindAllString(text, -1) {
			variables++
			isOther := slices.Contains([]string{"ITEMSHARE_TOKEN", "OP_SERVICE_ACCOUNT_TOKEN"}, name)
			if !isOther && !strings.Contains(help, "$"+name) {
				t.Errorf("%s names %s, which serve has not", file, name)
			}
		}
		for _, line := range command.FindAllStringSubmatch(text, -1) {
			commands++
			words := strings.Fields(line[1])
			said := helpOf(t, words[0])
			for _, word := range words[1:] {
				if strings.HasPrefix(word, "--") && !strings.Contains(said, word) {
					t.Errorf("%s: %s has no %s", file, words[0], word)
				}
			}
		}
	}
	if variables < 20 || commands != 2 {
		t.Errorf("%d variables and %d commands were found", variables, commands)
	}
}

func helpOf(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.Command(program, command, "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// TestExamplesOfContainers parses the Compose files and the Kubernetes example: user, port, volume and
// probes are the image's and the program's, and there is time for a stop.
func TestExamplesOfContainers(t *testing.T) {
	image := readText(t, "../deploy/Dockerfile")
	port := regexp.MustCompile(`ITEMSHARE_ADDR=0\.0\.0\.0:(\d+)`).FindStringSubmatch(image)[1]
	user := regexp.MustCompile(`USER (\d+):(\d+)`).FindStringSubmatch(image)
	if !strings.Contains(image, "EXPOSE "+port+"\n") {
		t.Errorf("the image doesn't expose %s", port)
	}
	var documents []struct {
		Kind string
		Spec struct {
			Template struct{ Spec pod }
			Ports    []struct{ TargetPort string }
		}
	}
	parseYAML(t, "kubernetes.yaml", &documents)
	checked := 0
	for _, d := range documents {
		if d.Kind == "Deployment" {
			d.Spec.Template.Spec.check(t, user[1], port)
			checked++
		}
		if d.Kind == "Service" && d.Spec.Ports[0].TargetPort != "http" {
			t.Errorf("the service leads to %s", d.Spec.Ports[0].TargetPort)
		}
	}
	if checked != 1 {
		t.Errorf("%d deployments", checked)
	}
	for _, name := range []string{"compose.yaml", "compose-postgres.yaml"} {
		var files []struct {
			Services map[string]struct {
				Ports, Volumes []string
				Stop           string `json:"stop_grace_period"`
			}
		}
		parseYAML(t, name, &files)
		service := files[0].Services["itemshare"]
		if service.Stop != "15s" || !slices.Contains(service.Volumes, "data:/data") {
			t.Errorf("%s: %+v", name, service)
		}
		for _, published := range service.Ports {
			if !strings.HasSuffix(published, ":"+port) {
				t.Errorf("%s publishes %s, and the program listens at %s", name, published, port)
			}
		}
	}
}

// pod is what the Kubernetes example says of the program's pod.
type pod struct {
	SecurityContext struct{ RunAsUser, RunAsGroup, FSGroup json.Number }
	Containers      []struct {
		Ports                         []struct{ ContainerPort json.Number }
		ReadinessProbe, LivenessProbe struct{ HTTPGet struct{ Path, Port string } }
	}
}

func (p pod) check(t *testing.T, user, port string) {
	t.Helper()
	for _, id := range []json.Number{
		p.SecurityContext.RunAsUser, p.SecurityContext.RunAsGroup, p.SecurityContext.FSGroup,
	} {
		if id.String() != user {
			t.Errorf("the pod runs as %+v, the image as %s", p.SecurityContext, user)
		}
	}
	c := p.Containers[0]
	if got := c.Ports[0].ContainerPort.String(); got != port {
		t.Errorf("the pod's port is %s, the image's %s", got, port)
	}
	s := start(t)
	for _, path := range []string{c.ReadinessProbe.HTTPGet.Path, c.LivenessProbe.HTTPGet.Path} {
		if r := newClient(t, s).get(path); path == "" || r.status != http.StatusOK {
			t.Errorf("the probe %q is answered with %d", path, r.status)
		}
	}
}

// parseYAML reads the documents of a file of deploy/, by a parser that Redocly brings.
func parseYAML(t *testing.T, name string, documents any) {
	t.Helper()
	const script = `console.log(JSON.stringify(require("js-yaml").loadAll(require("fs").readFileSync(0, "utf8"))))`
	cmd := exec.Command("node", "-e", script)
	cmd.Dir = "../tools/npm"
	file, err := os.Open("../deploy/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd.Stdin = file
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, documents)
	}
	if err != nil {
		t.Fatalf("%s: %v (scripts/needs installs the parser)", name, err)
	}
}
