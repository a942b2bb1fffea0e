package vcard

import (
	"bytes"
	"fmt"
)

// PIN references (P2 of VERIFY). STIncard's masks want the top bit, which says
// "look in the parent folders too"; with or without it the PIN is the same.
const (
	pinAuth   = 0x10
	pukAuth   = 0x11
	pinSign   = 0x1A
	pukSign   = 0x1B
	backtrack = 0x80

	pinSize  = 8 // padded with FF
	maxTries = 3
)

// pin is a PIN or a PUK, and what is left of its attempts.
type pin struct {
	value []byte // padded
	tries int
}

func newPINs(auth, sign, puk string) (map[byte]*pin, error) {
	pins := map[byte]*pin{}
	for ref, text := range map[byte]string{pinAuth: auth, pukAuth: puk, pinSign: sign, pukSign: puk} {
		value := padPIN(text)
		if !validPIN(value) {
			return nil, fmt.Errorf("PIN %02X: 5 to 8 digits wanted", ref)
		}
		pins[ref] = &pin{value, maxTries}
	}
	return pins, nil
}

func padPIN(text string) []byte {
	return append([]byte(text), bytes.Repeat([]byte{0xFF}, max(0, pinSize-len(text)))...)
}

// validPIN: 5 to 8 digits, padded with FF to 8 bytes.
func validPIN(value []byte) bool {
	digits := bytes.TrimRight(value, "\xFF")
	if len(value) != pinSize || len(digits) < 5 {
		return false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}

// check compares and counts. blocked is the answer to an attempt when none is
// left; the one that uses up the last is already such an attempt.
func (p *pin) check(value []byte, blocked status) status {
	if p.tries == 0 {
		return blocked
	}
	if bytes.Equal(p.value, value) {
		p.tries = maxTries
		return swOK
	}
	if p.tries--; p.tries == 0 {
		return blocked
	}
	return swTries | status(p.tries)
}

func (ch *chip) blocked() status {
	if ch.card.zeroTries {
		return swTries
	}
	return swBlocked
}

// verify is VERIFY. With no data it asks how the PIN stands and costs nothing.
func (ch *chip) verify(cmd command) status {
	ch.card.mu.Lock()
	defer ch.card.mu.Unlock()
	ref := cmd.p2 &^ backtrack
	p := ch.card.pins[ref]
	switch {
	case cmd.p1 != 0:
		return swParameters
	case p == nil:
		return swReference
	case len(cmd.data) == 0 && ch.verified[ref]:
		return swOK
	case len(cmd.data) == 0 && p.tries == 0:
		return ch.blocked()
	case len(cmd.data) == 0:
		return swTries | status(p.tries)
	case len(cmd.data) != pinSize:
		return swLength
	}
	sw := p.check(cmd.data, ch.blocked())
	ch.verified[ref] = sw == swOK
	return sw
}

// changePIN is CHANGE REFERENCE DATA: old and new, eight bytes each.
func (ch *chip) changePIN(cmd command) status {
	ch.card.mu.Lock()
	defer ch.card.mu.Unlock()
	ref := cmd.p2 &^ backtrack
	p := ch.card.pins[ref]
	switch {
	case cmd.p1 != 0:
		return swParameters
	case p == nil:
		return swReference
	case len(cmd.data) != 2*pinSize:
		return swLength
	case !validPIN(cmd.data[pinSize:]):
		return swData
	}
	sw := p.check(cmd.data[:pinSize], ch.blocked())
	ch.verified[ref] = sw == swOK
	if sw == swOK {
		p.value = append([]byte(nil), cmd.data[pinSize:]...)
	}
	return sw
}

// unblockPIN is RESET RETRY COUNTER: PUK and new PIN. Wrong PUKs are counted
// as well.
func (ch *chip) unblockPIN(cmd command) status {
	ch.card.mu.Lock()
	defer ch.card.mu.Unlock()
	ref := cmd.p2 &^ backtrack
	if ref != pinAuth && ref != pinSign {
		return swReference
	}
	p, puk := ch.card.pins[ref], ch.card.pins[ref+1]
	switch {
	case cmd.p1 != 0:
		return swParameters
	case len(cmd.data) != 2*pinSize:
		return swLength
	case !validPIN(cmd.data[pinSize:]):
		return swData
	}
	sw := puk.check(cmd.data[:pinSize], swBlocked)
	if sw == swOK {
		p.value, p.tries = append([]byte(nil), cmd.data[pinSize:]...), maxTries
	}
	return sw
}

// secret is a PIN or PUK as people write it: the control page shows it, for a
// test card that nobody can use is of no use.
func (c *Card) secret(ref byte) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(bytes.TrimRight(c.pins[ref].value, "\xFF"))
}
