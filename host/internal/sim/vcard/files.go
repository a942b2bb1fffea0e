package vcard

import (
	"crypto/x509"
	"encoding/binary"
)

// The files of a CNS that middleware reads (AgID, "CNS – File System"; paths
// as in OpenSC's pkcs15-itacns.c).
const (
	fidMF        = 0x3F00
	serialSize   = 16
	descDF       = 0x38 // file descriptor byte (ISO 7816-4 table 14)
	descEF       = 0x01
	neverAllowed = 0xFF
)

// file is a dedicated file (children) or an elementary one (data).
type file struct {
	id       uint16
	df       bool
	data     []byte
	children []*file
	parent   *file
}

func dedicated(id uint16, children ...*file) *file {
	d := &file{id: id, df: true, children: children}
	for _, child := range children {
		child.parent = d
	}
	return d
}

func elementary(id uint16, data []byte) *file { return &file{id: id, data: data} }

// fileSystem lays the files out; sign is nil on a card that can not sign.
func fileSystem(serial string, personal []byte, auth, sign *key) *file {
	files := []*file{
		elementary(0x3F01, x509.MarshalPKCS1PublicKey(auth.public())),
		dedicated(0x1000, elementary(0x1003, []byte(serial))), // EF_IDCarta
		dedicated(0x1100,
			elementary(0x1101, auth.cert.Raw),
			elementary(0x1102, personal)), // EF_DatiPersonali
	}
	if sign != nil {
		files = append(files, dedicated(0x1400,
			elementary(0x9010, sign.cert.Raw),
			dedicated(0x8110, elementary(0x8010, x509.MarshalPKCS1PublicKey(sign.public())))))
	}
	return dedicated(fidMF, files...)
}

func (f *file) child(id uint16) *file {
	for _, c := range f.children {
		if c.id == id {
			return c
		}
	}
	return nil
}

// folder is the current DF when f is the current file.
func (f *file) folder() *file {
	if f.df {
		return f
	}
	return f.parent
}

// near finds a file by identifier alone: among the children of f, then f
// itself, then beside it (ISO 7816-4 §7.3.2, P1=00).
func (f *file) near(id uint16) *file {
	if found := f.child(id); found != nil || f.id == id {
		if found != nil {
			return found
		}
		return f
	}
	if f.parent == nil {
		return nil
	}
	if f.parent.id == id {
		return f.parent
	}
	return f.parent.child(id)
}

// control is the file's control information (ISO 7816-4 §7.4) under the tag
// 6F (FCI), 62 (FCP) or 64 (FMD).
func (f *file) control(tag byte) []byte {
	desc, read := byte(descEF), byte(0) // every EF here is readable with no PIN
	if f.df {
		desc, read = descDF, neverAllowed
	}
	body := []byte{0x80, 2}
	body = binary.BigEndian.AppendUint16(body, uint16(len(f.data)))
	body = append(body, 0x82, 1, desc, 0x83, 2)
	body = binary.BigEndian.AppendUint16(body, f.id)
	body = append(body, 0x86, 9, read)
	for range 8 {
		body = append(body, neverAllowed)
	}
	return append([]byte{tag, byte(len(body))}, body...)
}

// The ways of SELECT (P1) and what it returns (P2).
const (
	selectByID        = 0x00
	selectChildDF     = 0x01
	selectChildEF     = 0x02
	selectParent      = 0x03
	selectFromMF      = 0x08
	selectFromCurrent = 0x09

	returnFCI     = 0x00
	returnFCP     = 0x04
	returnFMD     = 0x08
	returnNothing = 0x0C
)

func (ch *chip) selectFile(cmd command) ([]byte, status) {
	if len(cmd.data)%2 != 0 {
		return nil, swData
	}
	found, sw := ch.find(cmd)
	if sw != swOK {
		return nil, sw
	}
	tags := map[byte]byte{returnFCI: 0x6F, returnFCP: 0x62, returnFMD: 0x64}
	tag, informed := tags[cmd.p2]
	if !informed && cmd.p2 != returnNothing {
		return nil, swParameters
	}
	ch.current = found
	if !informed || cmd.le == noLe {
		return nil, swOK
	}
	answer := found.control(tag)
	if cmd.le < len(answer) {
		return nil, swRightLength | status(len(answer))
	}
	return answer, swOK
}

func (ch *chip) find(cmd command) (*file, status) {
	at, path := ch.current.folder(), cmd.data
	switch cmd.p1 {
	case selectFromMF:
		at = ch.card.root
	case selectFromCurrent:
	case selectParent:
		if at.parent == nil || len(path) != 0 {
			return nil, swFileNotFound
		}
		return at.parent, swOK
	case selectByID:
		return findByID(ch.card.root, at, path)
	case selectChildDF, selectChildEF:
		if len(path) != 2 {
			return nil, swData
		}
		found := at.child(binary.BigEndian.Uint16(path))
		if found == nil || found.df != (cmd.p1 == selectChildDF) {
			return nil, swFileNotFound
		}
		return found, swOK
	case 0x04: // by name: a CNS has no application identifiers
		return nil, swFileNotFound
	default:
		return nil, swParameters
	}
	if len(path) == 0 {
		return nil, swData
	}
	for ; len(path) > 0; path = path[2:] {
		if at = at.child(binary.BigEndian.Uint16(path)); at == nil {
			return nil, swFileNotFound
		}
	}
	return at, swOK
}

func findByID(root, at *file, path []byte) (*file, status) {
	switch {
	case len(path) == 0: // no data stands for the MF
		return root, swOK
	case len(path) != 2:
		return nil, swData
	}
	id := binary.BigEndian.Uint16(path)
	if id == fidMF {
		return root, swOK
	}
	if found := at.near(id); found != nil {
		return found, swOK
	}
	return nil, swFileNotFound
}

// readBinary answers what is there and warns (6282) when an explicit Le asks
// for more; Le 00 means "up to 256" and is no reason for a warning.
func (ch *chip) readBinary(cmd command) ([]byte, status) {
	switch {
	case cmd.p1&0x80 != 0: // short EF identifiers: this card has none
		return nil, swFileNotFound
	case ch.current.df:
		return nil, swNoCurrentFile
	case len(cmd.data) != 0 || cmd.le == noLe:
		return nil, swLength
	}
	offset, size := int(cmd.p1)<<8|int(cmd.p2), len(ch.current.data)
	switch {
	case offset > size:
		return nil, swOffset
	case offset == size: // OpenSC reads on until it is told that this is the end
		return nil, swEndOfFile
	}
	end := min(offset+cmd.le, size)
	part := append([]byte(nil), ch.current.data[offset:end]...)
	if len(part) < cmd.le && cmd.le != 256 && cmd.le != 65536 {
		return part, swEndOfFile
	}
	return part, swOK
}
