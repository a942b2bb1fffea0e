// Package windialog is the PIN and consent window of Windows: a dialog made of
// a template in memory, since a PIN needs no account, no "remember me" and no
// resource file. This file lays it out, in dialog units, on any system; the
// other shows it.
//
// The window is modeless with a message loop of its own. A modal one would
// disable its owner, the browser's window, for good if this process died.
//
// References: DLGTEMPLATE, DLGITEMTEMPLATE, DS_SETFONT of the Windows API.
package windialog

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Layout is what a dialog shows. Field adds the hidden text field; without
// Cancel there is only one button.
type Layout struct {
	Title         string
	Lines         []string // of the description, already broken
	Fault         []string
	Label         string
	OK, Cancel    string
	Other         string // a third button; empty: none
	Field         bool
	CancelDefault bool // Enter refuses
}

// Identifiers of the controls; those of the buttons are Windows' own.
const (
	idOK     = 1
	idCancel = 2
	idField  = 100
	idText   = 101
	idFault  = 102
	idLabel  = 103
	idOther  = 104
)

// Width is how many characters a line of Lines may have: a dialog unit is a
// quarter of an average character, and Italian text in capitals is wide.
const Width = 58

// Sizes in dialog units.
const (
	margin       = 7
	textWidth    = 264
	lineHeight   = 9 // 8 is a character; accents on capitals need their room
	fieldHeight  = 14
	buttonWidth  = 64
	buttonHeight = 15
	labelHeight  = 10
	maxField     = 64 // characters
)

// Styles of windows and controls (winuser.h).
const (
	wsPopup, wsVisible, wsChild, wsCaption, wsSysMenu = 0x80000000, 0x10000000, 0x40000000, 0xC00000, 0x80000
	wsTabStop, wsBorder                               = 0x10000, 0x800000
	dsModalFrame, dsSetFont, dsCenter, dsForeground   = 0x80, 0x40, 0x800, 0x200
	dsFixedSys, esPassword, esAutoHScroll, bsDefault  = 0x8, 0x20, 0x80, 1
	ssNoPrefix                                        = 0x80
	classButton, classEdit, classStatic               = 0x80, 0x81, 0x82
)

// template writes the dialog. "MS Shell Dlg" 9 becomes Segoe UI or Tahoma; all
// sizes follow its size and the screen's resolution.
func (l Layout) template() []byte {
	w := &writer{}
	y := margin
	place := func(class, id int, style uint32, x, width, height int, text string) {
		w.item(class, id, style, x, y, width, height, text)
	}
	if len(l.Fault) > 0 {
		place(classStatic, idFault, ssNoPrefix, margin, textWidth, len(l.Fault)*lineHeight, join(l.Fault))
		y += len(l.Fault)*lineHeight + margin
	}
	place(classStatic, idText, ssNoPrefix, margin, textWidth, len(l.Lines)*lineHeight, join(l.Lines))
	y += len(l.Lines)*lineHeight + margin
	if l.Field {
		if l.Label != "" {
			place(classStatic, idLabel, ssNoPrefix, margin, textWidth, labelHeight, l.Label)
			y += labelHeight
		}
		place(classEdit, idField, wsTabStop|wsBorder|esPassword|esAutoHScroll, margin, textWidth, fieldHeight, "")
		y += fieldHeight + margin
	}
	right := margin + textWidth
	okStyle, cancelStyle := uint32(bsDefault), uint32(0)
	if l.CancelDefault {
		okStyle, cancelStyle = cancelStyle, okStyle
	}
	if l.Other != "" {
		place(classButton, idOther, wsTabStop, margin, wide(l.Other), buttonHeight, l.Other)
	}
	if l.Cancel != "" {
		right -= buttonWidth
		place(classButton, idCancel, wsTabStop|cancelStyle, right, buttonWidth, buttonHeight, l.Cancel)
		right -= margin / 2
	}
	place(classButton, idOK, wsTabStop|okStyle, right-wide(l.OK), wide(l.OK), buttonHeight, l.OK)
	return w.dialog(l.Title, 2*margin+textWidth, y+buttonHeight+margin)
}

// wide is the width of a button: its text with a little air, and as others at
// least. Three have room for 20 characters each but Cancel.
func wide(text string) int { return max(buttonWidth, 4*utf8.RuneCountInString(text)+12) }

// first is the control that the keyboard writes to.
func (l Layout) first() uintptr {
	switch {
	case l.Field:
		return idField
	case l.CancelDefault:
		return idCancel
	}
	return idOK
}

func join(lines []string) string {
	text := ""
	for i, line := range lines {
		if i > 0 {
			text += "\r\n"
		}
		text += line
	}
	return text
}

// writer collects DLGITEMTEMPLATEs, each on a boundary of 4 bytes.
type writer struct {
	items []byte
	count uint16
}

func (w *writer) item(class, id int, style uint32, x, y, width, height int, text string) {
	w.items = align(w.items)
	w.items = binary.LittleEndian.AppendUint32(w.items, style|wsChild|wsVisible)
	w.items = words(w.items, 0, 0, x, y, width, height, id, 0xFFFF, class)
	w.items = words(str(w.items, text), 0)
	w.count++
}

func (w *writer) dialog(title string, width, height int) []byte {
	const style = wsPopup | wsVisible | wsCaption | wsSysMenu | dsModalFrame | dsSetFont | dsFixedSys | dsCenter | dsForeground
	b := binary.LittleEndian.AppendUint32(nil, style)
	b = words(b, 0, 0, int(w.count), 0, 0, width, height, 0, 0) // no extended style; no menu, no class
	b = str(b, title)
	b = str(words(b, 9), "MS Shell Dlg")
	return append(align(b), w.items...)
}

func align(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func words(b []byte, values ...int) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// str appends a text in UTF-16 with its end.
func str(b []byte, s string) []byte {
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return append(b, 0, 0)
}
