package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/wire"
)

// How often a watched folder is looked at, and how long nothing in it may have
// changed before what has come is signed: programs write a file in more than one
// go, and a list of files is one consent.
const (
	watchLook  = 500 * time.Millisecond
	watchQuiet = 2 * time.Second
)

// watched is a folder whose files are signed as they come. Nothing in it is
// moved, changed or removed.
type watched struct {
	dir    string
	format string
	ours   map[string]bool  // files that this program wrote
	left   map[string]state // files that are not asked for again while they stay as they are
}

// state is by what a file is known to have changed.
type state struct {
	size int64
	time time.Time
}

// watch signs what comes into the folder until it is interrupted. A refused
// consent leaves those files out; a wrong PIN or code ends the watch.
func (c *signCommand) watch(talk talker, out, aside io.Writer) error {
	if c.Out == "" {
		c.Out = filepath.Join(c.Watch, "firmati")
	}
	w := &watched{dir: c.Watch, format: c.Format, ours: map[string]bool{}, left: map[string]state{}}
	if err := writeLines(aside, fmt.Sprintf("In attesa di documenti in %s; i firmati vanno in %s. Per finire: Ctrl-C.", c.Watch, c.Out)); err != nil {
		return err
	}
	for {
		batch, err := w.gather(c.outputs())
		if err != nil {
			return err
		}
		if err := c.signWatched(talk, w, batch, out, aside); err != nil {
			return err
		}
	}
}

// signWatched has one gathered list signed.
func (c *signCommand) signWatched(talk talker, w *watched, batch map[string]state, out, aside io.Writer) error {
	files := make([]string, 0, len(batch))
	for f := range batch {
		files = append(files, f)
	}
	slices.Sort(files)
	done, err := c.sign(talk, files, out, aside)
	for _, d := range done {
		w.ours[d.Signed] = true
	}
	for f, s := range batch {
		w.left[f] = s
	}
	var fault *wire.Error
	if !errors.As(err, &fault) || fault.Data.Hop == wire.HopPIN || fault.Data.Code == wire.ErrRemoteLocked {
		if errors.Is(err, errChangedFile) || errors.Is(err, fs.ErrNotExist) {
			for f := range batch { // they are looked at again
				delete(w.left, f)
			}
			return nil
		}
		return err
	}
	return writeLines(aside, explain(fault), fmt.Sprintf("Non firmati: %d. Vengono riproposti se cambiano, o al prossimo avvio.", len(files)-len(done)))
}

// gather waits until there are files to sign and the folder is quiet.
func (w *watched) gather(outputs func(file string) []string) (map[string]state, error) {
	var before map[string]state
	since := time.Now()
	for {
		now, err := w.look(outputs)
		if err != nil {
			return nil, err
		}
		if !same(before, now) {
			before, since = now, time.Now()
		}
		if len(now) > 0 && time.Since(since) >= watchQuiet {
			return now, nil
		}
		time.Sleep(watchLook)
	}
}

func same(a, b map[string]state) bool {
	if len(a) != len(b) {
		return false
	}
	for f, s := range a {
		if o, ok := b[f]; !ok || o.size != s.size || !o.time.Equal(s.time) {
			return false
		}
	}
	return true
}

// look lists the files to be signed: those of the format's kind that are not
// signed yet, were not refused as they are, and are no output of ours.
func (w *watched) look(outputs func(file string) []string) (map[string]state, error) {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return nil, err
	}
	found := map[string]state{}
	for _, e := range entries {
		file := filepath.Join(w.dir, e.Name())
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || w.ours[file] || !suits(e.Name(), w.format) {
			continue
		}
		s := state{info.Size(), info.ModTime()}
		if l, ok := w.left[file]; ok && l.size == s.size && l.time.Equal(s.time) {
			continue
		}
		if slices.ContainsFunc(outputs(file), newer(info.ModTime())) {
			continue // signed by an earlier watch
		}
		found[file] = s
	}
	return found, nil
}

// newer tells whether there is a file that is not older than a time.
func newer(than time.Time) func(file string) bool {
	return func(file string) bool {
		info, err := os.Stat(file)
		return err == nil && !info.ModTime().Before(than)
	}
}

// signedEndings are those of signed documents.
var signedEndings = []string{".p7m", ".p7s", ".jws", ".asice", ".xades.xml"}

// suits tells whether a watch signs a file with this name: no half-written one,
// no signed one, and one of the format's own kind.
func suits(name, format string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return false
	}
	for _, ending := range append([]string{".part", ".tmp", ".crdownload"}, signedEndings...) {
		if strings.HasSuffix(name, ending) {
			return false
		}
	}
	ext := filepath.Ext(name)
	if strings.HasSuffix(strings.TrimSuffix(name, ext), signedMark) {
		return false
	}
	switch format {
	case "pades":
		return ext == ".pdf"
	case "xades":
		return ext == ".xml"
	}
	return true
}

// outputs are the names under which a signed file may lie.
func (c *signCommand) outputs() func(file string) []string {
	return func(file string) []string {
		name := filepath.Base(file)
		all := []string{filepath.Join(c.Out, signedName(name, name, 1))}
		for _, ending := range signedEndings {
			all = append(all, filepath.Join(c.Out, name+ending))
		}
		return all
	}
}
