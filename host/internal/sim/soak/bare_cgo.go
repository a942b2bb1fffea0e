//go:build cgo

package soak

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/miekg/pkcs11"
)

// Bare is the process beside which the engine's signature is measured: it
// loads a module, logs in, and signs once for each line of in.
func Bare(module, pin string, in io.Reader, out io.Writer) error {
	ctx := pkcs11.New(module)
	if ctx == nil {
		return fmt.Errorf("%s can not be loaded", module)
	}
	defer ctx.Destroy()
	if err := ctx.Initialize(); err != nil {
		return err
	}
	defer ctx.Finalize()
	session, key, err := bareLogin(ctx, pin)
	if err != nil {
		return err
	}
	info, err := digestInfo(make([]byte, 32))
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		began := time.Now()
		if err := ctx.SignInit(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil)}, key); err != nil {
			return err
		}
		if _, err := ctx.Sign(session, info); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, time.Since(began).Nanoseconds()); err != nil {
			return err
		}
	}
	return nil
}

// bareLogin takes the first slot that the PIN opens and its key 01.
func bareLogin(ctx *pkcs11.Ctx, pin string) (pkcs11.SessionHandle, pkcs11.ObjectHandle, error) {
	slots, err := ctx.GetSlotList(true)
	if err != nil {
		return 0, 0, err
	}
	for _, slot := range slots {
		if t, err := ctx.GetTokenInfo(slot); err != nil || t.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
			continue
		}
		session, err := ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
		if err != nil {
			return 0, 0, err
		}
		if err := ctx.Login(session, pkcs11.CKU_USER, pin); err != nil {
			return 0, 0, err
		}
		template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{1})}
		if err := ctx.FindObjectsInit(session, template); err != nil {
			return 0, 0, err
		}
		found, _, err := ctx.FindObjects(session, 1)
		if end := ctx.FindObjectsFinal(session); err == nil {
			err = end
		}
		if err != nil {
			return 0, 0, err
		}
		if len(found) == 1 {
			return session, found[0], nil
		}
	}
	return 0, 0, errors.New("no key 01 in any slot")
}
