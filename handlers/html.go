package handlers

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

func optionValue(option *html.Node) string {
	if hasAttribute(option, "value") {
		return attribute(option, "value")
	}
	var text strings.Builder
	for n := range option.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(text.String())
}

func setText(n *html.Node, text string) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttribute(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// setAttribute sets an attribute, or removes it where it is not to be there.
func setAttribute(n *html.Node, name string, present bool, value string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if present {
		n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
	}
}
