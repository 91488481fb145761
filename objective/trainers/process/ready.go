package process

import (
	"fmt"
	"slices"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/models"
)

// known are the entries of `supports` that are known here; others are ignored,
// since a program may be made for a later version too.
var known = slices.Concat(objective.TrainedWays(), objective.Abilities())

// readReady turns the answer to hello into what the trainer says of itself.
func readReady(l line) (objective.Info, error) {
	var info objective.Info
	h, err := readHead(l)
	if err != nil {
		return info, err
	}
	switch h.Type {
	case "ready":
	case "error":
		var f failed
		if err := decode(l, h, &f); err != nil {
			return info, err
		}
		return info, &answeredError{message: string(f.Message)}
	default:
		return info, violation(l, "the training program answered hello with a message of type %q; want ready", abridged(string(h.Type)))
	}
	var r ready
	if err := decode(l, h, &r); err != nil {
		return info, err
	}
	info = objective.Info{Trainer: models.TrainerCommand, Numerics: "external", Version: string(r.Version), Data: string(r.Data)}
	if err := r.check(&info); err != nil {
		return info, violation(l, "ready: %w", err)
	}
	return info, nil
}

// check completes info, or says what is wrong with the answer to hello.
func (r *ready) check(info *objective.Info) error {
	if v, given, err := r.Protocol.real(); err != nil || !given || v != protocolVersion {
		return fmt.Errorf("protocol is %s; want %d, the version that this evenkeel supports", orMissing(r.Protocol.raw), protocolVersion)
	}
	if err := checkClasses(&r.Classes, info); err != nil {
		return fmt.Errorf("classes %w", err)
	}
	if info.Data == "" {
		return fmt.Errorf("data is empty; want a text that changes when the data or their split do")
	}
	if info.Version == "" {
		return fmt.Errorf("version is empty; want a text that changes when the code does")
	}
	supports, err := r.Supports.texts()
	if err != nil {
		return fmt.Errorf("supports %w", err)
	}
	for _, a := range known {
		if slices.Contains(supports, a) {
			info.Supports = append(info.Supports, a)
		}
	}
	ways := objective.TrainedWays()
	if !slices.ContainsFunc(info.Supports, func(s string) bool { return slices.Contains(ways, s) }) {
		return fmt.Errorf("supports is %q; want at least %s, the ways to apply class weights", supports, strings.Join(ways, " or "))
	}
	if !r.TrainCounts.given {
		return nil
	}
	if r.TrainCounts.fault == nil && r.TrainCounts.length() != len(info.Classes) {
		return fmt.Errorf("train_counts has %d entries; want %d, one for each class", r.TrainCounts.length(), len(info.Classes))
	}
	if r.TrainCounts.fault != nil {
		return fmt.Errorf("train_counts %w", r.TrainCounts.fault)
	}
	for c, item := range r.TrainCounts.items {
		n, err := count(item)
		if err == nil && n == 0 {
			err = fmt.Errorf("is 0; want at least one training example")
		}
		if err != nil {
			return fmt.Errorf("train_counts of class %s %w", info.Classes[c], err)
		}
		info.TrainCounts = append(info.TrainCounts, int(n))
	}
	return nil
}

// maxClasses is the most classes that a program may have, by the contract.
const maxClasses = 1000

// checkClasses takes the class names over, which must be different.
func checkClasses(l *list, info *objective.Info) error {
	names, err := l.texts()
	if err != nil {
		return err
	}
	if len(names) > maxClasses {
		return fmt.Errorf("has %d entries; want at most %d classes", len(names), maxClasses)
	}
	if len(names) < 2 {
		return fmt.Errorf("has %d entries; want the names of at least 2 classes", len(names))
	}
	seen := make(map[string]int, len(names))
	for c, name := range names {
		if strings.TrimSpace(name) == "" {
			return fmt.Errorf("entry %d is empty; want a name", c)
		}
		if !objective.OneLine(name) {
			return fmt.Errorf("entry %d is %q; want a name without line breaks and control characters", c, abridged(name))
		}
		if first, twice := seen[name]; twice {
			return fmt.Errorf("entries %d and %d are both %q; want different names", first, c, name)
		}
		seen[name] = c
	}
	info.Classes = names
	return nil
}

func orMissing(s string) string {
	if s == "" {
		return "missing"
	}
	return abridged(s)
}
