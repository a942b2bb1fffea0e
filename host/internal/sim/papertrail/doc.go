// Package papertrail follows sheets from the click to the output tray, and is nothing
// but tests. The product's own programs, built from this tree, print each kind of sheet
// through a real cupsd on printers that take PDF, on printers that take dots (CUPS
// raster, cups/raster.h) and on the real driver of cups-pdf; what came out is read by
// programs that nobody here wrote (poppler, zbar, cups-filters) and held against what was
// sent: the size of the paper, which way it is read, every word and every bar, within
// 0.3 mm. What was proven is docs/print-proof.md, and six sheets are docs/img/print-*.png:
//
//	go test ./host/internal/sim/papertrail -update
package papertrail
