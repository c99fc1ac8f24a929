package cli

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// position is how far a command line is known.
type position struct {
	node       *kong.Node // the command so far
	positional int        // how many arguments it has
	flag       *kong.Flag // the flag whose value comes next, nil for none
}

// pass goes on by one complete word.
func (at *position) pass(word string) {
	switch {
	case at.flag != nil:
		at.flag = nil
	case strings.HasPrefix(word, "-") && word != "-":
		if flag := at.find(word); flag != nil && !flag.IsBool() {
			at.flag = flag
		}
	default:
		for _, child := range at.node.Children {
			if child.Name == word {
				at.node = child
				return
			}
		}
		at.positional++
	}
}

// find returns the flag that a word names, nil for none.
func (at *position) find(word string) *kong.Flag {
	for node := at.node; node != nil; node = node.Parent {
		for _, flag := range node.Flags {
			if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
				return flag
			}
		}
	}
	return nil
}

// argumentsLast returns a command line with the arguments behind the flags, if the command takes any
// number of them: kong reads no more of them after a flag.
func argumentsLast(root *kong.Node, line []string) []string {
	at := position{node: root}
	var head, arguments []string
	rest := []string{}
	for i, word := range line {
		if word == "--" && at.flag == nil {
			rest = line[i+1:]
			break
		}
		before := at.positional
		if at.pass(word); at.positional > before {
			arguments = append(arguments, word)
		} else {
			head = append(head, word)
		}
	}
	takes := at.node.Positional
	if len(takes) == 0 || !takes[len(takes)-1].IsSlice() {
		return line
	}
	return slices.Concat(head, []string{"--"}, arguments, rest)
}
