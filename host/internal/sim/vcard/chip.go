package vcard

import "context"

// chip is what the card forgets when it loses power or is reset: where it is
// in the file system, which PINs it has seen, which key is chosen.
type chip struct {
	card     *Card
	current  *file         // EF or DF last selected
	verified map[byte]bool // by PIN reference
	env      map[byte]byte // template tag (B6, B8, A4) → key
	chain    command       // command under way in chained parts; data is empty when there is none
}

func (c *Card) reset() *chip {
	return &chip{card: c, current: c.root, verified: map[byte]bool{}, env: map[byte]byte{}}
}

// The instructions (ISO 7816-4 and -8).
const (
	insVerify     = 0x20
	insManageEnv  = 0x22
	insChangePIN  = 0x24
	insPerformOp  = 0x2A
	insUnblockPIN = 0x2C
	insSelect     = 0xA4
	insReadBinary = 0xB0
)

// maxChain bounds what chained commands may collect; the longest known one is
// an RSA block with its padding indicator.
const maxChain = 1024

// run executes one command. ctx ends when the card is pulled.
func (ch *chip) run(ctx context.Context, apdu []byte) ([]byte, status) {
	cmd, ok := parseCommand(apdu)
	if !ok {
		return nil, swLength
	}
	if cmd.class&^classChaining != 0 {
		return nil, swClass
	}
	cmd, ready, sw := ch.collect(cmd)
	if !ready {
		return nil, sw
	}
	switch cmd.ins {
	case insSelect:
		return ch.selectFile(cmd)
	case insReadBinary:
		return ch.readBinary(cmd)
	case insVerify:
		return nil, ch.verify(cmd)
	case insChangePIN:
		return nil, ch.changePIN(cmd)
	case insUnblockPIN:
		return nil, ch.unblockPIN(cmd)
	case insManageEnv:
		return nil, ch.manageEnvironment(cmd)
	case insPerformOp:
		return ch.performOperation(ctx, cmd)
	}
	return nil, swInstruction
}

// collect joins chained commands (ISO 7816-4 §5.3.3). ready is false when the
// status is already the answer.
func (ch *chip) collect(cmd command) (whole command, ready bool, sw status) {
	chained, pending := cmd.class&classChaining != 0, ch.chain
	ch.chain = command{}
	if chained && cmd.ins != insPerformOp {
		return cmd, false, swNoChaining
	}
	if len(pending.data) > 0 {
		if cmd.ins != pending.ins || cmd.p1 != pending.p1 || cmd.p2 != pending.p2 {
			return cmd, false, swChainEnd
		}
		cmd.data = append(pending.data, cmd.data...)
	}
	if len(cmd.data) > maxChain {
		return cmd, false, swLength
	}
	if chained {
		ch.chain = cmd
		ch.chain.data = append([]byte(nil), cmd.data...)
		return cmd, false, swOK
	}
	return cmd, true, swOK
}
