package data

import (
	"fmt"
	"slices"
	"strings"

	"evenkeel/objective"
	"evenkeel/schemes"
)

// Source says where examples come from and how they are read. Its text form,
// as in the study file, is KIND or KIND:PATH; see [ParseSource].
type Source struct {
	// Kind is the name of one of [Kinds].
	Kind string
	// Path is the file or folder, "" for kinds without one.
	Path string
	// Label is the column with the classes, "" means [DefaultLabel]. It and the
	// two below are for tables only (see Kind.Table).
	Label string
	// TestFile holds the test part. "" means the twin of Path if there is one:
	// X_test.csv for X_train.csv and for X.csv. [NoTestFile] means none.
	TestFile string
	// OneHot are the columns that are encoded one-hot.
	OneHot OneHot
}

// DefaultLabel is the label column of a table unless another is named.
const DefaultLabel = "label"

// NoTestFile as Source.TestFile says that a table has no test part of its own,
// even if a file with the twin's name exists.
const NoTestFile = "none"

// OneHot says which columns of a table are replaced by one number per distinct
// value, 1 where a row has this value and 0 elsewhere. The zero value is none.
type OneHot struct {
	// All encodes every column that holds text.
	All bool
	// Columns are encoded, also those of numbers; nil with All.
	Columns []string
}

// String returns the text form, KIND or KIND:PATH.
func (s Source) String() string {
	if s.Path == "" {
		return s.Kind
	}
	return s.Kind + ":" + s.Path
}

// Kind is one kind of source. The study file, the help and `data list` all read
// the list of them.
type Kind struct {
	Name string
	// Path names what follows the colon, "DIR" or "FILE"; "" if nothing does.
	Path string
	// Example is a source of this kind as a study file would have it, Doc what
	// the kind reads, in a sentence.
	Example, Doc string
	// Table says that Label, TestFile and OneHot of a [Source] are used, and that Columns
	// and TestFile of the [Dataset] are set.
	Table bool

	open func(Source) (*Dataset, error)
}

// Form returns how a source of the kind is written, such as "csv:FILE".
func (k Kind) Form() string {
	if k.Path == "" {
		return k.Name
	}
	return k.Name + ":" + k.Path
}

// Kinds returns the kinds of sources.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "embedded", Example: "embedded", open: openEmbedded,
			Doc: "600 training and 400 test images a class of Fashion-MNIST, 14 x 14 pixels, built in",
		},
		{
			Name: "idx", Path: "DIR", Example: "idx:/usr/share/datasets/fashion-mnist", open: openIDX,
			Doc: "grey images in the files of MNIST: train-images-idx3-ubyte and so on, also as .gz",
		},
		{
			Name: "cifar10", Path: "DIR", Example: "cifar10:cifar-10-batches-bin", open: openCIFAR10,
			Doc: "CIFAR-10, the binary version: data_batch_1.bin to data_batch_5.bin and test_batch.bin",
		},
		{
			Name: "csv", Path: "FILE", Example: "csv:letter_train.csv", Table: true, open: openCSV,
			Doc: "a table with a header line: one column has the classes, all others are features",
		},
	}
}

// LookupKind returns the kind with the given name.
func LookupKind(name string) (Kind, bool) {
	kinds := Kinds()
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// TableKeys returns the keys of a study file's data section that only tables use.
func TableKeys() []string { return []string{"label", "test_file", "one_hot"} }

// DefaultSplit returns how a source is split unless somebody says otherwise.
func DefaultSplit() objective.Split { return objective.Split{Validation: 0.2, Test: 0.2, Seed: 1} }

// Table reports whether the source is a table, of which a column has the classes. It
// panics if the source is of no known kind: [ParseSource] makes none.
func (s Source) Table() bool {
	k, ok := LookupKind(s.Kind)
	if !ok {
		panic(fmt.Sprintf("data: source of unknown kind %q", s.Kind))
	}
	return k.Table
}

// ParseSource reads the text form of a source. It opens nothing. The error is a
// clause that starts with the text in quotes.
func ParseSource(text string) (Source, error) {
	name, path, hasPath := strings.Cut(text, ":")
	k, ok := LookupKind(name)
	switch {
	case !ok:
		return Source{}, unknownSource(text, name)
	case k.Path == "" && hasPath:
		return Source{}, fmt.Errorf("%.200q has a path, and %s takes none; want just %[2]s", text, name)
	case k.Path != "" && path == "":
		return Source{}, fmt.Errorf("%.200q has no path; want %s, such as %s", text, k.Form(), k.Example)
	}
	return Source{Kind: name, Path: path}, nil
}

// unknownSource is the error for a source of no known kind.
func unknownSource(text, name string) error {
	var names, forms []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
		forms = append(forms, k.Form())
	}
	near := ""
	if word, ok := schemes.Nearest(name, names); ok {
		near = ", the nearest is " + word
	}
	return fmt.Errorf("%.200q is not known%s; known: %s", text, near, strings.Join(forms, ", "))
}
