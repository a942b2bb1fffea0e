package vcard

import "encoding/binary"

// status is a status word (ISO 7816-4 §5.6).
type status uint16

const (
	swOK               status = 0x9000
	swEndOfFile        status = 0x6282
	swTries            status = 0x63C0 // low nibble: attempts left
	swLength           status = 0x6700
	swChainEnd         status = 0x6883 // last command of the chain expected
	swNoChaining       status = 0x6884
	swNoCurrentFile    status = 0x6986
	swIncompatibleFile status = 0x6981
	swSecurity         status = 0x6982
	swBlocked          status = 0x6983
	swConditions       status = 0x6985
	swData             status = 0x6A80
	swFileNotFound     status = 0x6A82
	swParameters       status = 0x6A86
	swReference        status = 0x6A88
	swOffset           status = 0x6B00
	swRightLength      status = 0x6C00 // low byte: the right Le
	swInstruction      status = 0x6D00
	swClass            status = 0x6E00
)

// noLe: the command expects no data.
const noLe = -1

const classChaining = 0x10

// command is a command APDU (ISO 7816-4 §5.2).
type command struct {
	class, ins, p1, p2 byte
	data               []byte
	le                 int // noLe, or the most bytes expected: 1 to 65536
}

// parseCommand reads the four cases in short and extended form. ok is false
// when the lengths do not add up.
func parseCommand(apdu []byte) (cmd command, ok bool) {
	if len(apdu) < 4 {
		return cmd, false
	}
	cmd = command{class: apdu[0], ins: apdu[1], p1: apdu[2], p2: apdu[3], le: noLe}
	body := apdu[4:]
	switch {
	case len(body) == 0:
		return cmd, true
	case len(body) == 1:
		cmd.le = orMost(int(body[0]), 256)
		return cmd, true
	case body[0] == 0 && len(body) >= 3:
		return parseExtended(cmd, body[1:])
	}
	size, body := int(body[0]), body[1:]
	if size == 0 || len(body) < size {
		return cmd, false
	}
	cmd.data, body = body[:size], body[size:]
	switch len(body) {
	case 0:
		return cmd, true
	case 1:
		cmd.le = orMost(int(body[0]), 256)
		return cmd, true
	}
	return cmd, false
}

func parseExtended(cmd command, body []byte) (command, bool) {
	size, body := int(binary.BigEndian.Uint16(body)), body[2:]
	if len(body) == 0 { // case 2
		cmd.le = orMost(size, 65536)
		return cmd, true
	}
	if size == 0 || len(body) < size {
		return cmd, false
	}
	cmd.data, body = body[:size], body[size:]
	switch len(body) {
	case 0:
		return cmd, true
	case 2:
		cmd.le = orMost(int(binary.BigEndian.Uint16(body)), 65536)
		return cmd, true
	}
	return cmd, false
}

// orMost: a length of zero stands for the most that fits.
func orMost(n, most int) int {
	if n == 0 {
		return most
	}
	return n
}
