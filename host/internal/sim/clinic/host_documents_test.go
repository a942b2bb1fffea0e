package clinic

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// desktop keeps documents as the agent does, in files, and "signs" by adding a
// line. What is not in order ends the test's host, which the page then misses.
type desktop struct {
	files map[string]*os.File
	made  int
}

func (d *desktop) add() (string, *os.File) {
	f, err := os.CreateTemp("", "documento")
	if err != nil {
		panic(err)
	}
	_ = os.Remove(f.Name())
	d.made++
	handle := fmt.Sprintf("%032x", d.made)
	d.files[handle] = f
	return handle, f
}

func (d *desktop) size(handle string) int64 {
	info, err := d.files[handle].Stat()
	if err != nil {
		panic(err)
	}
	return info.Size()
}

func (d *desktop) answer(req wire.Request) any {
	switch req.Method {
	case "document.open":
		handle, _ := d.add()
		return wire.DocumentHandle{Document: handle}
	case "document.write":
		p := parse[wire.DocumentWriteParams](req)
		data, err := base64.StdEncoding.DecodeString(p.Data)
		if err != nil || len(data) > wire.MaxPiece || p.Offset != d.size(p.Document) {
			panic(fmt.Sprint("a piece out of order: ", err))
		}
		if _, err := d.files[p.Document].WriteAt(data, p.Offset); err != nil {
			panic(err)
		}
		return wire.DocumentWritten{Received: d.size(p.Document)}
	case "document.read":
		p := parse[wire.DocumentReadParams](req)
		piece := make([]byte, wire.MaxPiece)
		n, err := d.files[p.Document].ReadAt(piece, p.Offset)
		if err != nil && err != io.EOF {
			panic(err)
		}
		return wire.DocumentPiece{Data: base64.StdEncoding.EncodeToString(piece[:n]), Size: d.size(p.Document), End: err == io.EOF}
	case "document.close":
		p := parse[wire.DocumentHandle](req)
		_ = d.files[p.Document].Close()
		delete(d.files, p.Document)
		return wire.NoParams{}
	}
	return wire.Verification{Verdict: wire.VerdictValid, Text: "La firma è valida.", Signatures: []wire.VerifiedSignature{}}
}

const signature = "\n%firmato\n"

// sign takes half a second for each, until it is told to stop.
func (h *scripted) sign(req wire.Request) wire.SignResult {
	p := parse[wire.SignParams](req)
	doctor := anagrafe.Doctors()[0]
	all := wire.SignResult{Via: "card", Signer: wire.Signatory{Name: doctor.Name + " " + doctor.Surname}}
	stopped := false
	for i, one := range p.Documents {
		row := wire.SignedDocument{Name: one.Name}
		select {
		case <-h.stop:
			stopped = true
		case <-time.After(time.Second / 2):
		}
		if stopped {
			row.Error = wire.NewError(wire.ErrCancelled, "")
			h.stop <- struct{}{}
		} else {
			row.Document, row.Size = h.signed(one.Document)
			all.Signed++
			h.tell(wire.EventSign, wire.SignProgress{Done: i + 1, Total: len(p.Documents), Name: one.Name})
		}
		all.Documents = append(all.Documents, row)
	}
	if stopped {
		<-h.stop
	}
	return all
}

func (h *scripted) signed(document string) (string, int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	handle, f := h.desktop.add()
	if _, err := io.Copy(f, io.NewSectionReader(h.desktop.files[document], 0, h.desktop.size(document))); err != nil {
		panic(err)
	}
	if _, err := f.WriteString(signature); err != nil {
		panic(err)
	}
	return handle, h.desktop.size(handle)
}

func parse[P any](req wire.Request) P {
	var p P
	if err := json.Unmarshal(req.Params, &p); err != nil {
		panic(err)
	}
	return p
}
