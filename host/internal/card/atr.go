package card

// historical returns the historical bytes of an ATR (ISO 7816-3, 8.2), nil when
// the ATR is cut short or does not begin as one.
func historical(atr []byte) []byte {
	if len(atr) < 2 || (atr[0] != 0x3B && atr[0] != 0x3F) {
		return nil
	}
	count, at := int(atr[1]&0x0F), 2
	for y := atr[1] >> 4; ; {
		// TA, TB, TC each where its bit says so; TD says what follows it.
		for bit := byte(1); bit <= 4; bit <<= 1 {
			if y&bit != 0 {
				at++
			}
		}
		if y&8 == 0 {
			break
		}
		if at >= len(atr) {
			return nil
		}
		y = atr[at] >> 4
		at++
	}
	if at+count > len(atr) {
		return nil
	}
	return atr[at : at+count]
}

// isCNS applies the rule that OpenSC applies: 15 historical bytes with "CNS" at
// offset 9. Some IAS-ECC tokens say so as well, and turn out in the files.
func isCNS(atr []byte) bool {
	h := historical(atr)
	return len(h) == 15 && string(h[9:12]) == "CNS"
}
