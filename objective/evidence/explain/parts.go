package explain

import (
	"fmt"
	"slices"

	"evenkeel/objective/evidence/confirm"
)

// Parts compares the reference on validation and on the test part.
type Parts struct {
	confirm.Parts
	// ValidationSpread and TestSpread are its spreads, the latter corrected for the noise of
	// the examples. Images is the number of test examples of each class.
	ValidationSpread, TestSpread float64
	Images                       []int64
}

// unlike reports whether the test part differs from validation beyond noise.
func (f *figures) unlike() bool { return f.Parts != nil && f.Parts.Unlike() }

// partsOf says how the two parts differ, and why.
func (f *figures) partsOf() (Finding, bool) {
	p := f.Parts
	if p == nil {
		return Finding{}, false
	}
	d := Finding{
		Name: "parts", Reason: p.Unlike(), Try: "parts",
		Threshold: "1 % for the balanced accuracy and the recalls of all classes together", Source: "the intervals of both parts, over seeds and examples",
		Figures: []Figure{
			{"validation_balanced_accuracy", p.Validation}, {"test_balanced_accuracy", p.Test}, {"difference_low", p.Low}, {"difference_high", p.High},
			{"validation_spread", p.ValidationSpread}, {"test_spread", p.TestSpread},
		},
	}
	accuracies := fmt.Sprintf("balanced accuracy is %s on validation and %s on the test part", percent(p.Validation), percent(p.Test))
	interval := fmt.Sprintf("95 %% interval of test minus validation %s to %s points", points(p.Low), points(p.High))
	if !d.Reason {
		fewer := "other examples"
		if slices.Min(f.support) < slices.Min(p.Images) {
			fewer = "other and fewer examples"
		}
		d.Text = fmt.Sprintf("Balanced accuracy and recalls do not differ between validation and test part beyond noise: %s's %s (%s). Its spread is %s on validation and %s on the test part. Validation has %s (%s a class, test part %s), and its spread contains their noise, which is taken off on the test part.",
			f.reference(), accuracies, interval, small(p.ValidationSpread), small(p.TestSpread), fewer, count(f.support), count(p.Images))
		return d, true
	}
	noise := "beyond noise"
	if !p.Balanced {
		noise = "within noise"
	}
	d.Text = fmt.Sprintf("The test part is unlike the validation part: %s's %s (%s, %s).", f.reference(), accuracies, interval, noise)
	if n := len(p.Classes); n > 0 {
		const most = 3
		var words []string
		for _, c := range p.Classes[:min(n, most)] {
			words = append(words, fmt.Sprintf("%s %s and %s", f.class(c), percent(p.ValidationRecall[c]), percent(p.TestRecall[c])))
		}
		if n > most {
			words = append(words, plural(n-most, "more class"))
		}
		d.Text += fmt.Sprintf(" Recalls that differ beyond noise, on validation and on the test part: %s.", list(words))
	}
	d.Text += " What validation chose may be wrong for such data."
	return d, true
}

// partsRemedy is to make the two parts alike.
func partsRemedy() Remedy {
	return Remedy{Name: "parts", Text: "Find out how the two parts were made: by other people, on other devices, at another time? Weights and offsets fit data like those of validation, so let validation be like the data that you will predict."}
}
