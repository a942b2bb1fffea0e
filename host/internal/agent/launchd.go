package agent

import (
	"bytes"
	"encoding/xml"
)

// launchAgent is the property list of the program exe (launchd.plist(5)): in
// sessions with a desktop, from login on, again after a failure but not after
// a clean end.
func launchAgent(label, exe string) string {
	var path bytes.Buffer
	_ = xml.EscapeText(&path, []byte(exe)) // a Buffer takes everything
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + label + `</string>
	<key>ProgramArguments</key>
	<array>
		<string>` + path.String() + `</string>
		<string>agent</string>
		<string>--service</string>
	</array>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>SuccessfulExit</key>
		<false/>
	</dict>
	<key>ThrottleInterval</key>
	<integer>1</integer>
	<key>ProcessType</key>
	<string>Interactive</string>
	<key>ExitTimeOut</key>
	<integer>40</integer>
</dict>
</plist>
`
}
