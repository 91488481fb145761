// Package leftover knows what is left when a program is killed: temporary folders, and the
// guard processes of trainers.
//
// A temporary folder has in its name which process made it: the process id, when that process
// was started, and on which machine. So it can be seen later whether it is still needed. A
// process id that was given to another process meanwhile has another start time.
//
// # Where to start
//
//   - [MakeFolder] makes a folder, [Folders] lists what others left, [Folder.Remove] removes it.
//   - [Guards] lists the guard processes, [Guard.Wake] lets one that was stopped go on.
package leftover
