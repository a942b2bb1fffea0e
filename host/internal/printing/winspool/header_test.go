package winspool

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unsafe"
)

// The compiler of MinGW-w64 knows the headers of Windows: it refuses what differs.
func TestHeaders(t *testing.T) {
	var c strings.Builder
	c.WriteString("#define _WIN32_WINNT 0x0A00\n#include <stddef.h>\n#include <windows.h>\n#include <winspool.h>\n")
	is := func(expression string, value any) {
		fmt.Fprintf(&c, "_Static_assert((%s) == %d, \"%s\");\n", expression, value, strings.ReplaceAll(expression, `"`, ""))
	}
	for field, at := range map[string]int{
		"dmSize": atSize, "dmDriverExtra": atDriverExtra, "dmFields": atFields, "dmOrientation": atOrientation,
		"dmPaperSize": atPaperSize, "dmPaperLength": atPaperLength, "dmPaperWidth": atPaperWidth, "dmScale": atScale,
		"dmCopies": atCopies, "dmDefaultSource": atSource, "dmColor": atColor, "dmDuplex": atDuplex,
		"dmCollate": atCollate, "dmNup": atNup,
	} {
		is("offsetof(DEVMODEW, "+field+")", at)
	}
	is("sizeof(DEVMODEW)", len(fresh(0)))
	for name, value := range map[string]int64{
		"DM_ORIENTATION": dmOrientation, "DM_PAPERSIZE": dmPaperSize, "DM_PAPERLENGTH": dmPaperLength,
		"DM_PAPERWIDTH": dmPaperWidth, "DM_SCALE": dmScale, "DM_NUP": dmNup, "DM_COPIES": dmCopies,
		"DM_DEFAULTSOURCE": dmSource, "DM_COLOR": dmColor, "DM_DUPLEX": dmDuplex, "DM_COLLATE": dmCollate,
		"DM_FORMNAME": dmFormName, "DMORIENT_PORTRAIT": portrait, "DMDUP_SIMPLEX": simplex, "DMCOLOR_MONOCHROME": monochrome,
		"DMCOLLATE_TRUE": collated, "DMPAPER_A4": paperA4, "DMPAPER_A5": paperA5, "DMPAPER_USER": paperUser,
		"DMBIN_AUTO": binAuto, "DMBIN_FORMSOURCE": binForm, "DMBIN_MANUAL": 4, "DMBIN_LARGECAPACITY": 11, "DMBIN_CASSETTE": 14,
		"JOB_CONTROL_PAUSE": jobPause, "JOB_CONTROL_RESUME": jobResume, "JOB_CONTROL_DELETE": jobDelete,
		"JOB_STATUS_PAUSED": statusPaused, "JOB_STATUS_DELETING": statusDeleting, "JOB_STATUS_SPOOLING": statusSpooling,
		"JOB_STATUS_PRINTING": statusPrinting, "JOB_STATUS_PRINTED": statusPrinted, "JOB_STATUS_DELETED": statusDeleted,
		"JOB_STATUS_COMPLETE":      statusComplete,
		"PRINTER_ATTRIBUTE_DIRECT": attributeDirect, "PRINTER_ATTRIBUTE_WORK_OFFLINE": attributeOffline,
		"PRINTER_ATTRIBUTE_FAX": attributeFax,
		"PRINTER_STATUS_PAUSED": printerPaused, "PRINTER_STATUS_PENDING_DELETION": printerDeleting,
		"PRINTER_STATUS_IO_ACTIVE|PRINTER_STATUS_BUSY|PRINTER_STATUS_PRINTING|PRINTER_STATUS_PROCESSING": printerActive,
		"ERROR_ACCESS_DENIED": int64(errAccess), "ERROR_INVALID_PARAMETER": int64(errParameter), "ERROR_NOT_FOUND": int64(errNotFound),
		"ERROR_CANCELLED": int64(errCancelled), "ERROR_INVALID_PRINTER_NAME": int64(errPrinterName),
		"ERROR_PRINTER_DELETED": int64(errDeletedSoon), "ERROR_PRINT_CANCELLED": int64(errPrintCancelled),
		"RPC_S_SERVER_UNAVAILABLE": int64(errRPCServer), "RPC_S_SERVER_TOO_BUSY": int64(errRPCBusy),
		"RPC_S_CALL_FAILED": int64(errRPCFailed), "RPC_S_CALL_FAILED_DNE": int64(errRPCNot), "EPT_S_NOT_REGISTERED": int64(errRPCEndpoint),
	} {
		is(name, value)
	}
	for _, f := range printerFaults {
		if f.name != "SERVER_OFFLINE" { // of Windows 8: later than these headers
			is("PRINTER_STATUS_"+f.name, f.bit)
		}
	}
	for _, f := range jobFaults {
		is("JOB_STATUS_"+f.name, f.bit)
	}
	p2, p4, j2, doc := printerInfo2{}, printerInfo4{}, jobInfo2{}, docInfo{}
	for expression, value := range map[string]uintptr{
		"sizeof(PRINTER_INFO_2W)": unsafe.Sizeof(p2), "offsetof(PRINTER_INFO_2W, pPortName)": unsafe.Offsetof(p2.port),
		"offsetof(PRINTER_INFO_2W, pComment)": unsafe.Offsetof(p2.comment), "offsetof(PRINTER_INFO_2W, pLocation)": unsafe.Offsetof(p2.location),
		"offsetof(PRINTER_INFO_2W, Attributes)": unsafe.Offsetof(p2.attributes), "offsetof(PRINTER_INFO_2W, Status)": unsafe.Offsetof(p2.status),
		"offsetof(PRINTER_INFO_2W, cJobs)": unsafe.Offsetof(p2.jobs), "offsetof(PRINTER_INFO_2W, pPrinterName)": unsafe.Offsetof(p2.printer),
		"sizeof(PRINTER_INFO_4W)": unsafe.Sizeof(p4), "offsetof(PRINTER_INFO_4W, pPrinterName)": unsafe.Offsetof(p4.printer),
		"sizeof(JOB_INFO_2W)": unsafe.Sizeof(j2), "offsetof(JOB_INFO_2W, JobId)": unsafe.Offsetof(j2.id),
		"offsetof(JOB_INFO_2W, pDocument)": unsafe.Offsetof(j2.document), "offsetof(JOB_INFO_2W, Status)": unsafe.Offsetof(j2.status),
		"sizeof(DOCINFOW)": unsafe.Sizeof(doc), "offsetof(DOCINFOW, lpszDocName)": unsafe.Offsetof(doc.document),
		"sizeof(BITMAPINFOHEADER)+8": uintptr(len(header(1, 1, 1))), "sizeof(BITMAPINFOHEADER)+1024": uintptr(len(header(1, 1, 8))),
	} {
		is(expression, value)
	}
	compile := exec.Command("x86_64-w64-mingw32-gcc", "-fsyntax-only", "-x", "c", "-")
	compile.Stdin = strings.NewReader(c.String())
	if out, err := compile.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
