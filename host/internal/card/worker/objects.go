package worker

// maxObjects bounds what one slot may list.
const maxObjects = 64

// objects lists the certificates of a slot, without login.
func (m *module) objects(id uint) Response {
	s, f := m.open(id)
	if f != nil {
		return Response{Fault: f}
	}
	found, f := m.find(s, attribute{attrClass, classCertificate})
	if f != nil {
		return Response{Fault: f}
	}
	keys := m.visibleKeys(s)
	var list []Certificate
	for _, h := range found {
		c := Certificate{DER: m.attribute(s, h, attrValue), ID: m.attribute(s, h, attrID), Label: string(m.attribute(s, h, attrLabel))}
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
	for _, class := range []uint{classPrivateKey, classPublicKey} {
		found, f := m.find(s, attribute{attrClass, class})
		if f != nil {
			continue
		}
		for _, h := range found {
			ids[string(m.attribute(s, h, attrID))] = true
		}
	}
	return ids
}

func (m *module) find(s *slot, template ...attribute) ([]object, *Fault) {
	if err := m.lib.FindObjectsInit(s.session, template); err != nil {
		return nil, fault("C_FindObjectsInit", err)
	}
	found, err := m.lib.FindObjects(s.session, maxObjects)
	if end := m.lib.FindObjectsFinal(s.session); err == nil {
		err = end
	}
	if err != nil {
		return nil, fault("C_FindObjects", err)
	}
	return found, nil
}

// attribute returns one attribute, nil when the object has none: asking for
// several at once would lose all of them with the first that is missing.
func (m *module) attribute(s *slot, h object, kind uint) []byte {
	value, err := m.lib.GetAttributeValue(s.session, h, kind)
	if err != nil {
		return nil
	}
	return value
}

// privateKey finds the private key of a certificate's id; visible after login.
func (m *module) privateKey(s *slot, id []byte) (object, *Fault) {
	if h, ok := s.keys[string(id)]; ok {
		return h, nil
	}
	found, f := m.find(s, attribute{attrClass, classPrivateKey}, attribute{attrID, id})
	if f != nil {
		return 0, f
	}
	switch {
	case len(found) == 0 && !s.open: // the module lost the session, and the login with it
		return 0, fault("C_FindObjects", rv(NotLoggedIn))
	case len(found) == 0:
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
	always := m.attribute(s, h, attrAlwaysLogin)
	return Response{Always: len(always) == 1 && always[0] != 0}
}
