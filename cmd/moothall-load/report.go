package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is what a run found out.
type report struct {
	At      time.Time `json:"at"`
	Machine string    `json:"machine"`
	Results []result  `json:"results"`
	Notes   []string  `json:"notes,omitempty"`
}

// result is one figure. Bare is what the machine needs for the same work and
// nothing else; Against is another figure of ours that this one is compared with.
type result struct {
	What    string  `json:"what"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Bare    float64 `json:"bare,omitempty"`
	Against float64 `json:"against,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"` // of Value to Bare or Against
	AtMost  float64 `json:"at_most,omitempty"`
	Of      string  `json:"of,omitempty"` // what AtMost bounds: value or ratio
	Pass    *bool   `json:"pass,omitempty"`
	Detail  string  `json:"detail,omitempty"`
}

const (
	ofValue = "value"
	ofRatio = "ratio"
)

func newReport() report {
	return report{At: time.Now().UTC().Truncate(time.Second), Machine: fmt.Sprintf("%s, %d cores, %s", processor(), runtime.NumCPU(), runtime.Version())}
}

func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(raw)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func (r *report) add(x result) {
	switch {
	case x.Bare > 0:
		x.Ratio = x.Value / x.Bare
	case x.Against > 0:
		x.Ratio = x.Value / x.Against
	}
	if x.AtMost > 0 {
		judged := x.Value
		if x.Of == ofRatio {
			judged = x.Ratio
		}
		pass := judged <= x.AtMost
		x.Pass = &pass
	}
	r.Results = append(r.Results, x)
}

func (r *report) note(words string) { r.Notes = append(r.Notes, words) }

func (r *report) print(w io.Writer, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	fmt.Fprintf(w, "%s, %s\n\n", r.At.Format("2 January 2006 15:04 UTC"), r.Machine)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tmeasured\tunit\tbare limit\tbefore\tratio\ttarget\t\tbeside")
	for _, x := range r.Results {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.What, number(x.Value), x.Unit, number(x.Bare), number(x.Against),
			number(x.Ratio), x.target(), x.verdict(), x.Detail)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, "\n"+n)
	}
	return nil
}

func number(x float64) string {
	switch {
	case x == 0:
		return ""
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func (x result) target() string {
	if x.AtMost == 0 {
		return ""
	}
	return "≤ " + number(x.AtMost) + map[string]string{ofRatio: " times"}[x.Of]
}

func (x result) verdict() string {
	switch {
	case x.Pass == nil:
		return ""
	case *x.Pass:
		return "pass"
	}
	return "MISS"
}

// median of several measurements; it sorts them.
func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	if n%2 == 1 {
		return list[n/2]
	}
	return (list[n/2-1] + list[n/2]) / 2
}

// perThousand is processor time in seconds for a thousand of n.
func perThousand(cpu time.Duration, n int) float64 { return cpu.Seconds() * 1000 / float64(n) }

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
