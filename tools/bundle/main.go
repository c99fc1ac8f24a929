// Bundle writes the scripts and style sheets that pages load: each entry point of
// static/src, with all that it imports, as one minified file in static. It runs in
// tools, as make generate does, and exits with status 1 where a source has an error
// or a warning.
package main

import (
	"os"

	"github.com/evanw/esbuild/pkg/api"
)

// browsers are the oldest that the pages work in.
var browsers = []api.Engine{
	{Name: api.EngineChrome, Version: "109"},
	{Name: api.EngineFirefox, Version: "115"},
	{Name: api.EngineSafari, Version: "15.4"},
}

func main() {
	for _, options := range []api.BuildOptions{
		// A module may use await at its top, and runs after the document is read.
		{
			EntryPoints: []string{
				"../static/src/recipient.js", "../static/src/recipient-more.js", "../static/src/qr-reader.js",
			},
			Format: api.FormatESModule,
		},
		// A classic script runs at once, and so shows the theme before the page is painted.
		{
			EntryPoints: []string{
				"../static/src/app.js", "../static/src/page.js", "../static/src/item-form.js",
			},
			Format: api.FormatIIFE,
		},
		{EntryPoints: []string{
			"../static/src/recipient.css", "../static/src/recipient-item.css", "../static/src/app.css",
		}},
	} {
		if !bundle(options) {
			os.Exit(1)
		}
	}
}

// bundle reports whether it wrote the files; esbuild prints what is wrong.
func bundle(options api.BuildOptions) bool {
	options.Outdir = "../static"
	options.Bundle = true
	options.Write = true
	options.Engines = browsers
	options.Charset = api.CharsetUTF8
	options.LegalComments = api.LegalCommentsNone
	options.MinifyWhitespace = true
	options.MinifyIdentifiers = true
	options.MinifySyntax = true
	options.LogLevel = api.LogLevelWarning
	result := api.Build(options)
	return len(result.Errors) == 0 && len(result.Warnings) == 0
}
