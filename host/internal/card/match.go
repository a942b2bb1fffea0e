package card

import (
	"strings"

	"raccordo/host/internal/card/worker"
)

// match picks the tokens that are the card in reader. Most modules name the
// slot after the reader, cut to the 64 characters of the field (PKCS#11 2.40,
// CK_SLOT_INFO); else the token's serial number tells; else, when the PC has
// one card only, whatever the module shows is it.
func match(tokens []worker.Token, reader, serial string, alone bool) map[uint]worker.Token {
	for _, fits := range []func(worker.Token) bool{
		func(t worker.Token) bool { return t.Description == reader },
		func(t worker.Token) bool { return namedAfter(reader, t.Description) },
		func(t worker.Token) bool { return serial != "" && t.Serial != "" && strings.Contains(serial, t.Serial) },
		func(t worker.Token) bool { return alone },
	} {
		found := map[uint]worker.Token{}
		for _, t := range tokens {
			if fits(t) {
				found[t.Slot] = t
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// descriptionCut is a length at which a description must be a name cut short.
const descriptionCut = 60

// namedAfter tells whether description is reader cut short, or reader with a
// suffix of the module's own (a slot or PIN name).
func namedAfter(reader, description string) bool {
	return len(description) >= descriptionCut && strings.HasPrefix(reader, description) ||
		strings.HasPrefix(description, reader+" ")
}
