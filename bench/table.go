package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// turnResult is what one side did in one turn.
type turnResult struct {
	rate     float64 // a second
	p50, p99 time.Duration
	cost     float64 // µs of processor each
	written  float64 // KB to disk each
}

// side is one of those compared: ours first.
type side struct {
	name string
	pids []int // none: this process
	run  func(connections int, turn time.Duration) (timings, time.Duration, error)
}

func (s side) measure(connections int, turn time.Duration) (turnResult, error) {
	before := usageOf(s.pids)
	took, all, err := s.run(connections, turn)
	used := usageOf(s.pids).since(before)
	if err == nil && len(took) == 0 {
		err = fmt.Errorf("%s did nothing", s.name)
	}
	if err != nil {
		return turnResult{}, fmt.Errorf("%s: %w", s.name, err)
	}
	slices.Sort(took)
	n := float64(len(took))
	return turnResult{
		rate: n / all.Seconds(), p50: took.at(0.5), p99: took.at(0.99),
		cost: float64(used.processor.Microseconds()) / n, written: float64(used.written) / n / 1024,
	}, nil
}

// scenario is one kind of work with everybody who does it. prepare runs before each round.
type scenario struct {
	name        string
	connections int
	sides       []side
	prepare     func() error
}

// compare lets all sides work in turn, once a round, and writes a row for each side: medians of the
// rounds, and the ratios of ours to the side's.
func (s scenario) compare(out io.Writer, rounds int, turn time.Duration) error {
	results := make([][]turnResult, len(s.sides))
	for round := range rounds + 1 {
		if s.prepare != nil {
			if err := s.prepare(); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		for i, side := range s.sides {
			result, err := side.measure(s.connections, turn)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			if round > 0 { // the first warms
				results[i] = append(results[i], result)
			}
		}
	}
	for i, side := range s.sides {
		ratios := make([]float64, rounds)
		for round := range rounds {
			ratios[round] = results[0][round].rate / results[i][round].rate
		}
		slices.Sort(ratios)
		shown := ""
		if i > 0 {
			shown = fmt.Sprintf("%.2f (%.2f–%.2f)", ratios[rounds/2], ratios[0], ratios[rounds-1])
		}
		fmt.Fprintf(out, "| %s | %d | %s | %.0f | %s | %.1f / %.1f | %.0f | %.0f | %s |\n",
			s.name, s.connections, side.name,
			median(results[i], func(r turnResult) float64 { return r.rate }), shown,
			median(results[i], func(r turnResult) float64 { return r.p50.Seconds() * 1000 }),
			median(results[i], func(r turnResult) float64 { return r.p99.Seconds() * 1000 }),
			median(results[i], func(r turnResult) float64 { return r.cost }),
			median(results[i], func(r turnResult) float64 { return r.written }), loadAverage())
	}
	return nil
}

const (
	tableHead = "| what | connections | who | a second | ratio | p50 / p99, ms | processor, µs | KB written |" +
		tableEnd
	tableEnd = " load |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
)

func median(results []turnResult, value func(turnResult) float64) float64 {
	values := make([]float64, len(results))
	for i, result := range results {
		values[i] = value(result)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
