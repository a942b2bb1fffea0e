//go:build unix

package prompt

import (
	"fmt"
	"strings"
)

// zenity is GNOME's. Its --password shows no text of ours: --entry does.
var zenity = dialog{"zenity", zenityArgs, func(end ending) error {
	if end.exit == 5 {
		return ErrTimeout
	}
	return refused(end)
}, named}

// zenityWidth is in characters.
const zenityWidth = 64

func zenityArgs(k kind, req Request) []string {
	args := []string{"--title=" + req.Title, "--width=440", "--timeout=" + seconds(req.Wait)}
	// zenity undoes C's escapes in every text, and an entry's underscores; it
	// makes the window as wide as the longest line.
	text := strings.ReplaceAll(strings.Join(wrap(req.text(), zenityWidth), "\n"), `\`, `\\`)
	if req.OK != "" {
		args = append(args, "--ok-label="+req.OK)
	}
	switch k {
	case askPIN:
		if req.Label != "" {
			text += "\n\n" + req.Label
		}
		return append(args, "--entry", "--hide-text", "--cancel-label=Annulla", "--text="+strings.ReplaceAll(text, "_", "__"))
	case askLeave:
		return append(args, "--question", "--no-markup", "--no-wrap", "--default-cancel", "--cancel-label=Annulla", "--text="+text)
	}
	if k == choose {
		return append(args, "--question", "--no-markup", "--no-wrap", "--default-cancel", "--cancel-label=Annulla", "--extra-button="+req.Other, "--text="+text)
	}
	return append(args, "--info", "--no-markup", "--no-wrap", "--text="+text)
}

// kdialog is KDE's. It has no timeout of its own: the context ends it.
var kdialog = dialog{"kdialog", kdialogArgs, func(end ending) error {
	if end.exit == 2 { // Escape, or the window's own button
		return ErrCancelled
	}
	return refused(end)
}, func(end ending, _ []byte, _ Request) bool {
	return end.exit == 1 && !noDisplay(end)
}}

func kdialogArgs(k kind, req Request) []string {
	args := []string{"--title", req.Title}
	// Qt takes what looks like a tag for HTML, and kdialog undoes "\n" itself.
	text := strings.NewReplacer("<", "‹", ">", "›", `\`, `\\`).Replace(req.text())
	switch k {
	case askPIN:
		if req.Label != "" {
			text += "\n\n" + req.Label
		}
		return append(args, "--password", text)
	case askLeave:
		ok := req.OK
		if ok == "" {
			ok = "OK"
		}
		return append(args, "--yes-label", ok, "--no-label", "Annulla", "--yesno", text)
	}
	if k == choose {
		return append(args, "--yes-label", req.OK, "--no-label", req.Other, "--cancel-label", "Annulla", "--yesnocancel", text)
	}
	return append(args, "--msgbox", text)
}

// The texts are arguments of the script (AppleScript, "on run argv") and never
// part of it.
const appleScript = `on run argv
	tell me to activate
	set {theTitle, theText, theButton, theLimit, theOther} to {item 1 of argv, item 2 of argv, item 3 of argv, (item 4 of argv) as integer, item 5 of argv}
	set theReply to display dialog theText with title theTitle %s giving up after theLimit
	if gave up of theReply then error number -1712
	return %s
end run`

// osascript is macOS's.
var osascript = dialog{"osascript", osascriptArgs, func(end ending) error {
	switch {
	case strings.Contains(end.complaint, "(-128)"):
		return ErrCancelled
	case strings.Contains(end.complaint, "(-1712)"):
		return ErrTimeout
	}
	return fmt.Errorf("%w: exit code %d", ErrUnavailable, end.exit)
}, named}

func osascriptArgs(k kind, req Request) []string {
	form, result := `buttons {"Annulla", theButton} default button 2 cancel button 1`, `""`
	text := req.text()
	switch k {
	case askPIN:
		form, result = `default answer "" with hidden answer `+form, `text returned of theReply`
		if req.Label != "" {
			text += "\n\n" + req.Label
		}
	case tell:
		form = `buttons {theButton} default button 1`
	case choose:
		form, result = `buttons {"Annulla", theOther, theButton} default button 1 cancel button 1`, `button returned of theReply`
	}
	ok := req.OK
	if ok == "" {
		ok = "OK"
	}
	return []string{"-e", fmt.Sprintf(appleScript, form, result), req.Title, text, ok, seconds(req.Wait), req.Other}
}
