package vcard

// atr is the answer to reset of an STIncard CNS ("Carta Raffaello") with the
// given CNS version: 15 historical bytes, "CNS" at offset 9, the version byte
// behind it, and the check byte TCK (ISO 7816-3 §8.2.5).
func atr(version byte) []byte {
	a := []byte{
		0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, // interface bytes, T=1
		0x00, 0x6B, 0x02, 0x09, 0x02, 0x00, 0x01, 0x11, 0x01, // H2: IC of ST, H3: mask of STIncard
		'C', 'N', 'S', version, 0x31, 0x80,
	}
	var check byte
	for _, b := range a[1:] {
		check ^= b
	}
	return append(a, check)
}
