package cli

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	for _, c := range []struct {
		words     []string
		has, lack string
	}{
		{nil, "share", "complete"},
		{[]string{""}, "vaults", "--help"},
		{[]string{"item"}, "items", "share"},
		{[]string{"item", ""}, "edit", "items"},
		{[]string{"item", "a"}, "archive", "delete"},
		{[]string{"item", "delete", "--"}, "--vault", "--master-key"},
		{[]string{"item", "create", "--"}, "--category", "--master-key"},
		{[]string{"backup", "--"}, "--master-key", "--token"},
		{[]string{"item", "create", "--category", "S"}, "SecureNote", "Login"},
		{[]string{"item", "create", "--category=S"}, "--category=SecureNote", "--category=Login"},
		{[]string{"shares", "--status", "=", "a"}, "active", "expired"},
		{[]string{"shares", "--status", "="}, "active", "="},
		{[]string{"shares", "--status", "active", "--cr"}, "--created", "active"},
		{[]string{"shares", "--json", "--cr"}, "--created", "true"},
		{[]string{"user", "add", "--role", ""}, "member", "add"},
		{[]string{"completion", ""}, "fish", "share"},
		{[]string{"completion", "fish", ""}, "", "fish"},
		{[]string{"share", "x", ""}, "", "share"},
		{[]string{"nothing", "--unknown", "=", "--"}, "--help", "share"},
	} {
		got := command(t, newData(t), "", append([]string{"complete", "--"}, c.words...)...)
		var found []string
		for line := range strings.Lines(got.stdout) {
			word, _, _ := strings.Cut(line, "\t")
			found = append(found, word)
		}
		if got.code != 0 || got.stderr != "" || c.has != "" && !slices.Contains(found, c.has) ||
			c.has == "" && len(found) > 0 || slices.Contains(found, c.lack) {
			t.Errorf("%q: %q, %+v", c.words, found, got)
		}
	}
}

// TestCompletionScripts runs each script in its shell, as far as this machine has it.
func TestCompletionScripts(t *testing.T) {
	folder := t.TempDir()
	const answer = "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$ASKED\"\nprintf 'active\\tit works\\na:b c\\t\\n'\n"
	must(t, os.WriteFile(filepath.Join(folder, "itemshare"), []byte(answer), 0o700))
	for shell, use := range map[string]string{
		"bash": `COMP_WORDS=(itemshare shares --status ""); COMP_CWORD=3; _itemshare
			printf '%s\n' "${COMPREPLY[@]}"`,
		"zsh": `_describe() { print -rl -- "${found[@]}" }
			words=(itemshare shares --status ""); CURRENT=4; _itemshare`,
		"fish": `complete -C "itemshare shares --status "`,
	} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		script := command(t, newData(t), "", "completion", shell)
		if script.code != 0 {
			t.Fatalf("%+v", script)
		}
		text := script.stdout + "\n" + use + "\n"
		if shell == "zsh" {
			text = "compdef() { : }\n" + text
		}
		asked := filepath.Join(folder, shell)
		cmd := exec.Command(path)
		cmd.Stdin = strings.NewReader(text)
		cmd.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "ASKED="+asked, "HOME="+folder)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "active") ||
			!strings.Contains(strings.ReplaceAll(string(out), `\`, ""), "a:b c") {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
		if words, err := os.ReadFile(asked); err != nil || string(words) != "complete -- shares --status \n" {
			t.Errorf("%s asks for %q, %v", shell, words, err)
		}
	}
	if got := command(t, newData(t), "", "completion", "tcsh"); got.code != 1 ||
		!strings.Contains(got.stderr, "bash") {
		t.Errorf("%+v", got)
	}
}

// TestArgumentsLast: flags can stand between the arguments.
func TestArgumentsLast(t *testing.T) {
	var line commands
	parser, err := line.parser(io.Discard, io.Discard, func(int) {})
	must(t, err)
	for text, want := range map[string]string{
		"item create a=1 --title = b=2 --json c=-":    "item create --title = --json -- a=1 b=2 c=-",
		"item edit X a=1 --tag=x --tag y b=2 -- --c=": "item edit --tag=x --tag y -- X a=1 b=2 --c=",
		"item edit --token T --title -- X a=1":        "item edit --token T --title -- -- X a=1",
		"open - --email a@b.example":                  "open - --email a@b.example",
		"complete -- item create --":                  "complete -- item create --",
		"item":                                        "item",
		"":                                            "",
	} {
		got := strings.Join(argumentsLast(parser.Model.Node, strings.Fields(text)), " ")
		if got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
