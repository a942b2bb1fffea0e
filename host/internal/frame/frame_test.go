package frame_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/frame"
)

const mebibyte = 1 << 20

// pattern is a body whose bytes tell their place, so that a shift shows.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*31 + i>>8)
	}
	return b
}

func TestWriteRead(t *testing.T) {
	for _, size := range []int{0, 1, 4095, 4096, 4097, 65535, 65536, 65537, mebibyte - 1, mebibyte} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			want := pattern(size)
			var stream bytes.Buffer
			for range 2 { // the second one starts where the first ended
				if err := frame.Write(&stream, want); err != nil {
					t.Fatal(err)
				}
			}
			if got := binary.LittleEndian.Uint32(stream.Bytes()); got != uint32(size) {
				t.Fatalf("header says %d, not %d", got, size)
			}
			slow := iotest.HalfReader(&stream) // a pipe gives what it has
			for range 2 {
				got, err := frame.Read(slow, mebibyte)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Fatalf("%d bytes came back changed", size)
				}
			}
			if _, err := frame.Read(slow, mebibyte); err != io.EOF {
				t.Errorf("at the end: %v, not io.EOF", err)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	header := func(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }
	tests := map[string]struct {
		stream []byte
		max    uint32
		want   error
	}{
		"nothing":                {nil, mebibyte, io.EOF},
		"one byte of header":     {[]byte{5}, mebibyte, frame.ErrTruncated},
		"three bytes of header":  {[]byte{5, 0, 0}, mebibyte, frame.ErrTruncated},
		"header without body":    {header(5), mebibyte, frame.ErrTruncated},
		"body one byte short":    {append(header(5), "1234"...), mebibyte, frame.ErrTruncated},
		"1 MiB and one byte":     {append(header(mebibyte+1), pattern(mebibyte+1)...), mebibyte, &frame.TooLargeError{Length: mebibyte + 1, Max: mebibyte}},
		"2 GiB":                  {header(1 << 31), mebibyte, &frame.TooLargeError{Length: 1 << 31, Max: mebibyte}},
		"4 GiB less one":         {header(1<<32 - 1), mebibyte, &frame.TooLargeError{Length: 1<<32 - 1, Max: mebibyte}},
		"big-endian length of 1": {[]byte{0, 0, 0, 1, '{'}, mebibyte, &frame.TooLargeError{Length: 1 << 24, Max: mebibyte}},
		"limit of nothing":       {append(header(1), 'x'), 0, &frame.TooLargeError{Length: 1, Max: 0}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body, err := frame.Read(bytes.NewReader(tt.stream), tt.max)
			if body != nil {
				t.Errorf("a body of %d bytes with the error", len(body))
			}
			var large *frame.TooLargeError
			if errors.As(err, &large) {
				if diff := cmp.Diff(tt.want, error(large)); diff != "" {
					t.Error(diff)
				}
			} else if err != tt.want {
				t.Errorf("%v, not %v", err, tt.want)
			}
		})
	}
}

// A header that claims 2 GiB must cost nothing.
func TestReadAllocatesNothingForTooLarge(t *testing.T) {
	stream := binary.LittleEndian.AppendUint32(nil, 1<<31)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		if _, err := frame.Read(bytes.NewReader(stream), mebibyte); err == nil {
			t.Fatal("accepted")
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > mebibyte {
		t.Errorf("%d bytes allocated", got)
	}
}

func TestReadKeepsTheCause(t *testing.T) {
	broken := errors.New("pipe broken")
	for name, r := range map[string]io.Reader{
		"in the header": iotest.ErrReader(broken),
		"in the body":   io.MultiReader(bytes.NewReader([]byte{5, 0, 0, 0, 'x'}), iotest.ErrReader(broken)),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := frame.Read(r, mebibyte); !errors.Is(err, broken) {
				t.Errorf("%v, not the reader's error", err)
			}
		})
	}
}

// counting counts calls: concurrent writers rely on one call for each frame.
type counting struct {
	calls int
	err   error
}

func (c *counting) Write(b []byte) (int, error) {
	c.calls++
	return len(b), c.err
}

func TestWriteIsOneCall(t *testing.T) {
	var w counting
	if err := frame.Write(&w, pattern(70000)); err != nil {
		t.Fatal(err)
	}
	if w.calls != 1 {
		t.Errorf("%d calls", w.calls)
	}
	w.err = io.ErrClosedPipe
	if err := frame.Write(&w, nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v, not the writer's error", err)
	}
}

// Whatever comes in: frames that were read and written again are the very
// bytes that were consumed.
func FuzzReadWrite(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{2, 0, 0, 0, '{', '}'})
	f.Add([]byte{2, 0, 0, 0, '{', '}', 0, 0, 0, 0, 1, 0, 0, 0, 'x'})
	f.Add([]byte{255, 255, 255, 127, 'x'})
	f.Add([]byte{9, 0, 0, 0, 'x'})
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := bytes.NewReader(stream)
		var again bytes.Buffer
		for {
			body, err := frame.Read(r, 4096)
			if err != nil {
				break
			}
			if err := frame.Write(&again, body); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(stream, again.Bytes()) {
			t.Errorf("%x was written as %x", stream, again.Bytes())
		}
	})
}
