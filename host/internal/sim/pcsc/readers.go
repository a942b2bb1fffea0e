package pcsc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// The client protocol of pcsc-lite (winscard_msg.h, protocol 4), as far as a
// list of readers needs it: asking the service itself is the only proof that
// it answers, and a connection to a reader's port would be a card's insertion.
const (
	cmdVersion      = 0x11
	cmdReaderStates = 0x12
	protocolMajor   = 4
	protocolMinor   = 4 // pcsc-lite 1.8.24 and later accept it

	maxReaders      = 16
	readerNameSize  = 128
	readerStateSize = 184 // name, three words, 33 bytes of ATR padded to 36, two words
)

type header struct{ Size, Command uint32 }

type version struct {
	Major, Minor int32
	Result       uint32
}

func listReaders(socket string, timeout time.Duration) ([]string, error) {
	conn, err := net.DialTimeout("unix", socket, timeout)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	v := version{Major: protocolMajor, Minor: protocolMinor}
	for _, part := range []any{header{uint32(binary.Size(v)), cmdVersion}, v} {
		if err := binary.Write(&out, binary.NativeEndian, part); err != nil {
			return nil, err
		}
	}
	if _, err := conn.Write(out.Bytes()); err != nil {
		return nil, err
	}
	if err := binary.Read(conn, binary.NativeEndian, &v); err != nil {
		return nil, err
	}
	if v.Result != 0 {
		return nil, fmt.Errorf("pcscd refuses protocol %d.%d: 0x%08X", protocolMajor, protocolMinor, v.Result)
	}
	if err := binary.Write(conn, binary.NativeEndian, header{0, cmdReaderStates}); err != nil {
		return nil, err
	}
	states := make([]byte, maxReaders*readerStateSize)
	if _, err := io.ReadFull(conn, states); err != nil {
		return nil, err
	}
	return readerNames(states), nil
}

func readerNames(states []byte) []string {
	var names []string
	for ; len(states) >= readerStateSize; states = states[readerStateSize:] {
		name, _, _ := bytes.Cut(states[:readerNameSize], []byte{0})
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	return names
}
