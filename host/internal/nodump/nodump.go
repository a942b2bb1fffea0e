// Package nodump keeps a PIN that passes through a process out of what is left
// of it: core dumps and crash reports, and, where the system can, the eyes of
// other programs of the same user.
//
// It does not hide anything from an administrator, and swapped memory is not
// its business: a PIN is wiped long before that.
//
// References: setrlimit(2), core(5), prctl(2) PR_SET_DUMPABLE; SetErrorMode and
// WerSetFlags of the Windows API.
package nodump

// NoCores is for every process that sees a PIN: the agent and the card worker.
func NoCores() error { return noCores() }

// Private is for a process that nobody else looks at: the card worker. It makes
// /proc/PID unreadable for other programs of the user and refuses debuggers.
// The agent can not be private: relay and agent know each other by /proc/PID/exe
// of the other (package ipc), which then only root could read.
func Private() error {
	if err := noCores(); err != nil {
		return err
	}
	return hide()
}
