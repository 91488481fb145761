// Package disk is the file that a trial history is kept in: it says why a file
// cannot be one, opens the connections that read and the one that writes, and holds
// the operating system's lock on a part of it. It knows SQLite and the mark in the
// file's header, and nothing of tables.
//
// Start with [Open]:
//
//	file, err := disk.Open(ctx, "evenkeel.db", disk.Options{Prepare: schema.Migrate})
//	rows, err := file.Read.QueryContext(ctx, "SELECT ...")
//	writer, err := file.Writer(ctx)
//
// A file that is no SQLite database, another program's, or on a network file system
// is refused and left as it is.
package disk
