package firefox

import (
	"context"
	"errors"
	"fmt"
)

// ImportIdentity puts the key and certificate of a PKCS#12 file into the
// profile, and lets the browser show them to whoever asks for a certificate of
// that kind. A card with its module in the browser's settings does the same.
func (b *Browser) ImportIdentity(ctx context.Context, file, password string) error {
	const imports = `Services.prefs.setStringPref("security.default_personal_cert", "Select Automatically");
		const from = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
		from.initWithPath(args[0]);
		return Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).importPKCS12File(from, args[1]) ?? 0`
	var fault int
	if err := b.Chrome(ctx, imports, []any{file, password}, &fault); err != nil {
		return fmt.Errorf("import identity: %w", err)
	}
	if fault != 0 {
		return errors.New("import identity: the file is not accepted")
	}
	return nil
}
