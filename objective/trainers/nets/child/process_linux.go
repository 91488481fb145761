package child

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// attributes put the process into a session of its own and let it end with the thread that
// started it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}

// executable is the running program, even if its file was replaced meanwhile.
func executable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}

// first is by how much the system rather kills the process than the program where memory is
// short: as if it had a tenth of the machine's memory more.
const first = 100

// prepare makes the process the one that it is to be.
func prepare() {
	ignoreSignals()
	_ = os.WriteFile("/proc/self/comm", []byte(name), 0) // cosmetic
	const file = "/proc/self/oom_score_adj"
	text, err := os.ReadFile(file)
	if own, wrong := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && wrong == nil {
		_ = os.WriteFile(file, []byte(strconv.Itoa(min(own+first, 1000))), 0) // else it is as likely as the program
	}
}

// unit is that of Rusage.Maxrss.
const unit = 1 << 10
