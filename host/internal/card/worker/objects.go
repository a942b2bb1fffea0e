//go:build cgo

package worker

import "github.com/miekg/pkcs11"

// maxObjects bounds what one slot may list.
const maxObjects = 64

// objects lists the certificates of a slot, without login.
func (m *module) objects(id uint) Response {
	s, f := m.open(id)
	if f != nil {
		return Response{Fault: f}
	}
	found, f := m.find(s, pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE))
	if f != nil {
		return Response{Fault: f}
	}
	keys := m.visibleKeys(s)
	var list []Certificate
	for _, h := range found {
		c := Certificate{DER: m.attribute(s, h, pkcs11.CKA_VALUE), ID: m.attribute(s, h, pkcs11.CKA_ID), Label: string(m.attribute(s, h, pkcs11.CKA_LABEL))}
		c.HasKey = keys[string(c.ID)]
		if len(c.DER) > 0 {
			list = append(list, c)
		}
	}
	return Response{Certificates: list}
}

// visibleKeys returns the ids of keys that can be seen without login: private
// keys of most modules only after it, public keys often before.
func (m *module) visibleKeys(s *slot) map[string]bool {
	ids := map[string]bool{}
	for _, class := range []uint{pkcs11.CKO_PRIVATE_KEY, pkcs11.CKO_PUBLIC_KEY} {
		found, f := m.find(s, pkcs11.NewAttribute(pkcs11.CKA_CLASS, class))
		if f != nil {
			continue
		}
		for _, h := range found {
			ids[string(m.attribute(s, h, pkcs11.CKA_ID))] = true
		}
	}
	return ids
}

func (m *module) find(s *slot, template ...*pkcs11.Attribute) ([]pkcs11.ObjectHandle, *Fault) {
	if err := m.ctx.FindObjectsInit(s.session, template); err != nil {
		return nil, fault("C_FindObjectsInit", err)
	}
	found, _, err := m.ctx.FindObjects(s.session, maxObjects)
	if end := m.ctx.FindObjectsFinal(s.session); err == nil {
		err = end
	}
	if err != nil {
		return nil, fault("C_FindObjects", err)
	}
	return found, nil
}

// attribute returns one attribute, nil when the object has none: asking for
// several at once would lose all of them with the first that is missing.
func (m *module) attribute(s *slot, h pkcs11.ObjectHandle, kind uint) []byte {
	list, err := m.ctx.GetAttributeValue(s.session, h, []*pkcs11.Attribute{pkcs11.NewAttribute(kind, nil)})
	if err != nil || len(list) != 1 {
		return nil
	}
	return list[0].Value
}

// privateKey finds the private key of a certificate's id; visible after login.
func (m *module) privateKey(s *slot, id []byte) (pkcs11.ObjectHandle, *Fault) {
	if h, ok := s.keys[string(id)]; ok {
		return h, nil
	}
	found, f := m.find(s, pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, id))
	if f != nil {
		return 0, f
	}
	if len(found) == 0 {
		return 0, &Fault{Call: "C_FindObjects", Name: NoKey}
	}
	s.keys[string(id)] = found[0]
	return found[0], nil
}

func (m *module) key(slotID uint, id []byte) Response {
	s, f := m.open(slotID)
	if f != nil {
		return Response{Fault: f}
	}
	h, f := m.privateKey(s, id)
	if f != nil {
		return Response{Fault: f}
	}
	always := m.attribute(s, h, pkcs11.CKA_ALWAYS_AUTHENTICATE)
	return Response{Always: len(always) == 1 && always[0] != 0}
}
