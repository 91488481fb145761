// Package writer is the one goroutine that writes for a study. It collects what is handed
// to it and applies it in transactions, in the order of the calls: whoever waits for a
// record waits for one sync of the disk, which makes all records before it durable too.
//
// Start with [New]; hand over with [Writer.Put] and [Writer.PutAndWait]:
//
//	w := writer.New(conn, writer.Options{...})
//	err := w.PutAndWait(func(tx *writer.Transaction) error { return tx.Exec("INSERT ...") })
//	err = w.Close()
package writer
