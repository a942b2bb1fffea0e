package card

import (
	"fmt"
	"strings"
)

// transmit sends one command APDU and returns the answer with its status word.
type transmit func(command []byte) ([]byte, error)

// statusError is an ISO 7816-4 status word other than success.
type statusError uint16

func (e statusError) Error() string { return fmt.Sprintf("SW %04X", uint16(e)) }

// maxRead is the longest answer that every CNS gives to READ BINARY.
const maxRead = 0xFF

// command sends an APDU and follows the two answers that ask for another
// (ISO 7816-4, 5.3.4): 61xx more data waits, 6Cxx this is the right length.
func command(send transmit, apdu []byte) ([]byte, error) {
	var data []byte
	for range 8 {
		answer, err := send(apdu)
		if err != nil {
			return nil, err
		}
		if len(answer) < 2 {
			return nil, statusError(0)
		}
		n := len(answer) - 2
		sw := uint16(answer[n])<<8 | uint16(answer[n+1])
		data = append(data, answer[:n]...)
		switch {
		case sw == 0x9000 || sw == 0x6282: // 6282: the file ended first
			return data, nil
		case sw>>8 == 0x61:
			apdu = []byte{0x00, 0xC0, 0x00, 0x00, byte(sw)}
		case sw>>8 == 0x6C && len(apdu) >= 5:
			apdu = append(append([]byte{}, apdu[:len(apdu)-1]...), byte(sw))
		default:
			return nil, statusError(sw)
		}
	}
	return nil, statusError(0x6100)
}

// selectPath selects a file by its path from the master file and returns its
// size, when the card tells (FCI, tag 80).
func selectPath(send transmit, path ...byte) (int, error) {
	apdu := append([]byte{0x00, 0xA4, 0x08, 0x00, byte(len(path))}, path...)
	fci, err := command(send, append(apdu, 0x00))
	if err != nil {
		return 0, err
	}
	return sizeOf(fci), nil
}

// sizeOf finds tag 80 in a file control information; 0 when it is not there.
func sizeOf(fci []byte) int {
	if len(fci) < 2 || fci[0] != 0x6F {
		return 0
	}
	for b := fci[2:]; len(b) >= 2; {
		n := int(b[1])
		if n > len(b)-2 {
			return 0
		}
		if b[0] == 0x80 && n == 2 {
			return int(b[2])<<8 | int(b[3])
		}
		b = b[2+n:]
	}
	return 0
}

// readBinary reads up to size bytes of the selected file.
func readBinary(send transmit, size int) ([]byte, error) {
	var data []byte
	for len(data) < size {
		n := min(size-len(data), maxRead)
		part, err := command(send, []byte{0x00, 0xB0, byte(len(data) >> 8), byte(len(data)), byte(n)})
		if err != nil {
			return data, err
		}
		data = append(data, part...)
		if len(part) < n {
			break
		}
	}
	return data[:min(len(data), size)], nil
}

// readCNS reads EF_DatiPersonali (3F00/1100/1102) and EF_IDCarta
// (3F00/1000/1003). The serial number stays empty when only it can not be read.
func readCNS(send transmit) (identity, error) {
	var id identity
	size, err := selectPath(send, 0x11, 0x00, 0x11, 0x02)
	if err != nil {
		return id, fmt.Errorf("EF_DatiPersonali: %w", err)
	}
	if size == 0 || size > maxPersonal+6 {
		size = maxPersonal
	}
	// The length in the file spares the padding behind it.
	file, err := readBinary(send, min(size, maxRead))
	if err != nil {
		return id, fmt.Errorf("EF_DatiPersonali: %w", err)
	}
	if declared, _, err := hexField(file, 6); err == nil && declared+6 > len(file) && len(file) == maxRead {
		if file, err = readBinary(send, min(size, declared+6)); err != nil {
			return id, fmt.Errorf("EF_DatiPersonali: %w", err)
		}
	}
	if id.person, err = parsePersonal(file); err != nil {
		return id, err
	}
	if _, err := selectPath(send, 0x10, 0x00, 0x10, 0x03); err == nil {
		if serial, err := readBinary(send, 16); err == nil {
			id.serial = strings.Trim(text(serial), " ÿ")
		}
	}
	return id, nil
}
