package timestamp

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/cms/ber"
)

// errAnswer tells that an answer is none, or is to another question.
var errAnswer = errors.New("the time-stamping authority's answer does not fit")

// question is what an answer must be to.
type question struct {
	digest []byte
	policy asn1.ObjectIdentifier // nil: the authority's
	nonce  *big.Int
}

// statuses and failures as RFC 3161, section 2.4.2, names them.
var (
	statuses = []string{"granted", "grantedWithMods", "rejection", "waiting", "revocationWarning", "revocationNotification"}
	failures = map[int]string{0: "badAlg", 2: "badRequest", 5: "badDataFormat", 14: "timeNotAvailable", 15: "unacceptedPolicy",
		16: "unacceptedExtension", 17: "addInfoNotAvailable", 25: "systemFailure"}
)

// open reads a TimeStampResp and returns its token.
func open(answer []byte) ([]byte, error) {
	der, err := ber.DER(answer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	in := cryptobyte.String(der)
	var body, status, token cryptobyte.String
	var number int64
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1(&status, cbasn1.SEQUENCE) || !status.ReadASN1Integer(&number) {
		return nil, fmt.Errorf("%w: no TimeStampResp", errAnswer)
	}
	if number != 0 && number != 1 {
		return nil, refusal(number, status)
	}
	if !body.ReadASN1Element(&token, cbasn1.SEQUENCE) || !body.Empty() {
		return nil, fmt.Errorf("%w: no token", errAnswer)
	}
	return token, nil
}

// refusal says why there is no token, in the standard's words: the authority's own
// text is not shown to anybody.
func refusal(number int64, status cryptobyte.String) error {
	name := fmt.Sprint(number)
	if number >= 0 && number < int64(len(statuses)) {
		name = statuses[number]
	}
	status.SkipOptionalASN1(cbasn1.SEQUENCE) // statusString
	var bits asn1.BitString
	if status.ReadASN1BitString(&bits) {
		for i := range bits.BitLength {
			if f, ok := failures[i]; ok && bits.At(i) == 1 {
				name += " (" + f + ")"
			}
		}
	}
	return fmt.Errorf("the time-stamping authority refused: %s", name)
}

// check verifies a token and compares it with the question (RFC 3161, section 2.2).
func (q question) check(token []byte) error {
	t, err := cms.ParseToken(token)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errAnswer, err)
	case t.Hash != crypto.SHA256 || !bytes.Equal(t.Imprint, q.digest):
		return fmt.Errorf("%w: it is over something else", errAnswer)
	case t.Nonce == nil || t.Nonce.Cmp(q.nonce) != 0:
		return fmt.Errorf("%w: nonce", errAnswer)
	case q.policy != nil && !t.Policy.Equal(q.policy):
		return fmt.Errorf("%w: policy %s", errAnswer, t.Policy)
	case t.At.Before(t.Authority.NotBefore) || t.At.After(t.Authority.NotAfter):
		return fmt.Errorf("%w: the authority's certificate is not valid at %s", errAnswer, t.At.Format(time.RFC3339))
	}
	return nil
}
