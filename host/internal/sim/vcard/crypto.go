package vcard

import (
	"context"
	"math/big"
	"time"
)

const (
	restoreEnvironment = 0xF3
	setEnvironment     = 0xF1
	cnsEnvironment     = 0x03 // the one that every CNS but the CIE of 2005 restores

	templateAuth     = 0xA4
	templateSign     = 0xB6
	templateDecipher = 0xB8
)

// manageEnvironment is MANAGE SECURITY ENVIRONMENT. RESTORE comes with a zero
// Lc (CNS specification §13.14), which reads as Le.
func (ch *chip) manageEnvironment(cmd command) status {
	switch cmd.p1 {
	case restoreEnvironment:
		if cmd.p2 != cnsEnvironment {
			return swReference
		}
		clear(ch.env)
		return swOK
	case setEnvironment:
		if cmd.p2 != templateAuth && cmd.p2 != templateSign && cmd.p2 != templateDecipher {
			return swParameters
		}
		if len(cmd.data) != 3 || cmd.data[0] != 0x83 || cmd.data[1] != 1 {
			return swData
		}
		if ch.card.keys[cmd.data[2]] == nil {
			return swReference
		}
		ch.env[cmd.p2] = cmd.data[2]
		return swOK
	}
	return swParameters
}

// performOperation is PERFORM SECURITY OPERATION: DECIPHER (data behind a
// padding indicator 00) or COMPUTE DIGITAL SIGNATURE, both of them the bare
// RSA operation; middleware does the padding.
func (ch *chip) performOperation(ctx context.Context, cmd command) ([]byte, status) {
	var template byte
	block := cmd.data
	switch {
	case cmd.p1 == 0x80 && cmd.p2 == 0x86:
		template = templateDecipher
		if len(block) == 0 || block[0] != 0 {
			return nil, swData
		}
		block = block[1:]
	case cmd.p1 == 0x9E && cmd.p2 == 0x9A:
		template = templateSign
	default:
		return nil, swParameters
	}
	id, chosen := ch.env[template]
	if !chosen {
		return nil, swConditions
	}
	k := ch.card.keys[id]
	if !ch.verified[k.pin] {
		return nil, swSecurity
	}
	if len(block) != k.size() {
		return nil, swLength
	}
	if cmd.le != noLe && cmd.le < k.size() {
		return nil, swRightLength | status(k.size()&0xFF)
	}
	if !pause(ctx, ch.card.Delay()) {
		return nil, swConditions // nobody is left to hear it
	}
	answer, ok := k.raw(block)
	if !ok {
		return nil, swData
	}
	ch.card.signatures.Add(1)
	return answer, swOK
}

// pause waits as long as the chip would think; false when the card is pulled.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// raw is the RSA private operation by the Chinese remainder theorem (RFC 8017
// §5.1.2). It is not made to resist timing: the key is worth nothing.
func (k *key) raw(block []byte) ([]byte, bool) {
	m := new(big.Int).SetBytes(block)
	if m.Cmp(k.private.N) >= 0 {
		return nil, false
	}
	p, q := k.private.Primes[0], k.private.Primes[1]
	m1 := new(big.Int).Exp(m, k.private.Precomputed.Dp, p)
	m2 := new(big.Int).Exp(m, k.private.Precomputed.Dq, q)
	m1.Sub(m1, m2).Mul(m1, k.private.Precomputed.Qinv).Mod(m1, p)
	return m1.Mul(m1, q).Add(m1, m2).FillBytes(make([]byte, k.size())), true
}
