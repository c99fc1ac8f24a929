// Package migrations is the schema's history, one folder an engine. Files are
// only ever added: what a release shipped is never edited. It holds no code.
package migrations

import "embed"

// Files holds the folders sqlite and postgres with goose's numbered SQL files.
//
//go:embed sqlite postgres
var Files embed.FS
