// Package report lays out what commands print: pages for a terminal and in Markdown,
// and the same results as JSON and CSV. All text that people read of a study's results
// is made here, from the data of package results and of the packages below, but for the
// sentences of explain and check, which come with their figures (decision 0049); nothing
// is decided here.
//
// Every page takes an [Out], which says where to and in which format:
//
//	out := report.To(os.Stdout, "table")
//	err := report.Leaderboard(out, overview, report.BoardOptions{})
//
// JSON is an array of objects with the column names of the table, numbers as numbers and
// unrounded; CSV has the same columns.
package report
