package agent

import "strings"

// unit is the systemd user unit of the program exe (systemd.unit(5),
// systemd.service(5)).
//
// It starts with the user's manager, so that a desktop without
// graphical-session.target has it too, and ends with the graphical session.
// KillMode=process because a browser that the agent opened for the region's
// page may live in the same control group; a card worker ends with its agent's
// pipe. For the browser's sake as well there is no sandbox: all that
// systemd.exec(5) offers to a user's manager sets NoNewPrivileges, under which
// setuid helpers of browsers and of snap do not start, or a user namespace, in
// which pcscd and the keyring see somebody else.
func unit(exe string) string {
	return `[Unit]
Description=Raccordo, il connettore tra applicazione clinica e cloud sanitario
ConditionFileIsExecutable=` + specifiers(exe) + `
PartOf=graphical-session.target
After=graphical-session-pre.target
StartLimitIntervalSec=300
StartLimitBurst=20

[Service]
Type=simple
ExecStart=` + quoted(exe) + ` agent --service
Restart=on-failure
RestartSec=1
RestartForceExitStatus=75
SuccessExitStatus=75
KillMode=process
TimeoutStopSec=40
OOMPolicy=continue
LimitCORE=0

[Install]
WantedBy=default.target graphical-session.target
`
}

// specifiers keeps systemd from reading %h and the like into a path.
func specifiers(path string) string { return strings.ReplaceAll(path, "%", "%%") }

// quoted is a path as the first word of ExecStart, where variables are not
// read but quotes and backslashes are.
func quoted(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(specifiers(path)) + `"`
}
