package worker

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func shrunk(drawn []byte, stride, width, rows, factor int) []byte {
	out := make([]byte, width*rows)
	shrink(out, drawn, stride, width, factor)
	return out
}

func TestShrink(t *testing.T) {
	const gap = 9 // what PDFium leaves at a row's end is no pixel
	rows := []byte{
		0, 0, 255, 255, 10, 20, gap,
		0, 0, 255, 255, 30, 41, gap,
		255, 255, 255, 255, 255, 255, gap,
		255, 255, 255, 254, 255, 0, gap,
	}
	for _, row := range []struct {
		name                string
		width, rows, factor int
		want                []byte
	}{
		{"as it is", 6, 2, 1, []byte{0, 0, 255, 255, 10, 20, 0, 0, 255, 255, 30, 41}},
		{"half", 3, 2, 2, []byte{0, 255, 25, 255, 255, 191}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, shrunk(rows, 7, row.width, row.rows, row.factor)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Sums of eight pixels at a time come to what one at a time does, at every width.
func TestShrinkAll(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for factor := 2; factor <= maxFactor; factor += 2 {
		for width := 1; width < 20; width++ {
			stride := (width*factor + 3) / 4 * 4
			drawn := make([]byte, stride*factor*2)
			for i := range drawn {
				drawn[i] = byte(dice.Uint32())
				if dice.Uint32()%3 == 0 {
					drawn[i] = 255
				}
			}
			got := shrunk(drawn, stride, width, 2, factor)
			for i := range got {
				sum := 0
				for y := range factor {
					for x := range factor {
						sum += int(drawn[(i/width*factor+y)*stride+i%width*factor+x])
					}
				}
				area := factor * factor
				if want := byte((sum + area/2) / area); got[i] != want {
					t.Fatalf("%d pixels wide, factor %d: pixel %d is %d, not %d", width, factor, i, got[i], want)
				}
			}
		}
	}
}

func BenchmarkShrink(b *testing.B) {
	drawn := make([]byte, 4960*7016)
	for i := range drawn {
		drawn[i] = byte(i)
	}
	out := make([]byte, 2480*3508)
	for b.Loop() {
		shrink(out, drawn, 4960, 2480, 2)
	}
}
