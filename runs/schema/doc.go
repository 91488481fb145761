// Package schema is the tables and views of a trial history, as SQL text with its own
// comments, and what brings a file to the current version of them.
//
// Each file NNNN.sql brings a database from the version before it to version NNNN; the
// lowest makes a new one. A file that was published is never changed: a change of the
// schema is one more file, and a database in testdata of package runs that the version
// before it has left.
//
// Start with [Migrate], which needs a connection that writes; [Check] says on one that
// reads whether the program can read the file.
package schema
