package region

import (
	"errors"
	"io/fs"
	"time"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/wire"
)

// cipherWarning is how long before its end the encryption certificate is
// announced: an administrator must get and spread another one.
const cipherWarning = 60 * 24 * time.Hour

func (c *Client) readCipher() error {
	if c.profile.Envelope.Cipher == "" { // an adhesion's, or the profile is faulty
		return nil
	}
	data, err := c.profile.File(c.profile.Envelope.Cipher)
	if c.profile.Status == StatusAdhesion && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.cipher, err = sac.ParseCipher(data); err != nil {
		return err
	}
	if left := c.cipher.NotAfter().Sub(c.now()); left < cipherWarning {
		c.log.Warn().Str("region", c.profile.ID).Time("not_after", c.cipher.NotAfter()).Msg("encryption certificate of the region must be replaced")
	}
	return nil
}

// Warnings are what is wrong and stops nothing yet: the encryption certificate
// that ends soon or has ended, this PC's clock by the region's.
func (c *Client) Warnings() []wire.ErrorCode {
	var found []wire.ErrorCode
	if c.cipher != nil {
		switch left := c.cipher.NotAfter().Sub(c.now()); {
		case left < 0:
			found = append(found, wire.ErrRegionCipher)
		case left < cipherWarning:
			found = append(found, wire.ErrCipherSoon)
		}
	}
	if c.clock.Wrong() {
		found = append(found, wire.ErrClock)
	}
	return found
}

func (c *Client) seal(clear string) (string, error) {
	if c.cipher == nil {
		return "", incomplete([]string{"envelope.cipher"})
	}
	sealed, err := c.cipher.Seal(clear, c.now())
	if errors.Is(err, sac.ErrCipherExpired) {
		return "", &Error{Code: wire.ErrRegionCipher, Err: err}
	}
	if err != nil {
		return "", misconfigured(err)
	}
	return sealed, nil
}
