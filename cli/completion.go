package cli

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"itemshare/share"
	"itemshare/vault"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"${completion_shell}"`
}

// Help returns more text for completion --help.
func (c *completionCommand) Help() string {
	return "In bash and zsh, add this to ~/.bashrc or to ~/.zshrc: source <(itemshare completion bash). " +
		"In fish: itemshare completion fish > ~/.config/fish/completions/itemshare.fish"
}

//go:embed completion/*
var completionScripts embed.FS

// Run prints the shell's script, which asks the command complete.
func (c *completionCommand) Run(p *program) error {
	name := map[string]string{
		"bash": "bash.sh", "zsh": "zsh.sh", "fish": "fish.fish",
	}[c.Shell]
	text, err := completionScripts.ReadFile("completion/" + name)
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

type completeCommand struct {
	Words []string `arg:"" optional:"" help:"${complete_words}"`
}

// Run prints what the last word can become, a line each: the word, a tab, and what it means.
func (c *completeCommand) Run(p *program) error {
	var line commands
	parser, err := line.parser(io.Discard, io.Discard, func(int) {})
	if err != nil {
		return err
	}
	for _, found := range complete(parser.Model.Node, c.Words) {
		if _, err := fmt.Fprintf(p.stdout, "%s\t%s\n", found.word, found.meaning); err != nil {
			return err
		}
	}
	return nil
}

// completion is what the last word of a command line can become.
type completion struct{ word, meaning string }

// complete returns what the last of the words can become. Bash makes three words of --flag=value.
func complete(root *kong.Node, words []string) []completion {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	at := position{node: root}
	for _, word := range words[:len(words)-1] {
		if word != "=" || at.flag == nil {
			at.pass(word)
		}
	}
	if last == "=" && at.flag != nil {
		last = ""
	}
	var all []completion
	name, value, hasValue := strings.Cut(last, "=")
	switch {
	case at.flag != nil:
		all = valuesOf(at.flag.Value, "")
	case strings.HasPrefix(last, "-") && hasValue:
		if flag := at.find(name); flag != nil {
			all = valuesOf(flag.Value, strings.TrimSuffix(last, value))
		}
	case strings.HasPrefix(last, "-"):
		all = at.flags()
	default:
		all = at.arguments()
	}
	return slices.DeleteFunc(all, func(c completion) bool { return !strings.HasPrefix(c.word, last) })
}

// flags returns the flags of the command. Commands that use a server's API have no use for those of
// the installation, nor has the list of commands.
func (at *position) flags() []completion {
	var all []completion
	for node := at.node; node != nil; node = node.Parent {
		for _, flag := range node.Flags {
			if !flag.Hidden && (flag.Group == nil || !hidesInstallation(at.node)) {
				all = append(all, completion{"--" + flag.Name, oneLine(flag.Help)})
			}
		}
	}
	return all
}

// arguments returns the commands that can follow, or the values of the next argument.
func (at *position) arguments() []completion {
	var all []completion
	for _, child := range at.node.Children {
		if !child.Hidden {
			all = append(all, completion{child.Name, oneLine(child.Help)})
		}
	}
	if at.positional < len(at.node.Positional) {
		all = append(all, valuesOf(at.node.Positional[at.positional], "")...)
	}
	return all
}

// valuesOf returns the values that a flag or an argument can have, as far as they are known, each
// after a prefix. The tag complete lists those that the server checks.
func valuesOf(value *kong.Value, prefix string) []completion {
	known := value.Enum
	if known == "" {
		known = value.Tag.Get("complete")
	}
	switch known {
	case "categories":
		known = namesOf(vault.Categories())
	case "durations":
		known = namesOf(share.Durations())
	}
	var all []completion
	for word := range strings.SplitSeq(known, ",") {
		if word != "" {
			all = append(all, completion{word: prefix + strings.TrimSpace(word)})
		}
	}
	return all
}

func namesOf[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = string(one)
	}
	return strings.Join(names, ",")
}
