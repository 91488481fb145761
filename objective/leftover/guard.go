package leftover

// GuardTitle begins the first argument of a guard, a process that watches over a training
// program and ends it when its driver has ended. The program's command follows.
const GuardTitle = "trainer-guard: "

// Guard is a guard process.
type Guard struct {
	PID int
	// Command is the program that it watches over, shortened.
	Command string
	// Stopped says that somebody stopped it (SIGSTOP), Orphan that its driver has ended.
	Stopped, Orphan bool
}
