package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/klippa-app/go-pdfium"
	faults "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"raccordo/host/internal/printing/render/protocol"
)

// maxMemory is what PDFium may use, in pages of 64 KiB (WebAssembly 2.0, 4.2.8).
const maxMemory = 512 << 20 / (64 << 10)

// pdfia is PDFium with the document that was asked for last.
type pdfia struct {
	pool     pdfium.Pool
	instance pdfium.Pdfium
	document references.FPDF_DOCUMENT
	pages    int
}

// open makes PDFium ready, with what was compiled before where it is usable.
func open(dir string, warm bool) (p *pdfia, compiled bool, err error) {
	s := store{dir}
	good := s.check()
	pool, err := compile(dir, warm)
	if err != nil { // not readable, or not writable: a full disk
		s.clear()
		pool, err = compile("", warm)
	}
	if err != nil {
		return nil, false, err
	}
	compiled = s.keep(good)
	debug.FreeOSMemory() // of the compiler
	return &pdfia{pool: pool}, compiled, nil
}

// compile makes PDFium from dir, or anew. It gets no files, no environment and no
// streams.
func compile(dir string, warm bool) (pdfium.Pool, error) {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(maxMemory).
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling) // setjmp of PDFium's
	if dir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(dir)
		if err != nil {
			return nil, err
		}
		config = config.WithCompilationCache(cache)
	}
	hands := runtime.NumCPU()
	if warm {
		hands = 1
	}
	ctx := experimental.WithCompilationWorkers(context.Background(), hands)
	ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(allocate))
	return webassembly.Init(webassembly.Config{
		Context: ctx, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), RuntimeConfig: config, Stdout: io.Discard, Stderr: io.Discard,
	})
}

// answer draws a page, or says why not. After a fault of its own PDFium is not to be
// trusted any more: the process ends and says so.
func (p *pdfia) answer(w work, out io.Writer) error {
	fault, err := p.take(w.document)
	if err == nil && fault == "" {
		fault, err = p.draw(w.Page, w.DPI, out)
	}
	if err != nil {
		return errors.Join(err, protocol.Say(out, protocol.Answer{Fault: protocol.Broken, Ends: true}))
	}
	if fault != "" {
		return protocol.Say(out, protocol.Answer{Fault: fault})
	}
	return nil
}

// instanceLimit is how long a new instance of PDFium may take.
const instanceLimit = 20 * time.Second

// take opens a document in an instance of its own: nothing of one gets into another.
func (p *pdfia) take(document []byte) (protocol.Fault, error) {
	if document == nil {
		if p.document == "" {
			return protocol.Broken, nil
		}
		return "", nil
	}
	if p.instance != nil {
		p.document = ""
		if err := p.instance.Close(); err != nil {
			return "", fmt.Errorf("closing: %w", err)
		}
	}
	var err error
	if p.instance, err = p.pool.GetInstance(instanceLimit); err != nil {
		return "", fmt.Errorf("opening: %w", err)
	}
	opened, err := p.instance.OpenDocument(&requests.OpenDocument{File: &document})
	switch {
	case errors.Is(err, faults.ErrPassword), errors.Is(err, faults.ErrSecurity):
		return protocol.Encrypted, nil
	case errors.Is(err, faults.ErrFile), errors.Is(err, faults.ErrFormat), errors.Is(err, faults.ErrUnknown):
		return protocol.Broken, nil
	case err != nil:
		return "", err
	}
	count, err := p.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return "", err
	}
	p.document, p.pages = opened.Document, count.PageCount
	return "", nil
}
