// Package studyfile reads a study from YAML 1.2 text: it checks every rule of
// the study file and returns a search.Definition with all defaults filled in.
// It is the only place that knows YAML.
//
// It is not the place for what a study does: it neither opens files nor trains,
// and a Definition can be made without it.
//
// Start with [Parse]:
//
//	def, err := studyfile.Parse("fashion.yaml", text, folder, []studyfile.Override{
//		{Key: "search.trials", Value: "60", Flag: "--trials"},
//	})
//	var faults studyfile.Errors
//	if errors.As(err, &faults) { // every fault of the file, in its order
//		fmt.Fprintln(os.Stderr, faults)
//	}
//
// A value is fixed, a list is a choice, {low, high, log?, step?} is a range; so
// the study file is the space. The way of a text: YAML nodes (syntax.go) -> a
// tree that holds nothing but scalars, lists and mappings, each with its
// position (tree.go) -> overrides (override.go) -> settings, one for each key
// (setting.go), read by the tables in keys.go -> the definition (sections.go,
// model.go, weighting.go) with its canonical form and its source (source.go).
package studyfile
