// Package matrix is the table of signatures and nothing else: tests. Every
// format is signed in every algorithm with a key in every place (SoftHSM, a virtual
// CNS behind OpenSC, three kinds of remote service), verified by a program that
// nobody here wrote, and by our own reader; then one byte is changed, and both
// must say so. What came out is docs/signatures.md:
//
//	go test ./host/internal/sim/matrix -update
package matrix
