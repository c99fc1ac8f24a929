package vault

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"itemshare/fault"
)

// readByScript prints what the recipient's page makes of each seed on standard input: a code of the
// time 1700000000, or the problem.
const readByScript = `
import { readFileSync } from "node:fs";
const { readTotp, totpCode } = await import("data:text/javascript;base64," +
	readFileSync("../static/src/totp.js").toString("base64"));
const read = [];
for (const seed of JSON.parse(readFileSync(0))) {
	const totp = readTotp(seed);
	read.push(totp.problem ?? await totpCode(totp, Math.floor(1700000000 / totp.period)));
}
console.log(JSON.stringify(read));`

// TestTheScriptReadsTheCorpus: the recipient's page and ParseSeed give one answer to everything that
// the fuzz target has found.
func TestTheScriptReadsTheCorpus(t *testing.T) {
	seeds := corpus(t, "testdata/fuzz/FuzzSeed/*")
	if len(seeds) < 50 {
		t.Fatalf("the corpus has %d seeds", len(seeds))
	}
	for _, c := range seedCases(t) {
		seeds = append(seeds, c.Seed)
	}
	input, err := json.Marshal(seeds)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--input-type=module", "--eval", readByScript)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(input)), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("node, which make test installs: %v", err)
	}
	var read []string
	if err := json.Unmarshal(output, &read); err != nil || len(read) != len(seeds) {
		t.Fatalf("%d of %d seeds were read: %v", len(read), len(seeds), err)
	}
	for i, text := range seeds {
		if want := answerTo(text); read[i] != want {
			t.Errorf("%q: the script says %s, ParseSeed %s", text, read[i], want)
		}
	}
}

func answerTo(text string) string {
	seed, err := ParseSeed(text)
	if err != nil {
		return fault.ProblemsOf(err)[0].Detail
	}
	code, _ := seed.Code(time.Unix(1700000000, 0))
	return code
}

// corpus returns the texts of a fuzz target's files that are UTF-8, as every value of an item is.
func corpus(t *testing.T, pattern string) (texts []string) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, value, _ := strings.Cut(strings.TrimSpace(string(file)), "\n")
		text, err := strconv.Unquote(strings.TrimSuffix(strings.TrimPrefix(value, "string("), ")"))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if text == strings.ToValidUTF8(text, "") {
			texts = append(texts, text)
		}
	}
	return texts
}
