package check

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// cost reports what a training costs and how long the study will take.
func (c *checker) cost() {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	var runs, perEpoch []float64
	for _, s := range c.pool.spent {
		runs = append(runs, s.seconds)
		if s.epochs > 0 {
			perEpoch = append(perEpoch, s.seconds/float64(s.epochs))
		}
	}
	seconds := median(runs)
	f := Line{Name: nameEpoch, State: OK, Text: fmt.Sprintf("%s a training (median of %d)", precise(seconds), len(runs))}
	if len(perEpoch) > 0 {
		f.Text = fmt.Sprintf("%s an epoch, %s", precise(median(perEpoch)), f.Text)
	}
	if c.cfg.Parallel > 1 {
		f.Text += fmt.Sprintf(", %d trainings at once", c.cfg.Parallel)
	}
	c.say(f)
	at := ""
	if c.cfg.Parallel > 1 {
		at = fmt.Sprintf(", %d at once", c.cfg.Parallel)
	}
	f = Line{Name: nameStudy, State: OK}
	if c.cfg.Trainings > 0 {
		f.Text = fmt.Sprintf("about %s for %s%s (evenkeel search --dry-run lists them)", about(c.cfg.Length*seconds/float64(c.cfg.Parallel)),
			plural(int(math.Round(c.cfg.Trainings)), "training"), at)
	} else {
		f.Text = fmt.Sprintf("about %.3g trainings an hour%s", 3600*float64(c.cfg.Parallel)/max(seconds, 1e-3), at)
	}
	c.say(f)
}

// median returns the middle of x, the mean of the two in the middle if there is
// no such one. It sorts x, which must not be empty.
func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// precise writes a duration in seconds with three digits.
func precise(seconds float64) string {
	switch {
	case seconds < 0.9995:
		return fmt.Sprintf("%.3g ms", 1000*seconds)
	case seconds < 100:
		return fmt.Sprintf("%.3g s", seconds)
	default:
		return about(seconds)
	}
}

// about writes a duration in seconds as a person says it: 45 s, 12 min,
// 3 h 20 min, 2 days 5 h.
func about(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case seconds < 1:
		return "1 s"
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f s", seconds)
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 36*time.Hour:
		d = d.Round(10 * time.Minute)
		if m := d % time.Hour; m != 0 {
			return fmt.Sprintf("%d h %d min", d/time.Hour, m/time.Minute)
		}
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		h := int(d.Round(time.Hour) / time.Hour)
		if h%24 != 0 {
			return fmt.Sprintf("%s %d h", plural(h/24, "day"), h%24)
		}
		return plural(h/24, "day")
	}
}
