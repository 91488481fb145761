package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// marked returns the processes, guards included, that were started on behalf of
// the test of the given name. One that has ended and was not waited for is none.
func marked(name string) []string {
	var found []string
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range environs {
		b, err := os.ReadFile(file)
		if err == nil && strings.Contains("\x00"+string(b), "\x00"+markVariable+"="+name+"\x00") {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			found = append(found, fmt.Sprintf("%s %q", filepath.Base(filepath.Dir(file)), line))
		}
	}
	return found
}
