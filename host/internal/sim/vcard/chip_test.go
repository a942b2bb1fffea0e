package vcard

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
)

// step is one command and its answer: status word, and data when given.
type step struct{ apdu, want string }

const (
	rightPIN = "3132333435FFFFFF" // 12345
	wrongPIN = "3939393939FFFFFF"
	newPIN   = "363738393031FFFF" // 678901
	rightPUK = "3837363534333231" // 87654321
	signPIN  = "3234363830FFFFFF" // DefaultSignPIN
)

func play(t *testing.T, chip *chip, steps ...step) {
	t.Helper()
	for i, s := range steps {
		data, sw := chip.run(t.Context(), unhex(t, s.apdu))
		got := fmt.Sprintf("%X%04X", data, uint16(sw))
		if len(s.want) == 4 {
			got = got[len(got)-4:]
		}
		if got != s.want {
			t.Fatalf("step %d: %s → %s, want %s", i, s.apdu, got, s.want)
		}
	}
}

func TestFiles(t *testing.T) {
	serial := strings.ToUpper(hex.EncodeToString([]byte("6090010000000012")))
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"card number by path", []step{{"00A4080C0410001003", "9000"}, {"00B0000010", serial + "9000"}}},
		{"card number step by step", []step{{"00A4000C023F00", "9000"}, {"00A4000C021000", "9000"}, {"00A4000C021003", "9000"}, {"00B0000000", serial + "9000"}}},
		{"child folder, child file, parent", []step{{"00A4010C021100", "9000"}, {"00A4020C021102", "9000"}, {"00A4030C", "9000"}, {"00A4080C021000", "9000"}, {"00A4090C021003", "9000"}}},
		{"a file beside the current one", []step{{"00A4080C0411001101", "9000"}, {"00A4000C021102", "9000"}, {"00A4000C021100", "9000"}}},
		{"control information", []step{{"00A408000410001003" + "00", "6F16" + "80020010" + "820101" + "83021003" + "8609" + "00FFFFFFFFFFFFFFFF" + "9000"}, {"00A408000210000A", "6C18"}, {"00A4080402100000", "6216" + "80020000" + "820138" + "83021000" + "8609" + "FFFFFFFFFFFFFFFFFF" + "9000"}}},
		{"no Le, no data", []step{{"00A408000410001003", "9000"}}},
		{"more than there is", []step{{"00A4080C0410001003", "9000"}, {"00B00000FF", serial + "6282"}, {"00B0000A04", "303030309000"}, {"00B0001001", "6282"}, {"00B0001101", "6B00"}}},
		{"not there", []step{{"00A4080C0410009999", "6A82"}, {"00A4000C029999", "6A82"}, {"00A4010C021003", "6A82"}, {"00A4040C05A000000063", "6A80"}, {"00A4040C06A00000006300", "6A82"}}},
		{"a folder is no file", []step{{"00A4080C021100", "9000"}, {"00B0000010", "6986"}}},
		{"an empty path", []step{{"00A4080C", "6A80"}, {"00A4000C", "9000"}, {"00A4030C", "6A82"}}},
		{"odd parameters", []step{{"00A4770C023F00", "6A86"}, {"00A4002A023F00", "6A86"}, {"80A4000C023F00", "6E00"}, {"00E2000000", "6D00"}, {"00A408", "6700"}, {"00B0810010", "6A82"}}},
		{"nothing is writable", []step{{"00A4080C0410001003", "9000"}, {"00D600000101", "6D00"}}},
	} {
		t.Run(row.name, func(t *testing.T) { play(t, newCard(t).reset(), row.steps...) })
	}
}

func TestPIN(t *testing.T) {
	for _, row := range []struct {
		name  string
		opt   func(*Options)
		steps []step
		tries int
	}{
		{"right", nil, []step{{"00200090", "63C3"}, {"0020009008" + rightPIN, "9000"}, {"00200090", "9000"}}, 3},
		{"right without backtracking bit", nil, []step{{"0020001008" + rightPIN, "9000"}, {"00200090", "9000"}}, 3},
		{"wrong then right", nil, []step{{"0020009008" + wrongPIN, "63C2"}, {"0020009008" + wrongPIN, "63C1"}, {"0020009008" + rightPIN, "9000"}}, 3},
		{"wrong takes the leave back", nil, []step{{"0020009008" + rightPIN, "9000"}, {"0020009008" + wrongPIN, "63C2"}, {"00200090", "63C2"}}, 2},
		{"three wrong block", nil, []step{{"0020009008" + wrongPIN, "63C2"}, {"0020009008" + wrongPIN, "63C1"}, {"0020009008" + wrongPIN, "6983"}, {"0020009008" + rightPIN, "6983"}, {"00200090", "6983"}}, 0},
		{"masks that answer 63C0", func(o *Options) { o.ZeroTriesOnBlock = true }, []step{{"0020009008" + wrongPIN, "63C2"}, {"0020009008" + wrongPIN, "63C1"}, {"0020009008" + wrongPIN, "63C0"}, {"0020009008" + rightPIN, "63C0"}}, 0},
		{"change", nil, []step{{"0024009010" + rightPIN + newPIN, "9000"}, {"0020009008" + rightPIN, "63C2"}, {"0020009008" + newPIN, "9000"}}, 3},
		{"change with the wrong old one", nil, []step{{"0024009010" + wrongPIN + newPIN, "63C2"}, {"0020009008" + rightPIN, "9000"}}, 3},
		{"change to nonsense", nil, []step{{"0024009010" + rightPIN + "31323334FFFFFFFF", "6A80"}, {"0024009010" + rightPIN + "FFFFFFFFFFFFFFFF", "6A80"}, {"0024009010" + rightPIN + "3132FF3435FFFFFF", "6A80"}, {"0020009008" + rightPIN, "9000"}}, 3},
		{"unblock", nil, []step{{"0020009008" + wrongPIN, "63C2"}, {"0020009008" + wrongPIN, "63C1"}, {"0020009008" + wrongPIN, "6983"}, {"002C009010" + rightPUK + newPIN, "9000"}, {"0020009008" + newPIN, "9000"}}, 3},
		{"three wrong PUKs", nil, []step{{"002C009010" + wrongPIN + newPIN, "63C2"}, {"002C009010" + wrongPIN + newPIN, "63C1"}, {"002C009010" + wrongPIN + newPIN, "6983"}, {"002C009010" + rightPUK + newPIN, "6983"}}, 3},
		{"the signing PIN is another", nil, []step{{"0020009A08" + rightPIN, "63C2"}, {"0020009A08" + signPIN, "9000"}, {"00200090", "63C3"}}, 3},
		{"wrong shapes cost nothing", nil, []step{{"0020009005" + "3132333435", "6700"}, {"0020017708" + rightPIN, "6A86"}, {"0020007708" + rightPIN, "6A88"}, {"002C009110" + rightPUK + newPIN, "6A88"}, {"0024009008" + rightPIN, "6700"}}, 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			var change []func(*Options)
			if row.opt != nil {
				change = append(change, row.opt)
			}
			card := newCard(t, change...)
			play(t, card.reset(), row.steps...)
			if card.TriesLeft() != row.tries {
				t.Fatalf("%d tries left, want %d", card.TriesLeft(), row.tries)
			}
		})
	}
}

func TestBlockAndUnblock(t *testing.T) {
	card := newCard(t)
	card.Block()
	play(t, card.reset(), step{"0020009008" + rightPIN, "6983"})
	card.Unblock()
	play(t, card.reset(), step{"0020009008" + rightPIN, "9000"})
}

func TestResetForgetsThePIN(t *testing.T) {
	card := newCard(t)
	play(t, card.reset(), step{"0020009008" + rightPIN, "9000"})
	play(t, card.reset(), step{"00200090", "63C3"})
}

// signed is a PKCS #1 v1.5 block (RFC 8017 §9.2) of SHA-256(text).
func signed(text string) (block []byte, hash [32]byte) {
	hash = sha256.Sum256([]byte(text))
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, hash[:]...)
	block = append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, 256-3-len(info))...)
	return append(append(block, 0), info...), hash
}

func TestSignature(t *testing.T) {
	card := newCard(t)
	block, hash := signed("una ricetta")
	half := func(class string, op string, part []byte) string {
		return fmt.Sprintf("%s2A%s%02X%X", class, op, len(part), part)
	}
	decipher := append([]byte{0}, block...)
	for _, row := range []struct {
		name, verify, mse string
		parts             [2]string
		public            *rsa.PublicKey
	}{
		{"decipher, authentication key", "0020009008" + rightPIN, "0022F1B803830101", [2]string{half("10", "8086", decipher[:200]), half("00", "8086", decipher[200:]) + "00"}, card.keys[keyAuth].public()},
		{"signature, authentication key", "0020009008" + rightPIN, "0022F1B603830101", [2]string{half("10", "9E9A", block[:255]), half("00", "9E9A", block[255:]) + "00"}, card.keys[keyAuth].public()},
		{"signature, signing key", "0020009A08" + signPIN, "0022F1B603830110", [2]string{half("10", "9E9A", block[:1]), half("00", "9E9A", block[1:]) + "00"}, card.keys[keySign].public()},
	} {
		t.Run(row.name, func(t *testing.T) {
			chip, before := card.reset(), card.Signatures()
			play(t, chip, step{"0022F30300", "9000"}, step{row.mse, "9000"},
				step{row.parts[0], "9000"}, step{row.parts[1], "6982"}, // no PIN yet
				step{row.verify, "9000"}, step{row.parts[0], "9000"})
			got, sw := chip.run(t.Context(), unhex(t, row.parts[1]))
			if sw != swOK {
				t.Fatalf("%04X", sw)
			}
			if err := rsa.VerifyPKCS1v15(row.public, crypto.SHA256, hash[:], got); err != nil {
				t.Fatal(err)
			}
			if card.Signatures() != before+1 {
				t.Fatal("the signature was not counted")
			}
		})
	}
}

func TestEachKeyWantsItsOwnPIN(t *testing.T) {
	block, _ := signed("x")
	command := fmt.Sprintf("002A9E9A000100%X", block)
	play(t, newCard(t).reset(), step{"0020009008" + rightPIN, "9000"}, step{"0022F1B603830110", "9000"}, step{command, "6982"})
	play(t, newCard(t).reset(), step{"0020009A08" + signPIN, "9000"}, step{"0022F1B603830101", "9000"}, step{command, "6982"})
}

func TestCryptoRefusals(t *testing.T) {
	login := step{"0020009008" + rightPIN, "9000"}
	tooBig := fmt.Sprintf("002A9E9A000100%s", strings.Repeat("FF", 256))
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"no key chosen", []step{login, {"002A9E9A0101", "6985"}}},
		{"key chosen for the other use", []step{login, {"0022F1B803830101", "9000"}, {"002A9E9A0101", "6985"}}},
		{"restore forgets the key", []step{login, {"0022F1B603830101", "9000"}, {"0022F30300", "9000"}, {"002A9E9A0101", "6985"}}},
		{"no such key", []step{{"0022F1B603830177", "6A88"}, {"0022F1B603840101", "6A80"}, {"0022F1B703830101", "6A86"}, {"0022F33000", "6A88"}, {"0022410000", "6A86"}}},
		{"block of a wrong size", []step{login, {"0022F1B603830101", "9000"}, {"002A9E9A0101", "6700"}}},
		{"padding indicator", []step{login, {"0022F1B803830101", "9000"}, {"002A80860181", "6A80"}}},
		{"block above the modulus", []step{login, {"0022F1B603830101", "9000"}, {tooBig, "6A80"}}},
		{"unknown operation", []step{login, {"002A808000", "6A86"}}},
		{"chain of another command", []step{login, {"102A80860100", "9000"}, {"002A9E9A0100", "6883"}}},
		{"chain broken by a select", []step{login, {"102A80860100", "9000"}, {"00A4000C023F00", "6883"}, {"00A4000C023F00", "9000"}}},
		{"chain of a select", []step{{"10A4000C023F00", "6884"}}},
		{"endless chain", []step{{"102A8086" + "FF" + strings.Repeat("00", 255), "9000"}, {"102A8086" + "FF" + strings.Repeat("00", 255), "9000"}, {"102A8086" + "FF" + strings.Repeat("00", 255), "9000"}, {"102A8086" + "FF" + strings.Repeat("00", 255), "9000"}, {"102A8086" + "FF" + strings.Repeat("00", 255), "6700"}}},
	} {
		t.Run(row.name, func(t *testing.T) { play(t, newCard(t).reset(), row.steps...) })
	}
}

func TestDelayIsOfTheRSAOperationOnly(t *testing.T) {
	card := newCard(t)
	card.SetDelay(time.Hour)
	block, _ := signed("x")
	chip := card.reset()
	play(t, chip, step{"0020009008" + rightPIN, "9000"}, step{"0022F1B603830101", "9000"}, step{"00A4000C023F00", "9000"})
	card.SetDelay(50 * time.Millisecond)
	began := time.Now()
	play(t, chip, step{fmt.Sprintf("002A9E9A000100%X", block), "9000"})
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Fatalf("signature took %v", took)
	}
}
