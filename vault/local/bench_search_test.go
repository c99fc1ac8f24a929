package local_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"itemshare/vault"
	"itemshare/vault/local"
)

// fill imports n small items into a vault.
func (b *bench) fill(name string, n int) vault.Info {
	b.t.Helper()
	items := make([]vault.ImportedItem, n)
	for i := range items {
		items[i] = vault.ImportedItem{
			VaultTitle: name,
			Origin:     vault.Origin{Account: "a", Vault: "v" + name, Item: fmt.Sprint(i)},
			Item: vault.Item{
				Title: fmt.Sprintf(
					"Item %d of many",
					i*7919%n,
				), Category: vault.Categories()[i%24], Websites: []vault.Website{{
					URL: fmt.Sprintf("https://host%d.example", i%500),
				}},
				Fields: []vault.Field{
					{
						ID:    "username",
						Title: "username",
						Type:  vault.FieldText,
						Value: fmt.Sprintf("user%d@company.example", i),
					},
					{ID: "password", Type: vault.FieldConcealed, Value: "x"},
				},
			},
		}
	}
	done, err := b.Import(b.t.Context(), local.Import{Items: vault.ImportedItems(items...)})
	if err != nil {
		b.t.Fatal(err)
	}
	return done.Vaults[0].Info
}

// BenchmarkSearch is the items page's part of a search, the look at the change
// counter included, over 500 and over 50,000 items.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{500, 50_000} {
		bench := open(b)
		start := time.Now()
		info := bench.fill("Team", n)
		imported := time.Since(start)
		start = time.Now()
		if _, err := bench.Vaults(b.Context()); err != nil {
			b.Fatal(err)
		}
		first := time.Since(start)
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		for _, text := range []string{"", "item", "user499", "host7 many", "no such"} {
			b.Run(fmt.Sprintf("%d/%s", n, text), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := bench.Browse(
						b.Context(),
						vault.Query{Vaults: []string{info.ID}, Text: text, Limit: 50},
					); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Logf(
			"%d items: import %v, first look %v, heap %d MiB",
			n,
			imported.Round(time.Millisecond),
			first.Round(time.Millisecond),
			memory.HeapAlloc>>20,
		)
	}
}

// BenchmarkFirstLook is what a process does with 50,000 items after its start. Its processor time,
// unlike the time it takes, is not that of other work on the machine.
func BenchmarkFirstLook(b *testing.B) {
	bench := open(b)
	bench.fill("Team", 50_000)
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		if _, err := bench.another().Vaults(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
