package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// container runs the program as deploy/Dockerfile and deploy/compose.yaml do: as their user, with
// their variables, on a volume. No image is built.
type container struct {
	t        *testing.T
	uid, gid int
	file     string // the program
	env      []string
}

func newContainer(t *testing.T) *container {
	t.Helper()
	image := readText(t, "../deploy/Dockerfile")
	compose := readText(t, "../deploy/compose.yaml")
	user := regexp.MustCompile(`USER (\d+):(\d+)`).FindStringSubmatch(image)
	variables := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(image)
	if user == nil || variables == nil {
		t.Fatalf("the Dockerfile has no user or no variables\n%s", image)
	}
	c := &container{t: t, uid: os.Getuid(), gid: os.Getgid()}
	if c.uid == 0 {
		c.uid, _ = strconv.Atoi(user[1])
		c.gid, _ = strconv.Atoi(user[2])
	}
	c.file = filepath.Join(c.folder(0o755), "itemshare")
	copyProgram(t, c.file)
	c.env = append(c.env, strings.Fields(variables[1])...)
	for _, pair := range regexp.MustCompile(`(?m)^ +(ITEMSHARE_\w+): (.*)$`).FindAllStringSubmatch(compose, -1) {
		c.env = append(c.env, pair[1]+"="+pair[2])
	}
	if len(c.env) < 6 {
		t.Fatalf("the variables are %v", c.env)
	}
	return c
}

// folder returns a new folder that the container's user owns.
func (c *container) folder(mode os.FileMode) string {
	c.t.Helper()
	folder := c.t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil { // the test's own
		c.t.Fatal(err)
	}
	c.give(folder, c.uid, c.gid, mode)
	return folder
}

func (c *container) give(path string, uid, gid int, mode os.FileMode) {
	c.t.Helper()
	if os.Getuid() == 0 {
		if err := os.Chown(path, uid, gid); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := os.Chmod(path, mode); err != nil {
		c.t.Fatal(err)
	}
}

// command returns a command of the container, with a volume in place of /data.
func (c *container) command(volume string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(c.file, args...)
	for _, pair := range append(append([]string{}, c.env...), env...) {
		cmd.Env = append(cmd.Env, strings.Replace(pair, "=/data", "="+volume, 1))
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{
			Uid: uint32(c.uid), Gid: uint32(c.gid), Groups: []uint32{volumeGroup},
		}
	}
	return cmd
}

// serve starts the server on a volume, and returns it running.
func (c *container) serve(volume string, env ...string) *server {
	c.t.Helper()
	host := freePort(c.t)
	_, port, _ := strings.Cut(host, ":")
	s := &server{t: c.t, url: "http://" + host, data: volume}
	s.cmd = c.command(volume, append(env, "ITEMSHARE_ADDR=0.0.0.0:"+port, "ITEMSHARE_DRAIN=0s"), "serve")
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	s.exited = make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(s.exited) }()
	c.t.Cleanup(s.kill)
	s.awaitReady()
	return s
}

// volumeGroup is the group of a volume that belongs to a group, as fsGroup of Kubernetes is.
const volumeGroup = 2000

// TestContainerWithAVolume asserts that the program starts on an empty volume and again on its
// own files, and that doctor reports nothing about the volume.
func TestContainerWithAVolume(t *testing.T) {
	c := newContainer(t)
	volume := c.folder(0o700)
	for range 2 {
		s := c.serve(volume)
		if code := s.stop(syscall.SIGTERM); code != 0 {
			t.Errorf("exit %d\n%s", code, s.log.tail(5))
		}
	}
	out, _ := c.command(volume, nil, "doctor").CombinedOutput()
	for _, check := range []string{"configuration", "permissions", "database", "keys", "audit chain"} {
		if !regexp.MustCompile(`(?m)^ok +` + check).Match(out) {
			t.Errorf("doctor about %s:\n%s", check, out)
		}
	}
}

// TestVolumeOfAGroup asserts that a folder with mode 2770 and files with mode 0660 are accepted
// with one warning if the key is elsewhere, and rejected with a sentence if the key is among
// them.
func TestVolumeOfAGroup(t *testing.T) {
	c := newContainer(t)
	volume := c.folder(0o700)
	c.serve(volume).stop(syscall.SIGTERM)
	key := strings.TrimSpace(readText(t, filepath.Join(volume, "master.key")))
	files, err := filepath.Glob(filepath.Join(volume, "*"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	group := os.Getgid()
	if os.Getuid() == 0 {
		group = volumeGroup
	}
	for _, file := range files {
		c.give(file, os.Getuid(), group, 0o660)
	}
	c.give(volume, os.Getuid(), group, 0o770|os.ModeSetgid)
	out, err := c.command(volume, nil, "serve").CombinedOutput()
	if err == nil || strings.Count(string(out), "\n") != 1 ||
		!strings.Contains(string(out), "ITEMSHARE_MASTER_KEY") {
		t.Errorf("with the key in the volume: %v\n%s", err, out)
	}
	for range 2 {
		s := c.serve(volume, "ITEMSHARE_MASTER_KEY="+key)
		n := strings.Count(s.log.String(), "the data folder")
		if n != 1 || !strings.Contains(s.log.String(), "can copy the database") {
			t.Errorf("%d warnings\n%s", n, s.log.String())
		}
		s.stop(syscall.SIGTERM)
	}
}

// TestVolumeThatCannotBeUsed asserts that one sentence names the volume and what to change, and
// that nothing is written.
func TestVolumeThatCannotBeUsed(t *testing.T) {
	c := newContainer(t)
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		t.Fatal(err)
	}
	key := "ITEMSHARE_MASTER_KEY=" + base64.StdEncoding.EncodeToString(random[:])
	for _, cause := range []struct {
		why, says string
		prepare   func(volume string)
	}{
		{"open to everyone", "chmod 700", func(volume string) {
			c.give(volume, c.uid, c.gid, 0o777)
		}},
		{"another user's, or not writable", "can't write", func(volume string) {
			c.give(volume, 0, c.gid, 0o550)
		}},
		{"with a database that is not writable", "can't write", func(volume string) {
			file := filepath.Join(volume, "itemshare.db")
			writeFile(t, file, "")
			c.give(file, 0, 0, 0o400)
		}},
	} {
		volume := c.folder(0o700)
		cause.prepare(volume)
		before, _ := filepath.Glob(filepath.Join(volume, "*"))
		out, err := c.command(volume, []string{key}, "serve").CombinedOutput()
		after, _ := filepath.Glob(filepath.Join(volume, "*"))
		if err == nil || strings.Count(string(out), "\n") != 1 ||
			!strings.Contains(string(out), cause.says) || !strings.Contains(string(out), volume) {
			t.Errorf("%s: %v\n%s", cause.why, err, out)
		}
		if len(after) != len(before) {
			t.Errorf("%s: left %v", cause.why, after)
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// copyProgram copies the program to where every user can run it.
func copyProgram(t *testing.T, to string) {
	t.Helper()
	from, err := os.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(file, from)
	if closeErr := file.Close(); err != nil || closeErr != nil {
		t.Fatal(err, closeErr)
	}
	if err := os.Chmod(to, 0o755); err != nil {
		t.Fatal(err)
	}
}
