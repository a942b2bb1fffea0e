package prompt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// gpg-error codes of libgpg-error, low 16 bits of the number after ERR.
const (
	gpgTimeout      = 62
	gpgCanceled     = 99
	gpgNotConfirmed = 114
	gpgFullyCancel  = 198
)

// lineLength is the longest line of Assuan with its end ("The Assuan Library",
// "Client requests").
const lineLength = 1002

// maxData is more than any PIN has.
const maxData = 256

// assuan is one conversation with a pinentry program.
type assuan struct {
	in  io.Writer
	out *lines
}

func newAssuan(in io.Writer, out io.Reader) *assuan {
	return &assuan{in, &lines{in: out, buf: make([]byte, 4*lineLength)}}
}

// wipe overwrites everything that the program has said.
func (s *assuan) wipe() { clear(s.out.buf) }

// lines reads lines into a buffer of its own, which can be wiped: bufio's could
// not, and would keep a PIN.
type lines struct {
	in         io.Reader
	buf        []byte
	start, end int
}

// next is valid until it is called again.
func (l *lines) next() ([]byte, error) {
	for {
		if i := bytes.IndexByte(l.buf[l.start:l.end], '\n'); i >= 0 {
			line := l.buf[l.start : l.start+i]
			l.start += i + 1
			return line, nil
		}
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
		clear(l.buf[l.end:])
		if l.end == len(l.buf) {
			return nil, errors.New("line too long")
		}
		n, err := l.in.Read(l.buf[l.end:])
		l.end += n
		if n == 0 && err != nil {
			return nil, err
		}
	}
}

// show sends the texts. Options that a program does not know are not fatal.
func (s *assuan) show(req Request) error {
	if _, err := s.answer(); err != nil { // the greeting
		return err
	}
	for _, option := range []string{"OPTION lc-ctype=it_IT.UTF-8", "OPTION lc-messages=it_IT.UTF-8", "OPTION grab"} {
		if err := s.command(option); err != nil && !isRefusal(err) {
			return err
		}
	}
	lines := []struct{ verb, text string }{
		{"SETTIMEOUT", seconds(req.Wait)},
		{"SETTITLE", req.Title}, {"SETDESC", req.Description}, {"SETPROMPT", req.Label},
		{"SETERROR", req.Fault}, {"SETOK", req.OK}, {"SETCANCEL", cmp.Or(req.no, "Annulla")},
	}
	for _, l := range lines {
		if l.text == "" {
			continue
		}
		if err := s.command(fit(l.verb, l.text)); err != nil && !isRefusal(err) {
			return err
		}
	}
	return nil
}

// command sends a line and expects OK.
func (s *assuan) command(line string) error {
	_, err := s.data(line)
	return err
}

// data sends a line and returns the bytes of the D lines before OK.
func (s *assuan) data(line string) ([]byte, error) {
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return s.answer()
}

func (s *assuan) answer() ([]byte, error) {
	var data []byte
	for {
		line, err := s.out.next()
		if err != nil {
			clear(data)
			return nil, fmt.Errorf("%w: prompt program ended: %w", ErrUnavailable, err)
		}
		verb, rest, _ := bytes.Cut(line, []byte(" "))
		switch string(verb) {
		case "OK":
			return data, nil
		case "D":
			data = unescape(data, rest)
			clear(line)
			if len(data) > maxData {
				clear(data)
				return nil, fmt.Errorf("%w: prompt program answered more than %d bytes", ErrUnavailable, maxData)
			}
		case "ERR":
			clear(data)
			return nil, refusal(string(rest))
		}
	}
}

// errNotConfirmed is the button that is neither OK nor the window's end: a no,
// where there is no third one.
var errNotConfirmed = fmt.Errorf("%w: not confirmed", ErrCancelled)

// refusalError is an ERR answer that is not the user's no.
type refusalError struct{ text string }

func (e *refusalError) Error() string { return "prompt program: " + e.text }
func (e *refusalError) Unwrap() error { return ErrUnavailable }

func isRefusal(err error) bool {
	_, ok := err.(*refusalError)
	return ok
}

func refusal(text string) error {
	number, _, _ := strings.Cut(text, " ")
	n, _ := strconv.ParseUint(number, 10, 32)
	switch n & 0xffff {
	case gpgTimeout:
		return ErrTimeout
	case gpgNotConfirmed:
		return errNotConfirmed
	case gpgCanceled, gpgFullyCancel:
		return ErrCancelled
	}
	return &refusalError{text}
}

// fit makes a line that is not longer than a program reads; it would take a
// longer one for an error and show nothing of it.
func fit(verb, text string) string {
	line := verb + " " + escape(text)
	for cut := []rune(text); len(line)+1 > lineLength; {
		cut = cut[:len(cut)-1]
		line = verb + " " + escape(string(cut)+"…")
	}
	return line
}

// escape follows Assuan's percent escaping: %, CR, LF.
func escape(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// unescape appends the decoded src to dst. The room for the longest answer is
// taken at once, so that append never leaves a copy of a PIN behind.
func unescape(dst, src []byte) []byte {
	if dst == nil {
		dst = make([]byte, 0, maxData+4*lineLength)
	}
	for i := 0; i < len(src); i++ {
		if src[i] == '%' && i+2 < len(src) {
			if v, err := strconv.ParseUint(string(src[i+1:i+3]), 16, 8); err == nil {
				dst = append(dst, byte(v))
				i += 2
				continue
			}
		}
		dst = append(dst, src[i])
	}
	return dst
}
