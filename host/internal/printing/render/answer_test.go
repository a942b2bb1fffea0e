package render

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"raccordo/host/internal/printing/render/protocol"
)

type nowhere struct{ io.Writer }

func (nowhere) Close() error { return nil }

// FuzzAnswer: what a child that was taken over may say brings no picture of another
// size than it says, and no more than the limits.
func FuzzAnswer(f *testing.F) {
	word := func(s string) []byte { return append(binary.LittleEndian.AppendUint32(nil, uint32(len(s))), s...) }
	f.Add(append(word(`{"width":2,"height":2}`), 1, 2, 3, 4))
	f.Add(word(`{"width":9000000000,"height":2}`))
	f.Add(word(`{"width":-1,"height":-1}`))
	f.Add(word(`{"fault":"document broken","ends":true}`))
	f.Add(word(`[]`))
	f.Add([]byte("Segmentation fault"))
	f.Fuzz(func(t *testing.T, said []byte) {
		c := &child{in: nowhere{io.Discard}, out: io.NopCloser(bytes.NewReader(said))}
		j := &job{document: []byte("%PDF"), dpi: 100}
		j.sum[0] = 1
		if err := c.exchange(j); err != nil {
			return
		}
		if w, h := j.picture.Rect.Dx(), j.picture.Rect.Dy(); w < 1 || h < 1 || w*h > protocol.MaxPixels || w*h > len(said) {
			t.Errorf("%d × %d of %d bytes", w, h, len(said))
		}
	})
}
