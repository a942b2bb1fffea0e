package winspool

import "structs"

// Structures of winspool.h and wingdi.h as a 64-bit Windows lays them out. Strings end with a
// zero; those in a buffer that Windows filled lie in the same buffer.

// printerInfo2 is PRINTER_INFO_2W.
type printerInfo2 struct {
	_                                                       structs.HostLayout
	server, printer, share, port, driver, comment, location *uint16
	devmode                                                 uintptr
	sepFile, processor, datatype, parameters                *uint16
	security                                                uintptr
	attributes, priority, defaultPriority                   uint32
	start, until, status, jobs, averagePPM                  uint32
}

// printerInfo4 is PRINTER_INFO_4W.
type printerInfo4 struct {
	_               structs.HostLayout
	printer, server *uint16
	attributes      uint32
}

// jobInfo2 is JOB_INFO_2W.
type jobInfo2 struct {
	_                                        structs.HostLayout
	id                                       uint32
	printer, machine, user, document, notify *uint16
	datatype, processor, parameters, driver  *uint16
	devmode                                  uintptr
	said                                     *uint16
	security                                 uintptr
	status, priority, position, start, until uint32
	totalPages, size                         uint32
	submitted                                [8]uint16 // SYSTEMTIME
	time, pagesPrinted                       uint32
}

// docInfo is DOCINFOW.
type docInfo struct {
	_                          structs.HostLayout
	size                       int32
	document, output, datatype *uint16
	kind                       uint32
}
