// Package pinentry is the scripted stand-in for a person in front of a PIN
// window: a program that speaks the pinentry side of Assuan and answers as a
// file says. It writes down what each window showed, so that a test can tell
// whether a doctor would have known what was asked, by whom and for what.
package pinentry

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Script is how the person behaves.
type Script struct {
	PIN     string `json:"pin"`
	Cancel  bool   `json:"cancel,omitempty"`
	DelayMS int    `json:"delay_ms,omitempty"` // before answering
	Hold    bool   `json:"hold,omitempty"`     // leaves the window open until the script is another

	// Answers are typed into the windows whose label holds the key, in place of PIN.
	Answers map[string]string `json:"answers,omitempty"`
	// HoldLabel is Hold for the windows whose label holds it, and no others.
	HoldLabel string `json:"hold_label,omitempty"`
	// Empty is how often nothing is typed into those windows, without waiting, before.
	Empty int `json:"empty,omitempty"`
	// Other is how often the third button is pressed, where there is one, before
	// the window is answered.
	Other int `json:"other,omitempty"`
}

// holds tells whether a window stays open.
func (s Script) holds(w Window) bool {
	return s.Hold || s.Empty == 0 && s.labelled(w)
}

func (s Script) labelled(w Window) bool {
	return s.HoldLabel != "" && strings.Contains(w.Label, s.HoldLabel)
}

// typed is what the person types into a window.
func (s Script) typed(w Window) string {
	for word, answer := range s.Answers {
		if strings.Contains(w.Label, word) {
			return answer
		}
	}
	return s.PIN
}

// Window is one prompt as it was shown.
type Window struct {
	Kind        string `json:"kind"` // GETPIN, CONFIRM or MESSAGE
	Title       string `json:"title"`
	Description string `json:"description"`
	Label       string `json:"label,omitempty"`
	Fault       string `json:"fault,omitempty"`
	OK          string `json:"ok,omitempty"`    // the buttons' texts
	Other       string `json:"other,omitempty"` // of the third one

	At time.Time `json:"at"` // when it was shown
}

const (
	scriptFile = "script.json"
	shownFile  = "shown.jsonl"
)

// Install writes the starter of the scripted program (exe with the argument
// pinentry) into dir and returns its path.
func Install(dir, exe string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "pinentry-script")
	text := fmt.Sprintf("#!/bin/sh\nexec '%s' pinentry '%s'\n", exe, dir)
	return file, os.WriteFile(file, []byte(text), 0o700)
}

// Set changes how the person behaves from now on.
func Set(dir string, s Script) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, scriptFile+".new")
	if err := os.WriteFile(tmp, body, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, scriptFile))
}

// Shown returns the windows so far.
func Shown(dir string) ([]Window, error) {
	f, err := os.Open(filepath.Join(dir, shownFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []Window
	for dec := json.NewDecoder(f); ; {
		var w Window
		if err := dec.Decode(&w); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return all, err
		}
		all = append(all, w)
	}
}

// Run is the program: it answers until in ends, also while a window is open.
func Run(dir string, in io.Reader, out io.Writer) error {
	fmt.Fprintln(out, "OK Pleased to meet you")
	lines, ended := make(chan string, 64), make(chan error, 1)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(in)
		for in.Scan() {
			lines <- in.Text()
		}
		ended <- in.Err()
	}()
	done := make(chan error, 1)
	go func() { done <- converse(dir, lines, out) }()
	select {
	case err := <-done:
		return err
	case err := <-ended: // whoever asked has gone: so does the window
		return err
	}
}

func converse(dir string, lines <-chan string, out io.Writer) error {
	var w Window
	for line := range lines {
		verb, rest, _ := strings.Cut(line, " ")
		text := unescape(rest)
		switch verb {
		case "SETTITLE":
			w.Title = text
		case "SETDESC":
			w.Description = text
		case "SETPROMPT":
			w.Label = text
		case "SETERROR":
			w.Fault = text
		case "SETOK":
			w.OK = text
		case "SETNOTOK":
			w.Other = text
		case "GETINFO":
			fmt.Fprintln(out, "D scripted")
		case "GETPIN", "CONFIRM", "MESSAGE":
			w.Kind = verb
			if err := answer(dir, w, out); err != nil {
				return err
			}
			continue
		case "BYE":
			fmt.Fprintln(out, "OK closing connection")
			return nil
		}
		fmt.Fprintln(out, "OK")
	}
	return nil
}

func answer(dir string, w Window, out io.Writer) error {
	w.At = time.Now()
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, shownFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(append(body, '\n')); err != nil {
		return err
	}
	s, err := script(dir)
	for ; err == nil && s.holds(w); s, err = script(dir) {
		time.Sleep(holdPause)
	}
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(s.DelayMS) * time.Millisecond)
	switch {
	case s.Cancel:
		fmt.Fprintln(out, "ERR 83886179 Operation cancelled <Pinentry>")
	case w.Other != "" && s.Other > 0:
		s.Other--
		if err := Set(dir, s); err != nil {
			return err
		}
		fmt.Fprintln(out, "ERR 83886194 Not confirmed <Pinentry>")
	case s.Empty > 0 && s.labelled(w):
		s.Empty--
		if err := Set(dir, s); err != nil {
			return err
		}
		fmt.Fprintln(out, "OK")
	case w.Kind == "GETPIN":
		fmt.Fprintf(out, "D %s\nOK\n", escape(s.typed(w)))
	default:
		fmt.Fprintln(out, "OK")
	}
	return nil
}

// holdPause is how often an open window looks for another script.
const holdPause = 10 * time.Millisecond

func script(dir string) (s Script, err error) {
	text, err := os.ReadFile(filepath.Join(dir, scriptFile))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

func escape(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func unescape(s string) string {
	return strings.NewReplacer("%0A", "\n", "%0D", "\r", "%25", "%").Replace(s)
}
