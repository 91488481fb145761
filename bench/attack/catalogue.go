//go:build linux

package main

// catalogue returns the attacks in the order in which they are performed.
func catalogue() []attack {
	const same = "sound after the kill; continued, the undisturbed tables"
	hostiles, studies, flags, files, folders := len(behaviours), len(bombs), len(flagBombs), len(dataBombs), len(folderBombs)
	return []attack{
		{name: "kill at creation", promise: same, short: 10, long: 40, do: killing(nothing, searched, 0.2)},
		{name: "kill at opening", promise: same, short: 8, long: 30, do: killing(searched, searched, 0.2)},
		{name: "kill in search", promise: same, short: 16, long: 80, do: killing(nothing, searched, 1)},
		{name: "kill in confirm", promise: same, short: 12, long: 50, do: killing(searched, confirmed, 1)},
		{name: "kill in explain --measure", promise: same, short: 8, long: 40, do: killing(searched, measured, 1)},
		{name: "kill in gc", promise: same, short: 8, long: 40, do: killing(searched, freed, 1)},
		{name: "kill in backup", promise: "the original as it was; the copy absent or whole", short: 6, long: 30, do: killedBackup},
		{name: "kill eight times in a row", promise: same, short: 2, long: 10, do: killedInARow},
		{name: "kill readers in a search", promise: "the search ends with the undisturbed tables", short: 2, long: 10, do: killedReaders},
		{name: "SIGINT and SIGTERM", promise: "status 0 or 130; continued, the undisturbed tables", short: 4, long: 20, do: interrupted},
		{name: "SIGSTOP and SIGCONT", promise: "the undisturbed tables", short: 3, long: 15, do: stopped},
		{name: "two writers, three names", promise: "one works, the others are refused; the undisturbed tables", short: 4, long: 30, do: secondWriters},
		{name: "hard link in a search", promise: "the second name is refused; continued, the undisturbed tables", short: 2, long: 10, do: hardLink},
		{name: "history moved or replaced", promise: "stops with an error and a saved file; that continued, the same", short: 6, long: 30, do: displaced},
		{name: "readers in a search", promise: "all end with status 0; the undisturbed tables", short: 1, long: 5, do: readers},
		{name: "readers at creation", promise: "no reader fails; the undisturbed tables", short: 2, long: 10, do: readersAtCreation},
		{name: "little memory", promise: "sound; continued, the undisturbed tables", short: 4, long: 20, do: littleMemory},
		{name: "damaged history", promise: "a page or an error; no other figures where pages are lost", short: 10, long: 100, do: damaged},
		{name: "spoiled cells", promise: "a page or an error", short: 15, long: 300, do: spoiled},
		{name: "hostile trainer", promise: "ends, nothing is left, no wrong figure; can be continued", short: hostiles / 3, long: 3 * hostiles, idle: true, do: hostileTrainer},
		{name: "study-file bomb", promise: "refused within bounds of time, memory and text; nothing begun", short: studies, long: 2 * studies, do: studyBomb},
		{name: "bomb in a flag", promise: "refused within bounds of time, memory and text", short: flags, long: flags, do: flagBomb},
		{name: "data bomb", promise: "refused within bounds of time, memory and text", short: files, long: files, do: dataBombed},
		{name: "bomb in an image folder", promise: "refused within bounds of time, memory and text", short: folders, long: folders, do: folderBomb},
		{name: "full disk", promise: "an error that says so; with room, the undisturbed tables", long: 40, do: fullDisk},
		{name: "full TMPDIR", promise: "status 1; with room, the undisturbed tables", long: 10, idle: true, do: fullTemporary},
	}
}
