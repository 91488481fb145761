// Package memory says how much memory this machine has for further trainings, and lets no
// more of them begin than fit into it.
//
//	room := memory.NewRoom()
//	leave, err := room.Enter(ctx, need) // waits for others, or fails with an [*objective.MemoryError]
//	if err != nil {
//		return err
//	}
//	defer leave()
//
// What bounds it: on Linux the memory that the system calls available, the limits of the
// control groups, and the address space and data that the process may have (ulimit -v and -d);
// on macOS all memory of the machine; elsewhere nothing that is known, and every training
// begins at once.
package memory
