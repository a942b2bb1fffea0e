//go:build !cgo && (linux || darwin) && !android && (amd64 || arm64)

package worker

import (
	"errors"
	"fmt"
	"structs"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The structures of pkcs11t.h (PKCS#11 2.40) that are used here.
type (
	initializeArgs struct { // CK_C_INITIALIZE_ARGS
		_        structs.HostLayout
		mutexes  [4]uintptr
		flags    uint
		reserved uintptr
	}
	ckSlotInfo struct { // CK_SLOT_INFO
		_                structs.HostLayout
		description      [64]byte
		manufacturer     [32]byte
		flags            uint
		hardware, driver [2]byte
	}
	ckTokenInfo struct { // CK_TOKEN_INFO
		_                  structs.HostLayout
		label              [32]byte
		manufacturer       [32]byte
		model              [16]byte
		serial             [16]byte
		flags              uint
		sessions           [4]uint
		maxPIN, minPIN     uint
		memory             [4]uint
		hardware, firmware [2]byte
		utc                [16]byte
	}
	ckSessionInfo struct { // CK_SESSION_INFO
		_                               structs.HostLayout
		slot, state, flags, deviceError uint
	}
	ckAttribute struct { // CK_ATTRIBUTE
		_     structs.HostLayout
		kind  uint
		value unsafe.Pointer
		size  uint
	}
	ckMechanism struct { // CK_MECHANISM
		_     structs.HostLayout
		kind  uint
		param unsafe.Pointer
		size  uint
	}
	ckFunctionList struct { // CK_FUNCTION_LIST, as far as it is used
		_        structs.HostLayout
		version  [2]byte
		function [44]uintptr
	}
)

// functions are the C functions used here. What their pointers lead to stays
// in place: it escapes to the heap, where nothing moves.
type functions struct {
	initialize        func(*initializeArgs) rv
	finalize          func(unsafe.Pointer) rv
	getSlotList       func(present byte, list *uint, n *uint) rv
	getSlotInfo       func(slot uint, info *ckSlotInfo) rv
	getTokenInfo      func(slot uint, info *ckTokenInfo) rv
	getMechanismList  func(slot uint, list *uint, n *uint) rv
	openSession       func(slot, flags uint, application, notify unsafe.Pointer, s *session) rv
	closeAllSessions  func(slot uint) rv
	getSessionInfo    func(s session, info *ckSessionInfo) rv
	login             func(s session, user uint, pin *byte, size uint) rv
	logout            func(s session) rv
	getAttributeValue func(s session, o object, template *ckAttribute, n uint) rv
	findObjectsInit   func(s session, template *ckAttribute, n uint) rv
	findObjects       func(s session, list *object, limit uint, n *uint) rv
	findObjectsFinal  func(s session) rv
	signInit          func(s session, how *ckMechanism, key object) rv
	sign              func(s session, data *byte, size uint, signature *byte, n *uint) rv
}

// fill takes the functions from the module's own list.
func (f *functions) fill(handle uintptr) error {
	address, err := purego.Dlsym(handle, "C_GetFunctionList")
	if err != nil {
		return err
	}
	var get func(list **ckFunctionList) rv
	purego.RegisterFunc(&get, address)
	var list *ckFunctionList
	if r := get(&list); r != 0 {
		return fmt.Errorf("C_GetFunctionList: %w", r)
	}
	if list == nil {
		return errors.New("C_GetFunctionList gave no list")
	}
	for _, row := range []struct {
		at   int // in CK_FUNCTION_LIST (pkcs11f.h)
		name string
		fn   any
	}{
		{0, "C_Initialize", &f.initialize}, {1, "C_Finalize", &f.finalize},
		{4, "C_GetSlotList", &f.getSlotList}, {5, "C_GetSlotInfo", &f.getSlotInfo},
		{6, "C_GetTokenInfo", &f.getTokenInfo}, {7, "C_GetMechanismList", &f.getMechanismList},
		{12, "C_OpenSession", &f.openSession}, {14, "C_CloseAllSessions", &f.closeAllSessions},
		{15, "C_GetSessionInfo", &f.getSessionInfo},
		{18, "C_Login", &f.login}, {19, "C_Logout", &f.logout},
		{24, "C_GetAttributeValue", &f.getAttributeValue},
		{26, "C_FindObjectsInit", &f.findObjectsInit}, {27, "C_FindObjects", &f.findObjects},
		{28, "C_FindObjectsFinal", &f.findObjectsFinal},
		{42, "C_SignInit", &f.signInit}, {43, "C_Sign", &f.sign},
	} {
		if list.function[row.at] == 0 {
			return fmt.Errorf("no %s", row.name)
		}
		purego.RegisterFunc(row.fn, list.function[row.at])
	}
	return nil
}
